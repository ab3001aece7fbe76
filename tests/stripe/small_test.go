package stripe_test

import (
	"testing"
	"time"

	"trueward/internal/adapter/store"
	"trueward/internal/adapter/store/storetest"
	"trueward/internal/app/crediting"
	"trueward/internal/app/paying"
	"trueward/internal/clock"
	"trueward/internal/domain/billing"
	"trueward/internal/domain/remote"
	"trueward/internal/domain/usage"
	"trueward/internal/standard/money"
)

func sqlite(t testing.TB) (*store.Store, *clock.Fake) { return storetest.SQLite(t) }

func (w *world) writeConnection(c remote.Connection) {
	w.t.Helper()
	w.write(func(tx *store.Tx) error { _, err := tx.SaveConnection(c); return err })
}

func recordInput(i billing.Invoice, amount money.Amount) paying.RecordInput {
	return paying.RecordInput{
		Invoice: i.ID, Amount: amount.Decimal(), ReceivedOn: "2027-03-03", Method: billing.BankTransfer, Reference: "statement 7",
	}
}

// reopenCase adds a usage to a case whose lines have not been collected yet.
func (w *world) reopenCase(c usage.CaseID) {
	w.t.Helper()
	w.n += 50
	w.use(c)
	w.clk.Advance(11 * time.Minute)
}

// credit gives one line of an invoice back in full.
func (w *world) credit(desk *crediting.Desk, id billing.InvoiceID, l billing.InvoiceLine) {
	w.t.Helper()
	note, err := desk.Propose(w.t.Context(), w.cmd(w.office), crediting.ProposeInput{
		Invoice: id, Reason: billing.OpenedDefective, Parts: []billing.CreditPart{{Line: l.ID, Quantity: l.Quantity, NetMinor: l.NetMinor}},
	})
	w.must(err)
	_, err = desk.Issue(w.t.Context(), w.cmd(w.office), note)
	w.must(err)
}
