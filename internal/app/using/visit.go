package using

import (
	"trueward/internal/adapter/store"
	"trueward/internal/domain/access"
	"trueward/internal/domain/audit"
	"trueward/internal/domain/authentic"
	"trueward/internal/domain/catalog"
	"trueward/internal/domain/usage"
	"trueward/internal/fault"
)

// What the person is to do for a product that wants two taps.
const (
	tapTwice = "This product is used only with proof that its tag is here: tap the tag, add it, and tap it once more."
	tapAgain = "Tap the same tag once more within two minutes, to prove that it is here."
)

// begin makes the scan the first of a visit when its tap can be one.
func begin(tx *store.Tx, s subject, in ScanInput, scan *usage.Scan) (wants string, err error) {
	scan.Proof = s.product.Proof
	if s.product.Proof != catalog.TwoTaps {
		return "", nil
	}
	_, can, err := opening(tx, in)
	if err != nil || !can {
		return tapTwice, err
	}
	scan.Visit = tx.Now()
	return tapAgain, nil
}

// opening reads the tap of a scan and whether a visit can begin with it. A tap
// that a device kept cannot, nor one that somebody else made.
func opening(tx *store.Tx, in ScanInput) (tap authentic.Tap, can bool, err error) {
	if in.Tap == "" || !in.Captured.IsZero() {
		return tap, false, nil
	}
	tap, err = tx.Unbounded().Tap(in.Tap)
	if fault.Is(err, fault.NotFound) {
		return tap, false, nil
	}
	return tap, authentic.Begins(tap) && tap.Person == by(tx, in) && tap.Unit == string(in.Unit), err
}

func by(tx *store.Tx, in ScanInput) access.PersonID {
	if in.By != "" {
		return in.By
	}
	return tx.Actor().Person
}

// further takes a further tap of a unit that waits: it ends the visit that the
// first one began, or begins a new one.
func further(tx *store.Tx, in ScanInput, first usage.Scan, c usage.Case, out *Scanned) error {
	tap, can, err := opening(tx, in)
	if err != nil || !can {
		if !first.Proven(tx.Now()) {
			out.Wants = tapTwice
		}
		return err
	}
	end := authentic.TooEarly
	if !first.Visit.IsZero() {
		began, err := tx.Unbounded().Tap(first.Tap)
		if err != nil {
			return err
		}
		end = authentic.Visit{First: began, Person: began.Person, Began: first.Visit}.Second(tap)
	}
	switch {
	case end == authentic.Proven:
		out.Proven, err = true, tx.EndVisit(first.ID, tap.ID)
	case first.Proven(tx.Now()):
		return nil // what is proven stays so
	default:
		out.Wants, err = tapAgain, tx.BeginVisit(first.ID, tap.Person, tap.ID)
		if !first.Visit.IsZero() {
			out.Wants = end.Words()
		}
	}
	if err != nil {
		return err
	}
	tx.Audit(audit.Change{
		Chain: audit.SiteChain(string(c.Site)), Action: "unit.tapped_again", Kind: "unit", Object: string(in.Unit),
		New: map[string]string{"case": c.Pseudonym, "visit": string(first.ID), "end": string(end)},
	})
	touchCase(tx, c)
	return nil
}

// unproven words why a unit whose tag did not answer twice is not used silently.
func unproven() error {
	f := fault.New(fault.Conflict, "Not proven that its tag is here: tap it, and once more within two minutes. If it is used all the same, give the reason and have a second person confirm it.")
	f.Field = OverrideField
	return f
}
