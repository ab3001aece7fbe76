package product

import (
	"context"

	"trueward/cmd/trueward/providers"
	"trueward/internal/adapter/stripe"
	"trueward/internal/app/charging"
	"trueward/internal/app/invoicing"
	"trueward/internal/domain/remote"
	page "trueward/web/stripe"
	"trueward/web/webhooks"
)

// StripeConfig is what the installation itself has at Stripe. The zero value
// leaves vendors to connect by keys of their own.
type StripeConfig struct {
	// URL of a simulated Stripe on this machine; Stripe's own when empty.
	URL string
	// TestKey and LiveKey are the installation's keys, for connected accounts.
	TestKey, LiveKey string
	// TestHooks and LiveHooks are the signing secrets of its endpoints, several
	// while one is being replaced.
	TestHooks, LiveHooks []string
}

func (c StripeConfig) platform() charging.Platform {
	p := charging.Platform{Keys: map[remote.Mode]remote.Secret{}, Hooks: map[remote.Mode][]remote.Secret{}}
	for mode, key := range map[remote.Mode]string{remote.Test: c.TestKey, remote.Live: c.LiveKey} {
		if key != "" {
			p.Keys[mode] = remote.Secret(key)
		}
	}
	for mode, hooks := range map[remote.Mode][]string{remote.Test: c.TestHooks, remote.Live: c.LiveHooks} {
		for _, h := range hooks {
			p.Hooks[mode] = append(p.Hooks[mode], remote.Secret(h))
		}
	}
	return p
}

// charge makes the door to Stripe and lets invoices go through it.
func (p *Product) charge(context.Context) error {
	gateway, err := stripe.New(stripe.Config{BaseURL: p.cfg.Stripe.URL})
	if err != nil {
		return err
	}
	p.Charging = &charging.Desk{Store: p.Store, Gateway: gateway, Secrets: p.Vault, Platform: p.cfg.Stripe.platform(), Log: p.Log}
	p.Invoicing.Provider = providers.Door{Local: invoicing.Local{}, Stripe: p.Charging}
	return nil
}

func (p *Product) stripeRoom() page.Room {
	return page.Room{Store: p.Store, Desk: p.Charging}
}

func (p *Product) hooks() webhooks.Door { return webhooks.Door{Stripe: p.Charging.Receive} }
