package finance

import (
	"cmp"
	"context"
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"trueward/internal/adapter/store"
	"trueward/internal/app/paying"
	"trueward/internal/domain/access"
	"trueward/internal/domain/billing"
	"trueward/internal/domain/remote"
	"trueward/internal/fault"
	"trueward/internal/standard/civil"
	view "trueward/templates/finance"
	"trueward/templates/ui"
	"trueward/web/frame"
	"trueward/web/route"
)

// mostShown bounds the lines on the page; an export has all of them.
const mostShown = 250

func (o Office) showInvoice(c echo.Context) error {
	return o.renderInvoice(c, billing.InvoiceID(route.PathValue(c, "id")), http.StatusOK, nil)
}

func (o Office) renderInvoice(c echo.Context, id billing.InvoiceID, status int, refused error) error {
	q := o.queries(c)
	i, err := q.InvoiceRow(id)
	if err != nil {
		return err
	}
	p := view.InvoiceProps{Frame: frame.Page(c, "Invoice "+i.Number), Item: o.item(c, i), Facts: invoiceFacts(i)}
	if err := fillDocument(q, &p, i); err != nil {
		return err
	}
	payments, err := q.Payments(i.ID)
	if err != nil {
		return err
	}
	p.Payments = paymentsOf(c, payments)
	if p.Events, err = timeline(q, i); err != nil {
		return err
	}
	p.Actions = invoiceActions(c, i)
	if i.State.Issued() {
		p.PDF = "/invoices/" + string(i.ID) + "/pdf"
	}
	if p.PayPage, err = payPage(q, i); err != nil {
		return err
	}
	if p.Parts, err = o.corrections(c, q, i); err != nil {
		return err
	}
	errors, summary := frame.Fields(refused)
	p.Summary = summary
	p.Pay = o.payForm(c, i, errors)
	return route.Render(c, status, view.Invoice(p))
}

// payPage is where the hospital pays an open invoice that went out over a
// payment service; empty for every other.
func payPage(q store.Queries, i billing.NamedInvoice) (string, error) {
	if !i.State.Payable() || i.Due().Minor <= 0 {
		return "", nil
	}
	there, err := q.RemoteInvoice(i.ID)
	if fault.Is(err, fault.NotFound) {
		return "", nil
	}
	if err != nil || there.Status != remote.OpenStatus {
		return "", err
	}
	return there.HostedURL, nil
}

// fillDocument fills in the lines: frozen ones as they stand on the document,
// collected ones as they stand now.
func fillDocument(q store.Queries, p *view.InvoiceProps, i billing.NamedInvoice) error {
	if i.State == billing.Collecting {
		rows, err := q.LinesOfInvoice(i.ID, mostShown+1)
		for n, row := range rows[:min(len(rows), mostShown)] {
			p.Lines = append(p.Lines, view.DocumentLine{
				Position: strconv.Itoa(n + 1), Href: "/lines/" + string(row.Line.ID), Product: row.Product, Lot: row.Lot, Serial: row.Serial,
				Case: row.Pseudonym, Date: civil.Of(row.EffectiveAt.In(zone(row.TimeZone))).String(), Sentence: row.Steps.Sentence(view.Locale),
				Quantity: row.Quantity, Net: row.Net, Tax: i.Amount(0),
			})
		}
		p.MoreLines = len(rows) > mostShown
		return err
	}
	lines, err := q.InvoiceLines(i.ID)
	for _, l := range lines {
		p.Lines = append(p.Lines, view.DocumentLine{
			Position: strconv.Itoa(l.Position), Href: "/lines/" + string(l.Line), Product: l.Description, Lot: l.Lot, Serial: l.Serial,
			Case: l.Case, Date: l.ServiceDate, Sentence: l.PriceSentence, Quantity: l.Quantity, Net: i.Amount(l.NetMinor), Tax: i.Amount(l.TaxMinor),
		})
	}
	p.Taxes = billing.TaxTable(lines)
	return err
}

func invoiceFacts(i billing.NamedInvoice) []ui.Pair {
	facts := []ui.Pair{
		{Key: "From", Value: ui.Text(i.VendorName)}, {Key: "To", Value: ui.Text(i.HospitalName)},
		{Key: "Collects", Value: ui.Text(view.WindowWords(i.Window))},
		{Key: "Terms", Value: ui.Text(strconv.Itoa(i.PaymentDays) + " days")},
	}
	if i.IssuedOn != "" {
		facts = append(facts, ui.Pair{Key: "Issued", Value: ui.CivilDate(view.Date(i.IssuedOn))},
			ui.Pair{Key: "Due", Value: ui.CivilDate(view.Date(i.DueOn))})
	}
	if i.RebillOf != "" {
		facts = append(facts, ui.Pair{Key: "Bills again", Value: ui.RowLink("the credited invoice", "/invoices/"+string(i.RebillOf))})
	}
	if i.PaymentReference != "" {
		facts = append(facts, ui.Pair{Key: "Payment reference", Value: ui.Code(billing.PaymentReferenceInGroups(i.PaymentReference))})
	}
	return facts
}

