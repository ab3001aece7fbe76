package money_test

import (
	"strings"
	"testing"
	"time"

	"trueward/internal/app/capturing"
	"trueward/internal/app/matching"
	"trueward/internal/app/ordering"
	"trueward/internal/domain/consign"
)

// Each contradiction before the invoice is found by the rule meant for it; the
// same books hold before it is planted.
func TestCheckerFindsPlantedFaultsBeforeTheInvoice(t *testing.T) {
	for _, f := range []struct{ name, kind, sentence, plant string }{
		{"a price nobody posted", "vendor line", "what was posted", `DROP TRIGGER price_decisions_no_update;
			UPDATE price_decisions SET net_minor = net_minor + 1; UPDATE vendor_lines SET net_minor = net_minor + 1`},
		{"a cap forgotten", "vendor line", "cap is not settled", `UPDATE cases SET state = 'closed', closed_at = 1; UPDATE vendor_lines SET cap_pending = TRUE`},
		{"a blanket used twice", "order", "sum of what it pays for", `UPDATE purchase_orders SET used_minor = used_minor * 2`},
		{"an order lost", "vendor line", "do not pay for its amount", `UPDATE po_attachments SET live = FALSE;
			UPDATE purchase_orders SET used_minor = 0, used_quantity = 0`},
		{"a claim paid for nothing", "claim line", "without a usage", `UPDATE claim_lines SET outcome = 'matched', vendor_line_id = NULL`},
		{"a charge of more than was used", "charge line", "its usage", `UPDATE charge_lines SET quantity = quantity + 1`},
	} {
		t.Run(f.name, func(t *testing.T) {
			s, clk, bare := opened(t)
			w := newWorld(t, s, clk, orderTerms(consign.POPerSheet)).priced()
			u := w.use(w.openCase("C-PLNT"), nil)
			clk.Advance(11 * time.Minute)
			w.drain()
			d := &ordering.Desk{Store: s}
			w.attach(d, "a", "PO-1", u)
			in := readClaim(t, "R-1,2026-10-31,EUR,9506000134352,LT4471,SN00001,1,,1480.00,21,\n")
			if _, err := (&matching.Desk{Store: s}).Import(t.Context(), cmd(w.finance, "i"), matching.Import{Vendor: w.vendor, Invoice: in}); err != nil {
				t.Fatal(err)
			}
			if _, err := (&capturing.Desk{Store: s}).Run(t.Context(), time.Time{}); err != nil {
				t.Fatal(err)
			}
			noBreach(t, w)
			if _, err := bare.ExecContext(t.Context(), f.plant); err != nil {
				t.Fatal(err)
			}
			breach, err := w.all().CheckLedger()
			if err != nil || breach == nil || breach.Kind != f.kind || !strings.Contains(breach.Sentence, f.sentence) {
				t.Fatalf("%+v %v", breach, err)
			}
		})
	}
}
