package finance

import (
	"net/http"
	"strconv"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"

	"trueward/internal/adapter/store"
	"trueward/internal/app/closing"
	"trueward/internal/domain/access"
	"trueward/internal/domain/billing"
	"trueward/internal/standard/money"
	view "trueward/templates/finance"
	"trueward/templates/ui"
	"trueward/web/frame"
	"trueward/web/route"
)

// showBooks shows the months of the own book, what to look at before the next
// one closes, and for a vendor the series of numbers.
func (o Office) showBooks(c echo.Context) error {
	book := closing.Own(route.Actor(c))
	q := o.queries(c)
	status, err := o.Closing.Status(c.Request().Context(), route.Actor(c).Scope(), book)
	if err != nil {
		return err
	}
	s := view.Sheet{Frame: frame.Page(c, "Books"), Title: "Books", Lead: "Months close in order and never open again. Later events keep their date and post in the first open month."}
	next, err := o.nextPart(c, q, status)
	if err != nil {
		return err
	}
	s.Parts = append(s.Parts, next, monthsPart(status))
	if book.Kind == access.Vendor {
		series, err := seriesPart(q, book.Organisation)
		if err != nil {
			return err
		}
		s.Parts = append(s.Parts, zonePart(c, status), series)
	}
	return route.Render(c, http.StatusOK, view.SheetPage(s))
}

// nextPart is the month to close next: what is still loose, and the step.
func (o Office) nextPart(c echo.Context, q store.Queries, s closing.Status) (view.Part, error) {
	if s.Next == "" || s.Next >= s.Current {
		return view.Part{Title: "Close the next month", Lead: s.Current.Word() + " is running; every month before it is closed or holds nothing."}, nil
	}
	p := view.Part{
		Title: "Close " + s.Next.Word(), ID: "close",
		Lead: "Nothing here has to be empty: what is left posts in the next month, and what has no price is accrued at the last price known.",
	}
	checks, err := o.checklist(q)
	if err != nil {
		return p, err
	}
	p.Tiles = checks
	if !route.Actor(c).May(access.CloseBooks) {
		return p, nil
	}
	soft := false
	for _, m := range s.Months {
		soft = soft || m.Month == s.Next && m.State == billing.PeriodSoftClosed
	}
	step, text := "/soft-close", "Soft close "+s.Next.Word()
	if soft {
		step, text = "/close", "Close "+s.Next.Word()+" for good"
	}
	form := button(text, booksPath+step, ui.Primary)
	form.Fields = []view.Field{hidden("month", string(s.Next))}
	p.Forms = []view.Form{form}
	return p, nil
}

// checklist counts what is loose, each with the list behind it.
func (o Office) checklist(q store.Queries) ([]ui.StatProps, error) {
	lines, err := q.LineCounts()
	if err != nil {
		return nil, err
	}
	byState := map[billing.LineState]int64{}
	for _, l := range lines {
		byState[l.State] += l.Count
	}
	invoices, err := q.InvoiceSums(store.InvoiceFilter{})
	if err != nil {
		return nil, err
	}
	var unissued int64
	for _, i := range invoices {
		if !i.State.Issued() && i.State != billing.Collecting {
			unissued += i.Count
		}
	}
	parked, err := q.Invoices(store.InvoiceFilter{Parked: true}, store.Page{Limit: 200})
	if err != nil {
		return nil, err
	}
	disputes, err := q.Disputes(true, store.Page{Limit: 200})
	if err != nil {
		return nil, err
	}
	credits, err := q.Credits(store.CreditFilter{States: []billing.CreditState{billing.CreditProposed}}, store.Page{Limit: 200})
	if err != nil {
		return nil, err
	}
	return []ui.StatProps{
		check("Without a price", byState[billing.LineUnpriced], queuePath+"?view=unpriced"), check("Held", byState[billing.LineHeld], queuePath+"?view=held"),
		check("Being issued or approved", unissued, invoicesPath+"?status=frozen"), check("Parked", int64(len(parked.Rows)), queuePath+"?view=parked"),
		check("Disputes", int64(len(disputes.Rows)), disputesPath), check("Credit notes to decide", int64(len(credits.Rows)), creditsPath),
	}, nil
}

func check(label string, n int64, href string) ui.StatProps {
	s := ui.StatProps{Label: label, Figure: strconv.FormatInt(n, 10), Href: href}
	if n > 0 {
		s.Tone = ui.Warn
	}
	return s
}

