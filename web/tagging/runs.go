package tagging

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"trueward/internal/adapter/store"
	"trueward/internal/app/tagging"
	"trueward/internal/domain/authentic"
	"trueward/internal/domain/catalog"
	"trueward/internal/domain/custody"
	view "trueward/templates/tagging"
	"trueward/templates/ui"
	"trueward/web/frame"
	"trueward/web/listing"
	"trueward/web/route"
)

func (r Room) listRuns(c echo.Context) error {
	q := r.queries(c)
	read := func(page store.Page) ([]view.RunLine, string, error) { return runLines(c, q, page) }
	if listing.AsFile(c) {
		return listing.Send(c, "tag-runs", view.RunColumns, read)
	}
	part, err := listing.Show(c, q, view.RunColumns, listing.Falling, read)
	if err != nil {
		return err
	}
	return route.Render(c, http.StatusOK, view.Runs(view.RunsProps{
		Frame: frame.Page(c, "Tag runs"), TagsHref: tagsPath, NewHref: newRunPath, Runs: part.Rows, View: part.View, NextHref: part.Next,
	}))
}

func runLines(c echo.Context, q store.Queries, page store.Page) ([]view.RunLine, string, error) {
	list, err := q.Runs(page)
	if err != nil {
		return nil, "", err
	}
	ids := make([]authentic.RunID, len(list.Rows))
	for i, run := range list.Rows {
		ids[i] = run.ID
	}
	sums, err := q.RunSums(ids...)
	lines := make([]view.RunLine, len(list.Rows))
	for i, run := range list.Rows {
		lines[i] = view.RunLine{
			Href: to(runPath, string(run.ID)), Name: run.Name, Planned: run.CreatedAt, Zone: route.Zone(c),
			Written: sums[run.ID].Done(), Size: run.Size, State: runWords(sums[run.ID]), Open: sums[run.ID].Open() > 0,
		}
	}
	return lines, list.Next, err
}

func runWords(s store.RunSum) string {
	switch {
	case s[authentic.JobFailed] > 0:
		return fmt.Sprintf("%d failed", s[authentic.JobFailed])
	case s.Open() > 0:
		return "To be written"
	case s[authentic.JobDropped] > 0:
		return "Ended early"
	}
	return "Done"
}

func (r Room) newRun(c echo.Context) error {
	return r.renderNewRun(c, http.StatusOK, tagging.NewRun{
		Profile: authentic.ProfileID(route.QueryValue(c, "profile")), Unit: custody.UnitID(route.QueryValue(c, "unit")),
	}, nil)
}

func (r Room) renderNewRun(c echo.Context, status int, in tagging.NewRun, refused error) error {
	q := r.queries(c)
	p := view.NewRunProps{
		Frame: frame.Page(c, "Write tags"), Action: runsPath, RunsHref: runsPath, ProfileHref: newProfilePath, Key: route.NewKey(),
		Profile: string(in.Profile), Name: in.Name, Coming: route.Value(c, "what") == "coming", Product: string(in.Product),
		Count: route.Value(c, "count"), DI: in.DI, Lot: in.Lot, Expiry: in.Expiry, Serials: route.Value(c, "serials"),
	}
	p.Errors, p.Summary = frame.Fields(refused)
	var err error
	if p.Profiles, err = writable(q, r.Desk, false); err != nil {
		return err
	}
	if in.Unit != "" {
		row, err := q.UnitRow(in.Unit)
		if err != nil {
			return err
		}
		p.Unit, p.UnitName = string(in.Unit), row.Product+", serial "+row.Serial
		return route.Render(c, status, view.NewRun(p))
	}
	products, err := q.Products("", store.Page{Limit: 200})
	if err != nil {
		return err
	}
	p.Products = []ui.Option{{Text: "Any product of the profile's vendor"}}
	for _, product := range products.Rows {
		p.Products = append(p.Products, ui.Option{Value: string(product.ID), Text: strings.TrimSpace(product.Name + " " + product.Size)})
	}
	return route.Render(c, status, view.NewRun(p))
}

// writable are the profiles whose keys are kept here, and those without keys
// unless keyed ones are asked for.
func writable(q store.Queries, d *tagging.Desk, keyed bool) ([]ui.Option, error) {
	profiles, err := q.Profiles()
	var options []ui.Option
	for _, p := range profiles {
		if len(d.Keys.Epochs(p.KeyRef)) > 0 || !p.Keyed() && !keyed {
			options = append(options, ui.Option{Value: string(p.ID), Text: p.Name})
		}
	}
	return options, err
}

