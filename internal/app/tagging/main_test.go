package tagging_test

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"trueward/internal/adapter/store"
	"trueward/internal/adapter/store/storetest"
	"trueward/internal/adapter/vault"
	"trueward/internal/app/tagging"
	"trueward/internal/clock"
	"trueward/internal/domain/access"
	"trueward/internal/domain/authentic"
	"trueward/internal/domain/custody"
	"trueward/internal/standard/ntag424"
	"trueward/internal/standard/ntag424/simtag"
	"trueward/internal/standard/sdm"
	"trueward/internal/testkit/ward"
)

func TestMain(m *testing.M) { storetest.Main(m) }

// bench is a ward with a tagging desk and one station, whose tags the test lays
// down itself.
type bench struct {
	*ward.Ward
	desk    *tagging.Desk
	vault   *vault.Vault
	clock   *clock.Fake
	station *station
	office  access.Actor // of the vendor
	t       *testing.T
	uids    byte
}

func each(t *testing.T, body func(t *testing.T, b *bench)) {
	storetest.Each(t, func(t *testing.T, s *store.Store, clk *clock.Fake) { body(t, newBench(t, s, clk)) })
}

func newBench(t *testing.T, s *store.Store, clk *clock.Fake) *bench {
	t.Helper()
	dir := t.TempDir()
	v, err := vault.Open(vault.Config{Path: filepath.Join(dir, "vault"), KeyPath: filepath.Join(dir, "key")})
	if err != nil {
		t.Fatal(err)
	}
	b := &bench{Ward: ward.New(t, s, ward.Terms()), vault: v, clock: clk, t: t, station: &station{practice: true, laid: make(chan visit)}}
	b.Receiving.Identities = v
	b.office = b.Rob
	b.office.Grants = []access.Grant{{Role: access.VendorOffice}}
	people := map[access.PersonID]access.Actor{b.office.Person: b.office}
	b.desk = tagging.New(tagging.Ports{
		Store: s, Keys: v, Stations: []tagging.Station{b.station},
		Person: func(_ context.Context, id access.PersonID) (access.Actor, bool, error) {
			a, ok := people[id]
			return a, ok, nil
		},
		Tell: func(store.Event) {}, Random: rand.NewChaCha8([32]byte{7}), Log: slog.New(slog.DiscardHandler),
	})
	ctx, stop := context.WithCancel(t.Context())
	var work sync.WaitGroup
	work.Go(func() { b.desk.Work(ctx) })
	t.Cleanup(func() { stop(); work.Wait() })
	return b
}

// visit is a tag that is laid on the station; over says how the visit ended.
type visit struct {
	card *card
	over chan error
}

// station hands the test's tags to the desk.
type station struct {
	practice bool
	laid     chan visit
}

func (*station) Name() string     { return "desk-1" }
func (s *station) Practice() bool { return s.practice }

func (*station) Writes(t authentic.Technology) bool { return t == authentic.NTAG424 }

