package billing

import (
	"slices"
	"time"

	"trueward/internal/domain/access"
	"trueward/internal/fault"
	"trueward/internal/standard/money"
)

// CreditID is a UUIDv7 text.
type CreditID string

// CreditReason says why money is given back. The set is closed; each is
// allowed on a document of the vendor.
type CreditReason string

// The reasons of a credit note.
const (
	ReturnedUnused  CreditReason = "returned_unused"
	WrongPrice      CreditReason = "wrong_price"
	DuplicateBilled CreditReason = "duplicate"
	Recalled        CreditReason = "recalled"
	CountExcess     CreditReason = "count_excess"
	OpenedDefective CreditReason = "opened_defective"
	UsageCorrected  CreditReason = "usage_corrected"
	TierReached     CreditReason = "tier_reached"
)

// CreditReasons returns every reason that a person may choose. A corrected
// usage and a tier that was reached are the product's own reasons.
func CreditReasons() []CreditReason {
	return []CreditReason{WrongPrice, ReturnedUnused, DuplicateBilled, Recalled, CountExcess, OpenedDefective}
}

// Word returns the reason as documents print it.
func (r CreditReason) Word() string {
	switch r {
	case ReturnedUnused:
		return "Returned unused"
	case WrongPrice:
		return "Wrong price"
	case DuplicateBilled:
		return "Billed twice"
	case Recalled:
		return "Recalled"
	case CountExcess:
		return "Excess found in a count"
	case OpenedDefective:
		return "Opened, defective"
	case UsageCorrected:
		return "Usage corrected"
	case TierReached:
		return "Tier reached"
	}
	return string(r)
}

// CreditState is where a credit note stands. Issued and declined are ends.
type CreditState string

// The states of a credit note.
const (
	CreditProposed CreditState = "proposed"
	CreditIssued   CreditState = "issued"
	CreditDeclined CreditState = "declined"
)

// Word returns the state as people read it.
func (s CreditState) Word() string {
	switch s {
	case CreditProposed:
		return "Proposed"
	case CreditIssued:
		return "Issued"
	}
	return "Declined"
}

// CreditNote gives back parts of one invoice. Amounts are positive, as on the
// document; an issued one never changes.
type CreditNote struct {
	ID      CreditID
	Invoice InvoiceID
	Parties
	Currency       money.Currency
	State          CreditState
	Number         string // empty before issue; its own series
	Reason         CreditReason
	Explanation    string // one sentence for both sides; may be empty
	NetMinor       int64
	TaxMinor       int64
	TotalMinor     int64
	IssuedOn       string // YYYY-MM-DD
	ProviderNumber string // of a payment provider that numbers by itself
	ProposedBy     access.PersonID
	ProposedAt     time.Time
	DecidedBy      access.PersonID
	DecidedAt      time.Time
	DeclineReason  string
	Sample         bool
	Version        int64
	Lines          []CreditLine
}

// Amount makes an amount in the credit note's currency.
func (c CreditNote) Amount(minor int64) money.Amount {
	return money.Amount{Minor: minor, Currency: c.Currency}
}

// Total is what is given back, tax included.
func (c CreditNote) Total() money.Amount { return c.Amount(c.TotalMinor) }

// CreditLine is the part of one invoice line that a credit note gives back.
type CreditLine struct {
	ID       string
	Line     string // id of the invoice line
	Position int    // on the credit note, 1 for the first
	Quantity int64
	NetMinor int64
	TaxMinor int64
}

// Credited is what earlier credit notes, proposed or issued, took of a line.
type Credited struct {
	Quantity, NetMinor, TaxMinor int64
}

// Full reports whether nothing of the line is left.
func (c Credited) Full(l InvoiceLine) bool {
	return c.NetMinor >= l.NetMinor && c.TaxMinor >= l.TaxMinor
}

// Rest is what is left of a line.
func (c Credited) Rest(l InvoiceLine) Credited {
	return Credited{l.Quantity - c.Quantity, l.NetMinor - c.NetMinor, l.TaxMinor - c.TaxMinor}
}