func (r Room) planRun(c echo.Context) error {
	in := tagging.NewRun{
		Profile: authentic.ProfileID(route.Value(c, "profile")), Name: route.Value(c, "name"), Unit: custody.UnitID(route.Value(c, "unit")),
	}
	if route.Value(c, "what") == "coming" {
		in.DI, in.Lot, in.Expiry = route.Value(c, "di"), route.Value(c, "lot"), route.Value(c, "expiry")
		in.Serials = strings.Fields(route.Value(c, "serials"))
		if in.DI == "" {
			in.DI = " " // an empty number is refused at its field
		}
	} else {
		in.Product = catalog.ProductID(route.Value(c, "product"))
		in.Count, _ = strconv.Atoi(route.Value(c, "count")) // what is no number is refused as too few
	}
	id, err := r.Desk.PlanRun(c.Request().Context(), route.Command(c), in)
	if refusedAt(err) {
		in.DI = strings.TrimSpace(in.DI)
		return r.renderNewRun(c, http.StatusUnprocessableEntity, in, err)
	}
	if err != nil {
		return err
	}
	return route.Redirect(c, to(runPath, string(id)), route.Done("The run is planned. Choose a reader to begin."))
}

func (r Room) showRun(c echo.Context) error {
	q := r.queries(c)
	id := authentic.RunID(route.PathValue(c, "id"))
	run, err := q.Run(id)
	if err != nil {
		return err
	}
	profile, err := q.Profile(run.Profile)
	if err != nil {
		return err
	}
	p := view.RunProps{Frame: frame.Page(c, run.Name), RunsHref: runsPath, Name: run.Name, ProfileHref: to(profilePath, string(profile.ID)), Profile: profile.Name, LabelsHref: to(labelsPath, string(run.ID))}
	if p.Progress, err = r.progressOf(c, q, run, profile); err != nil {
		return err
	}
	return route.Render(c, http.StatusOK, view.Run(p))
}

func statesOf(which string) []authentic.JobState {
	switch which {
	case "open":
		return []authentic.JobState{authentic.JobPlanned, authentic.JobKeysStored, authentic.JobWriting, authentic.JobWritten, authentic.JobInterrupted}
	case "failed":
		return []authentic.JobState{authentic.JobFailed}
	}
	return nil
}

func jobLine(j authentic.Job) view.JobLine {
	l := view.JobLine{Number: strconv.Itoa(j.Position), DI: j.Label.DI, Lot: j.Label.Lot, Serial: j.Label.Serial, State: j.State.Words(), Tone: ui.Calm}
	switch j.State {
	case authentic.JobBound, authentic.JobVerified:
		l.Tone = ui.Done
	case authentic.JobInterrupted:
		l.Tone = ui.Warn
	case authentic.JobFailed:
		l.Tone = ui.Stop
	}
	if why := tagging.ReasonWords(j.Reason); why != "" {
		l.Why = why
	}
	if j.Tag != "" {
		l.TagHref = to(tagPath, string(j.Tag))
	}
	if j.Unit != "" {
		l.UnitHref = unitPath + j.Unit
	}
	return l
}

func (r Room) progress(c echo.Context) error {
	q := r.queries(c)
	run, err := q.Run(authentic.RunID(route.PathValue(c, "id")))
	if err != nil {
		return err
	}
	profile, err := q.Profile(run.Profile)
	if err != nil {
		return err
	}
	p, err := r.progressOf(c, q, run, profile)
	if err != nil {
		return err
	}
	return route.Render(c, http.StatusOK, view.Progress(p))
}

func technology(p authentic.Profile) authentic.Technology {
	if p.Keyed() {
		return authentic.NTAG424
	}
	return authentic.UHF
}

// lastShown is how many tags the page of a run shows as they are done.
const lastShown = 5

