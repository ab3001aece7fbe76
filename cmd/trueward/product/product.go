// Package product wires the parts of Trueward together: which constructor
// gets what, in the order in which a newcomer should meet them. It decides
// nothing and reads no configuration by itself, so that tests and measurements
// run the very product that the program runs.
package product

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"net/netip"
	"os"
	"path/filepath"
	"time"

	"trueward/internal/adapter/bus"
	"trueward/internal/adapter/export"
	"trueward/internal/adapter/oidc"
	"trueward/internal/adapter/replica"
	"trueward/internal/adapter/store"
	"trueward/internal/adapter/store/engine"
	"trueward/internal/adapter/tlsca"
	"trueward/internal/adapter/vault"
	"trueward/internal/app/agreeing"
	"trueward/internal/app/approving"
	"trueward/internal/app/cataloguing"
	"trueward/internal/app/charging"
	"trueward/internal/app/closing"
	"trueward/internal/app/crediting"
	"trueward/internal/app/disputing"
	"trueward/internal/app/exporting"
	"trueward/internal/app/invoicing"
	"trueward/internal/app/kiosk"
	"trueward/internal/app/operating"
	"trueward/internal/app/outside"
	"trueward/internal/app/passkeys"
	"trueward/internal/app/paying"
	"trueward/internal/app/people"
	"trueward/internal/app/pricing"
	"trueward/internal/app/receiving"
	"trueward/internal/app/scanning"
	"trueward/internal/app/signin"
	"trueward/internal/app/tagging"
	"trueward/internal/app/using"
	"trueward/internal/clock"
	"trueward/internal/domain/device"
	"trueward/internal/fault"
	view "trueward/templates/signin"
	"trueward/web"
	"trueward/web/live"
	"trueward/web/metrics"
	"trueward/web/session"
)

// Config is everything the product is told.
type Config struct {
	SQLitePath  string // used when PostgresURL is empty
	PostgresURL string
	VaultPath   string
	KeyPath     string // of the key-encryption key
	BusURL      string // of a NATS cluster; empty for the embedded server
	Clock       clock.Clock
	Log         *slog.Logger
	// Secure says that browsers reach the server over TLS.
	Secure  bool
	Proxies []netip.Prefix
	// Readers may read the figures, beside the machine itself.
	Readers []netip.Prefix
	// Unlimited lifts the rate limits, for measurements.
	Unlimited bool
	// Patience is how long a request may take; the edge's own when zero.
	Patience time.Duration
	// Strength of password hashes; signin.Standard when zero.
	Strength signin.Strength
	// Session limits; the package's own when zero.
	Session session.Limits
	// Samples are shown at the sign-in of a demonstration.
	Samples []view.Sample
	// AllowWellKnownKeys admits published tag keys, for tests over vectors.
	AllowWellKnownKeys bool
	// DeskReaders are at serial ports of this machine.
	DeskReaders []device.Address
	// PracticeReader offers a reader of made-up tags to those who write tags.
	PracticeReader bool
	// AuthorityFolder holds the installation's own certificate authority; none
	// is kept when it is empty. Names are those browsers use, GuessedNames those
	// the machine seems to have.
	AuthorityFolder string
	Names           []string
	GuessedNames    []string
	// Origin is the address browsers reach the installation by, such as
	// https://ward.example; passkeys and the house's own sign-in need it.
	Origin string
	// Outside is the house's own sign-in; none when its Issuer is empty.
	Outside OutsideConfig
	// Reach are private networks that the product may call out to.
	Reach []netip.Prefix
	// Replica is where a copy of the embedded database is kept (see package
	// replica); nowhere when it is empty.
	Replica string
	// Stripe is what the installation itself has at Stripe.
	Stripe StripeConfig
	// Version is shown to the operator.
	Version string
}

