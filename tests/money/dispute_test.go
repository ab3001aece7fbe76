package money_test

import (
	"testing"
	"time"

	"trueward/internal/adapter/store"
	"trueward/internal/adapter/store/storetest"
	"trueward/internal/app/approving"
	"trueward/internal/app/disputing"
	"trueward/internal/app/paying"
	"trueward/internal/clock"
	"trueward/internal/domain/billing"
	"trueward/internal/fault"
)

func (w *world) disputeOn(id billing.DisputeID) billing.Dispute {
	w.t.Helper()
	d, err := w.all().Dispute(id)
	if err != nil {
		w.t.Fatal(err)
	}
	return d
}

func TestDisputeOfALineLeavesTheRestPayable(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, clk *clock.Fake) {
		w, i := issued(t, s, clk, 2)
		l := w.lines(i.ID)[0]
		in := disputing.OpenInput{Invoice: i.ID, Line: l.ID, Amount: "600.00", Reason: "The agreed price is 980.00."}
		if _, err := w.disputing.Open(t.Context(), cmd(w.office, "o"), in); !fault.Is(err, fault.Forbidden) {
			t.Errorf("the seller disputes: %v", err)
		}
		id, err := w.disputing.Open(t.Context(), cmd(w.finance, "1"), in)
		if err != nil {
			t.Fatal(err)
		}
		w.verify()
		if got := w.one(); got.DisputedMinor != 60000 || got.Due().Minor != got.TotalMinor {
			t.Errorf("%+v", got)
		}
		if _, err := w.disputing.Open(t.Context(), cmd(w.finance, "2"), in); !fault.Is(err, fault.Conflict) {
			t.Errorf("disputed twice: %v", err)
		}
		pay := paying.RecordInput{Invoice: i.ID, Amount: "2,981.60", ReceivedOn: "2027-03-03", Method: billing.BankTransfer}
		if _, err := w.paying.Record(t.Context(), cmd(w.finance, "pay"), pay); err != nil {
			t.Errorf("the rest cannot be paid: %v", err)
		}
		if _, err := w.approving.AskToEnd(t.Context(), cmd(w.office, "end"), approving.EndInput{Invoice: i.ID, Kind: billing.EndUncollectible, Reason: "x"}); !fault.Is(err, fault.Conflict) {
			t.Errorf("ended under a dispute: %v", err)
		}
		if _, err := w.disputing.Answer(t.Context(), cmd(w.office, "a"), id, "Our mistake."); err != nil {
			t.Fatal(err)
		}
		if _, err := w.disputing.Agree(t.Context(), cmd(w.office, "g"), id); err != nil {
			t.Fatal(err)
		}
		d := w.disputeOn(id)
		if d.State != billing.DisputeAgreed || d.Credit == "" {
			t.Fatalf("%+v", d)
		}
		w.verify()
		if _, err := w.crediting.Issue(t.Context(), cmd(w.office, "i"), d.Credit); err != nil {
			t.Fatal(err)
		}
		if got := w.one(); got.State != billing.Paid || got.DisputedMinor != 0 || got.CreditedMinor != 60000 {
			t.Errorf("%+v", got)
		}
		if w.disputeOn(id).State != billing.DisputeCredited {
			t.Error("the dispute did not end")
		}
		w.verify()
	})
}

func TestDisputeIsWithdrawnOrComesBack(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, clk *clock.Fake) {
		w, i := issued(t, s, clk, 1)
		in := disputing.OpenInput{Invoice: i.ID, Line: w.lines(i.ID)[0].ID, Reason: "Not ours."}
		id, err := w.disputing.Open(t.Context(), cmd(w.finance, "1"), in)
		if err != nil {
			t.Fatal(err)
		}
		clk.Advance(billing.DisputeClock + time.Second)
		if d := w.disputeOn(id); !d.Late(clk.Now()) {
			t.Errorf("the answer is not late: %+v", d)
		}
		if _, err := w.disputing.Escalate(t.Context(), cmd(w.finance, "e"), id); err != nil {
			t.Fatal(err)
		}
		if _, err := w.disputing.Agree(t.Context(), cmd(w.office, "g"), id); err != nil {
			t.Fatal(err)
		}
		if _, err := w.crediting.Decline(t.Context(), cmd(w.office, "d"), w.disputeOn(id).Credit, "Signed for on the ward."); err != nil {
			t.Fatal(err)
		}
		if d := w.disputeOn(id); d.State != billing.DisputeAnswered || d.Credit != "" {
			t.Errorf("a declined credit note leaves %+v", d)
		}
		if _, err := w.disputing.Withdraw(t.Context(), cmd(w.office, "v"), id); !fault.Is(err, fault.Forbidden) {
			t.Errorf("the seller withdraws the hospital's dispute: %v", err)
		}
		if _, err := w.disputing.Withdraw(t.Context(), cmd(w.finance, "w"), id); err != nil {
			t.Fatal(err)
		}
		if got := w.one(); got.DisputedMinor != 0 || got.State != billing.Sent {
			t.Errorf("%+v", got)
		}
		w.verify()
		if _, err := w.disputing.Withdraw(t.Context(), cmd(w.finance, "again"), id); !fault.Is(err, fault.Conflict) {
			t.Errorf("withdrawn twice: %v", err)
		}
	})
}
