package fake

import (
	"encoding/json"
	"slices"

	"github.com/stripe/stripe-go/v76"
	"github.com/stripe/stripe-go/v76/webhook"
)

// Delivery is a webhook as it goes out: the body and its signature.
type Delivery struct {
	ID      string
	Account string
	Body    []byte
	Header  string // Stripe-Signature
}

// event notes that something happened and has it delivered.
func (s *Server) event(a *account, kind string, shown object) {
	e := object{
		"id": s.id("evt"), "object": "event", "type": kind, "created": s.now(), "livemode": false,
		"api_version": stripe.APIVersion, "data": object{"object": shown}, "pending_webhooks": 1,
	}
	if a.platform != "" {
		e["account"] = a.id
	}
	a.events = append(a.events, e)
	s.deliverer = append(s.deliverer, s.sign(a, e))
}

func (s *Server) sign(a *account, e object) Delivery {
	body, err := json.Marshal(e)
	if err != nil {
		panic(err) // only our own maps come here
	}
	signed := webhook.GenerateTestSignedPayload(&webhook.UnsignedPayload{
		Payload: body, Secret: s.cfg.HookSecret, Timestamp: s.cfg.Clock.Now(),
	})
	return Delivery{ID: e["id"].(string), Account: a.platform, Body: body, Header: signed.Header}
}

// Take returns the webhooks that wait, in the order of their events, and
// forgets them. Whoever takes them may lose, double or shuffle them.
func (s *Server) Take() []Delivery {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := s.deliverer
	s.deliverer = nil
	return out
}

func (c call) eventsAPI(path []string) answer {
	var rows []object
	for _, e := range slices.Backward(c.account.events) {
		if (!c.form.has("type") || c.form.text("type") == e["type"]) && c.form.created(e["created"].(int64)) {
			rows = append(rows, e)
		}
	}
	if len(path) == 1 {
		return one(rows, path[0], "event")
	}
	return c.list(rows)
}