// Credit copies the part of a frozen line that gives back net (before tax) and
// quantity units. Tax follows in proportion, rounded half up; the credit that
// takes the rest of the net takes the rest of the tax with it, so that a line
// is never credited a minor unit over. Refusals: Invalid (nothing, or more
// than is left).
func (l InvoiceLine) Credit(before Credited, quantity, net int64) (CreditLine, error) {
	rest := before.Rest(l)
	switch {
	case rest.NetMinor <= 0:
		return CreditLine{}, fault.At("amount", "Line "+lineName(l)+" is credited in full already, or a credit note over it waits.")
	case net <= 0:
		return CreditLine{}, fault.At("amount", "Enter an amount above zero for line "+lineName(l)+".")
	case net > rest.NetMinor:
		return CreditLine{}, fault.At("amount", "Line "+lineName(l)+" has less than that left to credit.")
	case quantity < 1 || quantity > l.Quantity:
		return CreditLine{}, fault.At("amount", "Line "+lineName(l)+" has no such quantity.")
	}
	c := CreditLine{Line: l.ID, Quantity: quantity, NetMinor: net, TaxMinor: rest.TaxMinor}
	if net < rest.NetMinor {
		tax, err := money.MulDiv(l.TaxMinor, net, l.NetMinor)
		if err != nil {
			return c, err
		}
		c.TaxMinor = min(tax, rest.TaxMinor)
	}
	return c, nil
}

func lineName(l InvoiceLine) string {
	if l.Serial != "" {
		return l.Serial
	}
	return l.Description
}

// Sum writes the sums of the lines into the credit note.
func (c *CreditNote) Sum() (err error) {
	c.NetMinor, c.TaxMinor = 0, 0
	for _, l := range c.Lines {
		if c.NetMinor, err = money.Add(c.NetMinor, l.NetMinor); err != nil {
			return err
		}
		if c.TaxMinor, err = money.Add(c.TaxMinor, l.TaxMinor); err != nil {
			return err
		}
	}
	c.TotalMinor, err = money.Add(c.NetMinor, c.TaxMinor)
	return err
}

// Document returns the credit note as a document of its invoice's: the copied
// parts of the lines, with the invoice it corrects.
func (c CreditNote) Document(of Document) Document {
	doc := Document{Seller: of.Seller, Payer: of.Payer, Kind: CreditNoteDocument,
		Original: &DocumentReference{Number: of.Invoice.Number, IssuedOn: of.Invoice.IssuedOn}}
	doc.Invoice = of.Invoice
	i := &doc.Invoice
	i.ID, i.Number, i.IssuedOn, i.DueOn = InvoiceID(c.ID), c.Number, c.IssuedOn, ""
	i.NetMinor, i.TaxMinor, i.TotalMinor, i.PaidMinor, i.CreditedMinor, i.DisputedMinor = c.NetMinor, c.TaxMinor, c.TotalMinor, 0, 0, 0
	i.State, i.Parked, i.ParkedReason = Open, false, ""
	i.CreatedAt, i.ChangedAt = c.ProposedAt, c.ProposedAt
	for _, part := range c.Lines {
		n := slices.IndexFunc(of.Lines, func(l InvoiceLine) bool { return l.ID == part.Line })
		if n < 0 {
			continue
		}
		l := of.Lines[n]
		l.Position, l.NetMinor, l.TaxMinor = part.Position, part.NetMinor, part.TaxMinor
		if l.Quantity != part.Quantity || l.UnitMinor*part.Quantity != part.NetMinor {
			l.Quantity, l.UnitMinor = part.Quantity, part.NetMinor/part.Quantity
			if l.UnitMinor*l.Quantity != l.NetMinor {
				l.Quantity, l.UnitMinor = 1, l.NetMinor
			}
		}
		l.PriceSentence = c.Sentence()
		doc.Lines = append(doc.Lines, l)
	}
	return doc
}

// Sentence is the reason as lines and screens write it.
func (c CreditNote) Sentence() string {
	if c.Explanation == "" {
		return c.Reason.Word() + "."
	}
	return c.Reason.Word() + ": " + c.Explanation
}

