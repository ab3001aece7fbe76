package route

import (
	"bytes"
	"cmp"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/a-h/templ"
	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"trueward/internal/adapter/store"
	"trueward/internal/domain/access"
	"trueward/internal/standard/civil"
	"trueward/internal/wording"
)

// KeyField is the form field that carries a command's idempotency key.
const KeyField = "idempotency_key"

const requestKey = "trueward.request"

// Request is what the server found out about a request before its handler ran.
type Request struct {
	Route Route
	Actor access.Actor
	// Theme is the person's choice: "light", "dark" or "" for the system's.
	Theme access.Theme
	// Preferences are how the person works with pages.
	Preferences access.Preferences
	// Zone is the name of the time zone of the actor's site; may be empty.
	Zone string
	// Language is what pages are said in: Chosen, or else what the browser asks
	// for.
	Language   wording.Tag
	Chosen     access.Language
	Email      string // of the actor
	Sample     bool   // the actor's organisation was made up to try the product
	Query      url.Values
	Form       url.Values
	BodySHA256 string // hex, over method, path, query and body
	ID         string // request id
	Address    string // network address of the client
	// Refused says that a redirect tells the person of a refusal: the log cannot
	// see it by the status.
	Refused bool
	// Idle is after how long without a request the session ends.
	Idle time.Duration
	// Menu is the navigation of the actor: the routes they may call that have
	// an entry.
	Menu []Route
	// Registry is every route of the product, the actor's or not.
	Registry []Route
}

// Attach and Of keep the request's facts in its context; the server attaches.
func Attach(c echo.Context, r *Request) { c.Set(requestKey, r) }

// Of returns the request's facts; never nil.
func Of(c echo.Context) *Request {
	if r, ok := c.Get(requestKey).(*Request); ok {
		return r
	}
	return &Request{}
}

// Actor returns who asks; the zero Actor when nobody is signed in.
func Actor(c echo.Context) access.Actor { return Of(c).Actor }

// Zone is the time zone in which the actor reads times that belong to no site:
// their own site's, of a vendor's people the vendor's, UTC for others. Pages name it beside the time.
func Zone(c echo.Context) *time.Location {
	if name := Of(c).Zone; name != "" {
		if zone, err := civil.Zone(name); err == nil {
			return zone
		}
	}
	return time.UTC
}

// PathValue returns a path parameter. The form of every parameter was checked
// before the handler ran.
func PathValue(c echo.Context, name string) string { return c.Param(name) }

// QueryValue returns a parameter of the query string, empty when absent.
func QueryValue(c echo.Context, name string) string { return Of(c).Query.Get(name) }

// Value returns a form field, empty when absent.
func Value(c echo.Context, name string) string { return Of(c).Form.Get(name) }

// Values returns every value of a repeated form field.
func Values(c echo.Context, name string) []string { return Of(c).Form[name] }

// Command returns who asks for a change, the key their form carried and the
// digest of what they sent: what store.Once needs.
func Command(c echo.Context) store.Command {
	r := Of(c)
	return store.Command{Actor: r.Actor, Key: r.Form.Get(KeyField), BodySHA256: r.BodySHA256}
}

// NewKey returns a fresh idempotency key for a form.
func NewKey() string { return uuid.NewString() }

// Hypertext reports whether htmx asks for a fragment.
func Hypertext(c echo.Context) bool {
	h := c.Request().Header
	return h.Get("HX-Request") == "true" && h.Get("HX-History-Restore-Request") != "true"
}

// Render writes a component as the whole answer. It is rendered first and sent
// then, so that a failure half-way becomes an error page, not half a page.
func Render(c echo.Context, status int, component templ.Component) error {
	page := pages.Get().(*bytes.Buffer)
	defer pages.Put(page)
	page.Reset()
	if err := component.Render(c.Request().Context(), page); err != nil {
		return err
	}
	c.Response().Header().Set("Content-Language", string(cmp.Or(Of(c).Language, wording.Source)))
	if speaker := wording.Speak(Of(c).Language); speaker != nil {
		return send(c, status, speaker.Page(page.Bytes()))
	}
	return send(c, status, page.Bytes())
}

// pages are buffers that have held a page before and need not grow again.
var pages = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// Redirect answers a changing request: the browser goes on to a page of ours
// (303), where the flash is shown once.
func Redirect(c echo.Context, to string, flash Flash) error {
	if flash.Text != "" {
		setFlash(c, flash)
		Of(c).Refused = flash.Kind == "error"
	}
	if Hypertext(c) {
		c.Response().Header().Set("HX-Redirect", to)
		return c.NoContent(http.StatusOK)
	}
	return c.Redirect(http.StatusSeeOther, to)
}
