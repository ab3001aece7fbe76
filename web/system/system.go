// Package system is the room of those who look after the installation: tag
// keys, alerts, the audit trail, waiting work, and for the operator the state
// of the installation and its sample data.
package system

import (
	"context"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"trueward/internal/adapter/store"
	"trueward/internal/app/operating"
	"trueward/internal/domain/access"
	view "trueward/templates/system"
	"trueward/web/listing"
	"trueward/web/route"
)

// Addresses of the pages.
const (
	keysPath        = "/keys"
	alertsPath      = "/alerts"
	acknowledgePath = "/alerts/:id/acknowledge"
	chosenPath      = "/alerts/chosen"
	allPath         = "/alerts/acknowledge"
	auditPath       = "/audit"
	systemPath      = "/system"
	samplePath      = "/system/sample"
	notedPath       = "/system/sample/noted"

	// Of package tagging, to which the page of keys leads.
	profilePath    = "/tag-profiles/"
	newProfilePath = "/tag-profiles/new"
	tagsPath       = "/tags"
)

// Room holds what the pages work with.
type Room struct {
	Desk operating.Desk
	// Sampler loads sample data; nil where there is none to load.
	Sampler Sampler
	// LivePages returns how many pages hear live events.
	LivePages func() int
	Version   string
}

// Sampler loads sample data in the background, once at a time.
type Sampler interface {
	// Start begins loading for a person and returns at once. tapHost is where
	// the URLs of the sample's tags lead to.
	Start(ctx context.Context, by access.PersonID, tapHost string) error
	// State says how far it is.
	State() SampleState
	// Forget drops the password of a load that ended.
	Forget()
}

// SampleState is how far a load of sample data is.
type SampleState struct {
	Started     bool
	By          access.PersonID // who may see the password
	Running     bool
	Done, Total int
	Doing       string
	Failed      bool
	// Password opens every sign-in of a load that went well, until forgotten.
	Password string
	SignIns  []SignIn
}

// SignIn is a sample person.
type SignIn struct{ Role, Name, Organisation, Email string }

// Routes are the URLs of the room.
func (r Room) Routes() []route.Route {
	after := route.Query("after", route.Token(1024))
	routes := []route.Route{
		{
			Method: http.MethodGet, Path: keysPath, Name: "keys", Needs: access.ManageTags, Tenancy: route.Sides, Handler: r.showKeys,
			Menu: &route.Menu{Text: "Keys", Icon: "key", Key: "k", Place: 80},
		}, {
			Method: http.MethodGet, Path: alertsPath, Name: "alerts", Needs: access.ManageTags, Tenancy: route.Sides, Handler: r.showAlerts,
			Params: append(listing.Params(view.AlertColumns.Keys()), route.Query("view", route.Enum("open", "all")), after),
			Menu:   &route.Menu{Text: "Alerts", Icon: "warning", Key: "a", Place: 81},
		}, {
			Method: http.MethodPost, Path: acknowledgePath, Name: "alerts.acknowledge", Needs: access.ManageTags, Tenancy: route.Sides,
			ChangesState: true, Handler: r.acknowledge, Params: []route.Param{route.Path("id", route.ID())},
		}, {
			Method: http.MethodGet, Path: chosenPath, Name: "alerts.chosen", Needs: access.ManageTags, Tenancy: route.Sides,
			Handler: r.chosen, Params: []route.Param{route.QueryMany("ids", route.ID())},
		}, {
			Method: http.MethodPost, Path: allPath, Name: "alerts.acknowledge-all", Needs: access.ManageTags, Tenancy: route.Sides,
			ChangesState: true, Handler: r.acknowledgeAll, Params: []route.Param{route.FormMany("ids", route.ID())},
		}, {
			Method: http.MethodGet, Path: systemPath, Name: "system", Needs: access.SeeSystem, Tenancy: route.Organisation, Handler: r.showSystem,
			Menu: &route.Menu{Text: "System", Icon: "chart", Key: "y", Place: 90},
		}, {
			Method: http.MethodGet, Path: auditPath, Name: "audit", Needs: access.SeeAudit, Tenancy: route.Organisation, Handler: r.showAudit,
			Params: append(listing.Params(view.TrailColumns.Keys()),
				route.Query("action", route.Token(64)), route.Query("person", route.Token(64)),
				route.Query("kind", route.Token(32)), route.Query("object", route.Text(128)), after),
			Menu: &route.Menu{Text: "Audit", Icon: "file", Key: "t", Place: 95},
		},
	}
	if r.Sampler == nil {
		return routes
	}
	return append(routes, r.sampleRoutes()...)
}

func (r Room) sampleRoutes() []route.Route {
	of := func(method, path, name string, handler echo.HandlerFunc) route.Route {
		return route.Route{
			Method: method, Path: path, Name: name, Needs: access.ManageOrganisations, Tenancy: route.Installation,
			ChangesState: method == http.MethodPost, Handler: handler,
		}
	}
	return []route.Route{
		of(http.MethodGet, samplePath, "system.sample", r.showSample),
		of(http.MethodPost, samplePath, "system.sample.load", r.loadSample),
		of(http.MethodPost, notedPath, "system.sample.noted", r.notedSample),
	}
}

// zone returns a time zone by its IANA name, UTC when there is none.
func zone(name string) *time.Location {
	if location, err := time.LoadLocation(name); err == nil && name != "" {
		return location
	}
	return time.UTC
}

func pageOf(c echo.Context) store.Page { return store.Page{After: route.QueryValue(c, "after")} }
