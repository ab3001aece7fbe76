package money_test

import (
	"strings"
	"testing"
	"time"

	"trueward/internal/adapter/store"
	"trueward/internal/adapter/store/storetest"
	"trueward/internal/app/matching"
	"trueward/internal/app/ordering"
	"trueward/internal/clock"
	"trueward/internal/domain/billing"
	"trueward/internal/domain/consign"
	"trueward/internal/domain/usage"
	"trueward/internal/fault"
)

const claimHead = "invoice_number,issued_on,currency,di,lot,serial,quantity,unit_price,net,tax_percent,po_number\n"

func readClaim(t *testing.T, rows string) matching.Invoice {
	t.Helper()
	in, err := matching.ReadFile(strings.NewReader(claimHead + rows))
	if err != nil {
		t.Fatal(err)
	}
	return in
}

func TestAVendorsInvoiceIsHeldAgainstUsageAndOrder(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, clk *clock.Fake) {
		w := newWorld(t, s, clk, orderTerms(consign.POPerSheet)).priced()
		c := w.openCase("C-MTCH")
		first := w.use(c, nil)
		w.use(c, nil)
		clk.Advance(11 * time.Minute)
		w.drain()
		orders := &ordering.Desk{Store: s}
		w.attach(orders, "a", "PO-1", first)
		d := &matching.Desk{Store: s}
		in := readClaim(t, `R-100,2026-10-31,EUR,9506000134352,LT4471,SN00001,1,1480.00,1480.00,21,po-1
R-100,2026-10-31,EUR,9506000134352,LT4471,SN00002,1,1480.50,1480.50,21,
R-100,2026-10-31,EUR,9506000134352,LT4471,SN00777,1,1480.00,1480.00,21,
`)
		out, err := d.Import(t.Context(), cmd(w.finance, "i"), matching.Import{Vendor: w.vendor, Invoice: in})
		if err != nil || out.Lines != 3 || out.Open != 2 {
			t.Fatalf("%+v %v", out, err)
		}
		w.outcomes(out.Claim, billing.Matched, billing.MissingPO, billing.MissingUsage)
		w.attach(orders, "b", "PO-2", w.usageOf("SN00002"))
		open, err := d.Check(t.Context(), cmd(w.finance, "again"), out.Claim)
		if err != nil || open != 1 {
			t.Fatalf("%d open %v", open, err)
		}
		w.outcomes(out.Claim, billing.Matched, billing.WithinTolerance, billing.MissingUsage)
		claim, err := w.all().Claim(out.Claim)
		if err != nil || claim.PayableMinor != 148000+148050 || claim.Open != 1 {
			t.Errorf("%+v %v", claim, err)
		}
		for name, again := range map[string]string{
			"the number":  "r 0100,2026-11-01,EUR,9506000134352,LT4471,SN00500,1,1,1,21,\n",
			"a serial":    "R-200,2026-11-01,EUR,9506000134352,LT4471,SN00001,1,1,1,21,\n",
			"twice in it": "R-300,2026-11-01,EUR,9506000134352,LT4471,SN00900,1,1,1,21,\nR-300,2026-11-01,EUR,9506000134352,LT4471,SN00900,1,1,1,21,\n",
		} {
			if _, err := d.Import(t.Context(), cmd(w.finance, name), matching.Import{Vendor: w.vendor, Invoice: readClaim(t, again)}); !atField(err, "file") {
				t.Errorf("%s again: %v", name, err)
			}
		}
		if _, err := d.Import(t.Context(), cmd(w.nurse, "n"), matching.Import{Vendor: w.vendor, Invoice: in}); !fault.Is(err, fault.Forbidden) {
			t.Errorf("a nurse: %v", err)
		}
	})
}

func (w *world) outcomes(claim string, want ...billing.MatchOutcome) {
	w.t.Helper()
	rows, err := w.all().ClaimLines(claim)
	if err != nil || len(rows) != len(want) {
		w.t.Fatalf("%+v %v", rows, err)
	}
	for i, r := range rows {
		if r.Outcome != want[i] {
			w.t.Errorf("line %d: %s (%s), want %s", i+1, r.Outcome, r.Sentence, want[i])
		}
	}
}

func TestWhatNobodyInvoicedIsListed(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, clk *clock.Fake) {
		w, _, _ := waiting(t, s, clk, 2)
		list, err := w.s.Read(t.Context(), w.finance.Scope()).NotInvoiced(w.vendor, "", clk.Now(), store.Page{})
		if err != nil || len(list.Rows) != 2 {
			t.Fatalf("%d rows %v", len(list.Rows), err)
		}
		d := &matching.Desk{Store: s}
		in := readClaim(t, "R-1,2026-10-31,EUR,,LT4471,SN00001,1,,1480,21,\n")
		if _, err := d.Import(t.Context(), cmd(w.finance, "i"), matching.Import{Vendor: w.vendor, Invoice: in}); err != nil {
			t.Fatal(err)
		}
		if list, err = w.s.Read(t.Context(), w.finance.Scope()).NotInvoiced(w.vendor, "", clk.Now(), store.Page{}); err != nil || len(list.Rows) != 1 {
			t.Fatalf("%d rows %v", len(list.Rows), err)
		}
	})
}

func TestFilesOfVendorsAreRefusedByRow(t *testing.T) {
	for name, rows := range map[string]string{
		"currency":    "R-1,2026-10-31,EUX,,L,S,1,1,1,21,\n",
		"date":        "R-1,31.10.2026,EUR,,L,S,1,1,1,21,\n",
		"amount":      "R-1,2026-10-31,EUR,,L,S,1,1,1.005,21,\n",
		"negative":    "R-1,2026-10-31,EUR,,L,S,1,1,-1,21,\n",
		"huge":        "R-1,2026-10-31,EUR,,L,S,1,1,99999999999999999999,21,\n",
		"quantity":    "R-1,2026-10-31,EUR,,L,S,0,1,1,21,\n",
		"no serial":   "R-1,2026-10-31,EUR,,L,,1,1,1,21,\n",
		"two in one":  "R-1,2026-10-31,EUR,,L,S,1,1,1,21,\nR-2,2026-10-31,EUR,,L,T,1,1,1,21,\n",
		"tax":         "R-1,2026-10-31,EUR,,L,S,1,1,1,210,\n",
		"long number": strings.Repeat("9", 65) + ",2026-10-31,EUR,,L,S,1,1,1,21,\n",
	} {
		if _, err := matching.ReadFile(strings.NewReader(claimHead + rows)); !atField(err, "file") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := matching.ReadFile(strings.NewReader("invoice_number,net\nR-1,1\n")); !atField(err, "file") {
		t.Errorf("columns: %v", err)
	}
}

// usageOf finds the usage of a serial.
func (w *world) usageOf(serial string) usage.Usage {
	w.t.Helper()
	list, err := w.all().Lines(store.LineFilter{Text: serial}, store.Page{})
	if err != nil || len(list.Rows) != 1 {
		w.t.Fatalf("%d lines of %s: %v", len(list.Rows), serial, err)
	}
	return usage.Usage{ID: list.Rows[0].Usage}
}
