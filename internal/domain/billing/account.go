package billing

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"trueward/internal/standard/money"
)

// UnevenError means that an invoice's amounts are not the sum of the facts that
// an account holds of it: one is missing, or counted twice.
type UnevenError struct {
	Number string
	What   string // "payments", "credit notes" or "facts"
	Facts  int64  // their sum, in minor units
	Booked int64  // what the invoice says
}

func (e *UnevenError) Error() string {
	return fmt.Sprintf("billing: %s of %s are %d, its invoice says %d", e.What, e.Number, e.Facts, e.Booked)
}

// CurrentAccount collects what happened between two parties in one currency, from the
// first day on. Invoices come first.
type CurrentAccount struct {
	zone  *time.Location
	items map[InvoiceID]*item
	order []*item
}

// item is an invoice of an account with its facts.
type item struct {
	open           OpenItem
	paid, credited int64 // as the invoice says
	lines          []StatementLine
	disputes       []span
	givenUp        string // the day on which the vendor gave it up; may be empty
}

// span is a disputed amount from its first day until the day it ended.
type span struct {
	from, until string // until is empty for one that lives
	minor       int64
}

// NewCurrentAccount begins an account whose days are those of a zone.
func NewCurrentAccount(zone *time.Location) *CurrentAccount {
	return &CurrentAccount{zone: zone, items: map[InvoiceID]*item{}}
}

func (a *CurrentAccount) day(at time.Time) string { return at.In(a.zone).Format(time.DateOnly) }

// Invoice adds an issued invoice; endedAt is when it became void or
// uncollectible, if it is.
func (a *CurrentAccount) Invoice(i Invoice, endedAt time.Time) {
	it := &item{open: OpenItem{Number: i.Number, IssuedOn: i.IssuedOn, DueOn: i.DueOn}, paid: i.PaidMinor, credited: i.CreditedMinor}
	it.lines = []StatementLine{{Date: i.IssuedOn, Kind: StatementInvoice, Document: i.Number, DueOn: i.DueOn, Minor: i.TotalMinor, at: i.CreatedAt}}
	if endedAt.IsZero() {
		endedAt = i.ChangedAt
	}
	switch i.State {
	case Void:
		it.lines = append(it.lines, StatementLine{
			Date: max(a.day(endedAt), i.IssuedOn), Kind: StatementVoid, Document: i.Number, Minor: -i.TotalMinor, at: endedAt,
		})
	case Uncollectible:
		it.givenUp = a.day(endedAt)
	}
	a.items[i.ID] = it
	a.order = append(a.order, it)
}

// Credit adds an issued credit note. It fails with *UnevenError where its
// invoice is not known.
func (a *CurrentAccount) Credit(c CreditNote) error {
	it := a.items[c.Invoice]
	if it == nil {
		return &UnevenError{Number: c.Number, What: "facts", Facts: -c.TotalMinor}
	}
	it.lines = append(it.lines, StatementLine{
		Date: c.IssuedOn, Kind: StatementCredit, Document: c.Number, Corrects: it.open.Number, Minor: -c.TotalMinor, at: c.DecidedAt,
	})
	return nil
}

// Payment adds a payment, a refund, or the way back of either, on the day it
// was booked: what was stated for an earlier period so stays true.
func (a *CurrentAccount) Payment(p Payment) error {
	it := a.items[p.Invoice]
	if it == nil {
		return &UnevenError{Number: string(p.ID), What: "facts", Facts: -p.Amount.Minor}
	}
	kind := StatementPayment
	switch {
	case p.Reverses != "":
		kind = StatementReversed
	case p.Amount.Minor < 0:
		kind = StatementRefund
	}
	it.lines = append(it.lines, StatementLine{
		Date: a.day(p.RecordedAt), Kind: kind, Document: it.open.Number, Method: p.Method, Reference: p.Reference, ReceivedOn: p.ReceivedOn,
		Minor: -p.Amount.Minor, at: p.RecordedAt,
	})
	return nil
}

// Dispute adds a dispute. It moves no balance.
func (a *CurrentAccount) Dispute(d Dispute) {
	it := a.items[d.Invoice]
	if it == nil {
		return
	}
	s := span{from: a.day(d.OpenedAt), minor: d.Amount.Minor}
	if !d.State.Live() {
		s.until = a.day(d.ChangedAt)
	}
	it.disputes = append(it.disputes, s)
}

// Statement draws the account over the days from and to, both inclusive; from
// empty begins with the first fact. It fails with *UnevenError where an
// invoice's amounts are not the sum of its facts, and with money.ErrOverflow.
func (a *CurrentAccount) Statement(from, to string) (Statement, error) {
	s := Statement{From: from, To: to}
	var lines []StatementLine
	for _, it := range a.order {
		if err := it.even(); err != nil {
			return s, err
		}
		lines = append(lines, it.lines...)
		if o := it.at(to); o.OpenMinor != 0 {
			s.Open = append(s.Open, o)
		}
	}
	slices.SortStableFunc(lines, func(x, y StatementLine) int {
		return cmp.Or(cmp.Compare(x.Date, y.Date), x.at.Compare(y.at), cmp.Compare(x.Document, y.Document))
	})
	slices.SortStableFunc(s.Open, func(x, y OpenItem) int {
		return cmp.Or(cmp.Compare(x.DueOn, y.DueOn), cmp.Compare(x.Number, y.Number))
	})
	return s, s.draw(lines)
}

// draw sums the balance over all facts up to the last day and keeps those of
// the period.
func (s *Statement) draw(lines []StatementLine) (err error) {
	if s.From == "" {
		s.From = s.To
		if len(lines) > 0 {
			s.From = min(lines[0].Date, s.To)
		}
	}
	for _, l := range lines {
		if l.Date > s.To {
			break
		}
		if s.Closing, err = money.Add(s.Closing, l.Minor); err != nil {
			return err
		}
		if l.Date < s.From {
			s.Opening = s.Closing
			continue
		}
		l.Balance = s.Closing
		s.Lines = append(s.Lines, l)
	}
	return nil
}

// even compares the facts with the amounts of the invoice itself.
func (it *item) even() error {
	var paid, credited int64
	for _, l := range it.lines {
		switch l.Kind {
		case StatementPayment, StatementRefund, StatementReversed:
			paid -= l.Minor
		case StatementCredit:
			credited -= l.Minor
		}
	}
	if paid != it.paid {
		return &UnevenError{Number: it.open.Number, What: "payments", Facts: paid, Booked: it.paid}
	}
	if credited != it.credited {
		return &UnevenError{Number: it.open.Number, What: "credit notes", Facts: credited, Booked: it.credited}
	}
	return nil
}

// at is the item as it stood at the end of a day.
func (it *item) at(day string) OpenItem {
	o := it.open
	o.GivenUp = it.givenUp != "" && it.givenUp <= day
	for _, l := range it.lines {
		if l.Date <= day {
			o.OpenMinor += l.Minor
		}
	}
	for _, d := range it.disputes {
		if d.from <= day && (d.until == "" || d.until > day) {
			o.DisputedMinor += d.minor
		}
	}
	due, err1 := time.Parse(time.DateOnly, o.DueOn)
	today, err2 := time.Parse(time.DateOnly, day)
	if err1 == nil && err2 == nil {
		o.DaysLate = max(0, int(today.Sub(due)/(24*time.Hour)))
	}
	return o
}