// invoiceActions are what the vendor's office may do with the invoice now.
func invoiceActions(c echo.Context, i billing.NamedInvoice) []view.Action {
	if !route.Actor(c).May(access.FreezeInvoices) {
		return nil
	}
	base := "/invoices/" + string(i.ID)
	switch {
	case i.Parked:
		return []view.Action{{Text: "Let this invoice go on", Action: base + "/unpark", Key: route.NewKey(), Kind: ui.Primary, Hint: "after the reason above is dealt with"}}
	case i.State == billing.Collecting && i.NetMinor > 0:
		return []view.Action{{Text: "Cut off now", Action: base + "/cut-off", Key: route.NewKey(), Hint: "freezes the lines below; otherwise it happens when the case closes or the period ends"}}
	case i.State == billing.Frozen:
		return []view.Action{
			{Text: "Approve and issue " + i.Total().Format(view.Locale), Action: base + "/approve", Key: route.NewKey(), Kind: ui.Primary},
			{Text: "Let it collect again", Action: base + "/collect", Key: route.NewKey()},
		}
	}
	return nil
}

func (o Office) payForm(c echo.Context, i billing.NamedInvoice, errors map[string]string) *view.PayForm {
	if !route.Actor(c).May(access.RecordPayments) || !i.State.Payable() {
		return nil
	}
	form := &view.PayForm{
		Action: "/invoices/" + string(i.ID) + "/payments", Key: route.NewKey(), Errors: errors, Reference: route.Value(c, "reference"),
		Amount: cmp.Or(route.Value(c, "amount"), i.Due().Decimal()), On: cmp.Or(route.Value(c, "received_on"), civil.Of(o.Store.Now()).String()),
		Method: cmp.Or(route.Value(c, "method"), string(billing.BankTransfer)),
	}
	for _, m := range billing.PaymentMethods() {
		form.Methods = append(form.Methods, ui.Option{Value: string(m), Text: m.Word()})
	}
	return form
}

func paymentsOf(c echo.Context, payments []billing.Payment) []view.Payment {
	undone := map[billing.PaymentID]bool{}
	for _, p := range payments {
		undone[p.Reverses] = true
	}
	out := make([]view.Payment, len(payments))
	for n, p := range payments {
		out[n] = view.Payment{
			Amount: p.Amount, On: p.ReceivedOn, Method: p.Method.Word(), Reference: p.Reference, Reason: p.Reason,
			Reversal: p.Reverses != "", Refund: p.Reverses == "" && p.Amount.Minor < 0, Undone: undone[p.ID], Key: route.NewKey(),
		}
		if p.Reverses == "" && !undone[p.ID] && route.Actor(c).May(access.RecordPayments) {
			out[n].Undo = "/payments/" + string(p.ID) + "/undo"
		}
	}
	return out
}

func (o Office) recordPayment(c echo.Context) error {
	id := billing.InvoiceID(route.PathValue(c, "id"))
	result, err := o.Paying.Record(c.Request().Context(), route.Command(c), paying.RecordInput{
		Invoice: id, Amount: route.Value(c, "amount"), ReceivedOn: route.Value(c, "received_on"),
		Method: billing.PaymentMethod(route.Value(c, "method")), Reference: route.Value(c, "reference"),
	})
	if frame.AtFields(err) {
		return o.renderInvoice(c, id, http.StatusUnprocessableEntity, err)
	}
	sentence := "The payment is recorded. " + result.Due.Format(view.Locale) + " is still due."
	if result.Paid {
		sentence = "The payment is recorded. The invoice is paid in full."
	}
	return told(c, err, "/invoices/"+string(id), sentence)
}

func (o Office) undoPayment(c echo.Context) error {
	id := billing.PaymentID(route.PathValue(c, "id"))
	payment, err := o.queries(c).Payment(id)
	if err != nil {
		return err
	}
	_, err = o.Paying.Undo(c.Request().Context(), route.Command(c), paying.UndoInput{Payment: id, Reason: route.Value(c, "reason")})
	if frame.AtFields(err) {
		return o.renderInvoice(c, payment.Invoice, http.StatusUnprocessableEntity, err)
	}
	return done(c, err, "/invoices/"+string(payment.Invoice), "The payment is taken back.")
}

// manage is the handler of a change that needs the invoice alone.
func (o Office) manage(change func(context.Context, store.Command, billing.InvoiceID) (billing.InvoiceID, error), sentence string) echo.HandlerFunc {
	return func(c echo.Context) error {
		id := billing.InvoiceID(route.PathValue(c, "id"))
		_, err := change(c.Request().Context(), route.Command(c), id)
		return told(c, err, "/invoices/"+string(id), sentence)
	}
}

func (o Office) invoicePDF(c echo.Context) error {
	file, err := o.Exporting.Document(c.Request().Context(), route.Actor(c), billing.InvoiceID(route.PathValue(c, "id")))
	if err != nil {
		return err
	}
	c.Response().Header().Set(echo.HeaderContentDisposition, `attachment; filename="`+file.Name+`"`)
	return c.Blob(http.StatusOK, "application/pdf", file.Bytes)
}
