package stripe

import (
	"encoding/json"
	"strconv"
	"strings"
	"time"

	api "github.com/stripe/stripe-go/v76"
	"github.com/stripe/stripe-go/v76/webhook"

	"trueward/internal/domain/remote"
	"trueward/internal/fault"
)

// tolerance is how far a notice's time may be from ours, in both directions:
// the library lets the future pass.
const tolerance = 300 * time.Second

// Open checks a webhook's signature against each secret (of several while one
// is being replaced) and reads it. It returns which secret fitted. Refusals:
// Unauthenticated (forged, altered, too old, from the future), Invalid (not a
// notice of the version we understand).
func (g *Gateway) Open(body []byte, header string, secrets []remote.Secret, now time.Time) (remote.Event, int, error) {
	fits := -1
	for i, s := range secrets {
		if webhook.ValidatePayloadIgnoringTolerance(body, header, s.Reveal()) == nil {
			fits = i
			break
		}
	}
	if fits < 0 {
		return remote.Event{}, fits, fault.New(fault.Unauthenticated, "The notice is not signed by a secret that is known here.")
	}
	if at, ok := signedAt(header); !ok || now.Sub(at) > tolerance || at.Sub(now) > tolerance {
		return remote.Event{}, fits, fault.New(fault.Unauthenticated, "The notice is too old or from the future. Compare the clocks.")
	}
	var e api.Event
	if err := json.Unmarshal(body, &e); err != nil || e.ID == "" || e.Data == nil {
		return remote.Event{}, fits, fault.New(fault.Invalid, "The notice cannot be read.")
	}
	if e.APIVersion != api.APIVersion {
		return remote.Event{}, fits, fault.New(fault.Invalid, "The notice is of another version of Stripe's interface. Make the endpoint with "+api.APIVersion+".")
	}
	out := remote.Event{
		ID: e.ID, Type: string(e.Type), Account: e.Account, Live: e.Livemode, APIVersion: e.APIVersion,
		CreatedAt: time.Unix(e.Created, 0).UTC(),
	}
	out.Object, _ = e.Data.Object["id"].(string)
	out.ObjectKind, _ = e.Data.Object["object"].(string)
	return out, fits, nil
}

// signedAt reads "t=…" of a signature header.
func signedAt(header string) (time.Time, bool) {
	for part := range strings.SplitSeq(header, ",") {
		if text, is := strings.CutPrefix(strings.TrimSpace(part), "t="); is {
			n, err := strconv.ParseInt(text, 10, 64)
			return time.Unix(n, 0), err == nil
		}
	}
	return time.Time{}, false
}
