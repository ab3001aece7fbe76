// Package route is the vocabulary of the product's URLs: what a route declares
// about itself, and what a handler may ask of its request.
//
// A URL exists only as a Route in the registry (web/routes.go). It names who
// may call it, whose rows it shows, whether it changes anything and which
// parameters it takes; the server refuses everything else before a handler, or
// the database, sees the request. A handler therefore reads parameters without
// checking their form again, and never decides who may call it.
package route

import (
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"trueward/internal/domain/access"
)

// Who may call a route: one of the two below, or a verb of package access.
const (
	// Anonymous routes need nobody signed in.
	Anonymous access.Verb = "anonymous"
	// SignedIn routes need a person, whatever their roles.
	SignedIn access.Verb = "signed_in"
)

// Tenancy says whose rows a route shows or changes, and so which kinds of
// organisation may call it. The rows themselves are bounded by the store's
// scope. The set is closed.
type Tenancy string

// The tenancies.
const (
	// None: no organisation's rows at all.
	None Tenancy = "none"
	// Self: the person's own account and session.
	Self Tenancy = "self"
	// Organisation: the person's organisation, of whatever kind.
	Organisation Tenancy = "organisation"
	// Hospital: one hospital's rows; only a hospital's people may call it.
	Hospital Tenancy = "hospital"
	// Site: rows of one hospital's sites; only a hospital's people.
	Site Tenancy = "site"
	// Vendor: one vendor's rows; only a vendor's people.
	Vendor Tenancy = "vendor"
	// Sides: rows that hospital and vendor share; people of either.
	Sides Tenancy = "hospital+vendor"
	// Installation: what belongs to the installation; only the operator's people.
	Installation Tenancy = "installation"
)

// Admits reports whether people of a kind of organisation may call routes of
// the tenancy.
func (t Tenancy) Admits(kind access.OrganisationKind) bool {
	switch t {
	case None, Self, Organisation:
		return true
	case Hospital, Site:
		return kind == access.Hospital
	case Vendor:
		return kind == access.Vendor
	case Sides:
		return kind == access.Hospital || kind == access.Vendor
	case Installation:
		return kind == access.Operator
	}
	return false
}

// Rate is the class of a route's rate limit; see web/limits.go for figures.
type Rate string

// The classes. The zero value is Normal.
const (
	Normal     Rate = ""
	RateSignIn Rate = "signin"
	RateTap    Rate = "tap"
	RateScan   Rate = "scan"
	RateExport Rate = "export"
	// RateProbe is for health checks and static files: never limited.
	RateProbe Rate = "probe"
)

// Route is one entry of the registry.
type Route struct {
	Method string
	// Path is the pattern, parameters as ":name".
	Path string
	// Name is unique and stable: it is what logs and figures call the route.
	Name string
	// Needs is the verb a caller must hold, Anonymous, or SignedIn.
	Needs   access.Verb
	Tenancy Tenancy
	// ChangesState says that calling it may change rows. Such a route carries
	// the form field idempotency_key without declaring it.
	ChangesState bool
	// Keyless frees a changing route from the key: sign-in and sign-out, whose
	// effect is the same however often they come.
	Keyless bool
	// BodyLimit bounds the body in bytes; 0 means 1 MiB.
	BodyLimit int64
	Rate      Rate
	Params    []Param
	// Wasm lets the page compile WebAssembly: scan pages only.
	Wasm bool
	// Stream lifts the write time limit: server-sent events.
	Stream bool
	// RawBody leaves the body to the handler: reports and webhooks.
	RawBody bool
	// Public lets caches keep the answer; the handler sets Cache-Control.
	Public bool
	// Menu puts the page into the navigation of everybody who may call it.
	Menu    *Menu
	Handler echo.HandlerFunc
}

// Menu is a page's entry in the navigation.
type Menu struct {
	Text string
	Icon string // a name of templates/ui
	Key  string // the letter that follows g on a keyboard
	// Place orders the entries: ward 10–29, vendor 30–49, finance 50–69,
	// people 70–79, tags and keys 80–89, system 90–99.
	Place int
}

// Admits reports whether an actor may call the route; nobody signed in is the
// zero Actor.
func (r Route) Admits(actor access.Actor) bool {
	switch {
	case r.Needs == Anonymous:
		return true
	case !actor.Signed() || !r.Tenancy.Admits(actor.Kind):
		return false
	case r.Needs == SignedIn:
		return true
	}
	return actor.May(r.Needs)
}

// Check reports what the entry fails to declare.
func (r Route) Check() error {
	var errs []error
	complain := func(bad bool, what string) {
		if bad {
			errs = append(errs, fmt.Errorf("route %s %s: %s", r.Method, r.Path, what))
		}
	}
	complain(r.Method != http.MethodGet && r.Method != http.MethodPost, "is neither GET nor POST")
	complain(!strings.HasPrefix(r.Path, "/"), "its path does not start with a slash")
	complain(r.Name == "", "has no name")
	complain(r.Needs == "", "does not say who may call it")
	complain(r.Tenancy == "", "does not say whose rows it shows")
	complain(r.Handler == nil, "has no handler")
	complain(r.Method == http.MethodPost && !r.ChangesState && !r.RawBody, "is a POST that says it changes nothing")
	complain(r.Needs == Anonymous && r.Tenancy != None && r.Tenancy != Self, "shows tenants' rows to nobody in particular")
	errs = append(errs, r.checkParams())
	return errors.Join(errs...)
}

func (r Route) checkParams() error {
	declared := map[string]bool{}
	for _, p := range r.Params {
		if err := p.check(); err != nil {
			return fmt.Errorf("route %s %s: %w", r.Method, r.Path, err)
		}
		if declared[string(p.In)+p.Name] {
			return fmt.Errorf("route %s %s: parameter %s is declared twice", r.Method, r.Path, p.Name)
		}
		declared[string(p.In)+p.Name] = true
	}
	for _, part := range strings.Split(r.Path, "/") {
		name, isParam := strings.CutPrefix(part, ":")
		if isParam && !declared[string(InPath)+name] {
			return fmt.Errorf("route %s %s: parameter %s has no type", r.Method, r.Path, name)
		}
	}
	return nil
}
