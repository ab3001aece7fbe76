package ward

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"trueward/internal/app/scanning"
	"trueward/internal/domain/access"
	"trueward/internal/domain/authentic"
	"trueward/internal/domain/custody"
	"trueward/internal/domain/usage"
	"trueward/templates/ui"
	view "trueward/templates/ward"
	"trueward/web/route"
)

func (w Ward) unit(c echo.Context) error {
	actor := route.Actor(c)
	v, err := w.Scanning.Unit(c.Request().Context(), actor, custody.UnitID(route.PathValue(c, "id")))
	if err != nil {
		return err
	}
	f, err := w.frame(c, v.Row.Product)
	if err != nil {
		return err
	}
	open, err := w.openCaseOf(c)
	if err != nil {
		return err
	}
	u := unitOf(v.Row)
	u.Check = check(authentic.Verdict{Level: authentic.Identified}, v.Disposition)
	p := view.UnitProps{Frame: f, Back: back(actor), Unit: u, State: v.Row.State.Word(), Facts: facts(v)}
	for _, e := range v.Timeline {
		p.Timeline = append(p.Timeline, timelineEvent(e, v.Row.TimeZone))
	}
	for _, t := range v.Tags {
		p.Tags = append(p.Tags, tagLine(t))
	}
	for _, i := range v.Incidents {
		p.Notices = append(p.Notices, ui.NoticeProps{Tone: ui.Warn, Title: "Incident: " + i.Sentence})
	}
	if v.Disposition.Level != custody.MayBeUsed {
		p.Notices = append(p.Notices, ui.NoticeProps{Tone: noticeTone(v.Disposition.Level), Title: v.Disposition.Words()})
	}
	if actor.MayAt(access.WorkCase, v.Row.Unit.Site) {
		p.Actions = unitActions(v, open)
	}
	if actor.Kind == access.Hospital && actor.MayAt(access.MoveStock, v.Row.Unit.Site) {
		p.WorkHref = at(unitPath, v.Row.ID) + "/work" // of package stock
	}
	return route.Render(c, http.StatusOK, view.UnitPage(p))
}

func back(actor access.Actor) ui.Crumb {
	if actor.Kind == access.Vendor {
		return ui.Crumb{Text: "Scan", Href: scanPath}
	}
	return ui.Crumb{Text: "Find", Href: findPath}
}

func noticeTone(l custody.Level) ui.Tone {
	if l == custody.Stop {
		return ui.Stop
	}
	return ui.Warn
}

// facts are what stands on the label and in the stock key, in words.
func facts(v scanning.UnitView) []ui.Pair {
	r := v.Row
	return []ui.Pair{
		{Key: "State", Value: ui.Text(r.State.Word())},
		{Key: "Place", Value: ui.Text(r.Place + ", " + r.Site)},
		{Key: "Hospital", Value: ui.Text(r.Hospital)},
		{Key: "Owner", Value: ui.Text(r.Owner)},
		{Key: "Sold by", Value: ui.Text(r.Vendor)},
		{Key: "Title passes", Value: ui.Text("when " + string(v.Terms.TitleEvent) + " (" + v.Terms.Number + ")")},
		{Key: "Lot", Value: ui.Code(r.Lot)},
		{Key: "Serial", Value: ui.Code(r.Serial)},
		{Key: "Expires", Value: ui.CivilDate(date(r.Expiry))},
		{Key: "Product number", Value: ui.Code(r.DI)},
	}
}

func timelineEvent(e scanning.Event, zoneName string) ui.Event {
	out := ui.Event{Tone: ui.Calm, What: e.What, When: ui.Instant(e.At, zone(zoneName)), Who: e.Who, With: e.Where, More: view.Proof(e.Proof, e.Reason)}
	switch {
	case e.Stop:
		out.Tone = ui.Stop
	case e.Proof != "":
		out.Tone = ui.Info
	}
	if e.Device != "" {
		if out.With != "" {
			out.With += " · "
		}
		out.With += e.Device
	}
	return out
}

var technologyWords = map[authentic.Technology]string{
	authentic.NTAG424: "NFC tag with keys of its own", authentic.UHF: "UHF tag", authentic.NFC: "NFC tag without keys",
}

func tagLine(t authentic.Tag) view.TagLine {
	line := view.TagLine{What: technologyWords[t.Technology], State: "Active", Tone: ui.Calm, Bound: "on this unit"}
	switch {
	case !t.TamperedAt.IsZero():
		line.State, line.Tone = "Seal opened", ui.Stop
	case t.State == authentic.TagRetired:
		line.State = "Retired"
	case t.State == authentic.TagQuarantined:
		line.State, line.Tone = "Put aside", ui.Warn
	}
	return line
}

// unitActions are what a nurse may do with the unit here; a stopped one is
// decided in its case.
func unitActions(v scanning.UnitView, open *usage.Case) []view.Act {
	id := v.Row.ID
	var acts []view.Act
	if open != nil && v.Row.State.Usable() {
		acts = append(acts, view.Act{
			Href: pickPath, Key: route.NewKey(), Text: "Add to " + open.Pseudonym, Kind: ui.Primary,
			Fields: []view.Field{{Name: "unit", Value: string(id)}},
		})
	}
	switch v.Row.State {
	case custody.Available:
		acts = append(acts, view.Act{Href: at(removePath, id), Key: route.NewKey(), Text: "Take it out"})
	case custody.Removed:
		acts = append(acts, view.Act{Href: at(backPath, id), Key: route.NewKey(), Text: "Put it back"})
	}
	return acts
}
