// Package scanning answers the ward's first question: what is this, is its tag
// genuine, and may it be used? One scan box takes everything: typed text, a
// wedge's burst, a camera's symbol, a tag's URL.
//
// It promises that a tag is called Genuine at most once per message, on any
// number of instances; that a check and the counter it consumes are one
// transaction; and that an unknown tag and a wrong signature cannot be told
// apart. It changes no stock: scanning shows, using changes.
package scanning

import (
	"sync"
	"time"

	"trueward/internal/adapter/store"
	"trueward/internal/domain/authentic"
	"trueward/internal/domain/catalog"
	"trueward/internal/domain/custody"
	"trueward/internal/standard/carrier"
	"trueward/internal/standard/sdm"
)

// Keys is the vault as a check needs it. Keys never leave it in the clear.
type Keys interface {
	// Meta opens the encrypted mirrors of a profile.
	Meta(ref string) (*sdm.Key, error)
	// FileKey is the key that a tag signs its messages with.
	FileKey(ref string, epoch int64, d authentic.Derivation, uid sdm.UID) (*sdm.Key, error)
	// Identity is the name under which the tag with a UID is stored.
	Identity(technology authentic.Technology, uid []byte) string
	// Dummy costs what a real key costs and never passes.
	Dummy() *sdm.Key
}

// Desk scans.
type Desk struct {
	Store *store.Store
	Keys  Keys

	profiles sync.Map // authentic.ProfileID to profile; profiles never change
	swarm    swarm
}

// Label is what the carrier itself says.
type Label struct {
	DI     string
	Lot    string
	Serial string
	Expiry string // YYYY-MM-DD
}

// Result answers a scan. Verdict and Disposition are two values, never mixed:
// one speaks of the tag, the other of the unit.
type Result struct {
	Kind    carrier.Kind
	Verdict authentic.Verdict
	Tap     string // id of the tap event; empty when no tag was checked
	Tamper  sdm.Tamper
	Late    bool // evidence of an earlier time: see ScansKept
	At      time.Time
	// Captured is when a device that was offline kept the scan; zero otherwise.
	Captured time.Time

	// Unit is the one unit found, when the actor may see it.
	Unit        *store.UnitRow
	Product     catalog.Product // zero when unknown, or not to be told
	Holds       []custody.Hold
	Disposition custody.Disposition
	// Candidates are the units that the carrier may mean (a lot, a product):
	// the person chooses. First to expire first.
	Candidates []store.UnitRow

	Label    Label
	Warnings []string
	// Sentence says what to do when there is no one unit.
	Sentence string
}

// Found reports whether exactly one unit is meant and may be seen.
func (r Result) Found() bool { return r.Unit != nil }

// ErrKeyFault is what Keys answers for a key that anyone can read in a public
// document: its tags were never commissioned.
var ErrKeyFault = authentic.ErrKeyFault
