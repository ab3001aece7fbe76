package custody

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"trueward/internal/domain/access"
	"trueward/internal/fault"
)

var start = time.Date(2027, 3, 3, 9, 0, 0, 0, time.UTC)

// world is a pure model of stock that random commands play in.
type world struct {
	units     map[UnitID]Unit
	movements map[UnitID][]Movement
	titled    map[MovementID]bool // consumptions whose title passed and was not returned
	undone    map[MovementID]bool
	ledger    Ledger
	made      int64 // units of use ever created
	n         int
}

func newWorld() *world {
	return &world{
		units: map[UnitID]Unit{}, movements: map[UnitID][]Movement{},
		titled: map[MovementID]bool{}, undone: map[MovementID]bool{},
	}
}

func (w *world) post(t *rapid.T, u Unit, m Movement) Movement {
	w.n++
	m.ID = MovementID(fmt.Sprintf("m%d", w.n))
	if err := w.ledger.Post(m); err != nil {
		t.Fatalf("a movement the model allowed breaks the ledger: %v", err)
	}
	w.units[u.ID] = u
	w.movements[u.ID] = append(w.movements[u.ID], m)
	return m
}

func (w *world) fact(kind Kind) Fact {
	return Fact{Kind: kind, Actor: "ito", Reason: "reason", AgreementVersion: "v3", FactAt: start, RecordedAt: start}
}

func (w *world) create(t *rapid.T) {
	w.n++
	u := Unit{
		ID: UnitID(fmt.Sprintf("u%d", w.n)), Vendor: "norvane",
		QuantityTotal: rapid.SampledFrom([]int64{1, 1, 5}).Draw(t, "total"),
		Key: Key{
			Hospital: "brannoc", Site: "main", Place: "transit", Owner: "norvane", Possessor: "norvane",
			Agreement: "a1", Product: "p1", DI: "09506000134352", Serial: fmt.Sprintf("s%d", w.n),
		},
	}
	created, m, err := Create(u, w.fact(rapid.SampledFrom([]Kind{Announced, BroughtIn}).Draw(t, "birth")))
	if err != nil {
		t.Fatal(err)
	}
	w.made += u.QuantityTotal
	w.post(t, created, m)
}

// try applies a fact; a refusal must be a conflict or an invalid and change nothing.
func (w *world) try(t *rapid.T, u Unit, f Fact) (Movement, bool) {
	after, m, err := u.Apply(f)
	if err != nil {
		if k := fault.KindOf(err); k != fault.Conflict && k != fault.Invalid {
			t.Fatalf("refused with %v", err)
		}
		return Movement{}, false
	}
	return w.post(t, after, m), true
}

var plain = []Kind{Received, NotArrived, Taken, PutBack, Moved, OpenedUp, LostInCount, Found, Sent, Accepted, SentBack, Destroyed, Explanted}

func (w *world) act(t *rapid.T) {
	u := w.units[w.pick(t)]
	switch rapid.IntRange(0, 3).Draw(t, "command") {
	case 0, 1:
		f := w.fact(rapid.SampledFrom(plain).Draw(t, "kind"))
		if f.Kind == Received || f.Kind == Moved {
			f.To = Whereabouts{Place: "cabinet", Possessor: "brannoc"}
		}
		w.try(t, u, f)
	case 2:
		w.consume(t, u)
	case 3:
		w.undo(t, u)
	}
}

func (w *world) pick(t *rapid.T) UnitID {
	ids := make([]UnitID, 0, len(w.units))
	for i := 1; i <= w.n; i++ {
		if id := UnitID(fmt.Sprintf("u%d", i)); w.units[id].ID != "" {
			ids = append(ids, id)
		}
	}
	return rapid.SampledFrom(ids).Draw(t, "unit")
}

func (w *world) consume(t *rapid.T, u Unit) {
	f := w.fact(rapid.SampledFrom([]Kind{Consumed, Discarded}).Draw(t, "outcome"))
	f.Quantity = rapid.Int64Range(0, 6).Draw(t, "quantity")
	m, ok := w.try(t, u, f)
	if !ok || f.Kind == Discarded || m.To.Owner == u.Hospital {
		return
	}
	title := w.fact(TitlePassed)
	title.Owner, title.Part, title.Quantity = u.Hospital, Used, m.Quantity
	if _, ok := w.try(t, w.units[u.ID], title); !ok {
		t.Fatal("title did not pass at use")
	}
	w.titled[m.ID] = true
}

func (w *world) undo(t *rapid.T, u Unit) {
	for _, m := range w.movements[u.ID] {
		if !m.Kind.Consumes() || w.undone[m.ID] {
			continue
		}
		owner := m.To.Owner
		if w.titled[m.ID] {
			title := w.fact(TitleReturned)
			title.Owner, title.Part, title.Quantity = u.Vendor, Used, m.Quantity
			if _, ok := w.try(t, u, title); !ok {
				return
			}
			delete(w.titled, m.ID)
			owner = u.Vendor
			m.To.Owner = owner
		}
		f := w.fact(Undone)
		f.Back, f.Part, f.Quantity, f.Owner, f.Reverses = m.From.State, m.To.State, m.Quantity, owner, m.ID
		if _, ok := w.try(t, w.units[u.ID], f); !ok {
			t.Fatalf("a consumption could not be undone: %+v then %+v", m, w.units[u.ID])
		}
		w.undone[m.ID] = true
		return
	}
}