func (r Room) progressOf(c echo.Context, q store.Queries, run authentic.Run, profile authentic.Profile) (view.ProgressProps, error) {
	id := string(run.ID)
	p := view.ProgressProps{
		Refresh: to(progressPath, id), StartAction: to(startPath, id), StopAction: to(stopPath, id), ReplanAction: to(replanPath, id),
		DropAction: to(dropPath, id), Size: run.Size, UHF: !profile.Keyed(),
	}
	if query := route.Of(c).Query.Encode(); query != "" {
		p.Refresh += "?" + query
	}
	sums, err := q.RunSums(run.ID)
	if err != nil {
		return p, err
	}
	s := sums[run.ID]
	p.Done, p.Open, p.Failed, p.Dropped, p.Torn = s.Done(), s.Open(), s[authentic.JobFailed], s[authentic.JobDropped], s[authentic.JobInterrupted]
	p.Unbound = s[authentic.JobVerified]
	for range 4 {
		p.Keys = append(p.Keys, route.NewKey())
	}
	for _, b := range r.Desk.Benches(route.Actor(c)) {
		if b.Writes(technology(profile)) {
			p.Stations = append(p.Stations, stationOf(b))
		}
		if b.Run == run.ID {
			p.Running = p.Running || b.Progress.Running()
			p.Outcome = outcomeOf(b)
			p.Station = stationOf(b).Name
		}
	}
	last, err := q.LastJobs(run.ID, lastShown)
	for _, j := range last {
		p.Last = append(p.Last, jobLine(j))
	}
	if err != nil {
		return p, err
	}
	return p, listJobs(c, q, run.ID, &p)
}

// listJobs fills the list of a run's tags, or of some of them.
func listJobs(c echo.Context, q store.Queries, run authentic.RunID, p *view.ProgressProps) error {
	which, page := route.QueryValue(c, "view"), to(runPath, string(run))
	for _, t := range []struct{ text, view string }{{"All", ""}, {"Still to write", "open"}, {"Failed", "failed"}} {
		href := page
		if t.view != "" {
			href += "?view=" + t.view
		}
		p.Tabs = append(p.Tabs, ui.Tab{Text: t.text, Href: href, Active: which == t.view || which == "all" && t.view == ""})
	}
	jobs, err := q.Jobs(run, statesOf(which), store.Page{After: route.QueryValue(c, "after")})
	p.NextHref = next(c, page, jobs.Next)
	for _, j := range jobs.Rows {
		p.Jobs = append(p.Jobs, jobLine(j))
	}
	return err
}

func stationOf(b tagging.Bench) view.Station {
	s := view.Station{ID: b.Name, Name: "Reader " + strings.TrimPrefix(b.Name, "reader-"), Busy: b.Taken || b.Progress.Running()}
	if b.Practice {
		s.Name = "Practice reader, with made-up tags"
	}
	return s
}

func outcomeOf(b tagging.Bench) view.Outcome {
	o := view.Outcome{Good: b.Outcome.Good, Sentence: b.Outcome.Sentence, TapHref: b.Outcome.TapURL, Writing: b.Progress == tagging.Writing}
	if b.Outcome.Good {
		o.What = b.Outcome.Job.Label.Serial
	}
	return o
}

func (r Room) start(c echo.Context) error {
	id := route.PathValue(c, "id")
	if err := r.Desk.Start(c.Request().Context(), route.Actor(c), authentic.RunID(id), route.Value(c, "station")); err != nil {
		return err
	}
	return route.Redirect(c, to(runPath, id), route.Done("The reader writes tags for this run. Lay them down one by one."))
}

func (r Room) stop(c echo.Context) error {
	id := route.PathValue(c, "id")
	if err := r.Desk.Stop(c.Request().Context(), route.Actor(c), authentic.RunID(id)); err != nil {
		return err
	}
	return route.Redirect(c, to(runPath, id), route.Done("The run stands still. Start it again when you like."))
}

func (r Room) replan(c echo.Context) error {
	id := route.PathValue(c, "id")
	n, err := r.Desk.Replan(c.Request().Context(), route.Command(c), authentic.RunID(id))
	if err != nil {
		return err
	}
	return route.Redirect(c, to(runPath, id), route.Done(fmt.Sprintf("%d wait for other tags.", n)))
}

func (r Room) drop(c echo.Context) error {
	id := route.PathValue(c, "id")
	n, err := r.Desk.Drop(c.Request().Context(), route.Command(c), authentic.RunID(id))
	if err != nil {
		return err
	}
	return route.Redirect(c, to(runPath, id), route.Done(fmt.Sprintf("The run is ended. %d get no tag.", n)))
}

func (r Room) labels(c echo.Context) error {
	paper, err := r.Desk.Labels(c.Request().Context(), route.Actor(c), authentic.RunID(route.PathValue(c, "id")))
	if err != nil {
		return err
	}
	c.Response().Header().Set(echo.HeaderContentDisposition, `inline; filename="labels.pdf"`)
	return c.Blob(http.StatusOK, "application/pdf", paper)
}
