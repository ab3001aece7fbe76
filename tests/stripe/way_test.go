package stripe_test

import (
	"testing"
)

func TestInvoiceGoesOverStripe(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		i := w.settle(w.used(4))
		w.once(i)
		w.check()
		row, err := w.all().RemoteInvoice(i.ID)
		if err != nil || row.HostedURL == "" || row.Holder != "" {
			t.Errorf("%+v, %v", row, err)
		}
		if i.Provider != "stripe" || i.Number == "" {
			t.Errorf("%+v", i)
		}
	})
}
