package finance

import (
	"time"

	"github.com/labstack/echo/v4"

	"trueward/internal/adapter/store"
	"trueward/internal/app/approving"
	"trueward/internal/app/paying"
	"trueward/internal/domain/access"
	"trueward/internal/domain/billing"
	"trueward/internal/fault"
	view "trueward/templates/finance"
	"trueward/templates/ui"
	"trueward/web/route"
)

// corrections are the parts of an invoice's page about what came after issue.
func (o Office) corrections(c echo.Context, q store.Queries, i billing.NamedInvoice) ([]view.Part, error) {
	if i.Number == "" {
		return nil, nil
	}
	lines, err := q.InvoiceLines(i.ID)
	if err != nil {
		return nil, err
	}
	var parts []view.Part
	credit, any, err := o.creditPart(c, q, i, lines)
	if err != nil {
		return nil, err
	}
	if any {
		parts = append(parts, credit)
	}
	dispute, any, err := o.disputePart(c, q, i, lines)
	if err != nil {
		return nil, err
	}
	if any {
		parts = append(parts, dispute)
	}
	end, any, err := o.endPart(c, q, i)
	if err == nil && any {
		parts = append(parts, end)
	}
	return parts, err
}

// endPart is how the invoice may end without payment, and who asked for it.
func (o Office) endPart(c echo.Context, q store.Queries, i billing.NamedInvoice) (view.Part, bool, error) {
	p := view.Part{Title: "End without payment", ID: "end"}
	request, err := q.EndRequest(i.ID)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return p, false, err
	}
	may := route.Actor(c).May(access.FreezeInvoices)
	base := "/invoices/" + string(i.ID) + "/end"
	if err == nil {
		p.Tone, p.Lead = ui.Warn, request.Kind.Word()+" is asked for: "+request.Reason+" A second person of the vendor's office decides."
		if may {
			p.Forms = endForms(base, i, request)
		}
		return p, true, nil
	}
	var kinds []ui.Option
	for _, k := range []billing.EndKind{billing.EndVoid, billing.EndUncollectible} {
		if i.MayEnd(k) == nil {
			kinds = append(kinds, ui.Option{Value: string(k), Text: k.Word()})
		}
	}
	if !may || len(kinds) == 0 {
		return p, false, nil
	}
	p.Forms = []view.Form{{
		Fold: "Ask to end this invoice", Lead: "Void: it was wrong, its lines are billed anew; the number stays used. Uncollectible: it was right and will not be paid. A second person decides.",
		Action: base, Key: route.NewKey(), Submit: "Ask to end " + i.Number,
		Fields: []view.Field{choice("end-kind", "kind", "How", kinds[0].Value, kinds), field("end-reason", "reason", "Why", "It stands in the report of numbers.", "")},
	}}
	return p, true, nil
}

func endForms(base string, i billing.NamedInvoice, request billing.EndRequest) []view.Form {
	yes := button(request.Kind.Word()+": end "+i.Number, base+"/decide", ui.Danger)
	yes.Fields = []view.Field{hidden("answer", "yes")}
	no := button("Keep "+i.Number, base+"/decide", "")
	no.Fields = []view.Field{hidden("answer", "no")}
	return []view.Form{yes, no}
}

func (o Office) askToEnd(c echo.Context) error {
	id := billing.InvoiceID(route.PathValue(c, "id"))
	_, err := o.Approving.AskToEnd(c.Request().Context(), route.Command(c), approving.EndInput{
		Invoice: id, Kind: billing.EndKind(route.Value(c, "kind")), Reason: route.Value(c, "reason"),
	})
	return told(c, err, "/invoices/"+string(id)+"#end", "It is asked for. A second person decides.")
}

func (o Office) decideEnd(c echo.Context) error {
	id := billing.InvoiceID(route.PathValue(c, "id"))
	yes := route.Value(c, "answer") == "yes"
	_, err := o.Approving.Decide(c.Request().Context(), route.Command(c), id, yes)
	sentence := "The invoice stays as it is."
	if yes {
		sentence = "The invoice has ended. Its number stays used."
	}
	return told(c, err, "/invoices/"+string(id), sentence)
}

func (o Office) rebill(c echo.Context) error {
	id := billing.InvoiceID(route.PathValue(c, "id"))
	fresh, err := o.Crediting.Rebill(c.Request().Context(), route.Command(c), id)
	to := "/invoices/" + string(id)
	if err == nil {
		to = "/invoices/" + string(fresh)
	}
	return told(c, err, to, "The credited lines are on this new invoice.")
}

func (o Office) recordRefund(c echo.Context) error {
	id := billing.InvoiceID(route.PathValue(c, "id"))
	result, err := o.Paying.Refund(c.Request().Context(), route.Command(c), paying.RecordInput{
		Invoice: id, Amount: route.Value(c, "amount"), ReceivedOn: route.Value(c, "received_on"),
		Method: billing.PaymentMethod(route.Value(c, "method")), Reference: route.Value(c, "reference"),
	})
	sentence := "The refund is recorded."
	if result.Due.Minor < 0 {
		sentence += " More is owed back."
	}
	return told(c, err, "/invoices/"+string(id), sentence)
}

// siteZone is the calendar in which an invoice's timeline is told: that of the
// site of its first line.
func siteZone(q store.Queries, i billing.NamedInvoice) *time.Location {
	rows, err := q.LinesOfInvoice(i.ID, 1)
	if err != nil || len(rows) == 0 {
		return time.UTC
	}
	return zone(rows[0].TimeZone)
}
