// Package closing closes the months of an organisation's book: first softly,
// so that later events post in the next month while accruals still post here,
// then for good, with sums and a digest of every entry.
//
// It promises that months close in order and never open again, that a closed
// month takes nothing (the database refuses), that what was used and not
// invoiced is listed, and what had no price accrued and taken back on the first
// day of the next month. It does not change any entry and keeps nobody from
// recording a usage: its date stays, its posting goes to the first open month.
package closing

import (
	"context"
	"time"

	"trueward/internal/adapter/store"
	"trueward/internal/domain/access"
	"trueward/internal/domain/audit"
	"trueward/internal/domain/billing"
	"trueward/internal/fault"
)

// Desk closes periods.
type Desk struct{ Store *store.Store }

// Book is an organisation's own: who closes it.
type Book struct {
	Organisation access.OrganisationID
	Kind         access.OrganisationKind
}

// Own returns the book of an actor's organisation.
func Own(actor access.Actor) Book { return Book{actor.Organisation, actor.Kind} }

// Status is what an organisation's book looks like.
type Status struct {
	Books   store.Books
	Zone    *time.Location
	Current billing.Month    // of now, in the book's calendar
	Months  []billing.Period // newest first; open ones have no sums
	Next    billing.Month    // the month to close next; empty when none holds entries
	ByMonth map[billing.Month]int64
}

// Status returns the months of a book that hold entries or were closed.
func (d *Desk) Status(ctx context.Context, scope access.Scope, book Book) (Status, error) {
	q := d.Store.Read(ctx, scope)
	s := Status{ByMonth: map[billing.Month]int64{}}
	var err error
	if s.Books, err = q.Books(book.Organisation); err != nil {
		return s, err
	}
	if s.Zone, err = q.BooksZone(book.Organisation); err != nil {
		return s, err
	}
	s.Current = billing.MonthOf(d.Store.Now(), s.Zone)
	periods, err := q.Periods(book.Organisation)
	if err != nil {
		return s, err
	}
	months, err := q.Months(book.Organisation, book.Kind, "")
	if err != nil {
		return s, err
	}
	known := map[billing.Month]bool{}
	for _, p := range periods {
		known[p.Month] = true
	}
	for n := len(months) - 1; n >= 0; n-- {
		m := months[n]
		s.ByMonth[m.Month] = m.Entries
		if !known[m.Month] {
			s.Months = append(s.Months, billing.Period{Organisation: book.Organisation, Month: m.Month, State: billing.PeriodOpen, Entries: m.Entries})
		}
	}
	s.Months = append(s.Months, periods...)
	for _, m := range months {
		if m.Month > s.Books.ClosedThrough {
			s.Next = m.Month
			break
		}
	}
	return s, nil
}

// SoftClose lets later events of a month post in the next one. Refusals:
// Forbidden, Invalid (month), Conflict (not over, an earlier one is open, or
// closed already).
func (d *Desk) SoftClose(ctx context.Context, cmd store.Command, book Book, month billing.Month) (billing.Month, error) {
	if err := d.may(ctx, cmd.Actor, book, month); err != nil {
		return "", err
	}
	return store.Once(ctx, d.Store, cmd, func(tx *store.Tx) (billing.Month, error) {
		books, err := tx.Books(book.Organisation)
		if err != nil {
			return "", err
		}
		if month <= books.ClosedThrough || books.OpenFrom > month {
			return "", fault.Newf(fault.Conflict, "%s is soft closed or closed already.", month.Word())
		}
		if err := tx.AddPeriod(book.Organisation, month); err != nil {
			return "", err
		}
		books.OpenFrom = month.Next()
		tx.Audit(audit.Change{
			Chain: audit.OrganisationChain(string(book.Organisation)), Action: "period.soft_closed", Kind: "period", Object: string(month),
		})
		return month, tx.SaveBooks(books)
	})
}

// Close ends a month for good. A crash in between leaves a month that takes no
// posting and has no sums yet; closing it again completes it. Refusals:
// Forbidden, Conflict (not soft closed, or closed already).
func (d *Desk) Close(ctx context.Context, cmd store.Command, book Book, month billing.Month) (billing.Period, error) {
	if err := d.may(ctx, cmd.Actor, book, month); err != nil {
		return billing.Period{}, err
	}
	if err := d.list(ctx, cmd.Actor, book, month); err != nil {
		return billing.Period{}, err
	}
	err := d.Store.Write(ctx, cmd.Actor, func(tx *store.Tx) error { return seal(tx, book, month) })
	if err != nil {
		return billing.Period{}, err
	}
	// Nothing posts in the month from here on, so it is read outside of any write.
	p, err := d.sums(ctx, book, month)
	if err != nil {
		return p, err
	}
	return store.Once(ctx, d.Store, cmd, func(tx *store.Tx) (billing.Period, error) {
		tx.Audit(audit.Change{
			Chain: audit.OrganisationChain(string(book.Organisation)), Action: "period.closed", Kind: "period", Object: string(month),
			New: map[string]string{"sha256": p.SHA256}, Evidence: p.SHA256,
		})
		return p, tx.ClosePeriod(p)
	})
}