func monthsPart(s closing.Status) view.Part {
	t := ui.TableProps{Caption: "Months of this book", Columns: []ui.Column{
		{Label: "Month"}, {Label: "Status"}, {Label: "Entries", Numeric: true}, {Label: "Sums"}, {Label: "Digest of the entries"},
	}}
	for _, m := range s.Months {
		entries := m.Entries
		if m.State != billing.PeriodClosed {
			entries = s.ByMonth[m.Month]
		}
		tone := ui.Calm
		if m.State == billing.PeriodSoftClosed {
			tone = ui.Warn
		}
		digest := ui.Muted("–")
		if m.SHA256 != "" {
			digest = ui.Code(m.SHA256[:16])
		}
		t.Rows = append(t.Rows, ui.Row{ID: "month-" + string(m.Month), Cells: []templ.Component{
			ui.Text(m.Month.Word()), ui.Status(tone, m.State.Word()), ui.Text(strconv.FormatInt(entries, 10)), ui.Text(sumWords(m.Sums)), digest,
		}})
	}
	p := view.Part{Title: "Months", Lead: "The months follow the calendar of " + s.Zone.String() + "."}
	if len(t.Rows) > 0 {
		p.Table = &t
	}
	return p
}

// sumWords writes what a month moved on the accounts that matter most.
func sumWords(sums []billing.AccountSum) string {
	text := ""
	for _, s := range sums {
		if word, told := accountWords[s.Account]; told && s.Minor != 0 {
			if text != "" {
				text += " · "
			}
			text += word + " " + money.Amount{Minor: s.Minor, Currency: s.Currency}.Format(view.Locale)
		}
	}
	if text == "" {
		return "–"
	}
	return text
}

var accountWords = map[billing.Account]string{
	billing.Receivable: "receivable", billing.Sales: "sales", billing.UnbilledReceivable: "unbilled",
	billing.Payable: "payable", billing.SupplyExpense: "supply expense", billing.AccruedUsage: "accrued usage",
}

// seriesPart is the report of numbers: each series with its gaps, and each
// number that ended without payment, with the reason.
func seriesPart(q store.Queries, vendor access.OrganisationID) (view.Part, error) {
	p := view.Part{Title: "Series of numbers", ID: "series"}
	states, err := q.SeriesStates(vendor)
	if err != nil {
		return p, err
	}
	for _, s := range states {
		kind := "Invoices"
		if s.Document == "credit_note" {
			kind = "Credit notes"
		}
		tile := ui.StatProps{Label: kind + " " + s.Prefix + "-" + strconv.Itoa(s.FiscalYear), Figure: strconv.FormatInt(s.Given, 10), Note: "no gap"}
		if s.Given != s.Found {
			tile.Tone, tile.Note = ui.Stop, strconv.FormatInt(s.Given-s.Found, 10)+" without a document"
		}
		p.Tiles = append(p.Tiles, tile)
	}
	if len(states) == 0 {
		p.Lead = "No number was given yet."
		return p, nil
	}
	numbers, err := q.Series(vendor, false, 200)
	if err != nil {
		return p, err
	}
	t := ui.TableProps{Caption: "Numbers, latest first", Columns: []ui.Column{
		{Label: "Number"}, {Label: "Issued"}, {Label: "Status"}, {Label: "Total", Numeric: true},
	}}
	for _, n := range numbers {
		status := ui.Status(ui.Calm, seriesWord(n))
		if n.Reason != "" {
			status = ui.Two(ui.Status(ui.Warn, seriesWord(n)), ui.Text(n.Reason))
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []templ.Component{
			ui.RowLink(n.Number, "/invoices/"+string(n.Invoice)), ui.CivilDate(view.Date(n.IssuedOn)), status,
			ui.Money(money.Amount{Minor: n.Minor, Currency: n.Currency}, view.Locale),
		}})
	}
	p.Table = &t
	return p, nil
}

func seriesWord(n store.SeriesNumber) string {
	if n.Document == "credit_note" {
		return "Credit note"
	}
	return billing.InvoiceState(n.State).Word()
}

func (o Office) softClose(c echo.Context) error {
	month := billing.Month(route.Value(c, "month"))
	_, err := o.Closing.SoftClose(c.Request().Context(), route.Command(c), closing.Own(route.Actor(c)), month)
	return told(c, err, booksPath, "The month is soft closed: later events post in the next one.")
}

func (o Office) closeMonth(c echo.Context) error {
	month := billing.Month(route.Value(c, "month"))
	p, err := o.Closing.Close(c.Request().Context(), route.Command(c), closing.Own(route.Actor(c)), month)
	return told(c, err, booksPath, "The month is closed with "+strconv.FormatInt(p.Entries, 10)+" entries. Nothing posts in it any more.")
}
