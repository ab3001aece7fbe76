// Package ward is the nurse's room: home, scan, case, find and unit, and the
// public page behind a tag's URL. Each file is one page action: parse, ask one
// use case, render.
package ward

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"trueward/internal/app/scanning"
	"trueward/internal/app/using"
	"trueward/internal/domain/access"
	view "trueward/templates/ward"
	"trueward/web/frame"
	"trueward/web/listing"
	"trueward/web/route"
)

// Addresses of the pages.
const (
	homePath  = "/ward"
	scanPath  = "/scan"
	pickPath  = "/scan/pick"
	heldPath  = "/scan/tapped"
	tapPath   = "/t/:profile"
	casesPath = "/cases"
	casePath  = "/cases/:id"
	findPath  = "/find"
	shelfPath = "/find/:product"
	unitPath  = "/units/:id"

	// keptPath takes scans that a device kept; outboxPath shows what waits.
	keptPath   = frame.KeptPath
	outboxPath = frame.OutboxPath
	settlePath = "/outbox/:id"
	// downtimePath shows forms for writing by hand; setUpPath tests a hand scanner.
	downtimePath = "/outbox/forms"
	setUpPath    = "/scan/set-up"

	waitingPath = "/cases/:id/waiting"
	joinPath    = "/cases/:id/join"
	leavePath   = "/cases/leave"
	closePath   = "/cases/:id/close"
	confirmPath = "/cases/:id/confirm"
	decidePath  = "/cases/:id/units/:unit/decide"
	wastePath   = "/cases/:id/units/:unit/waste"
	asidePath   = "/cases/:id/units/:unit/aside"
	undoPath    = "/usages/:id/undo"
	correctPath = "/usages/:id/correct"
	movePath    = "/usages/:id/move"
	removePath  = "/units/:id/remove"
	backPath    = "/units/:id/put-back"
	usePath     = "/units/:id/use"
)

// Ward holds what the pages work with.
type Ward struct {
	Scanning *scanning.Desk
	Using    *using.Desk
}

var (
	anID    = route.Path("id", route.ID())
	aUnit   = route.Path("unit", route.ID())
	aReason = route.Form("reason", route.Prose(2000))
	after   = route.Query("after", route.Token(1024))
)

// Routes are the URLs of the room.
func (w Ward) Routes() []route.Route {
	return append(append(w.ofScans(), w.ofCases()...), w.ofUnits()...)
}

func get(path, name string, needs access.Verb, tenancy route.Tenancy, h echo.HandlerFunc, params ...route.Param) route.Route {
	return route.Route{Method: http.MethodGet, Path: path, Name: name, Needs: needs, Tenancy: tenancy, Handler: h, Params: params}
}

func post(path, name string, needs access.Verb, tenancy route.Tenancy, h echo.HandlerFunc, params ...route.Param) route.Route {
	r := get(path, name, needs, tenancy, h, params...)
	r.Method, r.ChangesState = http.MethodPost, true
	return r
}

func (w Ward) ofScans() []route.Route {
	home := get(homePath, "ward", access.WorkCase, route.Site, w.home)
	home.Menu = &route.Menu{Text: "Ward", Icon: "home", Key: "h", Place: 10}
	scan := get(scanPath, "scan", access.Scan, route.Sides, w.scanPage)
	scan.Menu, scan.Wasm = &route.Menu{Text: "Scan", Icon: "scan", Key: "s", Place: 11}, true
	check := post(scanPath, "scan.check", access.Scan, route.Sides, w.scan,
		route.Form("scan", route.Scan(4096)), route.Form("symbology", route.Text(8)),
		route.Form("source", sources()))
	check.Rate, check.BodyLimit = route.RateScan, 32<<10
	kept := post(keptPath, "scan.kept", access.Scan, route.Sides, w.scansKept, keptParams()...)
	kept.Rate = route.RateScan
	held := get(heldPath, "scan.tapped", access.Scan, route.Sides, w.held)
	pick := post(pickPath, "scan.pick", access.WorkCase, route.Site, w.pick,
		route.Form("unit", route.ID()), route.Form("tap", route.ID()))
	// The one GET that changes rows: a tag's URL is opened by a phone's browser.
	tap := get(tapPath, "tap", route.Anonymous, route.Self, w.tap, tapParams()...)
	tap.ChangesState, tap.Rate = true, route.RateTap
	outbox := get(outboxPath, "outbox", route.SignedIn, route.Organisation, w.outbox)
	settle := post(settlePath, "outbox.decide", access.WorkCase, route.Site, w.settle, anID,
		route.Form("decision", route.Enum("accepted", "exception", "discarded")), route.Form("reason", route.Prose(500)))
	forms := get(downtimePath, "outbox.forms", access.WorkCase, route.Site, w.downtime, route.Query("place", route.ID()))
	setUp := get(setUpPath, "scan.set-up", access.Scan, route.Sides, w.setUp)
	setUp.Wasm = true
	try := post(setUpPath, "scan.set-up.try", access.Scan, route.Sides, w.tryScanner,
		route.Form("scan", route.Scan(4096)), route.Form("symbology", route.Text(8)), route.Form("source", sources()))
	try.Rate = route.RateScan
	return []route.Route{home, scan, check, kept, held, pick, tap, outbox, settle, forms, setUp, try}
}

