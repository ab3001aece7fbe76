package custody

import "fmt"

// Stand is where a quantity stands: a stock key, and whose unit it is of
// (empty for holdings).
type Stand struct {
	Unit UnitID
	Key
}

// Ledger is stock rebuilt from movements. Its zero value is empty and ready.
type Ledger struct {
	Balance map[Stand]int64
	begun   map[UnitID]bool
}

// Breach is a rule of the ledger that a movement or a stored row breaks.
type Breach struct {
	Movement MovementID // empty when a stored row is at fault
	Unit     UnitID
	Rule     string // "quantity conserved", "owner kept", …
	Detail   string
}

func (b *Breach) Error() string {
	return fmt.Sprintf("stock ledger: %s: %s (unit %s, movement %s)", b.Rule, b.Detail, b.Unit, b.Movement)
}

// Post adds a movement. It refuses, as a *Breach, one that would take more than
// stands under its from-key, lose a part of a key, or change the owner without
// being of a kind that may.
func (l *Ledger) Post(m Movement) error {
	if l.Balance == nil {
		l.Balance, l.begun = map[Stand]int64{}, map[UnitID]bool{}
	}
	breach := func(rule, detail string) error { return &Breach{m.ID, m.Unit, rule, detail} }
	from, to := Stand{m.Unit, m.From}, Stand{m.Unit, m.To}
	first := m.From == Key{}
	switch {
	case m.Quantity < 1:
		return breach("no empty movement", "quantity below one")
	case !m.To.Complete():
		return breach("key complete", "a part of the key is missing")
	case !first && m.From.Owner != m.To.Owner && !m.Kind.ChangesOwner():
		return breach("owner kept", string(m.Kind)+" changed the owner")
	case m.Kind == OwnerCorrected && (m.SecondActor == "" || m.SecondActor == m.Actor):
		return breach("owner kept", "an owner was corrected by one person")
	case (m.Kind == TitlePassed || m.Kind == TitleReturned) && (m.AgreementVersion == "" || m.Reason == ""):
		return breach("owner kept", "title passed without agreement or reason")
	case !first && l.Balance[from] < m.Quantity:
		return breach("no negative stock", "more was taken than stood there")
	case first && m.Unit != "" && l.begun[m.Unit]:
		return breach("quantity conserved", "a unit began twice")
	case m.Unit != "" && !follows(m):
		return breach("life cycle", string(m.Kind)+" does not lead from "+string(m.From.State)+" to "+string(m.To.State))
	}
	if !first {
		l.take(from, m.Quantity)
	}
	l.begun[m.Unit] = true
	l.Balance[to] += m.Quantity
	return nil
}

// follows reports whether a movement's kind leads from its one state to its
// other. What is taken back leads to the state it names.
func follows(m Movement) bool {
	to, may := Next(m.From.State, m.Kind)
	return may && (to == m.To.State || m.Kind == Undone)
}

func (l *Ledger) take(from Stand, n int64) {
	if l.Balance[from] == n {
		delete(l.Balance, from)
		return
	}
	l.Balance[from] -= n
}

// CheckUnit compares a stored unit with its movements, oldest first.
func CheckUnit(u Unit, movements []Movement) error {
	var l Ledger
	for _, m := range movements {
		if err := l.Post(m); err != nil {
			return err
		}
	}
	breach := func(rule, detail string) error { return &Breach{Unit: u.ID, Rule: rule, Detail: detail} }
	var total, liveTotal int64
	for s, n := range l.Balance {
		total += n
		if !s.State.consumed() {
			liveTotal += n
			if s.Key != u.Key {
				return breach("one key", "stock stands under another key than the unit's")
			}
		}
	}
	switch {
	case total != u.QuantityTotal:
		return breach("quantity conserved", "movements hold another quantity than the unit")
	case liveTotal != u.QuantityLeft:
		return breach("stock equals movements", "another quantity is left than the movements say")
	case l.Balance[Stand{u.ID, u.Key}] < 1:
		return breach("one key", "nothing stands under the unit's key")
	}
	return nil
}

// consumed reports whether a quantity in the state was taken out of its unit.
func (s State) consumed() bool { return s == Used || s == Wasted }
