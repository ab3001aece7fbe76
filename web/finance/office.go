// Package finance serves the pages of money to both sides: queue, lines,
// invoices with their payments, and exports. Each handler parses, asks one use
// case or one scoped query, and renders.
package finance

import (
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/labstack/echo/v4"

	"trueward/internal/adapter/store"
	"trueward/internal/app/approving"
	"trueward/internal/app/closing"
	"trueward/internal/app/crediting"
	"trueward/internal/app/disputing"
	"trueward/internal/app/exporting"
	"trueward/internal/app/invoicing"
	"trueward/internal/app/ordering"
	"trueward/internal/app/paying"
	"trueward/internal/app/pricing"
	"trueward/internal/domain/access"
	"trueward/internal/domain/billing"
	"trueward/internal/standard/civil"
	view "trueward/templates/finance"
	"trueward/templates/ui"
	"trueward/web/listing"
	"trueward/web/route"
)

// Addresses of the pages.
const (
	queuePath    = "/queue"
	linePath     = "/lines/:id"
	invoicesPath = "/invoices"
	invoicePath  = "/invoices/:id"
	exportsPath  = "/exports"

	creditsPath   = "/credits"
	disputesPath  = "/disputes"
	approvalsPath = "/approvals"
	booksPath     = "/books"
	reportsPath   = "/reports"
	numbersPath   = "/numbers"
)

// Office holds what the pages work with.
type Office struct {
	Store     *store.Store
	Pricing   *pricing.Desk
	Invoicing *invoicing.Desk
	Paying    *paying.Desk
	Exporting *exporting.Desk
	Crediting *crediting.Desk
	Approving *approving.Desk
	Disputing *disputing.Desk
	Closing   *closing.Desk
	Ordering  *ordering.Desk
}

var (
	id     = route.Path("id", route.ID())
	cursor = route.Query("after", route.Token(512))
)

func statusType() route.Type {
	values := []string{"overdue", "parked", "issued"}
	for _, s := range billing.InvoiceStates() {
		values = append(values, string(s))
	}
	return route.Enum(values...)
}

// Routes are the URLs of the room.
func (o Office) Routes() []route.Route {
	return slices.Concat(o.reading(), o.changing(), o.exports(), o.afterIssue(), o.correcting(), o.bankRoutes(), o.chosenRoutes(), o.zoneRoutes())
}

func (o Office) reading() []route.Route {
	see := func(path, name string, h echo.HandlerFunc, params ...route.Param) route.Route {
		return route.Route{Method: http.MethodGet, Path: path, Name: name, Needs: access.SeeInvoices, Tenancy: route.Sides, Handler: h, Params: params}
	}
	queue := see(queuePath, "queue", o.showQueue, append(listing.Params(view.LineColumns("").Keys()), cursor, route.Query("view", route.Enum("soon", "held", "unpriced", "parked", "free")))...)
	queue.Menu = &route.Menu{Text: "Queue", Icon: "waiting", Key: "q", Place: 50}
	invoices := see(invoicesPath, "invoices", o.showInvoices, append(listing.Params(view.InvoiceColumns("").Keys()), cursor, route.Query("q", route.Text(64)), route.Query("party", route.ID()),
		route.Query("status", statusType()), route.Query("from", route.Date()), route.Query("to", route.Date()))...)
	invoices.Menu = &route.Menu{Text: "Invoices", Icon: "money", Key: "i", Place: 52}
	pdf := see(invoicePath+"/pdf", "invoice.pdf", o.invoicePDF, id)
	pdf.Rate = route.RateExport
	return []route.Route{
		queue, invoices, pdf,
		see(linePath, "line", o.showLine, id), see(invoicePath, "invoice", o.showInvoice, id),
	}
}

