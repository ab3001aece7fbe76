package money_test

import (
	"strings"
	"testing"
	"time"

	"trueward/internal/adapter/store"
	"trueward/internal/adapter/store/storetest"
	"trueward/internal/app/approving"
	"trueward/internal/app/crediting"
	"trueward/internal/app/paying"
	"trueward/internal/clock"
	"trueward/internal/domain/access"
	"trueward/internal/domain/billing"
	"trueward/internal/domain/consign"
	"trueward/internal/domain/usage"
	"trueward/internal/fault"
	"trueward/internal/standard/money"
)

// lines returns the lines of an invoice.
func (w *world) lines(id billing.InvoiceID) []billing.InvoiceLine {
	w.t.Helper()
	lines, err := w.all().InvoiceLines(id)
	if err != nil {
		w.t.Fatal(err)
	}
	return lines
}

// credit proposes and issues a credit note over parts of an invoice.
func (w *world) credit(key string, id billing.InvoiceID, reason billing.CreditReason, parts ...billing.CreditPart) billing.CreditNote {
	w.t.Helper()
	proposed, err := w.crediting.Propose(w.t.Context(), cmd(w.office, "propose "+key), crediting.ProposeInput{Invoice: id, Reason: reason, Parts: parts})
	if err != nil {
		w.t.Fatal(err)
	}
	if _, err := w.crediting.Issue(w.t.Context(), cmd(w.office, "issue "+key), proposed); err != nil {
		w.t.Fatal(err)
	}
	c, err := w.all().Credit(proposed)
	if err != nil {
		w.t.Fatal(err)
	}
	return c
}

func TestCreditNotesCopyFrozenAmountsAndTheLastTakesTheRest(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, clk *clock.Fake) {
		w, i := issued(t, s, clk, 3)
		l := w.lines(i.ID)[1]
		first := w.credit("a", i.ID, billing.WrongPrice, billing.CreditPart{Line: l.ID, NetMinor: 49333})
		if first.Number != "NV-CN-2027-000001" || first.NetMinor != 49333 || first.TaxMinor != 10360 || first.IssuedOn != "2027-03-03" {
			t.Errorf("first: %+v", first)
		}
		w.verify()
		_, err := w.crediting.Propose(t.Context(), cmd(w.office, "over"), crediting.ProposeInput{
			Invoice: i.ID, Reason: billing.WrongPrice, Parts: []billing.CreditPart{{Line: l.ID, NetMinor: l.NetMinor - 49332}}})
		if !fault.Is(err, fault.Invalid) {
			t.Errorf("one minor unit over: %v", err)
		}
		rest := w.credit("b", i.ID, billing.DuplicateBilled, billing.CreditPart{Line: l.ID})
		if rest.Number != "NV-CN-2027-000002" || first.NetMinor+rest.NetMinor != l.NetMinor || first.TaxMinor+rest.TaxMinor != l.TaxMinor {
			t.Errorf("the rest: %+v of %+v", rest, l)
		}
		if got := w.one(); got.State != billing.Sent || got.Due().Minor != got.TotalMinor-l.NetMinor-l.TaxMinor {
			t.Errorf("invoice: %+v", got)
		}
		if got := w.lines(i.ID); got[1].Live || !got[0].Live {
			t.Error("the credited line, and no other, is out of force")
		}
		if w.line(usage.Usage{ID: l.Usage}).State != billing.LineNoCharge {
			t.Errorf("vendor line: %+v", w.line(usage.Usage{ID: l.Usage}))
		}
		pdf, err := w.all().CreditRender(rest.ID, "pdf")
		if err != nil || !strings.HasPrefix(string(pdf.Bytes), "%PDF") {
			t.Errorf("document: %v", err)
		}
		w.verify()
	})
}