func (w *world) check(t *rapid.T) {
	var total int64
	for s, n := range w.ledger.Balance {
		if n < 1 {
			t.Fatalf("%d stand under %+v", n, s)
		}
		total += n
	}
	if total != w.made {
		t.Fatalf("%d units of use stand, %d were made", total, w.made)
	}
	for id, u := range w.units {
		if err := CheckUnit(u, w.movements[id]); err != nil {
			t.Fatal(err)
		}
	}
}

// TestRandomLives plays random commands and holds rules (a) to (e) of the
// stock ledger after each.
func TestRandomLives(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := newWorld()
		w.create(t)
		for range rapid.IntRange(1, 40).Draw(t, "steps") {
			if rapid.IntRange(0, 5).Draw(t, "new") == 0 {
				w.create(t)
			}
			w.act(t)
			w.check(t)
		}
	})
}

// TestLedgerFindsPlantedFaults shows that the check is able to fail.
func TestLedgerFindsPlantedFaults(t *testing.T) {
	sound := func() (Unit, []Movement) {
		u, first, err := Create(Unit{ID: "u", Vendor: "v", QuantityTotal: 1, Key: Key{
			Hospital: "h", Site: "s", Place: "p", Owner: "v", Possessor: "h", Agreement: "a", Product: "x", DI: "d",
		}}, Fact{Kind: BroughtIn})
		if err != nil {
			t.Fatal(err)
		}
		u, second, err := u.Apply(Fact{Kind: Taken})
		if err != nil {
			t.Fatal(err)
		}
		return u, []Movement{first, second}
	}
	u, ms := sound()
	if err := CheckUnit(u, ms); err != nil {
		t.Fatalf("sound stock is refused: %v", err)
	}
	for name, plant := range map[string]func(*Unit, []Movement){
		"owner lost on a move":  func(u *Unit, ms []Movement) { ms[1].To.Owner = "h"; u.Owner = "h" },
		"place edited":          func(u *Unit, _ []Movement) { u.Place = "elsewhere" },
		"state edited":          func(u *Unit, _ []Movement) { u.State = Available },
		"quantity edited":       func(u *Unit, _ []Movement) { u.QuantityLeft = 2 },
		"movement twice":        func(_ *Unit, ms []Movement) { ms[0] = ms[1] },
		"possessor left out":    func(_ *Unit, ms []Movement) { ms[1].To.Possessor = "" },
		"more taken than there": func(_ *Unit, ms []Movement) { ms[1].Quantity = 2 },
	} {
		t.Run(name, func(t *testing.T) {
			u, ms := sound()
			plant(&u, ms)
			var b *Breach
			if err := CheckUnit(u, ms); !errors.As(err, &b) {
				t.Fatalf("not found: %v", err)
			}
		})
	}
}

// TestSplitKeepsOwners is rule (f): a quantity taken from several owners'
// holdings becomes one movement per owner, and nothing appears or vanishes.
func TestSplitKeepsOwners(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var holdings []Holding
		var ledger Ledger
		var have int64
		for i := range rapid.IntRange(1, 5).Draw(t, "holdings") {
			owner := rapid.SampledFrom([]access.OrganisationID{"h", "v", "w"}).Draw(t, "owner")
			h := Holding{ID: fmt.Sprint(i), Vendor: owner, Quantity: rapid.Int64Range(1, 9).Draw(t, "n"), Key: Key{
				Hospital: "h", Site: "s", Place: PlaceID(fmt.Sprintf("p%d", i)), Owner: owner, Possessor: "h",
				Agreement: "a", Product: "gloves", DI: "d", Lot: "l", State: Available,
			}}
			have += h.Quantity
			holdings = append(holdings, h)
			if err := ledger.Post(Movement{Kind: BroughtIn, To: h.Key, Quantity: h.Quantity}); err != nil {
				t.Fatal(err)
			}
		}
		want := rapid.Int64Range(1, 50).Draw(t, "want")
		moves, err := Split(holdings, want, Fact{Kind: Moved, To: Whereabouts{Place: "ward"}})
		if (err != nil) != (want > have) {
			t.Fatalf("want %d of %d: %v", want, have, err)
		}
		var moved int64
		for _, m := range moves {
			if m.From.Owner != m.To.Owner {
				t.Fatal("a move changed the owner")
			}
			if err := ledger.Post(m); err != nil {
				t.Fatal(err)
			}
			moved += m.Quantity
		}
		if err == nil && moved != want {
			t.Fatalf("moved %d, asked for %d", moved, want)
		}
	})
}
