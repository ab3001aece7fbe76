package money_test

import (
	"time"

	"pgregory.net/rapid"

	"trueward/internal/adapter/store"
	"trueward/internal/app/approving"
	"trueward/internal/app/closing"
	"trueward/internal/app/crediting"
	"trueward/internal/app/disputing"
	"trueward/internal/domain/access"
	"trueward/internal/domain/audit"
	"trueward/internal/domain/billing"
	"trueward/internal/fault"
)

// afterIssue are the deeds on issued documents.
var afterIssue = []string{"credit", "credit", "credit", "decide", "decide", "decide", "dispute", "dispute", "settle", "settle", "rebill", "rebill", "rebill", "end", "close"}

// reached counts the deeds that were done, not refused, over all runs: a run
// in which nothing happens proves nothing.
var reached = map[string]int{}

// mayNotBe lets a refusal pass: by the state of things, or of what was asked.
func mayNotBe(t *rapid.T, err error) {
	if !fault.Is(err, fault.Invalid) && !fault.Is(err, fault.NotFound) {
		mayBeRefused(t, err)
	}
}

func (d *deeds) doAfter(t *rapid.T, deed string) {
	before := d.facts()
	defer func() {
		if d.facts() != before {
			reached[deed]++
		}
	}()
	switch deed {
	case "credit":
		d.propose(t)
	case "decide":
		d.decide(t)
	case "dispute":
		if i, l, ok := d.someLine(t); ok {
			amount := i.Amount(rapid.Int64Range(1, max(1, l.NetMinor+l.TaxMinor)).Draw(t, "disputed"))
			_, err := d.w.disputing.Open(d.w.t.Context(), cmd(d.w.finance, d.key()), disputing.OpenInput{
				Invoice: i.ID, Line: l.ID, Amount: amount.Decimal(), Reason: "not agreed"})
			mayNotBe(t, err)
		}
	case "settle":
		d.settle(t)
	case "rebill":
		if i, _, ok := d.someLine(t); ok {
			_, err := d.w.crediting.Rebill(d.w.t.Context(), cmd(d.w.office, d.key()), i.ID)
			mayNotBe(t, err)
		}
	case "end":
		if i, _, ok := d.someLine(t); ok {
			kind := rapid.SampledFrom([]billing.EndKind{billing.EndVoid, billing.EndUncollectible}).Draw(t, "kind")
			_, err := d.w.approving.AskToEnd(d.w.t.Context(), cmd(d.w.office, d.key()), approving.EndInput{Invoice: i.ID, Kind: kind, Reason: "wrong"})
			mayNotBe(t, err)
			if err == nil {
				_, err = d.w.approving.Decide(d.w.t.Context(), cmd(d.w.second, d.key()), i.ID, rapid.Bool().Draw(t, "yes"))
				mayNotBe(t, err)
			}
		}
	case "close":
		d.w.clk.Advance(31 * 24 * time.Hour)
		for _, who := range []access.Actor{d.w.finance, d.w.second} {
			d.closeNext(t, who)
		}
	}
}

func (d *deeds) closeNext(t *rapid.T, who access.Actor) {
	book := closing.Own(who)
	status, err := d.w.closing.Status(d.w.t.Context(), access.Everything(), book)
	if err != nil || status.Next == "" {
		mayNotBe(t, err)
		return
	}
	_, err = d.w.closing.SoftClose(d.w.t.Context(), cmd(who, d.key()), book, status.Next)
	mayNotBe(t, err)
	if err == nil {
		_, err = d.w.closing.Close(d.w.t.Context(), cmd(who, d.key()), book, status.Next)
		mayNotBe(t, err)
	}
}

// someLine picks a line of an issued invoice.
func (d *deeds) someLine(t *rapid.T) (billing.NamedInvoice, billing.InvoiceLine, bool) {
	var issued []billing.NamedInvoice
	for _, i := range d.w.invoices() {
		if i.Creditable() == nil {
			issued = append(issued, i)
		}
	}
	if len(issued) == 0 {
		return billing.NamedInvoice{}, billing.InvoiceLine{}, false
	}
	i := rapid.SampledFrom(issued).Draw(t, "invoice")
	return i, rapid.SampledFrom(d.w.lines(i.ID)).Draw(t, "line"), true
}

func (d *deeds) propose(t *rapid.T) {
	i, l, ok := d.someLine(t)
	if !ok {
		return
	}
	part := billing.CreditPart{Line: l.ID}
	if rapid.IntRange(0, 2).Draw(t, "part") == 0 && l.NetMinor > 1 {
		part.NetMinor = rapid.Int64Range(1, l.NetMinor).Draw(t, "net")
	}
	_, err := d.w.crediting.Propose(d.w.t.Context(), cmd(d.w.office, d.key()), crediting.ProposeInput{
		Invoice: i.ID, Reason: billing.Recalled, Parts: []billing.CreditPart{part}})
	mayNotBe(t, err)
}

func (d *deeds) decide(t *rapid.T) {
	list, err := d.w.all().Credits(store.CreditFilter{States: []billing.CreditState{billing.CreditProposed}}, store.Page{})
	if err != nil || len(list.Rows) == 0 {
		mayNotBe(t, err)
		return
	}
	c := rapid.SampledFrom(list.Rows).Draw(t, "credit")
	if rapid.IntRange(0, 3).Draw(t, "decline") == 0 {
		_, err = d.w.crediting.Decline(d.w.t.Context(), cmd(d.w.second, d.key()), c.ID, "no")
	} else {
		_, err = d.w.crediting.Issue(d.w.t.Context(), cmd(d.w.second, d.key()), c.ID)
	}
	mayNotBe(t, err)
}

func (d *deeds) settle(t *rapid.T) {
	list, err := d.w.all().Disputes(true, store.Page{})
	if err != nil || len(list.Rows) == 0 {
		mayNotBe(t, err)
		return
	}
	ctx, x := d.w.t.Context(), rapid.SampledFrom(list.Rows).Draw(t, "dispute")
	switch rapid.IntRange(0, 3).Draw(t, "step") {
	case 0:
		_, err = d.w.disputing.Answer(ctx, cmd(d.w.office, d.key()), x.ID, "as agreed")
	case 1:
		_, err = d.w.disputing.Agree(ctx, cmd(d.w.office, d.key()), x.ID)
	case 2:
		_, err = d.w.disputing.Withdraw(ctx, cmd(d.w.finance, d.key()), x.ID)
	default:
		_, err = d.w.disputing.Escalate(ctx, cmd(d.w.finance, d.key()), x.ID)
	}
	mayNotBe(t, err)
}

// facts counts the entries of the audit trail.
func (d *deeds) facts() int {
	n := 0
	err := d.w.all().WalkAudit(func(audit.Entry) error { n++; return nil })
	if err != nil {
		d.w.t.Fatal(err)
	}
	return n
}
