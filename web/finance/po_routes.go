package finance

import (
	"net/http"
	"slices"

	"github.com/labstack/echo/v4"

	"trueward/internal/adapter/store"
	"trueward/internal/app/capturing"
	"trueward/internal/app/matching"
	"trueward/internal/app/ordering"
	"trueward/internal/app/pricing"
	"trueward/internal/domain/access"
	"trueward/internal/domain/billing"
	view "trueward/templates/finance"
	"trueward/web/listing"
	"trueward/web/route"
)

// Addresses of the pages before an invoice is made.
const (
	waitingPath    = queuePath + "/po"
	ordersPath     = "/orders"
	matchesPath    = "/matches"
	missingPath    = matchesPath + "/missing"
	agreementsPath = "/agreements"
)

// Orders holds what the pages before an invoice work with: orders, the match of
// vendors' own invoices, and agreements.
type Orders struct {
	Store     *store.Store
	Pricing   *pricing.Desk
	Ordering  *ordering.Desk
	Matching  *matching.Desk
	Capturing *capturing.Desk
}

// office lends the helpers of the room of invoices.
func (o Orders) office() Office { return Office{Store: o.Store} }

func (o Orders) queries(c echo.Context) store.Queries { return o.office().queries(c) }

// pasted bounds a file that is pasted into a form.
const pasted = 200 << 10

// Routes are the URLs of the room.
func (o Orders) Routes() []route.Route {
	see := func(path, name string, h echo.HandlerFunc, params ...route.Param) route.Route {
		return route.Route{Method: http.MethodGet, Path: path, Name: name, Needs: access.SeeInvoices, Tenancy: route.Sides, Handler: h, Params: params}
	}
	change := func(path, name string, h echo.HandlerFunc, params ...route.Param) route.Route {
		return route.Route{
			Method: http.MethodPost, Path: path, Name: name, Needs: access.HoldLines, Tenancy: route.Sides, ChangesState: true,
			BodyLimit: 64 << 10, Handler: h, Params: params,
		}
	}
	match := see(matchesPath, "matches", o.showMatches, append(listing.Params(view.ClaimColumns("").Keys()), cursor)...)
	match.Menu = &route.Menu{Text: "Match", Icon: "check", Key: "z", Place: 51}
	agreements := see(agreementsPath, "agreements", o.showAgreements)
	agreements.Menu = &route.Menu{Text: "Agreements", Icon: "file", Place: 59}
	file := change(waitingPath+"/file", "po.file", o.attachFile, route.Upload("file", route.Prose(pasted)))
	imported := change(matchesPath, "match.import", o.importClaim, route.Form("party", route.ID()), route.Upload("file", route.Prose(pasted)))
	file.BodyLimit, imported.BodyLimit = 1<<20, 1<<20
	lines, number := route.FormMany("lines", route.ID()), route.Form("number", route.Text(64))
	return append([]route.Route{
		see(waitingPath, "po", o.showWaiting, append(listing.Params(view.WaitingColumns("", false).Keys()), cursor)...),
		change(waitingPath+"/attach", "po.attach", o.attachOrder, lines, number),
		change(waitingPath+"/ask", "po.ask", o.askForOrder, lines, number),
		file,
		see(ordersPath, "orders", o.showOrders, append(listing.Params(view.OrderColumns("", false).Keys()), cursor)...),
		change(ordersPath, "order.add", o.addOrder, number, route.Form("party", route.ID()),
			route.Form("kind", route.Enum(string(billing.SingleOrder), string(billing.BlanketOrder), string(billing.BuyerReference))),
			route.Form("amount", route.Text(40)), route.Form("currency", route.Text(3)), route.Form("quantity", route.Int()),
			route.Form("from", route.Date()), route.Form("to", route.Date())),
		change(ordersPath+"/:id/close", "order.close", o.closeOrder, id),
		match, imported,
		see(missingPath, "match.missing", o.showMissing, append(listing.Params(view.LineColumns("").Keys()), cursor, route.Query("party", route.ID()))...),
		see(matchesPath+"/:id", "claim", o.showClaim, id),
		change(matchesPath+"/:id/check", "claim.check", o.checkClaim, id),
		agreements,
		see(agreementsPath+"/:id", "agreement", o.showAgreement, id, route.Query("version", route.Int())),
		change(agreementsPath+"/:id/prices/:price", "agreement.price", o.answerPrice, id, route.Path("price", route.ID()),
			route.Form("answer", route.Enum("accept", "keep"))),
		change(agreementsPath+"/:id/certificates", "certificate.add", o.addCertificate, id, number, route.Form("reason", route.Prose(200)),
			route.Form("category", route.Enum("E", "Z", "AE", "O", "K", "G")), route.Form("from", route.Date()), route.Form("to", route.Date())),
	}, slices.Concat(o.chargeRoutes(), o.sheetRoutes())...)
}
