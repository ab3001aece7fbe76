package money_test

import (
	"testing"
	"time"

	"trueward/internal/adapter/store"
	"trueward/internal/adapter/store/storetest"
	"trueward/internal/clock"
	"trueward/internal/domain/billing"
	"trueward/internal/domain/custody"
	"trueward/internal/domain/usage"
)

// One line that cannot be collected is parked for itself; those that were taken
// with it go on.
func TestOneSpoiledLineHoldsNoOther(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, clk *clock.Fake) {
		w := newWorld(t, s, clk, defaults()).priced()
		c := w.openCase("C-7Q4M")
		var good []usage.Usage
		for range 6 {
			good = append(good, w.use(c, nil))
		}
		site := w.site
		w.write(func(tx *store.Tx) (err error) {
			w.site, err = tx.CreateSite(custody.Site{Hospital: w.hospital, Name: "Nowhere", TimeZone: "Nowhere/Town"})
			return err
		})
		bad := w.use(c, nil)
		w.site = site
		clk.Advance(11 * time.Minute)
		w.drain()
		for _, u := range good {
			if l := w.line(u); l.State != billing.LineCollected {
				t.Errorf("a good line is %s: %s", l.State, l.Reason)
			}
		}
		job, state, err := w.all().JobOf(billing.TopicLine, string(w.line(bad).ID))
		if err != nil || state != "parked" || job.LastError == "" {
			t.Errorf("the spoiled line's work is %s: %q, %v", state, job.LastError, err)
		}
	})
}