// In returns the configuration of an embedded installation in a folder.
func In(folder string) Config {
	return Config{
		SQLitePath: filepath.Join(folder, "trueward.db"),
		VaultPath:  filepath.Join(folder, "vault.keyset"),
		KeyPath:    filepath.Join(folder, "key-encryption.key"),
	}
}

// Product is the open product.
type Product struct {
	Store   *store.Store
	Vault   *vault.Vault
	Metrics *metrics.Registry
	Log     *slog.Logger

	SignIn      *signin.Desk
	People      people.Desk
	Receiving   *receiving.Desk
	Cataloguing *cataloguing.Desk
	Agreeing    *agreeing.Desk
	Scanning    *scanning.Desk
	Using       *using.Desk
	Pricing     *pricing.Desk
	Invoicing   *invoicing.Desk
	Paying      *paying.Desk
	Exporting   *exporting.Desk
	Crediting   *crediting.Desk
	Approving   *approving.Desk
	Disputing   *disputing.Desk
	Closing     *closing.Desk
	Charging    *charging.Desk
	Operating   operating.Desk
	Tagging     *tagging.Desk
	Web         *web.Server
	Kiosk       *kiosk.Desk
	Passkeys    *passkeys.Desk
	Outside     *outside.Desk // nil without a sign-in of the house's own
	// Authority vouches for the server's names; nil when certificates come from
	// elsewhere.
	Authority *tlsca.Authority

	cfg      Config
	issuer   *oidc.Provider
	sessions *session.Sessions
	bus      *bus.Bus
	hub      *live.Hub
	wake     chan struct{}
	charges  chan struct{} // wakes the worker of Stripe
	sampler  *sampler
	desk     *desk            // nil without readers
	replica  *replica.Replica // nil without one
}

// Open opens the database, brings its schema up to date, opens the vault and
// the bus and builds the server. Nothing runs yet: see Run.
func Open(ctx context.Context, cfg Config) (*Product, error) {
	cfg.Clock = cmp.Or[clock.Clock](cfg.Clock, clock.System{})
	cfg.Log = cmp.Or(cfg.Log, slog.New(slog.DiscardHandler))
	p := &Product{
		cfg: cfg, Log: cfg.Log, Metrics: metrics.New(), hub: live.NewHub(), wake: make(chan struct{}, 1), charges: make(chan struct{}, 1),
		sampler: newSampler(),
	}
	for _, step := range []func(context.Context) error{p.openStore, p.openVault, p.openReplica, p.openAuthority, p.openBus, p.openOutside, p.desks, p.openKiosks, p.openPasskeys, p.charge, p.openReaders, p.openTagging, p.serve} {
		if err := step(ctx); err != nil {
			return nil, errors.Join(err, p.Close())
		}
	}
	return p, nil
}

func (p *Product) openStore(ctx context.Context) (err error) {
	cfg := store.Config{PostgresURL: p.cfg.PostgresURL, Clock: p.cfg.Clock, Log: p.Log, Followed: p.cfg.Replica != ""}
	if cfg.PostgresURL == "" {
		cfg.SQLitePath = p.cfg.SQLitePath
		if err := os.MkdirAll(filepath.Dir(cfg.SQLitePath), 0o700); err != nil {
			return err
		}
	}
	if p.Store, err = store.Open(ctx, cfg); err != nil {
		return told(err)
	}
	if cfg.PostgresURL == "" {
		if err := p.lookAtFile(ctx); err != nil {
			return told(err)
		}
	}
	if err := p.Store.Engine().Migrate(ctx); err != nil {
		return told(err)
	}
	return p.Store.CheckIsolation(ctx)
}

// lookTime bounds what a start spends on the soundness of the embedded file:
// enough for some gigabytes. The whole record is walked by `trueward verify`.
const lookTime = 3 * time.Second

func (p *Product) lookAtFile(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, lookTime)
	defer cancel()
	return p.Store.Engine().QuickCheck(ctx)
}

