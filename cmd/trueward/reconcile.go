package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"trueward/cmd/trueward/product"
	"trueward/internal/adapter/store"
	"trueward/internal/adapter/stripe"
	"trueward/internal/adapter/vault"
	"trueward/internal/app/charging"
	"trueward/internal/domain/access"
	"trueward/internal/domain/remote"
	"trueward/internal/fault"
)

type reconcileCmd struct {
	Stripe reconcileStripeCmd `cmd:"" help:"Compare the books with Stripe, take over what came late, and list what differs."`
}

type reconcileStripeCmd struct {
	dataFlags
	stripeFlags
	Vendor string `help:"Name or id of one vendor; all without it." placeholder:"NAME"`
}

// stripeFlags are what the installation itself has at Stripe.
type stripeFlags struct {
	StripeURL       string   `name:"stripe-url" help:"A simulated Stripe on this machine; Stripe's own without it." env:"TRUEWARD_STRIPE_URL" placeholder:"URL"`
	StripeTestKey   string   `name:"stripe-test-key" help:"The installation's own key at Stripe in test mode, for vendors' connected accounts; better in a file." env:"TRUEWARD_STRIPE_TEST_KEY" placeholder:"KEY"`
	StripeLiveKey   string   `name:"stripe-live-key" help:"The same in live mode." env:"TRUEWARD_STRIPE_LIVE_KEY" placeholder:"KEY"`
	StripeTestHooks []string `name:"stripe-test-hook" help:"Signing secrets of the installation's webhook endpoint in test mode." env:"TRUEWARD_STRIPE_TEST_HOOK" placeholder:"SECRET"`
	StripeLiveHooks []string `name:"stripe-live-hook" help:"The same in live mode." env:"TRUEWARD_STRIPE_LIVE_HOOK" placeholder:"SECRET"`
}

func (f stripeFlags) config() product.StripeConfig {
	return product.StripeConfig{
		URL: f.StripeURL, TestKey: f.StripeTestKey, LiveKey: f.StripeLiveKey, TestHooks: f.StripeTestHooks, LiveHooks: f.StripeLiveHooks,
	}
}

// Run compares each connection and ends with exit code 1 when something
// differs. The server may run meanwhile: each document is held by one of the
// two.
func (r reconcileStripeCmd) Run(ctx context.Context, std streams) (err error) {
	s, err := r.openExisting(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	keys, err := vault.Open(vault.Config{Path: r.vaultPath(), KeyPath: r.keyPath()})
	if err != nil {
		return err
	}
	gateway, err := stripe.New(stripe.Config{BaseURL: r.StripeURL})
	if err != nil {
		return err
	}
	desk := &charging.Desk{
		Store: s, Gateway: gateway, Secrets: keys, Log: slog.New(slog.NewTextHandler(std.err, nil)),
		Platform: charging.Platform{Keys: map[remote.Mode]remote.Secret{
			remote.Test: remote.Secret(r.StripeTestKey), remote.Live: remote.Secret(r.StripeLiveKey),
		}},
	}
	return r.compare(ctx, std, s, desk)
}

func (r reconcileStripeCmd) compare(ctx context.Context, std streams, s *store.Store, desk *charging.Desk) error {
	q := s.Read(ctx, access.Everything())
	connections, err := q.Connections()
	if err != nil {
		return err
	}
	differs, compared := false, 0
	for _, c := range connections {
		vendor, err := q.Organisation(c.Vendor)
		if err != nil {
			return err
		}
		if r.Vendor != "" && r.Vendor != vendor.Name && r.Vendor != string(vendor.ID) {
			continue
		}
		compared++
		found, err := desk.Compare(ctx, c)
		if err != nil {
			return err
		}
		fmt.Fprintf(std.out, "%s, %s: %d documents compared, %d brought up to date, %d to look at\n", vendor.Name, c.Mode, found.Documents, found.Caught, found.Findings)
		differs = differs || found.Findings > 0
	}
	if compared == 0 {
		return fault.New(fault.NotFound, "No vendor of that name is connected to Stripe.")
	}
	if !differs {
		return nil
	}
	findings, err := q.Findings(1000)
	for _, f := range findings {
		fmt.Fprintf(std.out, "- %s\t%s\t%s\n", f.FoundAt.Format("2006-01-02 15:04"), f.Kind, f.Sentence)
	}
	return errors.Join(err, errFailed)
}
