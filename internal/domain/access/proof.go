package access

import (
	"time"

	"trueward/internal/fault"
)

// Sitting is how somebody at a session proved who they are. An actor without
// one sits nowhere: a worker, or the operator at the command line.
type Sitting struct {
	// Proven is when they last gave a password, a passkey or a PIN; zero when a
	// badge alone let them in.
	Proven time.Time
	// Kiosk is the shared workstation they sit at; empty elsewhere.
	Kiosk string
}

// ProofField is the field of a refusal that asks the person to prove again who
// they are. The web answers it with a page that does so and goes on.
const ProofField = "proof"

// ProofPolicy says what needs a fresh proof of the person. The zero value asks
// for one of the last ten minutes, and for money from 1,000.00 on.
type ProofPolicy struct {
	Within time.Duration
	Above  int64 // minor units of the amount's currency
}

const (
	proofWithin = 10 * time.Minute
	proofAbove  = 100_000
)

// Require refuses an actor at a session whose last proof is too old. Stolen
// sessions, badges and open screens cannot do what is behind it.
func (p ProofPolicy) Require(a Actor, now time.Time) error {
	within := p.Within
	if within == 0 {
		within = proofWithin
	}
	if a.system || a.Sitting == nil {
		return nil
	}
	if age := now.Sub(a.Sitting.Proven); !a.Sitting.Proven.IsZero() && age >= 0 && age <= within {
		return nil
	}
	return fault.At(ProofField, "Prove once more that it is you, then go on.")
}

// RequireFor is Require for money: amounts below the limit need no fresh proof.
// Either sign of an amount counts.
func (p ProofPolicy) RequireFor(a Actor, now time.Time, minor int64) error {
	above := p.Above
	if above == 0 {
		above = proofAbove
	}
	if minor > -above && minor < above {
		return nil
	}
	return p.Require(a, now)
}