// told says what to do about a file that is damaged or may not be written.
func told(err error) error {
	switch {
	case engine.IsDamaged(err):
		return fault.Wrap(fault.Unavailable, "The database file is damaged; nothing was changed. Keep a copy of it, and restore the last good state into an empty folder: trueward restore FILE --data DIR, or with --replica URL.", err)
	case engine.IsDiskFull(err):
		return fault.Wrap(fault.Unavailable, "The disk of the database is full; nothing was changed. Make room and start again.", err)
	}
	return err
}

func (p *Product) openVault(context.Context) (err error) {
	p.Vault, err = vault.Open(vault.Config{
		Path: p.cfg.VaultPath, KeyPath: p.cfg.KeyPath, AllowWellKnown: p.cfg.AllowWellKnownKeys,
	})
	return err
}

func (p *Product) openBus(context.Context) (err error) {
	if p.cfg.BusURL != "" {
		p.bus, err = bus.Join(p.cfg.BusURL)
	} else {
		p.bus, err = bus.Start()
	}
	if err != nil {
		return err
	}
	return p.connect()
}

// desks makes the use cases. What one needs of another it gets as the small
// interface it declares.
func (p *Product) desks(context.Context) error {
	p.SignIn = signin.New(signin.Config{Store: p.Store, Strength: p.cfg.Strength, Gate: p.gate()})
	p.People = people.Desk{Store: p.Store}
	p.Pricing = &pricing.Desk{Store: p.Store}
	p.Cataloguing = &cataloguing.Desk{Store: p.Store}
	p.Agreeing = &agreeing.Desk{Store: p.Store, Prices: p.Pricing}
	p.Receiving = &receiving.Desk{Store: p.Store, Identities: p.Vault}
	p.Scanning = &scanning.Desk{Store: p.Store, Keys: p.Vault}
	p.Using = &using.Desk{Store: p.Store, Billing: p.Pricing, Second: p.SignIn, Random: rand.Reader}
	p.Invoicing = &invoicing.Desk{Store: p.Store, Provider: invoicing.Local{}, Renderer: export.PDF{}, Log: p.Log}
	p.Paying = &paying.Desk{Store: p.Store}
	p.Crediting = &crediting.Desk{Store: p.Store, Renderer: export.PDF{}, Pricing: p.Pricing}
	p.Pricing.Crediting = p.Crediting
	p.Approving = &approving.Desk{Store: p.Store}
	p.Disputing = &disputing.Desk{Store: p.Store}
	p.Closing = &closing.Desk{Store: p.Store}
	p.Exporting = &exporting.Desk{Store: p.Store, Writer: export.Writer{}}
	p.Operating = operating.Desk{Store: p.Store, Keyring: p.Vault}
	return nil
}

func (p *Product) serve(context.Context) (err error) {
	p.figures()
	p.sessions = session.New(p.Store, p.SignIn, p.cfg.Clock, p.cfg.Session)
	p.Web, err = web.New(web.Config{
		Clock: p.cfg.Clock, Log: p.Log, Metrics: p.Metrics, Sessions: p.sessions,
		Secure: p.cfg.Secure, Proxies: p.cfg.Proxies, Unlimited: p.cfg.Unlimited, Patience: p.cfg.Patience,
		HasPasskey: p.hasPasskey, ProvesOutside: p.provesOutside,
	}, web.Registry(p.rooms()...))
	return err
}

// Close ends live pages and closes what Open opened. It may be called once
// after Run has returned.
func (p *Product) Close() error {
	p.hub.Close()
	if p.bus != nil {
		p.bus.Close()
	}
	if p.Store == nil {
		return nil
	}
	err := p.Store.Close()
	p.closeReplica()
	return err
}

// EndStreams ends the live pages, so that a graceful stop need not wait for
// them; they come back to the next process by themselves.
func (p *Product) EndStreams() { p.hub.Close() }

// pauseBetweenLooks is how long a worker waits at most when nothing wakes it:
// a lost wake-up costs no more.
const pauseBetweenLooks = 30 * time.Second
