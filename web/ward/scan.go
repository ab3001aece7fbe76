package ward

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"trueward/internal/adapter/store"
	"trueward/internal/app/scanning"
	"trueward/internal/app/using"
	"trueward/internal/domain/access"
	"trueward/internal/domain/authentic"
	"trueward/internal/domain/custody"
	"trueward/internal/domain/usage"
	"trueward/internal/fault"
	"trueward/templates/ui"
	view "trueward/templates/ward"
	"trueward/web/frame"
	"trueward/web/route"
)

func (w Ward) scanPage(c echo.Context) error { return w.renderScan(c, http.StatusOK, nil, "") }

// renderScan shows the scan page, with an answer when there is one.
func (w Ward) renderScan(c echo.Context, status int, result *view.ResultProps, refused string) error {
	f, err := w.frame(c, "Scan")
	if err != nil {
		return err
	}
	f.Scripts = append(f.Scripts, "js/saved-box.js", "js/scan-tools.js")
	p := view.ScanProps{
		Frame: f, Result: result, SetUp: setUpPath,
		Scan: ui.ScanProps{URL: scanPath, Key: route.NewKey(), Error: refused},
	}
	if refused != "" {
		p.Scan.Value, p.Result = route.Value(c, "scan"), nil
	}
	if p.Waiting, err = w.waitingOf(c); err != nil {
		return err
	}
	if p.Waiting.Pseudonym == "" && route.Actor(c).May(access.WorkCase) {
		h, err := w.Using.Home(c.Request().Context(), route.Actor(c))
		if err != nil {
			return err
		}
		p.New = &view.OpenCase{Action: casesPath, Key: route.NewKey(), Rooms: rooms(h.Rooms, h.Sites)}
	}
	return route.Render(c, status, view.Scan(p))
}

// scan answers one scan; what it found goes into the person's open case.
func (w Ward) scan(c echo.Context) error {
	ctx, cmd := c.Request().Context(), route.Command(c)
	// A device that hears no answer sends the same scan again, later and by
	// another route: the scan's own digest is the same there.
	cmd.BodySHA256 = scanning.Digest(route.Value(c, "scan"), route.Value(c, "symbology"))
	found, err := w.Scanning.Scan(ctx, cmd, scanning.ScanInput{
		Raw: route.Value(c, "scan"), Symbology: route.Value(c, "symbology"), Source: route.Value(c, "source"),
	})
	if fault.Is(err, fault.Invalid) && frame.AtFields(err) {
		return w.refuseScan(c, fault.All(err)[0].Sentence)
	}
	if err != nil {
		return err
	}
	result, err := w.place(c, found, cmd, route.Value(c, "source"))
	if err != nil {
		return err
	}
	return w.answer(c, result)
}

func (w Ward) refuseScan(c echo.Context, sentence string) error {
	if route.Hypertext(c) {
		return route.Render(c, http.StatusBadRequest, view.Result(view.ResultProps{Refused: sentence}))
	}
	return w.renderScan(c, http.StatusBadRequest, nil, sentence)
}

func (w Ward) answer(c echo.Context, result view.ResultProps) error {
	if !route.Hypertext(c) {
		return w.renderScan(c, http.StatusOK, &result, "")
	}
	waiting, err := w.waitingOf(c)
	if err != nil {
		return err
	}
	return route.Render(c, http.StatusOK, view.Answer(result, waiting))
}

// place puts a found unit into the open case and words the answer.
func (w Ward) place(c echo.Context, found scanning.Result, cmd store.Command, source string) (view.ResultProps, error) {
	open, err := w.openCaseOf(c)
	if err != nil {
		return view.ResultProps{}, err
	}
	r := w.resultOf(c, found, open)
	if open == nil || !found.Found() || found.Unit.Hospital == "" || !cmd.Actor.MayAt(access.WorkCase, found.Unit.Unit.Site) {
		return r, nil
	}
	cmd.Key += store.CaseKey
	scanned, err := w.Using.Scan(c.Request().Context(), cmd, using.ScanInput{
		Unit: found.Unit.ID, Source: source, Verdict: found.Verdict, Tap: found.Tap,
	})
	if flash, ok := told(err); ok {
		r.Sentence = flash.Text
		return r, nil
	}
	if err != nil {
		return r, err
	}
	wordScan(&r, scanned, found)
	return r, nil
}

func wordScan(r *view.ResultProps, scanned using.Scanned, found scanning.Result) {
	switch {
	case scanned.Duplicate:
		r.Duplicate, r.Sound = scanned.Sentence, "duplicate"
	case scanned.Scan != "":
		r.Added = "In " + scanned.Pseudonym
	}
	switch {
	case scanned.Proven:
		r.Duplicate, r.Sound, r.Added = "", "", authentic.Proven.Words()
	case scanned.Wants != "":
		r.Warnings = append(r.Warnings, scanned.Wants)
	}
	if scanned.Scan != "" && usage.NeedsOverride(found.Disposition, found.Verdict) {
		r.Override = atUnit(decidePath, scanned.Case, found.Unit.ID)
	}
}

// resultOf words what a scan found.
func (w Ward) resultOf(c echo.Context, found scanning.Result, open *usage.Case) view.ResultProps {
	r := view.ResultProps{
		Check: check(found.Verdict, found.Disposition), Sentence: found.Sentence, Warnings: found.Warnings,
		Heading: found.Product.Name,
	}
	if found.Product.Size != "" {
		r.Heading += " " + found.Product.Size
	}
	if found.Found() {
		u := unitOf(*found.Unit)
		r.Unit = &u
	}
	for _, row := range found.Candidates {
		u, _ := judged(row, nil, found.At, authentic.Verdict{Level: authentic.Identified})
		candidate := view.Candidate{Unit: u}
		if open != nil && row.State.Usable() {
			candidate.Pick = &view.Act{
				Href: pickPath, Key: route.NewKey(), Text: "Choose this one",
				Fields: []view.Field{{Name: "unit", Value: string(row.ID)}},
			}
		}
		r.Candidates = append(r.Candidates, candidate)
	}
	return r
}

// pick puts a chosen unit, or a tapped one, into the open case.
func (w Ward) pick(c echo.Context) error {
	in := using.ScanInput{Unit: custody.UnitID(route.Value(c, "unit")), Source: "typed", Verdict: authentic.Verdict{Level: authentic.Identified}}
	if tap := route.Value(c, "tap"); tap != "" {
		held, err := w.Scanning.Recall(c.Request().Context(), route.Actor(c), tap)
		if err != nil {
			return err
		}
		if !held.Found() {
			return fault.New(fault.NotFound, "There is no such unit, or it is not yours to see.")
		}
		in = using.ScanInput{Unit: held.Unit.ID, Source: "tap", Verdict: held.Verdict, Tap: held.Tap}
	}
	scanned, err := w.Using.Scan(c.Request().Context(), route.Command(c), in)
	done := "In " + scanned.Pseudonym + "."
	switch {
	case scanned.Proven:
		done = authentic.Proven.Words()
	case scanned.Wants != "":
		done = scanned.Wants
	case scanned.Sentence != "":
		done = scanned.Sentence + "."
	}
	return finish(c, scanPath, done, err)
}

// waitingOf is the running list of the person's open case.
func (w Ward) waitingOf(c echo.Context) (view.WaitingProps, error) {
	open, err := w.openCaseOf(c)
	if err != nil || open == nil {
		return view.WaitingProps{}, err
	}
	v, err := w.Using.View(c.Request().Context(), route.Actor(c), open.ID)
	return waitingList(v, route.Actor(c), w.Using.Store.Now()), err
}
