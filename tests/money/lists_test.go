package money_test

import (
	"fmt"
	"testing"
	"time"

	"trueward/internal/adapter/store"
	"trueward/internal/adapter/store/storetest"
	"trueward/internal/app/exporting"
	"trueward/internal/app/pricing"
	"trueward/internal/clock"
	"trueward/internal/domain/access"
	"trueward/internal/domain/billing"
	"trueward/internal/domain/consign"
	"trueward/internal/standard/money"
)

// Every list and sum of the pages of money, on both databases, for both sides.
func TestListsAndSumsAgreeWithWhatHappened(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, clk *clock.Fake) {
		w, i := issued(t, s, clk, 3)
		w.use(w.openCase("C-8Q4M"), nil)
		for _, actor := range []access.Actor{w.finance, w.office} {
			q := s.Read(t.Context(), actor.Scope())
			counts, err := q.LineCounts()
			if err != nil || len(counts) != 1 || counts[0].State != billing.LineWaiting || counts[0].Minor != 148000 {
				t.Errorf("counts %+v, %v", counts, err)
			}
			used, err := q.UsedSince(clk.Now().Add(-time.Hour))
			if err != nil || len(used) != 1 || used[0].Count != 4 || used[0].Minor != 4*148000 {
				t.Errorf("used %+v, %v", used, err)
			}
			sums, err := q.InvoiceSums(store.InvoiceFilter{})
			if err != nil || len(sums) != 1 || sums[0].TotalMinor != i.TotalMinor {
				t.Errorf("sums %+v, %v", sums, err)
			}
			line, err := q.LineRow(w.line(w.use(w.openCase(fmt.Sprintf("C-%.4s", actor.Kind)), nil)).ID)
			if err != nil || line.Product != "Coronary stent" || line.TaxRateBP != 2100 || line.TimeZone != "Europe/Dublin" {
				t.Errorf("line %+v, %v", line, err)
			}
			entries, err := q.EntriesOf(string(i.ID))
			if err != nil || len(entries) != 1 {
				t.Errorf("%d entries of one side's book, %v", len(entries), err)
			}
			w.undoAll(q)
		}
	})
}

// undoAll leaves the world as it was for the other side's look.
func (w *world) undoAll(q store.Queries) {
	w.t.Helper()
	list, err := q.Lines(store.LineFilter{States: []billing.LineState{billing.LineWaiting}, Text: fmt.Sprintf("SN%05d", w.units)}, store.Page{})
	if err != nil || len(list.Rows) != 1 {
		w.t.Fatalf("%d lines by serial, %v", len(list.Rows), err)
	}
	u, err := w.all().Usage(list.Rows[0].Usage)
	if err != nil {
		w.t.Fatal(err)
	}
	w.undo(u)
}

func TestInvoiceFiltersAndPages(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, clk *clock.Fake) {
		w := newWorld(t, s, clk, defaults()).priced()
		const all = 7
		for n := range all {
			c := w.openCase(fmt.Sprintf("C-%04d", n))
			w.use(c, nil)
			w.closeCase(c)
		}
		clk.Advance(11 * time.Minute)
		w.drain()
		q := s.Read(t.Context(), w.finance.Scope())
		seen := map[billing.InvoiceID]bool{}
		page := store.Page{Limit: 3}
		for range 10 {
			part, err := q.Invoices(store.InvoiceFilter{}, page)
			if err != nil {
				t.Fatal(err)
			}
			for _, i := range part.Rows {
				if seen[i.ID] || i.Case == "" || i.VendorName != "Norvane" {
					t.Errorf("invoice %+v", i)
				}
				seen[i.ID] = true
			}
			if page.After = part.Next; page.After == "" {
				break
			}
		}
		if len(seen) != all {
			t.Errorf("%d invoices on the pages, want %d", len(seen), all)
		}
		number := billing.DocumentNumber("NV", 2027, 3)
		for name, c := range map[string]struct {
			filter store.InvoiceFilter
			want   int
		}{
			"number":    {store.InvoiceFilter{Text: number}, 1},
			"reference": {store.InvoiceFilter{Text: billing.PaymentReferenceInGroups(billing.PaymentReference(number))}, 1},
			"state":     {store.InvoiceFilter{States: []billing.InvoiceState{billing.Paid}}, 0},
			"period":    {store.InvoiceFilter{IssuedFrom: "2027-03-03", IssuedTo: "2027-03-03"}, all},
			"before":    {store.InvoiceFilter{IssuedTo: "2027-03-02"}, 0},
			"overdue":   {store.InvoiceFilter{OverdueOn: "2027-04-03"}, all},
			"not yet":   {store.InvoiceFilter{OverdueOn: "2027-04-02"}, 0},
			"vendor":    {store.InvoiceFilter{Vendor: w.vendor, Hospital: w.hospital}, all},
			"parked":    {store.InvoiceFilter{Parked: true}, 0},
		} {
			part, err := q.Invoices(c.filter, store.Page{})
			if err != nil || len(part.Rows) != c.want {
				t.Errorf("%s: %d invoices, want %d (%v)", name, len(part.Rows), c.want, err)
			}
		}
	})
}

