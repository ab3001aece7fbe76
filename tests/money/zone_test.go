package money_test

import (
	"testing"
	"time"

	"trueward/internal/adapter/store"
	"trueward/internal/adapter/store/storetest"
	"trueward/internal/app/closing"
	"trueward/internal/clock"
	"trueward/internal/fault"
)

// A vendor's months begin and end where the vendor is: the afternoon of a
// month's last day in Dublin is the next month in Auckland.
func TestAVendorsMonthsAreItsOwn(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, clk *clock.Fake) {
		w := newWorld(t, s, clk, defaults()).priced()
		for who, name := range map[string]string{"none": "", "no such": "Europe/Nowhere", "the machine's": "Local"} {
			if _, err := w.closing.SetZone(t.Context(), cmd(w.office, who), name); !fault.Is(err, fault.Invalid) {
				t.Errorf("%s: %v", who, err)
			}
		}
		if _, err := w.closing.SetZone(t.Context(), cmd(w.finance, "hospital"), "Europe/Dublin"); !fault.Is(err, fault.Forbidden) {
			t.Errorf("by the hospital: %v", err)
		}
		if _, err := w.closing.SetZone(t.Context(), cmd(w.office, "z"), "Pacific/Auckland"); err != nil {
			t.Fatal(err)
		}
		clk.Set(time.Date(2027, time.March, 31, 23, 30, 0, 0, time.UTC))
		w.use(w.openCase("C-NIGHT"), nil)
		own, theirs := w.entriesIn(closing.Own(w.office)), w.entriesIn(closing.Own(w.finance))
		if own["2027-04"] != 1 || theirs["2027-04"] != 1 { // Dublin is in summer time by then
			t.Errorf("vendor's months %v, hospital's %v", own, theirs)
		}
		clk.Set(time.Date(2027, time.May, 31, 13, 0, 0, 0, time.UTC))
		w.use(w.openCase("C-NOON"), nil)
		own, theirs = w.entriesIn(closing.Own(w.office)), w.entriesIn(closing.Own(w.finance))
		if own["2027-06"] != 1 || theirs["2027-05"] != 1 {
			t.Errorf("vendor's months %v, hospital's %v", own, theirs)
		}
		if _, err := w.closing.SoftClose(t.Context(), cmd(w.office, "soft"), closing.Own(w.office), "2027-04"); err != nil {
			t.Fatal(err)
		}
		if _, err := w.closing.SetZone(t.Context(), cmd(w.office, "late"), "Europe/Berlin"); !fault.Is(err, fault.Conflict) {
			t.Errorf("after a month is closed: %v", err)
		}
	})
}