func TestCreditOnAPaidInvoiceIsRefunded(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, clk *clock.Fake) {
		w, i := issued(t, s, clk, 2)
		in := paying.RecordInput{Invoice: i.ID, Amount: "3,581.60", ReceivedOn: "2027-03-03", Method: billing.BankTransfer}
		if _, err := w.paying.Record(t.Context(), cmd(w.finance, "p"), in); err != nil {
			t.Fatal(err)
		}
		w.credit("a", i.ID, billing.Recalled, billing.CreditPart{Line: w.lines(i.ID)[0].ID})
		if got := w.one(); got.State != billing.Paid || got.Refundable().Minor != 179080 {
			t.Fatalf("%+v", got)
		}
		w.verify()
		in.Amount = "1790.81"
		if _, err := w.paying.Refund(t.Context(), cmd(w.finance, "r1"), in); !fault.Is(err, fault.Invalid) {
			t.Errorf("refunded more than was credited: %v", err)
		}
		in.Amount = "1790.80"
		if _, err := w.paying.Refund(t.Context(), cmd(w.office, "r0"), in); !fault.Is(err, fault.Forbidden) {
			t.Errorf("who issued the credit note booked its refund: %v", err)
		}
		back, err := w.paying.Refund(t.Context(), cmd(w.finance, "r2"), in)
		if err != nil || back.Due.Minor != 0 || w.one().State != billing.Paid {
			t.Errorf("%+v, %v", back, err)
		}
		w.verify()
		if _, err := w.paying.Undo(t.Context(), cmd(w.finance, "u"), paying.UndoInput{Payment: back.Payment, Reason: "Bank sent it back"}); err != nil {
			t.Fatal(err)
		}
		if got := w.one(); got.Refundable().Minor != 179080 {
			t.Errorf("after the refund came back: %+v", got)
		}
		w.verify()
	})
}

// A usage that is corrected after its invoice has a number gets a proposal;
// one click issues it.
func TestCorrectedUsageProposesItsCredit(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, clk *clock.Fake) {
		w := newWorld(t, s, clk, defaults()).priced()
		c := w.openCase("C-7Q4M")
		wrong, _ := w.use(c, nil), w.use(c, nil)
		clk.Advance(11 * time.Minute)
		w.closeCase(c)
		w.drain()
		i := w.one()
		w.undo(wrong)
		if got := w.one(); got.Parked || got.State != billing.Sent {
			t.Errorf("%+v", got)
		}
		credits, err := w.all().CreditsOf(i.ID)
		if err != nil || len(credits) != 1 || credits[0].Reason != billing.UsageCorrected || credits[0].TotalMinor != 179080 {
			t.Fatalf("%+v, %v", credits, err)
		}
		w.verify()
		if _, err := w.crediting.Issue(t.Context(), cmd(w.office, "issue"), credits[0].ID); err != nil {
			t.Fatal(err)
		}
		if _, err := w.all().LiveLine(wrong.ID); !fault.Is(err, fault.NotFound) {
			t.Errorf("the corrected usage still has a line: %v", err)
		}
		w.verify()
	})
}

func TestRebillOnlyAfterFullCredit(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, clk *clock.Fake) {
		w, i := issued(t, s, clk, 2)
		l := w.lines(i.ID)[0]
		if _, err := w.crediting.Rebill(t.Context(), cmd(w.office, "early"), i.ID); !fault.Is(err, fault.Conflict) {
			t.Errorf("billed again without a credit: %v", err)
		}
		w.credit("part", i.ID, billing.WrongPrice, billing.CreditPart{Line: l.ID, NetMinor: 1})
		if _, err := w.crediting.Rebill(t.Context(), cmd(w.office, "part"), i.ID); !fault.Is(err, fault.Conflict) {
			t.Errorf("billed again after a part: %v", err)
		}
		w.credit("rest", i.ID, billing.WrongPrice, billing.CreditPart{Line: l.ID})
		again, err := w.crediting.Rebill(t.Context(), cmd(w.office, "now"), i.ID)
		if err != nil {
			t.Fatal(err)
		}
		w.drain()
		got, err := w.all().Invoice(again)
		if err != nil || got.RebillOf != i.ID || got.State != billing.Sent || got.NetMinor != l.NetMinor {
			t.Fatalf("%+v, %v", got, err)
		}
		fresh := w.lines(again)
		if len(fresh) != 1 || fresh[0].Usage != l.Usage || !fresh[0].Live {
			t.Errorf("%+v", fresh)
		}
		if _, err := w.crediting.Rebill(t.Context(), cmd(w.office, "twice"), i.ID); !fault.Is(err, fault.Conflict) {
			t.Errorf("billed a third time: %v", err)
		}
		w.verify()
	})
}

