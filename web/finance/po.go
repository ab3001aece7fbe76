package finance

import (
	"cmp"
	"net/http"
	"strconv"
	"strings"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"

	"trueward/internal/adapter/store"
	"trueward/internal/app/ordering"
	"trueward/internal/domain/access"
	"trueward/internal/domain/billing"
	"trueward/internal/fault"
	"trueward/internal/standard/money"
	view "trueward/templates/finance"
	"trueward/templates/ui"
	"trueward/web/frame"
	"trueward/web/listing"
	"trueward/web/route"
)

func (o Orders) showWaiting(c echo.Context) error {
	if listing.AsFile(c) {
		return listing.Send(c, "awaiting-po", view.WaitingColumns(other(c, "Vendor", "Hospital"), false), o.readWaiting(c))
	}
	return o.renderWaiting(c, http.StatusOK, nil, nil)
}

func (o Orders) renderWaiting(c echo.Context, status int, refused error, results []ordering.FileResult) error {
	errors, summary := frame.Fields(refused)
	p := view.WaitingProps{
		Frame: frame.Page(c, "Awaiting PO"), Lead: "Used, and waiting for the hospital's order before an invoice is made.",
		Number: route.Value(c, "number"), Rows: route.Value(c, "file"), Errors: errors, Summary: summary,
	}
	if len(results) > 0 {
		p.Rows = ""
	}
	for _, r := range results {
		p.Results = append(p.Results, view.FileResult{Row: strconv.Itoa(r.Row), Number: r.Number, Words: cmp.Or(r.Sentence, "Attached; the usage goes on.")})
	}
	if route.Actor(c).May(access.HoldLines) {
		p.Attach, p.Ask, p.File = waitingPath+"/attach", waitingPath+"/ask", waitingPath+"/file"
		p.Key, p.FileKey = route.NewKey(), route.NewKey()
	}
	var err error
	if p.Tabs, err = o.office().tabs(c, waitingView); err != nil {
		return err
	}
	if err := o.fillAges(c, &p); err != nil {
		return err
	}
	p.Label = other(c, "Vendor", "Hospital")
	part, err := listing.Show(c, o.queries(c), view.WaitingColumns(p.Label, false), listing.Falling, o.readWaiting(c))
	if err != nil {
		return err
	}
	p.Lines, p.View, p.Pager = part.Rows, part.View, ui.PagerProps{NextHref: part.Next}
	return route.Render(c, status, view.Waiting(p))
}

// readWaiting reads the usages that wait for their order.
func (o Orders) readWaiting(c echo.Context) listing.Read[view.WaitingLine] {
	return func(page store.Page) ([]view.WaitingLine, string, error) {
		rows, err := o.queries(c).Lines(store.LineFilter{States: []billing.LineState{billing.LineAwaitingPO}}, page)
		lines := make([]view.WaitingLine, len(rows.Rows))
		for i, row := range rows.Rows {
			days := ordering.AgeInDays(row.EffectiveAt, o.Store.Now(), row.TimeZone)
			lines[i] = view.WaitingLine{Line: Line(row, route.Actor(c).Kind), PO: row.PO, Age: days2(days), Old: days > 14}
		}
		return lines, rows.Next, err
	}
}

func days2(n int) string {
	if n == 1 {
		return "1 day"
	}
	return strconv.Itoa(n) + " days"
}

// fillAges writes what waits by age, one row per other side and currency.
func (o Orders) fillAges(c echo.Context, p *view.WaitingProps) error {
	ages, err := o.Ordering.Ages(c.Request().Context(), route.Actor(c))
	p.AgeColumns = []ui.Column{{Label: other(c, "Vendor", "Hospital")}}
	for _, b := range billing.AgeBuckets() {
		p.AgeColumns = append(p.AgeColumns, ui.Column{Label: string(b), Numeric: true})
	}
	for _, a := range ages {
		row := ui.Row{Cells: []templ.Component{ui.Text(a.Name)}}
		for i := range a.Buckets {
			cell := ui.Muted("–")
			if a.Counts[i] > 0 {
				cell = ui.Two(ui.Money(money.Amount{Minor: a.Buckets[i], Currency: a.Currency}, view.Locale), ui.Text(strconv.FormatInt(a.Counts[i], 10)+" used"))
			}
			row.Cells = append(row.Cells, cell)
		}
		p.Ages = append(p.Ages, row)
	}
	return err
}

