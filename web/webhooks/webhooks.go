// Package webhooks takes what other services send by themselves. It promises
// to hand on the body as it came, byte for byte, because signatures are over
// bytes, and to say nothing about why something was refused.
package webhooks

import (
	"context"
	"errors"
	"io"
	"net/http"

	"github.com/labstack/echo/v4"

	"trueward/internal/fault"
	"trueward/web/route"
)

// StripePath is where Stripe sends notices.
const StripePath = "/webhooks/stripe"

// mostBody bounds a notice.
const mostBody = 1 << 20

// Door takes notices.
type Door struct {
	// Stripe stores a notice with its signature header, or refuses it.
	Stripe func(ctx context.Context, body []byte, signature string) error
}

// Routes are the URLs of the room.
func (d Door) Routes() []route.Route {
	return []route.Route{{
		Method: http.MethodPost, Path: StripePath, Name: "webhooks.stripe", Needs: route.Anonymous, Tenancy: route.None,
		RawBody: true, BodyLimit: mostBody, Rate: route.RateProbe, Handler: d.stripe,
	}}
}

// stripe answers 200 once the notice is stored, 400 for what is not signed or
// cannot be read, and 503 when Stripe shall try again.
func (d Door) stripe(c echo.Context) error {
	body, err := io.ReadAll(http.MaxBytesReader(c.Response(), c.Request().Body, mostBody))
	if err != nil {
		if _, large := errors.AsType[*http.MaxBytesError](err); large {
			return c.String(http.StatusRequestEntityTooLarge, "too large\n")
		}
		return c.String(http.StatusBadRequest, "unreadable\n")
	}
	err = d.Stripe(c.Request().Context(), body, c.Request().Header.Get("Stripe-Signature"))
	switch {
	case err == nil:
		return c.String(http.StatusOK, "stored\n")
	case fault.Is(err, fault.Unauthenticated) || fault.Is(err, fault.Invalid):
		return c.String(http.StatusBadRequest, "refused\n")
	}
	return c.String(http.StatusServiceUnavailable, "try again\n")
}
