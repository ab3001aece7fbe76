// Package reader is the page of the desk readers: which there are, who uses
// them, and what the last tag came to. It exists only where the server has a
// reader.
package reader

import (
	"fmt"
	"net/http"
	"path"
	"strings"

	"github.com/labstack/echo/v4"

	"trueward/internal/app/reading"
	"trueward/internal/domain/access"
	"trueward/internal/domain/device"
	view "trueward/templates/reader"
	"trueward/templates/ui"
	"trueward/web/frame"
	"trueward/web/route"
)

// Addresses of the pages, and those of the ward they lead to.
const (
	readerPath = "/reader"
	answerPath = "/reader/answer"
	usePath    = "/reader/use"
	letGoPath  = "/reader/let-go"
	unitPath   = "/units/"
	pickPath   = "/scan/pick"
)

// Room holds what the pages work with.
type Room struct{ Desk *reading.Desk }

// Routes are the URLs of the room.
func (r Room) Routes() []route.Route {
	of := func(method, path, name string, h echo.HandlerFunc, params ...route.Param) route.Route {
		return route.Route{
			Method: method, Path: path, Name: name, Needs: access.Scan, Tenancy: route.Sides,
			ChangesState: method == http.MethodPost, Handler: h, Params: params,
		}
	}
	which := route.Form("reader", route.Token(64))
	page := of(http.MethodGet, readerPath, "reader", r.show)
	page.Menu = &route.Menu{Text: "Reader", Icon: "chip", Key: "8", Place: 82}
	return []route.Route{
		page, of(http.MethodGet, answerPath, "reader.answer", r.answer),
		of(http.MethodPost, usePath, "reader.use", r.use, which),
		of(http.MethodPost, letGoPath, "reader.let-go", r.letGo, which),
	}
}

func (r Room) show(c echo.Context) error {
	p := view.Props{Frame: frame.Page(c, "Reader"), Answer: r.newest(c)}
	for _, l := range r.Desk.Lines(route.Actor(c)) {
		p.Readers = append(p.Readers, line(l))
	}
	return route.Render(c, http.StatusOK, view.Page(p))
}

func (r Room) answer(c echo.Context) error {
	return route.Render(c, http.StatusOK, view.Answer(r.newest(c)))
}

func (r Room) use(c echo.Context) error {
	if err := r.Desk.Use(route.Actor(c), device.ReaderID(route.Value(c, "reader"))); err != nil {
		return err
	}
	return route.Redirect(c, readerPath, route.Done("The reader is yours. Lay a tag on it."))
}

func (r Room) letGo(c echo.Context) error {
	r.Desk.LetGo(route.Actor(c), device.ReaderID(route.Value(c, "reader")))
	return route.Redirect(c, readerPath, route.Done("The reader is free."))
}

func line(l reading.Line) view.Line {
	out := view.Line{
		ID: string(l.Reader), Name: path.Base(l.Address.Path), Kind: kindWords(l.Status), State: l.State.Words(), Tone: ui.Warn,
		LastRead: l.LastRead, User: "Nobody", Action: usePath, Key: route.NewKey(), Mine: l.Mine,
		Figures: fmt.Sprintf("%d a minute, %d errors", l.PerMinute, l.Faults),
	}
	if l.Lost > 0 {
		out.Figures += fmt.Sprintf(", %d reads nobody took", l.Lost)
	}
	if l.State == device.StateConnected {
		out.Tone = ui.Info
	}
	switch {
	case l.Mine:
		out.User, out.Action = "You", letGoPath
	case l.Taken:
		out.User = "Somebody else"
	}
	return out
}

func kindWords(s device.Status) string {
	if s.Module != "" {
		return s.Module
	}
	switch s.Kind {
	case device.KindPN532:
		return "NFC desk reader"
	case device.KindR200:
		return "UHF desk reader"
	}
	return "kind not known yet"
}

// newest is the actor's newest answer in words.
func (r Room) newest(c echo.Context) view.AnswerProps {
	actor := route.Actor(c)
	p := view.AnswerProps{Refresh: answerPath}
	for _, l := range r.Desk.Lines(actor) {
		p.Ready = p.Ready || l.Mine
	}
	a, ok := r.Desk.Last(actor)
	if p.Empty = !ok; !ok {
		return p
	}
	p.Heading, p.Sentence, p.At = a.Heading, a.Sentence, a.At
	if a.Checked() {
		p.Check = check(a)
	}
	if a.Unit == "" {
		return p
	}
	p.UnitHref = unitPath + string(a.Unit)
	if actor.May(access.WorkCase) {
		p.Pick = &view.Pick{Action: pickPath, Key: route.NewKey(), Unit: string(a.Unit), Tap: a.Tap}
	}
	return p
}

// check words verdict and disposition: two values, side by side.
func check(a reading.Answer) *ui.CheckProps {
	p := &ui.CheckProps{
		Verdict: ui.Verdict(a.Verdict.Level), VerdictWord: a.Verdict.Words(), VerdictWhy: a.Verdict.Why(),
		Disposition: ui.Disposition(a.Disposition.Level), DispositionWord: a.Disposition.Level.Words(),
	}
	if a.Disposition.Level == "" {
		p.Disposition, p.DispositionWord = ui.Unknown, "No unit"
	}
	var words []string
	for _, reason := range a.Disposition.Reasons {
		words = append(words, reason.Words)
	}
	if text := strings.Join(words, "; "); text != "" {
		p.DispositionWhy = strings.ToUpper(text[:1]) + text[1:] + "."
	}
	return p
}
