package billing

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"time"

	"trueward/internal/domain/access"
	"trueward/internal/fault"
	"trueward/internal/standard/money"
)

// Month is an accounting month of an organisation, "2026-10". Months compare
// as text.
type Month string

// MonthOf returns the month of an instant in a calendar.
func MonthOf(t time.Time, zone *time.Location) Month { return Month(t.In(zone).Format("2006-01")) }

// ParseMonth reads "2026-10". Refusals: Invalid.
func ParseMonth(text string) (Month, error) {
	if _, err := time.Parse("2006-01", text); err != nil || len(text) != 7 {
		return "", fault.At("month", "Write the month as 2026-10.")
	}
	return Month(text), nil
}

func (m Month) start() time.Time {
	t, _ := time.Parse("2006-01", string(m))
	return t
}

// Next is the month after; Previous the one before.
func (m Month) Next() Month { return Month(m.start().AddDate(0, 1, 0).Format("2006-01")) }

// Previous is the month before.
func (m Month) Previous() Month { return Month(m.start().AddDate(0, -1, 0).Format("2006-01")) }

// Begins returns the month's first instant in a calendar.
func (m Month) Begins(zone *time.Location) time.Time {
	t := m.start()
	return midnight(t.Year(), t.Month(), 1, zone)
}

// Word writes the month as people read it: "October 2026".
func (m Month) Word() string { return m.start().Format("January 2006") }

// PeriodState says what an organisation's month still takes.
type PeriodState string

// The states of a period. There is no way back.
const (
	PeriodOpen       PeriodState = "open"
	PeriodSoftClosed PeriodState = "soft_closed" // later events post in the next month; accruals still here
	PeriodClosed     PeriodState = "closed"      // nothing posts any more
)

// Word returns the state as people read it.
func (s PeriodState) Word() string {
	switch s {
	case PeriodSoftClosed:
		return "Soft closed"
	case PeriodClosed:
		return "Closed"
	}
	return "Open"
}

// Period is a month of an organisation's book.
type Period struct {
	Organisation access.OrganisationID
	Month        Month
	State        PeriodState
	SoftClosedBy access.PersonID
	SoftClosedAt time.Time
	ClosedBy     access.PersonID
	ClosedAt     time.Time
	Entries      int64
	Sums         []AccountSum
	SHA256       string // of the entries, see PeriodHash
}

// AccountSum is what a month moved on an account.
type AccountSum struct {
	Account  Account        `json:"account"`
	Currency money.Currency `json:"currency"`
	Minor    int64          `json:"minor"`
}

// PeriodHash digests a period's entries in the order of their ids: each entry's
// id and own digest. What a closed period says can be shown by it for ever.
type PeriodHash struct {
	h hash.Hash
	n int64
}

// NewPeriodHash starts a digest.
func NewPeriodHash() *PeriodHash { return &PeriodHash{h: sha256.New()} }

// Add takes the next entry.
func (p *PeriodHash) Add(id EntryID, sum string) {
	fmt.Fprintf(p.h, "%s %s\n", id, sum)
	p.n++
}

// Sum returns the digest (hex) and the number of entries.
func (p *PeriodHash) Sum() (string, int64) { return hex.EncodeToString(p.h.Sum(nil)), p.n }

// AccrualBasis says where an accrued amount comes from.
type AccrualBasis string

// The bases. A usage with a price is in the books already, on the unbilled
// accounts; only one without is accrued, at the last price known.
const (
	FromDecision  AccrualBasis = "decision"
	LastKnown     AccrualBasis = "last_known_price"
	WithoutAPrice AccrualBasis = "no_price"
)

// AccrualSum is what one counterparty's usages of a basis come to.
type AccrualSum struct {
	Parties
	Basis    AccrualBasis
	Currency money.Currency
	Usages   int64
	Minor    int64
}

// The kinds of entry of an accrual and its way back.
const (
	AccrualEntry         EntryKind = "accrual"
	AccrualReversalEntry EntryKind = "accrual_reversed"
)

// Entry posts what was used without a price in one organisation's book,
// at the last price known; it is taken back on the first day of the next month.
func (s AccrualSum) Entry(book Book, month Month, at time.Time) (Entry, bool) {
	e := Entry{
		Book: book, Key: fmt.Sprintf("accrual:%s:%s:%s:%s", month, s.Vendor, s.Hospital, s.Currency), Kind: AccrualEntry,
		SourceKind: "period", SourceID: string(month), Parties: s.Parties, EffectiveAt: at, Period: month,
	}
	amount := money.Amount{Minor: s.Minor, Currency: s.Currency}
	if book == VendorBook {
		e.Postings = move(amount, UnbilledReceivable, UnbilledSales)
	} else {
		e.Postings = move(amount, SupplyExpense, AccruedUsage)
	}
	return e, len(e.Postings) > 0
}
