package money_test

import (
	"trueward/internal/domain/billing"
)

// check is the ledger's own checker: entries balance, documents are the sum of
// their lines and of their postings, what is receivable is what is due, and
// every price can be computed again.
func (w *world) check() {
	w.t.Helper()
	sums := map[billing.Account]int64{}
	err := w.all().WalkJournal(func(e billing.Entry) error {
		for _, p := range e.Postings {
			sums[p.Account] += p.Minor
		}
		return e.Check()
	})
	if err != nil {
		w.t.Errorf("journal: %v", err)
	}
	var due, issued int64
	for _, i := range w.invoices() {
		if i.State == billing.Collecting {
			w.checkCollecting(i.Invoice)
		}
		if !i.State.Issued() {
			continue
		}
		due += i.Due().Minor
		issued += i.NetMinor
		w.checkLines(i.Invoice)
	}
	if sums[billing.Receivable] != due || sums[billing.Payable] != -due {
		w.t.Errorf("due %d, receivable %d, payable %d", due, sums[billing.Receivable], sums[billing.Payable])
	}
	if sums[billing.Sales] != -issued || sums[billing.UnbilledReceivable] != -sums[billing.UnbilledSales] {
		w.t.Errorf("issued %d, sales %d", issued, sums[billing.Sales])
	}
	if err := w.all().WalkDecisions(func(d billing.Decision) error {
		if difference := d.Difference(); difference != "" {
			w.t.Errorf("decision of usage %s: %s", d.Usage, difference)
		}
		return nil
	}); err != nil {
		w.t.Error(err)
	}
}

func (w *world) checkLines(i billing.Invoice) {
	w.t.Helper()
	lines, err := w.all().InvoiceLines(i.ID)
	if err != nil {
		w.t.Fatal(err)
	}
	var net, tax int64
	for n, l := range lines {
		if l.Position != n+1 {
			w.t.Errorf("line %d stands at %d", n+1, l.Position)
		}
		net, tax = net+l.NetMinor, tax+l.TaxMinor
	}
	if net != i.NetMinor || tax != i.TaxMinor || net+tax != i.TotalMinor {
		w.t.Errorf("invoice %s: %d + %d = %d; lines %d + %d", i.Number, i.NetMinor, i.TaxMinor, i.TotalMinor, net, tax)
	}
	if _, err := w.all().Render(i.ID, "pdf"); err != nil {
		w.t.Errorf("invoice %s has no stored document: %v", i.Number, err)
	}
	entries, err := w.all().EntriesOf(string(i.ID))
	if err != nil || len(entries) != 2 {
		w.t.Errorf("invoice %s: %d entries (%v)", i.Number, len(entries), err)
	}
	for _, e := range entries {
		for _, p := range e.Postings {
			if p.Account == billing.Receivable && p.Minor != i.TotalMinor || p.Account == billing.Payable && p.Minor != -i.TotalMinor {
				w.t.Errorf("invoice %s: %s posts %d", i.Number, p.Account, p.Minor)
			}
		}
	}
}

// checkCollecting compares what a collecting invoice says with its lines.
func (w *world) checkCollecting(i billing.Invoice) {
	w.t.Helper()
	rows, err := w.all().LinesOfInvoice(i.ID, 10_000)
	if err != nil {
		w.t.Fatal(err)
	}
	var net int64
	for _, row := range rows {
		net += row.Net.Minor
	}
	if net != i.NetMinor {
		w.t.Errorf("invoice of %s collects %d, its lines %d", i.Window.Key, i.NetMinor, net)
	}
}
