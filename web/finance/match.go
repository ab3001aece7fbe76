package finance

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"trueward/internal/adapter/store"
	"trueward/internal/app/matching"
	"trueward/internal/domain/access"
	"trueward/internal/standard/money"
	view "trueward/templates/finance"
	"trueward/templates/ui"
	"trueward/web/frame"
	"trueward/web/listing"
	"trueward/web/route"
)

func (o Orders) showMatches(c echo.Context) error { return o.renderMatches(c, http.StatusOK, nil) }

func (o Orders) renderMatches(c echo.Context, status int, refused error) error {
	errors, summary := frame.Fields(refused)
	p := view.MatchProps{Frame: frame.Page(c, "Match"), Missing: missingPath, Summary: summary, Label: other(c, "Vendor", "Hospital")}
	q, columns := o.queries(c), view.ClaimColumns(other(c, "Vendor", "Hospital"))
	read := func(page store.Page) ([]view.ClaimItem, string, error) {
		rows, err := q.Claims(page)
		items := make([]view.ClaimItem, len(rows.Rows))
		for i, r := range rows.Rows {
			items[i] = claimItem(c, r)
		}
		return items, rows.Next, err
	}
	if listing.AsFile(c) {
		return listing.Send(c, "imported-invoices", columns, read)
	}
	part, err := listing.Show(c, q, columns, listing.Falling, read)
	if err != nil {
		return err
	}
	p.Items, p.View, p.Pager = part.Rows, part.View, ui.PagerProps{NextHref: part.Next}
	if route.Actor(c).May(access.HoldLines) {
		label, parties, err := o.office().partners(c)
		if err != nil {
			return err
		}
		parties[0].Text = "Choose"
		p.Import = &view.ImportForm{
			Action: matchesPath, Key: route.NewKey(), Party: route.Value(c, "party"), Label: label, Parties: parties, Rows: route.Value(c, "file"), Errors: errors,
		}
	}
	return route.Render(c, status, view.Matches(p))
}

func claimItem(c echo.Context, r store.ClaimRow) view.ClaimItem {
	return view.ClaimItem{
		Number: r.Number, Href: matchesPath + "/" + r.ID, Party: other(c, r.VendorName, r.HospitalName), On: r.IssuedOn, Lines: r.Lines, Open: r.Open,
		Net: money.Amount{Minor: r.NetMinor, Currency: r.Currency}, Payable: money.Amount{Minor: r.PayableMinor, Currency: r.Currency},
	}
}

func (o Orders) importClaim(c echo.Context) error {
	invoice, err := matching.ReadFile(strings.NewReader(route.Value(c, "file")))
	var out matching.Imported
	if err == nil {
		in := matching.Import{Invoice: invoice}
		in.Vendor, in.Hospital = party(c, route.Value(c, "party"))
		out, err = o.Matching.Import(c.Request().Context(), route.Command(c), in)
	}
	if frame.AtFields(err) {
		return o.renderMatches(c, http.StatusUnprocessableEntity, err)
	}
	words := strconv.Itoa(out.Lines-out.Open) + " of " + strconv.Itoa(out.Lines) + " lines may be paid."
	return done(c, err, matchesPath+"/"+out.Claim, "Invoice "+invoice.Number+" is imported. "+words)
}

func (o Orders) showClaim(c echo.Context) error {
	q, claim := o.queries(c), route.PathValue(c, "id")
	row, err := q.Claim(claim)
	if err != nil {
		return err
	}
	lines, err := q.ClaimLines(claim)
	if err != nil {
		return err
	}
	amount := func(minor int64) money.Amount { return money.Amount{Minor: minor, Currency: row.Currency} }
	p := view.ClaimProps{
		Frame: frame.Page(c, "Invoice "+row.Number), Number: row.Number, Lead: other(c, row.VendorName, row.HospitalName) + " · " + view.DateWords(row.IssuedOn),
		Facts: []ui.Pair{
			{Key: "Net of the invoice", Value: ui.Money(amount(row.NetMinor), view.Locale)},
			{Key: "May be paid", Value: ui.Money(amount(row.PayableMinor), view.Locale)},
			{Key: "Lines to look at", Value: ui.Text(strconv.FormatInt(row.Open, 10) + " of " + strconv.FormatInt(row.Lines, 10))},
		},
	}
	if row.Open > 0 && route.Actor(c).May(access.HoldLines) {
		p.Check = &view.Action{
			Text: "Check again", Action: matchesPath + "/" + claim + "/check", Key: route.NewKey(), Kind: ui.Primary,
			Hint: "After an order was attached or a usage was recorded.",
		}
	}
	for _, l := range lines {
		line := view.ClaimLine{
			Product: l.Product, Lot: l.Lot, Serial: l.Serial, Order: l.PONumber, Sentence: l.Sentence, Outcome: l.Outcome,
			Quantity: strconv.FormatInt(l.Quantity, 10), Net: ui.Money(amount(l.NetMinor), view.Locale), Variance: ui.Muted("–"),
		}
		if line.Product == "" {
			line.Product = "Item " + l.DI
		}
		if l.Line != "" {
			line.Href = "/lines/" + string(l.Line)
			if l.Variance != 0 {
				line.Variance = ui.Money(amount(l.Variance), view.Locale)
			}
		}
		p.Lines = append(p.Lines, line)
	}
	return route.Render(c, http.StatusOK, view.Claim(p))
}

func (o Orders) checkClaim(c echo.Context) error {
	claim := route.PathValue(c, "id")
	open, err := o.Matching.Check(c.Request().Context(), route.Command(c), claim)
	words := strconv.Itoa(open) + " lines are still to be looked at."
	if open == 0 {
		words = "Every line may be paid."
	}
	return done(c, err, matchesPath+"/"+claim, "Checked. "+words)
}

func (o Orders) showMissing(c echo.Context) error {
	label, parties, err := o.office().partners(c)
	if err != nil {
		return err
	}
	p := view.MissingProps{Frame: frame.Page(c, "Used, not invoiced"), Party: route.QueryValue(c, "party"), Label: label, Parties: parties}
	vendor, hospital := party(c, p.Party)
	q, columns := o.queries(c), view.LineColumns(label)
	read := func(page store.Page) ([]view.Line, string, error) {
		rows, err := q.NotInvoiced(vendor, hospital, o.Store.Now().Add(-matching.GraceOfInvoice), page)
		lines := make([]view.Line, len(rows.Rows))
		for i, row := range rows.Rows {
			lines[i] = Line(row, route.Actor(c).Kind)
		}
		return lines, rows.Next, err
	}
	if listing.AsFile(c) {
		return listing.Send(c, "used-not-invoiced", columns, read)
	}
	part, err := listing.Show(c, q, columns, listing.Falling, read)
	if err != nil {
		return err
	}
	p.Lines, p.View, p.Pager = part.Rows, part.View, ui.PagerProps{NextHref: part.Next}
	return route.Render(c, http.StatusOK, view.Missing(p))
}