// tapParams are the names that tags are programmed with; their values are
// judged by the profile, on the raw text.
func tapParams() []route.Param {
	params := []route.Param{route.Path("profile", route.Token(64))}
	for _, name := range []string{"p", "m", "u", "c", "e", "picc_data", "uid", "ctr", "enc", "cmac"} {
		params = append(params, route.Query(name, route.Token(256)))
	}
	return params
}

func (w Ward) ofCases() []route.Route {
	list := get(casesPath, "cases", access.WorkCase, route.Site, w.cases, append(listing.Params(view.CaseColumns.Keys()), after, route.Query("place", route.ID()))...)
	list.Menu = &route.Menu{Text: "Cases", Icon: "case", Key: "c", Place: 12}
	nurse := func(path, name string, h echo.HandlerFunc, params ...route.Param) route.Route {
		return post(path, name, access.WorkCase, route.Site, h, params...)
	}
	decide := nurse(decidePath, "case.decide", w.decide, anID, aUnit, aReason,
		route.Form("email", route.Prose(512)), route.Form("password", route.Secret(1<<10)))
	decide.Rate = route.RateSignIn // it proves a password
	return []route.Route{
		list,
		nurse(casesPath, "case.open", w.openCase, route.Form("place", route.ID())),
		nurse(leavePath, "case.leave", w.leaveCase),
		get(casePath, "case", access.WorkCase, route.Site, w.showCase, anID),
		get(waitingPath, "case.waiting", access.WorkCase, route.Site, w.waiting, anID),
		nurse(joinPath, "case.join", w.joinCase, anID),
		nurse(closePath, "case.close", w.closeCase, anID),
		nurse(confirmPath, "case.confirm", w.confirm, anID, route.FormMany("units", route.ID())),
		get(decidePath, "case.decide.form", access.WorkCase, route.Site, w.showDecide, anID, aUnit),
		decide,
		get(wastePath, "case.waste.form", access.WorkCase, route.Site, w.showWaste, anID, aUnit),
		nurse(wastePath, "case.waste", w.waste, anID, aUnit, aReason),
		nurse(asidePath, "case.aside", w.setAside, anID, aUnit),
		nurse(undoPath, "usage.undo", w.undo, anID, aReason),
		get(correctPath, "usage.correct", access.WorkCase, route.Site, w.showCorrect, anID),
		nurse(movePath, "usage.move", w.moveUsage, anID, aReason, route.Form("case", route.ID())),
	}
}

func (w Ward) ofUnits() []route.Route {
	find := get(findPath, "find", access.SeeStock, route.Site, w.find,
		route.Query("q", route.Text(100)), route.Query("place", route.ID()))
	find.Menu = &route.Menu{Text: "Find", Icon: "search", Key: "f", Place: 13}
	return []route.Route{
		find,
		get(shelfPath, "find.shelf", access.SeeStock, route.Site, w.shelf,
			append(listing.Params(view.ShelfColumns.Keys()), route.Path("product", route.ID()), route.Query("place", route.ID()), after)...),
		get(unitPath, "unit", access.SeeStock, route.Sides, w.unit, anID),
		post(usePath, "unit.use", access.WorkCase, route.Site, w.use, anID),
		post(removePath, "unit.remove", access.WorkCase, route.Site, w.remove, anID),
		post(backPath, "unit.put-back", access.WorkCase, route.Site, w.putBack, anID),
	}
}
