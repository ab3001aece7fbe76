package product

import (
	"context"
	"crypto/rand"
	"errors"

	"trueward/internal/adapter/export"
	"trueward/internal/adapter/store"
	"trueward/internal/app/invoicing"
	"trueward/internal/app/paying"
	"trueward/internal/app/pricing"
	"trueward/internal/app/receiving"
	"trueward/internal/app/scanning"
	"trueward/internal/app/using"
	"trueward/internal/clock"
	"trueward/internal/domain/access"
	"trueward/internal/domain/authentic"
	"trueward/internal/sample"
)

// LoadSample tells the sample's story up to now, on a second connection to the
// database whose clock stands in the past.
func (p *Product) LoadSample(ctx context.Context, password, tapHost string, progress func(done, total int, doing string)) (err error) {
	hash, err := p.SignIn.Hash(ctx, password)
	if err != nil {
		return err
	}
	past := clock.NewFake(p.cfg.Clock.Now())
	cfg := store.Config{PostgresURL: p.cfg.PostgresURL, Clock: past, Log: p.Log}
	if cfg.PostgresURL == "" {
		cfg.SQLitePath = p.cfg.SQLitePath
	}
	s, err := store.Open(ctx, cfg)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	prices := &pricing.Desk{Store: s}
	return sample.Load(ctx, sample.Config{
		Store: s, Clock: past, Keys: p.Vault, PasswordHash: hash, TapHost: tapHost,
		Until: p.cfg.Clock.Now(), Progress: progress, Log: p.Log,
		Desks: sample.Desks{
			Receiving: &receiving.Desk{Store: s, Identities: p.Vault},
			Using:     &using.Desk{Store: s, Billing: prices, Second: p.SignIn, Random: rand.Reader},
			Invoicing: &invoicing.Desk{Store: s, Provider: invoicing.Local{}, Renderer: export.PDF{}, Log: p.Log},
			Pricing:   prices,
			Paying:    &paying.Desk{Store: s},
		},
	})
}

// SampleLoaded reports whether all the installation holds is the sample.
func (p *Product) SampleLoaded(ctx context.Context) (bool, error) {
	return sample.Only(p.Store.Read(ctx, access.Everything()))
}

// SampleTaps returns taps of the sample's tags as they would come now.
func (p *Product) SampleTaps(ctx context.Context, tapHost string) ([]sample.Tap, error) {
	return sample.Taps(ctx, sample.TapConfig{
		Store: p.Store, Keys: programming{p}, Host: tapHost, Random: rand.Reader,
		Verify: func(ctx context.Context, profile authentic.ProfileID, query string) error {
			_, err := p.Scanning.Tap(ctx, store.Command{Actor: access.System("sample data")}, scanning.TapInput{
				Profile: profile, Query: query, Source: "sample data",
			})
			return err
		},
	})
}

// programming lends the vault's keys to simulated tags.
type programming struct{ *Product }

func (p programming) Identity(t authentic.Technology, uid []byte) string {
	return p.Vault.Identity(t, uid)
}

func (p programming) Programming(ref string, epoch int64, d authentic.Derivation, uid [7]byte) (meta, file [16]byte, err error) {
	keys, err := p.Vault.Programming(ref, epoch, d, uid)
	return keys.Meta(), keys.File(), err
}
