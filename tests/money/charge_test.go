package money_test

import (
	"strings"
	"testing"
	"time"

	"trueward/internal/adapter/store"
	"trueward/internal/adapter/store/storetest"
	"trueward/internal/app/capturing"
	"trueward/internal/clock"
	"trueward/internal/domain/usage"
	"trueward/internal/fault"
)

func TestEveryUsageHasItsChargeLineOrAReason(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, clk *clock.Fake) {
		w := newWorld(t, s, clk, defaults()).priced()
		d := &capturing.Desk{Store: s}
		c := w.openCase("C-CHRG")
		used, undone := w.use(c, nil), w.use(c, nil)
		w.use(c, func(u *usage.Usage) { u.Outcome, u.Reason = usage.Wasted, "dropped" })
		w.undo(undone)
		capture := func(want int64) {
			t.Helper()
			if n, err := d.Run(t.Context(), time.Time{}); err != nil || n != want {
				t.Fatalf("captured %d, want %d: %v", n, want, err)
			}
		}
		capture(0) // the undo time is not over
		clk.Advance(25 * time.Hour)
		if found, err := d.Check(t.Context()); err != nil || found.WithoutChargeLine != 3 || found.WithoutVendorLine != 0 {
			t.Fatalf("the check before the run: %+v %v", found, err)
		}
		capture(3)
		capture(0)
		if found, err := d.Check(t.Context()); err != nil || found != (store.Unprojected{}) {
			t.Fatalf("the check after it: %+v %v", found, err)
		}
		if _, err := d.SetCodes(t.Context(), cmd(w.finance, "bad"), strings.NewReader("di,code\n1,X\n")); !atField(err, "file") {
			t.Errorf("an unknown item: %v", err)
		}
		freed, err := d.SetCodes(t.Context(), cmd(w.finance, "codes"), strings.NewReader("di,code\n09506000134352,=CH-7\n"))
		if err != nil || freed != 1 {
			t.Fatalf("%d freed %v", freed, err)
		}
		if _, err := d.HandOver(t.Context(), cmd(w.office, "vendor")); !fault.Is(err, fault.Forbidden) {
			t.Errorf("a vendor: %v", err)
		}
		run, err := d.HandOver(t.Context(), cmd(w.finance, "send"))
		if err != nil {
			t.Fatal(err)
		}
		file, err := s.Read(t.Context(), w.finance.Scope()).Export(run)
		if err != nil || strings.Count(string(file.Bytes), "\r\n") != 2 || !strings.Contains(string(file.Bytes), string(used.ID)+",C-CHRG,'=CH-7,1,") {
			t.Errorf("%s %v", file.Bytes, err)
		}
		if list, err := s.Read(t.Context(), w.office.Scope()).ChargeLines("sent", 10); err != nil || len(list) != 0 {
			t.Errorf("a vendor sees %d charges: %v", len(list), err)
		}
		w.undo(used)
		capture(0)
		back, err := w.all().ChargeLines("not_chargeable", 10)
		if err != nil || len(back) != 3 || !strings.Contains(back[0].Reason+back[1].Reason+back[2].Reason, "Take the charge back") {
			t.Errorf("%+v %v", back, err)
		}
	})
}