func (o Office) changing() []route.Route {
	change := func(path, name string, needs access.Verb, tenancy route.Tenancy, h echo.HandlerFunc, params ...route.Param) route.Route {
		return route.Route{
			Method: http.MethodPost, Path: path, Name: name, Needs: needs, Tenancy: tenancy, ChangesState: true,
			BodyLimit: 16 << 10, Handler: h, Params: params,
		}
	}
	reason := route.Form("reason", route.Prose(400))
	return []route.Route{
		change(linePath+"/hold", "line.hold", access.HoldLines, route.Sides, o.holdLine, id, reason, route.Form("until", route.Date())),
		change(linePath+"/orders", "line.orders", access.HoldLines, route.Sides, o.splitLine, id, route.FormMany("number", route.Text(64)), route.FormMany("position", route.Int()), route.FormMany("quantity", route.Int())),
		change(linePath+"/release", "line.release", access.HoldLines, route.Sides, o.releaseLine, id),
		change(linePath+"/price", "line.price", access.SetPrices, route.Vendor, o.priceLine, id, route.Form("price", route.Text(40)), route.Form("from", route.Date())),
		change("/jobs/:id/retry", "job.retry", access.FreezeInvoices, route.Vendor, o.retryJob, id),
		change(invoicePath+"/cut-off", "invoice.cut-off", access.FreezeInvoices, route.Vendor, o.manage(o.Invoicing.CutOffNow, "The invoice is cut off."), id),
		change(invoicePath+"/approve", "invoice.approve", access.FreezeInvoices, route.Vendor, o.manage(o.Invoicing.Approve, "The invoice is approved and being issued."), id),
		change(invoicePath+"/collect", "invoice.collect", access.FreezeInvoices, route.Vendor, o.manage(o.Invoicing.CollectAgain, "The invoice collects again."), id),
		change(invoicePath+"/unpark", "invoice.unpark", access.FreezeInvoices, route.Vendor, o.manage(o.Invoicing.Unpark, "The invoice goes on."), id),
		change(invoicePath+"/payments", "payment.record", access.RecordPayments, route.Sides, o.recordPayment, id,
			route.Form("amount", route.Text(40)), route.Form("received_on", route.Date()), route.Form("method", route.Text(32)), route.Form("reference", route.Prose(400))),
		change("/payments/:id/undo", "payment.undo", access.RecordPayments, route.Sides, o.undoPayment, id, reason),
	}
}

// queries reads with the scope of whoever asks.
func (o Office) queries(c echo.Context) store.Queries {
	return o.Store.Read(c.Request().Context(), route.Actor(c).Scope())
}

// other returns the name of the side that the asker is not.
func other(c echo.Context, vendor, hospital string) string {
	if route.Actor(c).Kind == access.Vendor {
		return hospital
	}
	return vendor
}

// partners are the organisations on the other side, for a filter.
func (o Office) partners(c echo.Context) (string, []ui.Option, error) {
	kind, label := access.Vendor, "Vendor"
	if route.Actor(c).Kind == access.Vendor {
		kind, label = access.Hospital, "Hospital"
	}
	all, err := o.queries(c).Organisations(kind)
	options := []ui.Option{{Text: "All"}}
	for _, partner := range all {
		options = append(options, ui.Option{Value: string(partner.ID), Text: partner.Name})
	}
	return label, options, err
}

// party puts a chosen partner on the side of the filter where it belongs.
func party(c echo.Context, chosen string) (vendor, hospital access.OrganisationID) {
	if route.Actor(c).Kind == access.Vendor {
		return "", access.OrganisationID(chosen)
	}
	return access.OrganisationID(chosen), ""
}

// next is the address of the next part of a list: this one with its cursor.
func next(c echo.Context, after string) string {
	if after == "" {
		return ""
	}
	query := url.Values{}
	for name, values := range route.Of(c).Query {
		query[name] = values
	}
	query.Set("after", after)
	return route.Of(c).Route.Path + "?" + query.Encode()
}

// zone returns a site's time zone, or UTC for one that is not known.
func zone(name string) *time.Location {
	if location, err := civil.Zone(name); err == nil {
		return location
	}
	return time.UTC
}