func TestConsignedIsWhatStillBelongsToTheVendor(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, clk *clock.Fake) {
		w := newWorld(t, s, clk, defaults()).priced()
		w.shelve("SN77777")
		w.use(w.openCase("C-7Q4M"), nil)
		rows, err := s.Read(t.Context(), w.office.Scope()).Consigned(clk.Now())
		want := store.Consigned{Hospital: w.hospital, Name: "St. Brannoc", Currency: "EUR", Units: 1, Minor: 160000}
		if err != nil || len(rows) != 1 || rows[0] != want {
			t.Errorf("%+v, %v", rows, err)
		}
	})
}

// An agreement that asks for a PO keeps its lines until one is there.
func TestAgreementWithPOKeepsItsLines(t *testing.T) {
	s, clk := storetest.SQLite(t)
	terms := defaults()
	terms.PORule = consign.POPerSheet
	w := newWorld(t, s, clk, terms).priced()
	u := w.use(w.openCase("C-7Q4M"), nil)
	clk.Advance(time.Hour)
	w.drain()
	if got := w.line(u); got.State != billing.LineAwaitingPO || got.Reason == "" {
		t.Errorf("%+v", got)
	}
}

// Nothing that is not issued leaves the house, and refusals stand at their field.
func TestExportRefusals(t *testing.T) {
	s, clk := storetest.SQLite(t)
	w, _ := issued(t, s, clk, 1)
	for name, in := range map[string]exporting.Input{
		"format": {Format: "exe"},
		"status": {Format: billing.InvoicesCSV, Filter: exporting.Filter{Status: billing.Frozen}},
		"from":   {Format: billing.InvoicesCSV, Filter: exporting.Filter{From: "yesterday"}},
		"to":     {Format: billing.InvoicesCSV, Filter: exporting.Filter{From: "2027-03-03", To: "2027-03-01"}},
	} {
		_, err := w.exporting.Take(t.Context(), cmd(w.finance, name), in)
		if err == nil || !atField(err, name) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Row 93: amounts that cannot be are refused, and nothing is half done.
func TestImpossiblePricesAreRefused(t *testing.T) {
	s, clk := storetest.SQLite(t)
	w := newWorld(t, s, clk, defaults())
	negative := pricing.PriceInput{Product: w.product, Price: money.Amount{Minor: -1, Currency: "EUR"}, ValidFrom: clk.Now()}
	if _, err := w.pricing.SetPrice(t.Context(), cmd(w.office, "n"), negative); err == nil || !atField(err, "price") {
		t.Errorf("a negative price: %v", err)
	}
	w.listPrice(1<<62, clk.Now().Add(-time.Hour))
	u := w.use(w.openCase("C-7Q4M"), nil)
	if got := w.line(u); got.State == billing.LineUnpriced || got.Net.Minor <= 0 {
		t.Errorf("a price that fits: %+v", got)
	}
	w.check()
}
