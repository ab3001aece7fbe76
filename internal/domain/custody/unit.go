// Package custody holds units and where they stand: place, possessor and
// owner are three facts, in every stock key, and no movement loses one. It
// decides which event may follow which state, and whether a unit may be used.
package custody

import (
	"time"

	"trueward/internal/domain/access"
	"trueward/internal/domain/catalog"
	"trueward/internal/domain/consign"
)

// UnitID, PlaceID, MovementID and HoldID are UUIDv7 texts.
type (
	UnitID     string
	PlaceID    string
	MovementID string
	HoldID     string
)

// State is where a unit is in its life.
type State string

// The states of the life cycle. Used, Wasted and Closed are terminal.
const (
	Expected  State = "expected"
	Available State = "available"
	Removed   State = "removed"
	Opened    State = "opened"
	Used      State = "used"
	Wasted    State = "wasted"
	Missing   State = "missing"
	Outbound  State = "outbound"
	Closed    State = "closed"
)

// Key is the stock key: where a quantity stands. Hospital, Site, Place, Owner,
// Possessor and Agreement are never empty in stock.
type Key struct {
	Hospital  access.OrganisationID
	Site      access.SiteID
	Place     PlaceID
	Owner     access.OrganisationID
	Possessor access.OrganisationID
	Agreement consign.AgreementID
	Product   catalog.ProductID
	DI        string // of the package level that is stocked
	Lot       string
	Serial    string // empty for a holding
	Expiry    string // YYYY-MM-DD, empty when the product has none
	State     State
}

// Unit is one physical thing, with its stock key. Vendor is the seller for
// ever; Owner changes when title passes.
type Unit struct {
	ID UnitID
	Key
	Vendor        access.OrganisationID
	QuantityTotal int64 // units of use
	QuantityLeft  int64
	Version       int64
	CreatedAt     time.Time
	ChangedAt     time.Time
}

// PlaceKind says what sort of spot a place is.
type PlaceKind string

// The kinds of place.
const (
	Room            PlaceKind = "room"
	Cabinet         PlaceKind = "cabinet"
	StoreRoom       PlaceKind = "store"
	QuarantinePlace PlaceKind = "quarantine"
	Transit         PlaceKind = "transit"
	Trunk           PlaceKind = "trunk"
)

// Place is any spot for a unit.
type Place struct {
	ID       PlaceID
	Hospital access.OrganisationID
	Site     access.SiteID
	Vendor   access.OrganisationID // of a trunk; empty otherwise
	Name     string
	Kind     PlaceKind
}

// Site is one address of a hospital, with its own time zone.
type Site struct {
	ID       access.SiteID
	Hospital access.OrganisationID
	Name     string
	Address  string
	TimeZone string // IANA name
}
