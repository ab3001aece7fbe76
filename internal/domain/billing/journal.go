package billing

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"trueward/internal/standard/money"
)

// Book is one side's set of accounts.
type Book string

// The books.
const (
	VendorBook   Book = "vendor"
	HospitalBook Book = "hospital"
)

// Account is an account of a book.
type Account string

// The accounts used so far.
const (
	UnbilledReceivable Account = "unbilled_receivable"
	UnbilledSales      Account = "unbilled_sales"
	Receivable         Account = "accounts_receivable"
	Sales              Account = "sales"
	TaxPayable         Account = "tax_payable"
	Clearing           Account = "clearing"

	SupplyExpense Account = "supply_expense"
	AccruedUsage  Account = "accrued_usage"
	InputTax      Account = "input_tax"
	Payable       Account = "accounts_payable"
	Cash          Account = "cash"
)

// EntryKind says which event an entry posts.
type EntryKind string

// The kinds of entry.
const (
	TitleEntry    EntryKind = "title_event"
	UnUseEntry    EntryKind = "un_use"
	IssueEntry    EntryKind = "issue"
	MatchEntry    EntryKind = "matched"
	PaymentEntry  EntryKind = "payment"
	ReversalEntry EntryKind = "payment_reversed"
)

// Posting moves an amount on an account: positive is debit, negative credit.
type Posting struct {
	Account  Account
	Currency money.Currency
	Minor    int64
}

// Entry is one event in one book. Its postings sum to zero per currency.
type Entry struct {
	ID         EntryID
	Book       Book
	Key        string // unique per book: the event, so that nothing posts twice
	Kind       EntryKind
	SourceKind string // "usage", "invoice", "payment"
	SourceID   string
	Reverses   EntryID // empty, or the entry this one takes back
	Parties
	EffectiveAt time.Time
	// Period is the month an entry belongs to when it is not the first open one
	// from EffectiveAt on; empty lets the store decide.
	Period   Month
	Postings []Posting
}

// ErrUnbalanced is a fault of the program: an entry that does not sum to zero.
var ErrUnbalanced = errors.New("billing: journal entry does not sum to zero")

// Check reports whether the postings sum to zero per currency, and that there
// are some. It fails with ErrUnbalanced or money.ErrOverflow.
func (e Entry) Check() error {
	sums := map[money.Currency]int64{}
	for _, p := range e.Postings {
		sum, err := money.Add(sums[p.Currency], p.Minor)
		if err != nil {
			return err
		}
		sums[p.Currency] = sum
	}
	for _, sum := range sums {
		if sum != 0 {
			return ErrUnbalanced
		}
	}
	if len(e.Postings) == 0 {
		return ErrUnbalanced
	}
	return nil
}

// Sum is the SHA-256 (hex) of what the entry says. The same key with another
// sum is a contradiction, never an overwrite.
func (e Entry) Sum() string {
	h := sha256.New()
	fmt.Fprintf(h, "%s\n%s\n%s\n%s\n%s\n%s\n%s\n%s\n%d\n", e.Book, e.Key, e.Kind, e.SourceKind, e.SourceID,
		e.Reverses, e.Vendor, e.Hospital, e.EffectiveAt.UnixMicro())
	for _, p := range e.Postings {
		fmt.Fprintf(h, "%s %s %d\n", p.Account, p.Currency, p.Minor)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// move debits one account and credits another. Nothing is posted for nothing.
func move(amount money.Amount, debit, credit Account) []Posting {
	if amount.Minor == 0 {
		return nil
	}
	return []Posting{{debit, amount.Currency, amount.Minor}, {credit, amount.Currency, -amount.Minor}}
}

// both completes the two books' entries of one event and leaves out a book
// that has nothing to post.
func both(base Entry, vendor, hospital []Posting) []Entry {
	var out []Entry
	for _, side := range []struct {
		book     Book
		postings []Posting
	}{{VendorBook, vendor}, {HospitalBook, hospital}} {
		if len(side.postings) > 0 {
			e := base
			e.Book, e.Postings = side.book, side.postings
			out = append(out, e)
		}
	}
	return out
}

// TitleEntries posts a priced usage: an unbilled receivable of the vendor, an
// accrued expense of the hospital. revision tells a later price from the first.
func TitleEntries(u UsageID, revision int, p Parties, net money.Amount, at time.Time) []Entry {
	return both(Entry{
		Key: fmt.Sprintf("title:%s:%d", u, revision), Kind: TitleEntry, SourceKind: "usage", SourceID: string(u),
		Parties: p, EffectiveAt: at,
	}, move(net, UnbilledReceivable, UnbilledSales), move(net, SupplyExpense, AccruedUsage))
}

// IssueEntries posts an issued invoice: the vendor's receivable with tax and
// its sales, and the hospital's payable once the lines are matched.
func IssueEntries(i Invoice, at time.Time) []Entry {
	vendor := []Posting{
		{Receivable, i.Currency, i.TotalMinor},
		{UnbilledReceivable, i.Currency, -i.NetMinor},
		{TaxPayable, i.Currency, -i.TaxMinor},
		{UnbilledSales, i.Currency, i.NetMinor},
		{Sales, i.Currency, -i.NetMinor},
	}
	hospital := []Posting{
		{AccruedUsage, i.Currency, i.NetMinor},
		{InputTax, i.Currency, i.TaxMinor},
		{Payable, i.Currency, -i.TotalMinor},
	}
	base := Entry{
		Key: "issue:" + string(i.ID), Kind: IssueEntry, SourceKind: "invoice", SourceID: string(i.ID),
		Parties: i.Parties, EffectiveAt: at,
	}
	entries := both(base, withoutZero(vendor), withoutZero(hospital))
	for n := range entries {
		if entries[n].Book == HospitalBook {
			entries[n].Kind = MatchEntry
		}
	}
	return entries
}

func withoutZero(postings []Posting) []Posting {
	out := postings[:0]
	for _, p := range postings {
		if p.Minor != 0 {
			out = append(out, p)
		}
	}
	return out
}

// PaymentEntries posts money received.
func PaymentEntries(id PaymentID, p Parties, amount money.Amount, at time.Time) []Entry {
	return both(Entry{
		Key: "payment:" + string(id), Kind: PaymentEntry, SourceKind: "payment", SourceID: string(id),
		Parties: p, EffectiveAt: at,
	}, move(amount, Clearing, Receivable), move(amount, Payable, Cash))
}

// Reverse takes an entry back: the same postings with the other sign. kind and
// source say why.
func (e Entry) Reverse(kind EntryKind, sourceKind, sourceID string, at time.Time) Entry {
	r := e
	r.ID, r.Reverses, r.Kind, r.EffectiveAt, r.Period = "", e.ID, kind, at, ""
	r.Key, r.SourceKind, r.SourceID = "reverse:"+string(e.ID), sourceKind, sourceID
	r.Postings = make([]Posting, len(e.Postings))
	for i, p := range e.Postings {
		r.Postings[i] = Posting{p.Account, p.Currency, -p.Minor}
	}
	return r
}
