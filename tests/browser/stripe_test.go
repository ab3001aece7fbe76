package browser_test

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"testing"

	"trueward/internal/adapter/stripe/fake"
	"trueward/internal/domain/access"
)

const stripeKey = "sk_test_norvane"

// simulated is a Stripe for the house, which sends its notices there.
func simulated(h *house) (url string) {
	h.stripe = fake.New(fake.Config{HookSecret: "whsec_norvane", Deliver: func(d fake.Delivery) {
		go func() {
			request, err := http.NewRequest(http.MethodPost, h.url+"/webhooks/stripe", bytes.NewReader(d.Body))
			if err != nil {
				return
			}
			request.Header.Set("Stripe-Signature", d.Header)
			if answer, err := http.DefaultClient.Do(request); err == nil {
				_ = answer.Body.Close()
			}
		}()
	}})
	server := httptest.NewServer(h.stripe)
	ending = append(ending, func() error { server.CloseClientConnections(); server.Close(); return nil })
	return server.URL
}

// TestStripeIsConnectedByTwoPeople follows a vendor's office from nothing to an
// account over which invoices go, and to a difference that is settled.
func TestStripeIsConnectedByTwoPeople(t *testing.T) {
	h, b, ok := open(t, nil)
	if !ok {
		return
	}
	first, second := h.office(t, b, ines), h.office(t, b, nils)
	first.Go(t, h.url+"/stripe")
	first.Fill(t, "#key", "pk_test_wrong")
	first.Fill(t, "#hook", "whsec_norvane")
	first.Follow(t, "Connect")
	first.says("Enter a secret key of test mode")
	first.Fill(t, "#key", stripeKey)
	first.Fill(t, "#hook", "whsec_norvane")
	first.Follow(t, "Connect")
	first.says("Test account", "Active", "The account is connected")
	first.Follow(t, "Send new invoices over Stripe")
	first.says("You entered this account yourself")
	second.Go(t, h.url+"/stripe")
	second.Follow(t, "Send new invoices over Stripe")
	second.says("New invoices go over Stripe.")
	second.shown("stripe-connected")

	h.stripe.Stray(stripeKey, 4200)
	second.Follow(t, "Compare with our books now")
	second.says("The comparison runs")
	h.waitForFinding(t)
	second.Go(t, h.url+"/stripe/work")
	second.says("Money that belongs to no invoice", "€42.00")
	second.shown("stripe-work")
	second.Fill(t, "input[name=why]", "Rent, booked by hand.")
	second.Follow(t, "Settled")
	second.says("Noted how it was settled.", "Nothing to look at")
	second.shown("stripe-quiet")

	second.Go(t, h.url+"/stripe")
	second.Follow(t, "Send new invoices without Stripe")
	second.says("New invoices go without Stripe")
	second.quiet()
}

// waitForFinding lets the worker come to the comparison that was asked for.
func (h *house) waitForFinding(t *testing.T) {
	t.Helper()
	for t.Context().Err() == nil {
		all, err := h.product.Store.Read(t.Context(), access.Everything()).Findings(1)
		if err != nil {
			t.Fatal(err)
		}
		if len(all) > 0 {
			return
		}
		if _, err := h.product.Charging.Run(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
}
