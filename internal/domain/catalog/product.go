// Package catalog holds what the catalogue says about products: identity,
// package levels, and which identifiers a scan must bring.
package catalog

import (
	"time"

	"trueward/internal/domain/access"
)

// ProductID is a UUIDv7 text.
type ProductID string

// Product is what a vendor's catalogue describes. DI is the GTIN-14 of its
// unit of use.
type Product struct {
	ID          ProductID
	Vendor      access.OrganisationID
	DI          string // GTIN, 14 digits
	Name        string
	Maker       string
	Family      string // "Stents", "Gloves": what belongs together on a list
	Size        string // as printed: "3.0 × 18 mm"
	CatalogueNo string
	Sterile     bool
	Implantable bool
	SingleUse   bool
	// Rebillable serials are billed again and again, such as those of a lent
	// instrument whose fee is due for each case. Nothing else is.
	Rebillable  bool
	Needs       Needs
	Proof       Proof
	Provisional bool // made from a scan alone, to be merged later
	CreatedAt   time.Time
}

// Needs says which production identifiers the product carries (from the
// GUDID flags): what is true is asked for, nothing else.
type Needs struct{ Lot, Serial, Expiry bool }

// Proof is what the use of a product's unit must show of its tag, beyond what
// every carrier shows.
type Proof string

// The proofs.
const (
	AnyProof Proof = ""
	// TwoTaps wants two messages of the tag in order, the second while its visit
	// lasts: see authentic.Visit.
	TwoTaps Proof = "two_taps"
)

// Known reports whether p is one of them.
func (p Proof) Known() bool { return p == AnyProof || p == TwoTaps }

// Missing names the needed identifiers that are empty, in words.
func (n Needs) Missing(lot, serial, expiry string) []string {
	var missing []string
	for _, c := range []struct {
		needed bool
		value  string
		word   string
	}{{n.Lot, lot, "lot"}, {n.Serial, serial, "serial"}, {n.Expiry, expiry, "expiry date"}} {
		if c.needed && c.value == "" {
			missing = append(missing, c.word)
		}
	}
	return missing
}

// LevelKind is a package level.
type LevelKind string

// The package levels.
const (
	Each LevelKind = "each"
	Pack LevelKind = "pack"
	Case LevelKind = "case"
)

// Level is one package level of a product: its own DI and how many units of
// use it holds.
type Level struct {
	DI       string
	Product  ProductID
	Vendor   access.OrganisationID
	Level    LevelKind
	Quantity int64
}
