package system

import (
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"trueward/internal/app/operating"
	"trueward/internal/domain/access"
	"trueward/internal/domain/billing"
	"trueward/internal/fault"
	view "trueward/templates/system"
	"trueward/templates/ui"
	"trueward/web/frame"
	"trueward/web/route"
)

func (r Room) showSystem(c echo.Context) error {
	o, err := r.Desk.Overview(c.Request().Context(), route.Actor(c))
	if err != nil {
		return err
	}
	p := view.SystemProps{Frame: frame.Page(c, "System"), Lead: "What waits and what is stuck in your organisation."}
	var pending, parked int64
	for _, w := range o.Work {
		if w.Parked {
			parked += w.Count
		} else {
			pending += w.Count
		}
		p.Work = append(p.Work, view.WorkLine{What: workWords(w.Topic), Parked: w.Parked, Count: number(w.Count), Since: w.Since, Zone: route.Zone(c)})
	}
	p.Figures = []ui.StatProps{{Label: "Waits for its time", Figure: number(pending)}, {Label: "Parked", Figure: number(parked), Note: "needs a person"}}
	if parked > 0 {
		p.Figures[1].Tone = ui.Stop
	}
	if o.Installation != nil {
		r.installation(&p, *o.Installation, route.Actor(c))
	}
	return route.Render(c, http.StatusOK, view.System(p))
}

// installation adds what the operator alone sees.
func (r Room) installation(p *view.SystemProps, i operating.Installation, actor access.Actor) {
	p.Lead = "Work that waits in all organisations, and the state of this installation."
	p.Figures = append(p.Figures, ui.StatProps{Label: "Live pages", Figure: strconv.Itoa(r.LivePages()), Note: "on this instance"})
	p.Facts = []ui.Pair{
		{Key: "Program", Value: ui.Text(r.Version)},
		{Key: "Database", Value: ui.Text(databaseWords(i.Database))},
		{Key: "Schema", Value: ui.Text(schemaWords(i))},
		{Key: "Hospitals", Value: ui.Text(strconv.Itoa(i.Hospitals))},
		{Key: "Vendors", Value: ui.Text(strconv.Itoa(i.Vendors))},
		{Key: "Last backup", Value: ui.Muted("Not known to the server: backups are made by its command line or by the database")},
	}
	if r.Sampler == nil {
		return
	}
	switch state := r.Sampler.State(); {
	case state.Running:
		p.ResultHref, p.SampleNote = samplePath, "It is being loaded."
	case state.Started && actor.May(access.ManageOrganisations):
		p.ResultHref, p.SampleNote = samplePath, "It was loaded, or tried, since the server started."
	case i.MayLoadSample:
		p.SampleHref, p.SampleKey = samplePath, route.NewKey()
	case i.SampleOnly:
		p.SampleNote = "This installation holds sample data only."
	}
}

func databaseWords(dialect string) string {
	if dialect == "postgres" {
		return "PostgreSQL"
	}
	return "SQLite, embedded"
}

func schemaWords(i operating.Installation) string {
	text := "Step " + strconv.FormatInt(i.Schema, 10)
	if i.SchemaPending > 0 {
		return text + ", " + strconv.Itoa(i.SchemaPending) + " to come"
	}
	return text + ", up to date"
}

// topicNotice is the topic of notices to vendors (app/using).
const topicNotice = "usage.notice"

func workWords(topic string) string {
	switch topic {
	case topicNotice:
		return "Notices of usage to vendors, after the undo time"
	case billing.TopicLine:
		return "Usages on their way to an invoice"
	case billing.TopicInvoice:
		return "Invoices on their way"
	}
	return topic
}

// sentence is the refusal in words.
func sentence(err error) string {
	if all := fault.All(err); len(all) > 0 {
		return all[0].Sentence
	}
	return "This could not be done."
}