// chosen are the lines that were ticked.
func chosen(c echo.Context) []billing.LineID {
	var lines []billing.LineID
	for _, value := range route.Values(c, "lines") {
		lines = append(lines, billing.LineID(value))
	}
	return lines
}

func (o Orders) attachOrder(c echo.Context) error {
	out, err := o.Ordering.Attach(c.Request().Context(), route.Command(c), ordering.Attachment{Lines: chosen(c), Number: route.Value(c, "number")})
	if frame.AtFields(err) {
		return o.renderWaiting(c, http.StatusUnprocessableEntity, err, nil)
	}
	if err == nil && len(out.Mismatches) > 0 {
		words := strings.Join(dedupe(out.Mismatches), " ")
		return route.Redirect(c, waitingPath, route.Flash{Kind: "warning", Text: strconv.Itoa(out.Lines) + " usages go on. " + words})
	}
	return done(c, err, waitingPath, "The order is attached; "+strconv.Itoa(out.Lines)+" usages go on.")
}

func dedupe(all []string) []string {
	var out []string
	for _, s := range all {
		if len(out) == 0 || out[len(out)-1] != s {
			out = append(out, s)
		}
	}
	return out[:min(len(out), 3)]
}

func (o Orders) askForOrder(c echo.Context) error {
	n, err := o.Ordering.Ask(c.Request().Context(), route.Command(c), chosen(c))
	if frame.AtFields(err) {
		return o.renderWaiting(c, http.StatusUnprocessableEntity, err, nil)
	}
	return done(c, err, waitingPath, "Noted for "+strconv.Itoa(n)+" usages. Both sides see that the order was asked for.")
}

func (o Orders) attachFile(c echo.Context) error {
	rows, err := ordering.ReadFile(strings.NewReader(route.Value(c, "file")))
	if err != nil {
		return o.renderWaiting(c, http.StatusUnprocessableEntity, err, nil)
	}
	results, err := o.Ordering.AttachFile(c.Request().Context(), route.Command(c), rows)
	if err != nil {
		return err
	}
	return o.renderWaiting(c, http.StatusOK, nil, results)
}

func (o Orders) showOrders(c echo.Context) error { return o.renderOrders(c, http.StatusOK, nil) }

func (o Orders) renderOrders(c echo.Context, status int, refused error) error {
	errors, summary := frame.Fields(refused)
	may := route.Actor(c).May(access.HoldLines)
	p := view.OrdersProps{Frame: frame.Page(c, "Purchase orders"), Summary: summary, Label: other(c, "Vendor", "Hospital")}
	q, columns := o.queries(c), view.OrderColumns(p.Label, may)
	read := func(page store.Page) ([]view.OrderItem, string, error) {
		rows, err := q.Orders(page)
		items := make([]view.OrderItem, len(rows.Rows))
		for i, row := range rows.Rows {
			items[i] = orderItem(c, row, may)
		}
		return items, rows.Next, err
	}
	if listing.AsFile(c) {
		return listing.Send(c, "purchase-orders", columns, read)
	}
	part, err := listing.Show(c, q, columns, listing.Falling, read)
	if err != nil {
		return err
	}
	p.Items, p.View, p.Pager = part.Rows, part.View, ui.PagerProps{NextHref: part.Next}
	if may {
		if p.New, err = o.orderForm(c, errors); err != nil {
			return err
		}
	}
	return route.Render(c, status, view.Orders(p))
}

func orderItem(c echo.Context, row store.OrderRow, may bool) view.OrderItem {
	item := view.OrderItem{
		Number: row.Number, Party: other(c, row.VendorName, row.HospitalName), Kind: kindWords(row.Kind), Left: leftWords(row.PurchaseOrder),
		Days: spanWords(row.ValidFrom, row.ValidTo), Closed: row.Closed,
	}
	if may && !row.Closed {
		item.Close, item.Key = ordersPath+"/"+string(row.ID)+"/close", route.NewKey()
	}
	return item
}

func kindWords(k billing.OrderKind) string {
	switch k {
	case billing.BlanketOrder:
		return "Blanket order"
	case billing.BuyerReference:
		return "Buyer's reference"
	}
	return "Order"
}