func (s *station) Next(ctx context.Context, do func(context.Context, tagging.Field) error) error {
	select {
	case v := <-s.laid:
		err := do(ctx, v.card)
		v.over <- err
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// card is a tag in the field; it is torn away before command number tear.
type card struct {
	*simtag.Tag
	tear, sent int
	before     func() // every command
}

type errTorn struct{}

func (errTorn) Error() string { return "torn" }

func (c *card) send(command []byte) ([]byte, error) {
	if c.before != nil {
		c.before()
	}
	if c.sent++; c.tear > 0 && c.sent >= c.tear {
		return nil, errTorn{}
	}
	return c.Transceive(command), nil
}

func (c *card) Inspect(context.Context) (ntag424.Report, error) {
	c.Activate()
	i := ntag424.NewInspection()
	command, err := i.Next(nil)
	for command != nil && err == nil {
		var answer []byte
		if answer, err = c.send(command); err == nil {
			command, err = i.Next(answer)
		}
	}
	r, _ := i.Report()
	return r, err
}

func (c *card) Commission(_ context.Context, job *ntag424.Commission, save func(ntag424.State) error) error {
	c.Activate()
	command, err := job.Next(nil)
	for command != nil && err == nil {
		answer, torn := c.send(command)
		if torn != nil {
			job.Interrupt()
			return torn
		}
		command, err = job.Next(answer)
		if unsaved := save(job.State()); unsaved != nil {
			return unsaved
		}
	}
	return err
}

// tamper is what the loop of a written tag says by a tap.
func (b *bench) tamper(p authentic.ProfileID, c *card) sdm.Tamper {
	b.t.Helper()
	address, err := c.Tap()
	if err != nil {
		b.t.Fatal(err)
	}
	return b.checked(p, 1, address).Tamper
}

// blank is a new tag, blankWith one with a loop.
func (b *bench) blank() *card { return b.blankWith(false) }

func (b *bench) blankWith(loop bool) *card {
	b.uids++
	return &card{Tag: simtag.New(simtag.Config{UID: ntag424.UID{4, 0xAA, 0, 0, 0, 0, b.uids}, Rand: rand.NewChaCha8([32]byte{b.uids}), TagTamper: loop})}
}

// lay lays a tag down and waits until its visit is over.
func (b *bench) lay(c *card) error {
	b.t.Helper()
	c.sent = 0
	v := visit{card: c, over: make(chan error)}
	select {
	case b.station.laid <- v:
	case <-b.t.Context().Done():
		b.t.Fatal("nobody took the tag")
	}
	return <-v.over
}

// profile makes a profile of a kind.
func (b *bench) profile(kind tagging.Kind) authentic.ProfileID {
	b.t.Helper()
	id, err := b.desk.CreateProfile(b.t.Context(), b.Cmd(b.office), tagging.NewProfile{Name: "Stents", Kind: kind, Address: "https://t.example.com"})
	if err != nil {
		b.t.Fatal(err)
	}
	return id
}

// plan plans a run over units of the ward.
func (b *bench) plan(p authentic.ProfileID, n int) authentic.RunID {
	b.t.Helper()
	b.Stents(n)
	run, err := b.desk.PlanRun(b.t.Context(), b.Cmd(b.office), tagging.NewRun{Profile: p, Count: n})
	if err != nil {
		b.t.Fatal(err)
	}
	return run
}

func (b *bench) start(run authentic.RunID) {
	b.t.Helper()
	if err := b.desk.Start(b.t.Context(), b.office, run, "desk-1"); err != nil {
		b.t.Fatal(err)
	}
}

func (b *bench) q() store.Queries { return b.Store.Read(b.t.Context(), access.Everything()) }

func (b *bench) jobs(run authentic.RunID) []authentic.Job {
	b.t.Helper()
	list, err := b.q().Jobs(run, nil, store.Page{})
	if err != nil {
		b.t.Fatal(err)
	}
	return list.Rows
}

func (b *bench) states(run authentic.RunID) string {
	var words []string
	for _, j := range b.jobs(run) {
		words = append(words, string(j.State))
	}
	return strings.Join(words, " ")
}

func (b *bench) tagsOf(unit string) []authentic.Tag {
	b.t.Helper()
	tags, err := b.q().Tags(custody.UnitID(unit))
	if err != nil {
		b.t.Fatal(err)
	}
	return tags
}

func custodyID(unit string) custody.UnitID { return custody.UnitID(unit) }

// genuine reports whether a message proves a tag in an epoch.
func (b *bench) genuine(p authentic.ProfileID, epoch int64, url string) bool {
	b.t.Helper()
	return b.checked(p, epoch, url).UID != sdm.UID{}
}

// checked checks a message as a ward does; zero when it proves nothing.
func (b *bench) checked(p authentic.ProfileID, epoch int64, url string) sdm.Result {
	b.t.Helper()
	profile, err := b.q().Profile(p)
	if err != nil {
		b.t.Fatal(err)
	}
	v, err := profile.Verifier()
	if err != nil {
		b.t.Fatal(err)
	}
	meta, err := b.vault.Meta(string(p))
	if err != nil {
		b.t.Fatal(err)
	}
	_, raw, _ := strings.Cut(url, "?")
	m, err := v.Check(raw, meta, func(uid sdm.UID) *sdm.Key {
		key, err := b.vault.FileKey(string(p), epoch, authentic.AN10922, uid)
		if err != nil {
			b.t.Fatal(err)
		}
		return key
	})
	if err != nil {
		return sdm.Result{}
	}
	return m
}
