package billing

import (
	"time"

	"trueward/internal/domain/access"
	"trueward/internal/domain/consign"
)

// Mark is what a side says of a usage on the sheet of its case.
type Mark string

// The marks.
const (
	Confirmed Mark = "confirmed" // it happened as it is written
	Contested Mark = "contested" // it did not
)

// SheetMark is one mark of one side. A later one replaces an earlier one.
type SheetMark struct {
	Line LineID
	Parties
	Side   access.OrganisationKind
	Mark   Mark
	Reason string // of a contest; both sides read it
	Person access.PersonID
	At     time.Time
}

// Sheet is the latest mark of each side on a usage; empty while there is none.
type Sheet struct{ Hospital, Vendor Mark }

// Contested reports whether a side contests the usage.
func (s Sheet) Contested() bool { return s.Hospital == Contested || s.Vendor == Contested }

// Missing says, in a sentence, whose mark a usage still needs before it may be
// invoiced under the agreement; empty when it needs none. A contested usage is
// not invoiced under any.
func (s Sheet) Missing(rule consign.SheetRule) string {
	hospital := rule != consign.SheetNone && rule != "" && s.Hospital != Confirmed
	vendor := rule == consign.SheetBoth && s.Vendor != Confirmed
	switch {
	case s.Contested():
		return "A side contests this usage on its sheet."
	case hospital && vendor:
		return "Waits for the usage sheet: neither side has confirmed it."
	case hospital:
		return "Waits for the usage sheet: the hospital has not confirmed it."
	case vendor:
		return "Waits for the usage sheet: the vendor has not confirmed it."
	}
	return ""
}