func leftWords(o billing.PurchaseOrder) string {
	var parts []string
	if o.AmountMinor > 0 {
		left, whole := money.Amount{Minor: o.RemainingMinor(), Currency: o.Currency}, money.Amount{Minor: o.AmountMinor, Currency: o.Currency}
		parts = append(parts, left.Format(view.Locale)+" of "+whole.Format(view.Locale))
	}
	if o.Quantity > 0 {
		parts = append(parts, strconv.FormatInt(o.RemainingQuantity(), 10)+" of "+strconv.FormatInt(o.Quantity, 10)+" units")
	}
	if len(parts) == 0 {
		used := money.Amount{Minor: o.UsedMinor, Currency: o.Currency}
		return used.Format(view.Locale) + " used"
	}
	return strings.Join(parts, ", ")
}

func spanWords(from, to string) string {
	switch {
	case from == "" && to == "":
		return "any day"
	case to == "":
		return "from " + view.DateWords(from)
	case from == "":
		return "until " + view.DateWords(to)
	}
	return view.DateWords(from) + " – " + view.DateWords(to)
}

func (o Orders) orderForm(c echo.Context, errors map[string]string) (*view.OrderForm, error) {
	label, parties, err := o.office().partners(c)
	parties[0].Text = "Choose"
	return &view.OrderForm{
		Action: ordersPath, Key: route.NewKey(), Number: route.Value(c, "number"), Kind: cmp.Or(route.Value(c, "kind"), string(billing.SingleOrder)),
		Party: route.Value(c, "party"), Label: label, Parties: parties, Amount: route.Value(c, "amount"), Currency: cmp.Or(route.Value(c, "currency"), "EUR"),
		Quantity: route.Value(c, "quantity"), From: route.Value(c, "from"), To: route.Value(c, "to"), Errors: errors,
		Kinds: []ui.Option{
			{Value: string(billing.SingleOrder), Text: "Order", Hint: "Pays for what it names"},
			{Value: string(billing.BlanketOrder), Text: "Blanket order", Hint: "Is used up by amount or quantity"},
			{Value: string(billing.BuyerReference), Text: "Buyer's reference", Hint: "A name for the hospital's books"},
		},
	}, err
}

func (o Orders) addOrder(c echo.Context) error {
	order, err := readOrder(c)
	if err == nil {
		_, err = o.Ordering.NewOrder(c.Request().Context(), route.Command(c), order)
	}
	if frame.AtFields(err) {
		return o.renderOrders(c, http.StatusUnprocessableEntity, err)
	}
	return done(c, err, ordersPath, "Order "+order.Number+" is added.")
}

func readOrder(c echo.Context) (billing.PurchaseOrder, error) {
	var refused fault.Refusals
	order := billing.PurchaseOrder{
		Number: route.Value(c, "number"), Kind: billing.OrderKind(cmp.Or(route.Value(c, "kind"), string(billing.SingleOrder))),
		ValidFrom: route.Value(c, "from"), ValidTo: route.Value(c, "to"),
	}
	if party := access.OrganisationID(route.Value(c, "party")); route.Actor(c).Kind == access.Vendor {
		order.Hospital = party
	} else {
		order.Vendor = party
	}
	currency, err := money.ParseCurrency(strings.ToUpper(route.Value(c, "currency")))
	if err != nil {
		refused.At("currency", "Enter the currency as three letters, such as EUR.")
	}
	order.Currency = currency
	if text := route.Value(c, "amount"); text != "" && err == nil {
		amount, err := money.Parse(text, string(currency), view.Locale)
		if err != nil || amount.Minor < 0 {
			refused.At("amount", "Enter the amount as a number, such as 12,000.00.")
		}
		order.AmountMinor = amount.Minor
	}
	if text := route.Value(c, "quantity"); text != "" {
		if order.Quantity, err = strconv.ParseInt(text, 10, 64); err != nil {
			refused.At("quantity", "Enter a whole number of units.")
		}
	}
	return order, refused.Err()
}

func (o Orders) closeOrder(c echo.Context) error {
	_, err := o.Ordering.CloseOrder(c.Request().Context(), route.Command(c), billing.OrderID(route.PathValue(c, "id")))
	return done(c, err, ordersPath, "The order is closed. What is attached to it stays.")
}