// A serial that was credited bills for another usage only after its return is
// on record; the database itself refuses.
func TestSerialBillsAgainOnlyAfterItsReturn(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, clk *clock.Fake) {
		w, i := issued(t, s, clk, 1)
		l := w.lines(i.ID)[0]
		w.credit("all", i.ID, billing.WrongPrice, billing.CreditPart{Line: l.ID})
		other := w.use(w.openCase("C-8Q4M"), nil)
		again := l
		again.Position, again.Usage, again.Line = 2, other.ID, w.line(other).ID
		put := func() error {
			return s.Write(t.Context(), w.office, func(tx *store.Tx) error { return tx.AddInvoiceLines([]billing.InvoiceLine{again}) })
		}
		if err := put(); err == nil || !strings.Contains(err.Error(), "no return") {
			t.Errorf("billed without a return: %v", err)
		}
		var billed map[billing.LineID]string
		w.write(func(tx *store.Tx) (err error) {
			billed, err = tx.BilledSerials(again.Parties, []billing.InvoiceLine{again})
			return err
		})
		if billed[again.Line] != i.Number {
			t.Errorf("the freezer does not see %s: %q", i.Number, billed)
		}
		again.Rebillable = true
		if err := put(); err == nil || strings.Contains(err.Error(), "no return") {
			t.Errorf("a loan fee is held back: %v", err) // what stops it now is that the write has no audit entry
		}
	})
}

func TestEndingAnInvoiceTakesTwoPeople(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, clk *clock.Fake) {
		w, i := issued(t, s, clk, 2)
		in := approving.EndInput{Invoice: i.ID, Kind: billing.EndVoid, Reason: "Sent to the wrong hospital."}
		if _, err := w.approving.AskToEnd(t.Context(), cmd(w.finance, "f"), in); !fault.Is(err, fault.Forbidden) {
			t.Errorf("the payer voids: %v", err)
		}
		if _, err := w.approving.AskToEnd(t.Context(), cmd(w.office, "a"), in); err != nil {
			t.Fatal(err)
		}
		if _, err := w.approving.Decide(t.Context(), cmd(w.office, "self"), i.ID, true); !fault.Is(err, fault.Forbidden) {
			t.Errorf("decided alone: %v", err)
		}
		if _, err := w.approving.Decide(t.Context(), cmd(w.second, "b"), i.ID, true); err != nil {
			t.Fatal(err)
		}
		got := w.one()
		if got.State != billing.Void || got.Number != i.Number || got.Due().Minor != 0 || got.VoidReason != in.Reason {
			t.Errorf("%+v", got)
		}
		w.verify()
		held := w.line(usage.Usage{ID: w.lines(i.ID)[0].Usage})
		if held.State != billing.LineHeld {
			t.Fatalf("%+v", held)
		}
		if _, err := w.pricing.Release(t.Context(), cmd(w.office, "release"), held.ID); err != nil {
			t.Fatal(err)
		}
		clk.Advance(30 * 24 * time.Hour)
		w.drain()
		if all := w.invoices(); len(all) != 2 || all[1].State != billing.Sent || all[1].Number != "NV-2027-000002" {
			t.Errorf("billed again: %+v", all)
		}
		w.verify()
	})
}

func TestUncollectibleIsABadDebt(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, clk *clock.Fake) {
		w, i := issued(t, s, clk, 1)
		pay := paying.RecordInput{Invoice: i.ID, Amount: "790.80", ReceivedOn: "2027-03-03", Method: billing.BankTransfer}
		if _, err := w.paying.Record(t.Context(), cmd(w.finance, "p"), pay); err != nil {
			t.Fatal(err)
		}
		if _, err := w.approving.AskToEnd(t.Context(), cmd(w.office, "v"), approving.EndInput{Invoice: i.ID, Kind: billing.EndVoid, Reason: "x"}); !fault.Is(err, fault.Conflict) {
			t.Errorf("voided a partly paid invoice: %v", err)
		}
		if _, err := w.approving.AskToEnd(t.Context(), cmd(w.office, "u"), approving.EndInput{Invoice: i.ID, Kind: billing.EndUncollectible, Reason: "Insolvent."}); err != nil {
			t.Fatal(err)
		}
		if _, err := w.approving.Decide(t.Context(), cmd(w.second, "d"), i.ID, true); err != nil {
			t.Fatal(err)
		}
		if got := w.one(); got.State != billing.Uncollectible {
			t.Errorf("%+v", got)
		}
		if _, err := w.paying.Record(t.Context(), cmd(w.finance, "p2"), pay); !fault.Is(err, fault.Conflict) {
			t.Errorf("paid after it was written off: %v", err)
		}
		w.verify()
	})
}

