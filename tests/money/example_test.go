package money_test

import (
	"testing"

	"trueward/internal/adapter/store"
	"trueward/internal/adapter/store/storetest"
	"trueward/internal/app/disputing"
	"trueward/internal/app/paying"
	"trueward/internal/clock"
	"trueward/internal/domain/billing"
)

// books are the balances that the worked example of docs/money.md tells.
type books struct{ receivable, disputed, unbilled, sales, owed, accrued int64 }

func (w *world) books() books {
	w.t.Helper()
	balances, err := w.all().Balances(billing.Parties{Vendor: w.vendor, Hospital: w.hospital})
	if err != nil {
		w.t.Fatal(err)
	}
	of := map[billing.Account]int64{}
	for _, b := range balances {
		of[b.Account] = b.Minor
	}
	return books{
		of[billing.Receivable], of[billing.DisputedReceivable], of[billing.UnbilledReceivable],
		-of[billing.Sales], -of[billing.Payable], -of[billing.AccruedUsage],
	}
}

func TestWorkedExampleOfTheBooks(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, clk *clock.Fake) {
		w := newWorld(t, s, clk, defaults()).priced()
		c := w.openCase("C-7Q4M")
		w.use(c, nil)
		w.use(c, nil)
		step := func(name string, want books) {
			t.Helper()
			if got := w.books(); got != want {
				t.Errorf("%s: %+v, want %+v", name, got, want)
			}
		}
		step("two used", books{unbilled: 296000, accrued: 296000})
		clk.Advance(11 * 60e9)
		w.closeCase(c)
		w.drain()
		i := w.one()
		step(i.Number+" issued", books{receivable: 358160, sales: 296000, owed: 358160})
		dispute, err := w.disputing.Open(t.Context(), cmd(w.finance, "d"), disputing.OpenInput{
			Invoice: i.ID, Line: w.lines(i.ID)[1].ID, Amount: "121.00", Reason: "100.00 too much"})
		if err != nil {
			t.Fatal(err)
		}
		step("disputed", books{receivable: 346060, disputed: 12100, sales: 296000, owed: 358160})
		if _, err := w.paying.Record(t.Context(), cmd(w.finance, "p"), paying.RecordInput{Invoice: i.ID, Amount: "3,460.60", ReceivedOn: "2027-03-03", Method: billing.BankTransfer}); err != nil {
			t.Fatal(err)
		}
		step("the rest paid", books{disputed: 12100, sales: 296000, owed: 12100})
		if _, err := w.disputing.Agree(t.Context(), cmd(w.office, "a"), dispute); err != nil {
			t.Fatal(err)
		}
		d := w.disputeOn(dispute)
		if _, err := w.crediting.Issue(t.Context(), cmd(w.office, "i"), d.Credit); err != nil {
			t.Fatal(err)
		}
		credit, err := w.all().Credit(d.Credit)
		if err != nil || credit.Number != "NV-CN-2027-000001" || credit.NetMinor != 10000 || credit.TaxMinor != 2100 {
			t.Errorf("%+v, %v", credit, err)
		}
		step("credited", books{sales: 286000})
		if w.one().State != billing.Paid {
			t.Errorf("%+v", w.one())
		}
		w.verify()
	})
}
