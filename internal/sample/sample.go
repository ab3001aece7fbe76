// Package sample fills an installation with a story to try the product on: two
// hospitals, four vendors, 2,000 tagged units and thirty days of cases, usages
// and invoices. Everything but the master data goes through the use cases that
// people use, at the times it would have happened, so that timelines, prices,
// audit chains and stock are what they would be in earnest.
//
// The people, organisations and places here do not exist.
package sample

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"time"

	"trueward/internal/adapter/store"
	"trueward/internal/app/invoicing"
	"trueward/internal/app/paying"
	"trueward/internal/app/pricing"
	"trueward/internal/app/receiving"
	"trueward/internal/app/using"
	"trueward/internal/clock"
	"trueward/internal/domain/access"
	"trueward/internal/domain/authentic"
	"trueward/internal/domain/catalog"
	"trueward/internal/domain/consign"
	"trueward/internal/domain/custody"
)

// Days is how far back the story reaches.
const Days = 30

// Desks are the use cases the story is told with. All of them work on the one
// store whose clock the loader moves.
type Desks struct {
	Receiving *receiving.Desk
	Using     *using.Desk
	Invoicing *invoicing.Desk
	Pricing   *pricing.Desk
	Paying    *paying.Desk
}

// Keys is what the loader needs of the vault: keys for the profiles of its
// tags, and the digest under which a tag is known.
type Keys interface {
	Has(ref string, epoch int64) bool
	Generate(ref string) error
	Identity(technology authentic.Technology, uid []byte) string
}

// Config says where the story is told.
type Config struct {
	Store *store.Store
	Clock *clock.Fake // the store's
	Keys  Keys
	Desks Desks
	// PasswordHash lets every sample person sign in with one password.
	PasswordHash string
	// TapHost is where the URLs of the tags point to: "http://localhost:8088".
	TapHost string
	// Until is the present of the story.
	Until time.Time
	// Progress is told how far the story is; it may be nil.
	Progress func(done, total int, doing string)
	Log      *slog.Logger
}

// Load tells the story. It refuses nothing and leaves out nothing: an error
// means that the installation holds a part of the story only and should be
// begun anew.
func Load(ctx context.Context, cfg Config) error {
	if cfg.Progress == nil {
		cfg.Progress = func(int, int, string) {}
	}
	l := &loader{
		Config: cfg, ctx: ctx, random: rand.New(rand.NewPCG(20, 26)), // #nosec G404 -- the sample is the same each time
		organisations: map[string]access.OrganisationID{}, sites: map[string]access.SiteID{},
		places: map[string]custody.PlaceID{}, actors: map[string]access.Actor{},
		agreements: map[string]consign.AgreementID{}, products: map[string]product{},
	}
	cfg.Clock.Set(cfg.Until.AddDate(0, 0, -Days-1).Truncate(24 * time.Hour).Add(6 * time.Hour))
	steps := []struct {
		doing string
		do    func() error
	}{
		{"Organisations, people and agreements", l.master},
		{"Tag profiles", l.profiles},
		{"Stock", l.stock},
		{"Cases and usages", l.history},
		{"Orders and invoices of vendors", l.orders},
		{"Recalls, differences and the present day", l.present},
	}
	for i, step := range steps {
		cfg.Progress(i, len(steps), step.doing)
		if err := step.do(); err != nil {
			return err
		}
	}
	cfg.Progress(len(steps), len(steps), "Done")
	return nil
}

// loader tells one story.
type loader struct {
	Config
	ctx    context.Context
	random *rand.Rand
	tags   int // tags made so far

	organisations map[string]access.OrganisationID // by key
	sites         map[string]access.SiteID         // by key
	places        map[string]custody.PlaceID       // by "site/place"
	actors        map[string]access.Actor          // by e-mail
	agreements    map[string]consign.AgreementID   // by number
	products      map[string]product               // by DI
	order         []string                         // DIs in the order of the catalogue
	shelves       []*shelf
}

// product is a catalogue entry with its family.
type product struct {
	id     catalog.ProductID
	di     string
	family *family
}

// command is what an actor asks for at the story's time.
func (l *loader) command(email string) store.Command {
	return store.Command{Actor: l.actors[email]}
}

// write is a write of master data by the loader itself.
func (l *loader) write(fn func(*store.Tx) error) error {
	return l.Store.Write(l.ctx, access.System("sample data"), fn)
}