// CreditSeries is the prefix of a vendor's credit note numbers, apart from its
// invoices'.
func CreditSeries(prefix string) string { return prefix + "-CN" }

// The kinds of entry of credit notes and of money paid back. A title event
// whose line was credited in full is settled: taken back and posted once more
// under another name, so that a later correction of the usage finds nothing
// left to take back.
const (
	CreditEntry  EntryKind = "credit_note"
	RefundEntry  EntryKind = "refund"
	SettledEntry EntryKind = "title_settled"
)

// CreditEntries posts an issued credit note: what issue and title event posted
// for its part is taken back, so that nothing of it is left as sale or as
// unbilled. A usage that is billed again posts its title event anew.
func CreditEntries(c CreditNote, at time.Time) []Entry {
	return both(Entry{
		Key: "credit:" + string(c.ID), Kind: CreditEntry, SourceKind: "credit_note", SourceID: string(c.ID),
		Parties: c.Parties, EffectiveAt: at,
	}, withoutZero([]Posting{
		{Receivable, c.Currency, -c.TotalMinor}, {TaxPayable, c.Currency, c.TaxMinor}, {Sales, c.Currency, c.NetMinor},
	}), withoutZero([]Posting{
		{Payable, c.Currency, c.TotalMinor}, {InputTax, c.Currency, -c.TaxMinor}, {SupplyExpense, c.Currency, -c.NetMinor},
	}))
}

// RefundEntries posts money paid back to the hospital. amount is what went
// back, above zero.
func RefundEntries(id PaymentID, p Parties, amount money.Amount, at time.Time) []Entry {
	return both(Entry{
		Key: "refund:" + string(id), Kind: RefundEntry, SourceKind: "payment", SourceID: string(id), Parties: p, EffectiveAt: at,
	}, move(amount, Receivable, Clearing), move(amount, Cash, Payable))
}

// Creditable decides whether a credit note may be written on the invoice.
func (i Invoice) Creditable() error {
	switch i.State {
	case Open, Sent, Paid:
		return nil
	}
	return fault.Newf(fault.Conflict, "This invoice is %q: a credit note corrects an issued one.", i.State.Word())
}

// CreditPart asks to credit a part of an invoice line: an amount before tax, or
// everything that is left of it.
type CreditPart struct {
	Line     string // id of the invoice line
	Quantity int64  // 0: of the whole line
	NetMinor int64  // 0: what is left
}

// ProposeCredit builds a credit note over parts of an invoice's lines, given
// what earlier ones took. Refusals: Conflict (not a document one can correct),
// Invalid (reason, no part, more than is left).
func ProposeCredit(i Invoice, lines []InvoiceLine, before map[string]Credited, reason CreditReason, explanation string, parts []CreditPart) (CreditNote, error) {
	c := CreditNote{
		Invoice: i.ID, Parties: i.Parties, Currency: i.Currency, State: CreditProposed, Reason: reason, Explanation: explanation, Sample: i.Sample,
	}
	if reason != UsageCorrected && reason != TierReached && !slices.Contains(CreditReasons(), reason) {
		return c, fault.At("reason", "Choose why money is given back.")
	}
	if len(explanation) > 200 {
		return c, fault.At("explanation", "Shorten the explanation to 200 characters.")
	}
	for _, part := range parts {
		n := slices.IndexFunc(lines, func(l InvoiceLine) bool { return l.ID == part.Line })
		if n < 0 {
			return c, fault.New(fault.NotFound, "There is no such line on this invoice.")
		}
		l, taken := lines[n], before[part.Line]
		if part.NetMinor == 0 {
			part.NetMinor = taken.Rest(l).NetMinor
		}
		if part.Quantity == 0 {
			part.Quantity = l.Quantity
		}
		line, err := l.Credit(taken, part.Quantity, part.NetMinor)
		if err != nil {
			return c, err
		}
		line.Position = len(c.Lines) + 1
		c.Lines = append(c.Lines, line)
	}
	if len(c.Lines) == 0 {
		return c, fault.At("amount", "Choose at least one line to credit.")
	}
	return c, c.Sum()
}
