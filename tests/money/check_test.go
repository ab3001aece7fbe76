package money_test

import (
	"trueward/internal/adapter/store"
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
	var due, issued, disputed, lost int64
	for _, i := range w.invoices() {
		if i.State == billing.Collecting {
			w.checkCollecting(i.Invoice)
		}
		if !i.State.Issued() {
			continue
		}
		if i.State == billing.Uncollectible {
			lost += i.Due().Minor
		}
		disputed += i.DisputedMinor
		due += i.Due().Minor
		w.checkLines(i.Invoice)
		if i.State != billing.Void {
			issued += i.NetMinor
		}
	}
	credited := w.creditedNet()
	if sums[billing.Receivable] != due-disputed-lost || sums[billing.DisputedReceivable] != disputed || sums[billing.Payable] != -due {
		w.t.Errorf("due %d (disputed %d, lost %d), receivable %d and %d, payable %d", due, disputed, lost,
			sums[billing.Receivable], sums[billing.DisputedReceivable], sums[billing.Payable])
	}
	if sums[billing.Sales] != credited-issued || sums[billing.UnbilledReceivable] != -sums[billing.UnbilledSales] {
		w.t.Errorf("issued %d, credited %d, sales %d", issued, credited, sums[billing.Sales])
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
	if _, err := w.all().Render(i.ID, "pdf"); err != nil && i.State != billing.Void {
		w.t.Errorf("invoice %s has no stored document: %v", i.Number, err)
	}
	entries, err := w.all().EntriesOf(string(i.ID))
	if err != nil || len(entries) < 2 {
		w.t.Errorf("invoice %s: %d entries (%v)", i.Number, len(entries), err)
	}
	for _, e := range entries {
		if e.Kind != billing.IssueEntry && e.Kind != billing.MatchEntry {
			continue
		}
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

// verify asks the product's own checker too. It reads movements, so it is for
// tests whose usages say what their movements say.
func (w *world) verify() {
	w.t.Helper()
	w.check()
	if breach, err := w.all().CheckLedger(); err != nil || breach != nil {
		w.t.Errorf("ledger: %+v, %v", breach, err)
	}
}

// creditedNet sums what issued credit notes gave back, and checks that no line
// gave back more than it asked for.
func (w *world) creditedNet() int64 {
	w.t.Helper()
	var net int64
	taken := map[string]int64{}
	err := w.all().AllCredits(store.CreditFilter{}, func(c store.NamedCredit) error {
		if c.State == billing.CreditDeclined {
			return nil
		}
		if c.State == billing.CreditIssued {
			net += c.NetMinor
		}
		for _, l := range c.Lines {
			taken[l.Line] += l.NetMinor + l.TaxMinor
		}
		return nil
	})
	if err != nil {
		w.t.Error(err)
	}
	for _, i := range w.invoices() {
		lines, err := w.all().InvoiceLines(i.ID)
		if err != nil {
			w.t.Error(err)
		}
		for _, l := range lines {
			if taken[l.ID] > l.NetMinor+l.TaxMinor {
				w.t.Errorf("line %s of %d is credited by %d", l.ID, l.NetMinor+l.TaxMinor, taken[l.ID])
			}
		}
	}
	return net
}
