package finance

import (
	"cmp"
	"net/http"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"trueward/internal/adapter/store"
	"trueward/internal/domain/access"
	view "trueward/templates/finance"
	"trueward/templates/ui"
	"trueward/web/frame"
	"trueward/web/listing"
	"trueward/web/route"
)

const chargesPath = "/charges"

// chargeViews are the states of charges as headings.
var chargeViews = []struct{ key, text, empty string }{
	{"pending", "To hand over", "Usages come here when their undo time is over and their item has a charge code."},
	{"not_chargeable", "Not chargeable", "Every usage has a charge code."},
	{"sent", "Handed over", "Nothing was handed over yet."},
}

func (o Orders) chargeRoutes() []route.Route {
	file := route.Form("file", route.Prose(pasted))
	return []route.Route{
		{
			Method: http.MethodGet, Path: chargesPath, Name: "charges", Needs: access.SeeInvoices, Tenancy: route.Hospital, Handler: o.showCharges,
			Params: append(listing.Params(view.ChargeColumns.Keys()), cursor, route.Query("view", route.Enum("pending", "not_chargeable", "sent"))),
			Menu:   &route.Menu{Text: "Charges", Icon: "case", Place: 61},
		},
		{
			Method: http.MethodPost, Path: chargesPath + "/codes", Name: "charges.codes", Needs: access.HoldLines, Tenancy: route.Hospital, ChangesState: true,
			BodyLimit: 1 << 20, Handler: o.setChargeCodes, Params: []route.Param{file},
		},
		{
			Method: http.MethodPost, Path: chargesPath + "/send", Name: "charges.send", Needs: access.HoldLines, Tenancy: route.Hospital, ChangesState: true,
			BodyLimit: 16 << 10, Handler: o.sendCharges, Rate: route.RateExport,
		},
	}
}

func (o Orders) showCharges(c echo.Context) error {
	if listing.AsFile(c) {
		return listing.Send(c, "charges", view.ChargeColumns, o.readCharges(c))
	}
	return o.renderCharges(c, http.StatusOK, nil)
}

// chargesChosen is the state of the charges that are shown.
func chargesChosen(c echo.Context) string {
	return cmp.Or(route.QueryValue(c, "view"), chargeViews[0].key)
}

// readCharges reads the charges in the state that is shown.
func (o Orders) readCharges(c echo.Context) listing.Read[view.ChargeItem] {
	return func(page store.Page) ([]view.ChargeItem, string, error) {
		lines, err := o.queries(c).ChargeList(chargesChosen(c), page)
		items := make([]view.ChargeItem, len(lines.Rows))
		for i, l := range lines.Rows {
			items[i] = view.ChargeItem{
				Product: l.Product, Lot: l.Lot, Serial: l.Serial, Case: l.Pseudonym, Code: l.Code, Reason: l.Reason, Quantity: l.Quantity,
				At: l.EffectiveAt, Zone: zone(l.TimeZone),
			}
		}
		return items, lines.Next, err
	}
}

func (o Orders) renderCharges(c echo.Context, status int, refused error) error {
	errors, summary := frame.Fields(refused)
	chosen := chargesChosen(c)
	p := view.ChargesProps{Frame: frame.Page(c, "Charges"), Rows: route.Value(c, "file"), Errors: errors, Summary: summary}
	q := o.queries(c)
	counts, err := q.ChargeCounts()
	if err != nil {
		return err
	}
	for _, v := range chargeViews {
		p.Tabs = append(p.Tabs, ui.Tab{Text: v.text, Href: chargesPath + "?view=" + v.key, Count: strconv.FormatInt(counts[v.key], 10), Active: v.key == chosen})
		if v.key == chosen {
			p.Empty = v.empty
		}
	}
	part, err := listing.Show(c, q, view.ChargeColumns, listing.Rising, o.readCharges(c))
	if err != nil {
		return err
	}
	p.Items, p.View, p.Pager = part.Rows, part.View, ui.PagerProps{NextHref: part.Next}
	if route.Actor(c).May(access.HoldLines) {
		p.Codes, p.Key = chargesPath+"/codes", route.NewKey()
		if counts["pending"] > 0 && chosen == "pending" {
			p.Send = &view.Action{
				Text: "Hand over " + strconv.FormatInt(counts["pending"], 10) + " charges", Action: chargesPath + "/send", Key: route.NewKey(), Kind: ui.Primary,
				Hint: "Makes a file for the hospital's system. It can be taken again under Export.",
			}
		}
	}
	return route.Render(c, status, view.Charges(p))
}

func (o Orders) setChargeCodes(c echo.Context) error {
	freed, err := o.Capturing.SetCodes(c.Request().Context(), route.Command(c), strings.NewReader(route.Value(c, "file")))
	if frame.AtFields(err) {
		return o.renderCharges(c, http.StatusUnprocessableEntity, err)
	}
	return done(c, err, chargesPath, "The codes are set; "+strconv.FormatInt(freed, 10)+" usages became chargeable.")
}

func (o Orders) sendCharges(c echo.Context) error {
	export, err := o.Capturing.HandOver(c.Request().Context(), route.Command(c))
	if err == nil && export != "" {
		return route.Redirect(c, exportsPath, route.Done("The charges are handed over. Their file is the first of this list."))
	}
	return done(c, err, chargesPath, "No charge waited any more.")
}