// part is how many lines one write of the list takes.
const part = 20_000

// list writes down what was used and not invoiced, part by part: the month is
// soft closed, and a crash leaves a list that the next try completes.
func (d *Desk) list(ctx context.Context, actor access.Actor, book Book, month billing.Month) error {
	for after := ""; ; {
		next := "" // the closure may run again, from the same place
		err := d.Store.Write(ctx, actor, func(tx *store.Tx) error {
			books, err := tx.Books(book.Organisation)
			if err != nil {
				return err
			}
			if books.OpenFrom <= month {
				return fault.Newf(fault.Conflict, "Soft close %s first.", month.Word())
			}
			zone, err := tx.BooksZone(book.Organisation)
			if err != nil {
				return err
			}
			tx.Audit(audit.Change{
				Chain: audit.OrganisationChain(string(book.Organisation)), Action: "period.accruals_listed", Kind: "period", Object: string(month),
			})
			next, err = tx.AddAccruals(book.Organisation, book.Kind, month, month.Next().Begins(zone), after, part)
			return err
		})
		if err != nil || next == "" {
			return err
		}
		after = next
	}
}

// seal posts the accruals and shuts the month.
func seal(tx *store.Tx, book Book, month billing.Month) error {
	books, err := tx.Books(book.Organisation)
	if err != nil {
		return err
	}
	if books.OpenFrom <= month {
		return fault.Newf(fault.Conflict, "Soft close %s first.", month.Word())
	}
	tx.Audit(audit.Change{
		Chain: audit.OrganisationChain(string(book.Organisation)), Action: "period.sealed", Kind: "period", Object: string(month),
	})
	if books.ClosedThrough >= month {
		return nil // sealed before; its sums are still to come
	}
	if err := accrue(tx, book, month); err != nil {
		return err
	}
	books.ClosedThrough = month
	return tx.SaveBooks(books)
}

// accrue posts what had no price, and its way back on the first day after.
func accrue(tx *store.Tx, book Book, month billing.Month) error {
	zone, err := tx.BooksZone(book.Organisation)
	if err != nil {
		return err
	}
	first := month.Next().Begins(zone)
	sums, err := tx.Unbounded().Accruals(book.Organisation, month)
	if err != nil {
		return err
	}
	side := billing.HospitalBook
	if book.Kind == access.Vendor {
		side = billing.VendorBook
	}
	var entries []billing.Entry
	for _, s := range sums {
		e, any := s.Entry(side, month, first.Add(-time.Microsecond))
		if s.Basis != billing.LastKnown || !any {
			continue
		}
		e = tx.Reserve(e)
		back := e.Reverse(billing.AccrualReversalEntry, e.SourceKind, e.SourceID, first)
		back.Period = month.Next()
		entries = append(entries, e, back)
	}
	return tx.PostNew(entries)
}

func (d *Desk) sums(ctx context.Context, book Book, month billing.Month) (billing.Period, error) {
	q := d.Store.Read(ctx, access.Everything())
	p := billing.Period{Organisation: book.Organisation, Month: month, State: billing.PeriodClosed}
	var err error
	if p.Sums, err = q.PeriodSums(book.Organisation, book.Kind, month); err != nil {
		return p, err
	}
	p.SHA256, p.Entries, err = q.PeriodDigest(book.Organisation, book.Kind, month)
	return p, err
}

// may refuses whoever may not close this book, a month that is not over, and
// one whose predecessor is open.
func (d *Desk) may(ctx context.Context, actor access.Actor, book Book, month billing.Month) error {
	if !actor.May(access.CloseBooks) || !actor.IsSystem() && actor.Organisation != book.Organisation {
		return fault.New(fault.Forbidden, "A month is closed by finance, or by the vendor's office, for their own book.")
	}
	if _, err := billing.ParseMonth(string(month)); err != nil {
		return err
	}
	s, err := d.Status(ctx, access.Everything(), book)
	switch {
	case err != nil:
		return err
	case month >= s.Current:
		return fault.Newf(fault.Conflict, "%s is not over yet in the calendar of this book (%s).", month.Word(), s.Zone)
	case s.Next != "" && s.Next < month:
		return fault.Newf(fault.Conflict, "%s is still open. Close it first.", s.Next.Word())
	}
	for _, p := range s.Months {
		if p.Month == month && p.State == billing.PeriodClosed {
			return fault.Newf(fault.Conflict, "%s is closed already.", month.Word())
		}
	}
	return nil
}
