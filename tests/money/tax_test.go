package money_test

import (
	"testing"
	"time"

	"trueward/internal/adapter/store"
	"trueward/internal/adapter/store/storetest"
	"trueward/internal/clock"
	"trueward/internal/domain/billing"
	"trueward/internal/fault"
)

func TestACertificateFreesTheDaysItCovers(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, clk *clock.Fake) {
		w := newWorld(t, s, clk, defaults()).priced()
		today := clk.Now().Format(time.DateOnly)
		paper := billing.Certificate{Number: "EX-7", Category: "E", Reason: "Hospital supplies", ValidFrom: today, ValidTo: today}
		for name, broken := range map[string]billing.Certificate{
			"number":   {Category: "E", ValidFrom: today, ValidTo: today},
			"category": {Number: "X", Category: "S", ValidFrom: today, ValidTo: today},
			"to":       {Number: "X", Category: "E", ValidFrom: today, ValidTo: "2001-01-01"},
		} {
			if _, err := w.pricing.AddCertificate(t.Context(), cmd(w.finance, name), w.agreement, broken); !atField(err, name) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if _, err := w.pricing.AddCertificate(t.Context(), cmd(w.nurse, "n"), w.agreement, paper); !fault.Is(err, fault.Forbidden) {
			t.Errorf("a nurse: %v", err)
		}
		for _, key := range []string{"paper", "paper"} {
			if _, err := w.pricing.AddCertificate(t.Context(), cmd(w.finance, key), w.agreement, paper); err != nil {
				t.Fatal(err)
			}
		}
		c := w.openCase("C-FREE")
		w.use(c, nil)
		clk.Advance(24 * time.Hour)
		w.use(c, nil)
		clk.Advance(time.Hour)
		w.endCase(c)
		w.drain()
		lines, err := w.all().InvoiceLines(w.one().ID)
		if err != nil || len(lines) != 2 {
			t.Fatalf("%+v %v", lines, err)
		}
		if l := lines[0]; l.TaxCategory != "E" || l.TaxMinor != 0 || l.TaxReason != "Hospital supplies" || l.Certificate == "" {
			t.Errorf("a covered day: %+v", l)
		}
		if l := lines[1]; l.TaxCategory != "S" || l.TaxMinor != 31080 || l.Certificate != "" {
			t.Errorf("the day after: %+v", l)
		}
		noBreach(t, w)
	})
}

func TestASellerThatRoundsLineByLine(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, clk *clock.Fake) {
		terms := defaults()
		terms.DiscountBP, terms.Pricing.TaxPerLine = 0, true
		w := newWorld(t, s, clk, terms)
		w.listPrice(3331, clk.Now().Add(-time.Hour))
		c := w.openCase("C-LINE")
		for range 3 {
			w.use(c, nil)
		}
		clk.Advance(time.Hour)
		w.endCase(c)
		w.drain()
		if i := w.one(); i.TaxMinor != 2100 {
			t.Errorf("tax %s", i.Tax())
		}
		noBreach(t, w)
	})
}
