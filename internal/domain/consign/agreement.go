// Package consign holds the terms a vendor and a hospital agreed on. Contract
// differences are settings here, never code.
package consign

import (
	"time"

	"trueward/internal/domain/access"
)

// AgreementID and VersionID are UUIDv7 texts.
type (
	AgreementID string
	VersionID   string
)

// TitleEvent is the event at which title passes from vendor to hospital.
type TitleEvent string

// The title events of real agreements.
const (
	TitleRemoved        TitleEvent = "removed"
	TitleOpened         TitleEvent = "opened"
	TitleUsed           TitleEvent = "used"
	TitleImplanted      TitleEvent = "implanted"
	TitleCountedMissing TitleEvent = "counted_missing"
)

// Payer is who bears a cost.
type Payer string

// The payers.
const (
	VendorPays   Payer = "vendor"
	HospitalPays Payer = "hospital"
)

// SheetRule says who signs a case's usage sheet before it is billable.
type SheetRule string

// The sheet rules.
const (
	SheetNone     SheetRule = "none"
	SheetClinical SheetRule = "clinical"
	SheetBoth     SheetRule = "both"
)

// PORule says which order reference an invoice needs.
type PORule string

// The PO rules.
const (
	PONone           PORule = "none"
	POBuyerReference PORule = "buyer_reference"
	POPerSheet       PORule = "per_sheet"
	POBlanket        PORule = "blanket"
)

// Consolidation says which usages share an invoice.
type Consolidation string

// The consolidation windows.
const (
	PerCase  Consolidation = "case"
	PerDay   Consolidation = "day"
	PerWeek  Consolidation = "week"
	PerMonth Consolidation = "month"
)

// IssueMode says whether the vendor looks at an invoice before it is issued.
type IssueMode string

// The issue modes.
const (
	IssueAuto           IssueMode = "auto"
	IssueVendorApproves IssueMode = "vendor_approves"
)

// Agreement joins one vendor and one hospital. Number is unique per vendor.
type Agreement struct {
	ID       AgreementID
	Vendor   access.OrganisationID
	Hospital access.OrganisationID
	Number   string
	Scope    Scope         // empty: the whole hospital
	Site     access.SiteID // of a site's agreement
	Group    string        // buying group, of a group's agreement
}

// Version is the immutable text of an agreement in force in [ValidFrom,
// ValidTo); a zero ValidTo means: until replaced.
type Version struct {
	ID        VersionID
	Agreement AgreementID
	Number    string // of the agreement, for sentences
	Vendor    access.OrganisationID
	Hospital  access.OrganisationID
	Version   int
	ValidFrom time.Time
	ValidTo   time.Time
	Terms
}

// Terms are the settings that differ between agreements.
type Terms struct {
	TitleEvent     TitleEvent
	WastePayer     Payer
	RemovedMinutes int // the clock of "removed, not charged"
	UndoMinutes    int
	SheetRule      SheetRule
	PORule         PORule
	Consolidation  Consolidation
	IssueMode      IssueMode
	Currency       string // ISO 4217
	DiscountBP     int    // off the list price, in basis points
	PaymentDays    int
	TrunkAllowed   bool
	TaxCategory    string // UNCL5305: S, Z, E, AE, O …
	TaxRateBP      int    // basis points
	Pricing        Pricing
}

// InForce reports whether the version applies at t.
func (v Version) InForce(t time.Time) bool {
	return !t.Before(v.ValidFrom) && (v.ValidTo.IsZero() || t.Before(v.ValidTo))
}

// UndoUntil is the end of the undo time of a fact recorded at t.
func (t Terms) UndoUntil(recorded time.Time) time.Time {
	return recorded.Add(time.Duration(t.UndoMinutes) * time.Minute)
}