// Who prices does not approve, who approves does not book, whatever the roles.
func TestNobodyPricesApprovesAndPays(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, clk *clock.Fake) {
		terms := defaults()
		terms.IssueMode = consign.IssueVendorApproves
		w := newWorld(t, s, clk, terms)
		if err := s.Write(t.Context(), w.office, func(tx *store.Tx) error {
			tx.Audit(auditTest)
			_, err := tx.AddListPrice(store.ListPrice{Vendor: w.vendor, Product: w.product, Price: money.Amount{Minor: 160000, Currency: "EUR"}, ValidFrom: clk.Now().Add(-time.Hour)})
			return err
		}); err != nil {
			t.Fatal(err)
		}
		c := w.openCase("C-7Q4M")
		w.use(c, nil)
		clk.Advance(11 * time.Minute)
		w.closeCase(c)
		w.drain()
		i := w.one()
		// may says what the page says that lets several be approved together.
		may := func(who access.Actor) error {
			authority, err := s.Read(t.Context(), who.Scope()).AuthorityOf(who.Person, i.Invoice, clk.Now())
			if err == nil {
				_, err = authority.Approve(i.Total())
			}
			return err
		}
		if err := may(w.office); !fault.Is(err, fault.Forbidden) {
			t.Errorf("who priced is told: %v", err)
		}
		if _, err := w.invoicing.Approve(t.Context(), cmd(w.office, "1"), i.ID); !fault.Is(err, fault.Forbidden) {
			t.Errorf("priced and approved: %v", err)
		}
		limit := approving.LimitInput{Person: w.second.Person, Amount: "1,000.00", Currency: "EUR"}
		if _, err := w.approving.SetLimit(t.Context(), cmd(w.office, "l0"), limit); !fault.Is(err, fault.Forbidden) {
			t.Errorf("the office sets limits: %v", err)
		}
		if _, err := w.approving.SetLimit(t.Context(), cmd(w.admin, "l1"), limit); err != nil {
			t.Fatal(err)
		}
		if _, err := w.invoicing.Approve(t.Context(), cmd(w.second, "2"), i.ID); !fault.Is(err, fault.Forbidden) {
			t.Errorf("approved over the limit: %v", err)
		}
		if err := may(w.second); !fault.Is(err, fault.Forbidden) {
			t.Errorf("who has a lower limit is told: %v", err)
		}
		// The pricer lends their own higher limit: that is no way around either.
		if _, err := w.approving.SetLimit(t.Context(), cmd(w.admin, "l2"), approving.LimitInput{Person: w.office.Person, Amount: "9,000.00", Currency: "EUR"}); err != nil {
			t.Fatal(err)
		}
		lend := approving.DelegateInput{To: w.second.Person, Amount: "5,000.00", Currency: "EUR", From: "2027-03-01", Until: "2027-03-31", Reason: "Leave"}
		if _, err := w.approving.Delegate(t.Context(), cmd(w.office, "d"), lend); err != nil {
			t.Fatal(err)
		}
		if _, err := w.invoicing.Approve(t.Context(), cmd(w.second, "3"), i.ID); !fault.Is(err, fault.Forbidden) {
			t.Errorf("approved in the stead of who priced: %v", err)
		}
		lend.To = w.office.Person
		if _, err := w.approving.Delegate(t.Context(), cmd(w.office, "self"), lend); !fault.Is(err, fault.Invalid) {
			t.Errorf("delegated to oneself: %v", err)
		}
		limit.Amount = "2,000.00"
		if _, err := w.approving.SetLimit(t.Context(), cmd(w.admin, "l3"), limit); err != nil {
			t.Fatal(err)
		}
		if err := may(w.second); err != nil {
			t.Errorf("who may approve is told: %v", err)
		}
		if _, err := w.invoicing.Approve(t.Context(), cmd(w.second, "4"), i.ID); err != nil {
			t.Fatal(err)
		}
		w.drain()
		pay := paying.RecordInput{Invoice: i.ID, Amount: "1,790.80", ReceivedOn: "2027-03-03", Method: billing.BankTransfer}
		for name, who := range map[string]access.Actor{"priced": w.office, "approved": w.second} {
			if _, err := w.paying.Record(t.Context(), cmd(who, name), pay); !fault.Is(err, fault.Forbidden) {
				t.Errorf("who %s booked the payment: %v", name, err)
			}
		}
		if _, err := w.paying.Record(t.Context(), cmd(w.finance, "ok"), pay); err != nil {
			t.Error(err)
		}
		w.verify()
	})
}
