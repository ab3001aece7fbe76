package custody

import (
	"time"

	"trueward/internal/domain/access"
)

// HoldKind is a reason a unit may not be used.
type HoldKind string

// The kinds of hold.
const (
	HoldRecall       HoldKind = "recall"
	HoldExpired      HoldKind = "expired"
	HoldTemperature  HoldKind = "temperature"
	HoldAuthenticity HoldKind = "authenticity"
	HoldDamaged      HoldKind = "damaged"
	HoldIdentity     HoldKind = "identity"
	HoldReceiving    HoldKind = "receiving"
	HoldCount        HoldKind = "count"
	HoldMaintenance  HoldKind = "maintenance"
)

// HoldLevel says how hard a hold is.
type HoldLevel string

// The levels of a hold.
const (
	StopHold HoldLevel = "stop"
	WarnHold HoldLevel = "warn"
)

// Hold is one reason on one unit. At most one of a kind is live at a time.
type Hold struct {
	ID         HoldID
	Unit       UnitID
	Hospital   access.OrganisationID
	Vendor     access.OrganisationID
	Kind       HoldKind
	Level      HoldLevel
	Reason     string
	SetBy      string
	SetAt      time.Time
	ReleasedBy string
	ReleasedAt time.Time // zero while the hold is live
}

// Live reports whether the hold still stands.
func (h Hold) Live() bool { return h.ReleasedAt.IsZero() }

var holdWords = map[HoldKind]string{
	HoldRecall: "Recalled", HoldExpired: "Expired", HoldTemperature: "Stored out of temperature",
	HoldAuthenticity: "Authenticity in doubt", HoldDamaged: "Damaged", HoldIdentity: "Identity not clear",
	HoldReceiving: "Receipt not finished", HoldCount: "Being counted", HoldMaintenance: "Maintenance due",
}

// Words returns the kind as a nurse reads it.
func (k HoldKind) Words() string { return holdWords[k] }

// OpensIncident reports whether using a unit in spite of the hold always opens
// an incident and holds billing.
func (k HoldKind) OpensIncident() bool { return k == HoldRecall || k == HoldAuthenticity }
