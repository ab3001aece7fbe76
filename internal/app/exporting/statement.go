package exporting

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"trueward/internal/adapter/store"
	"trueward/internal/domain/access"
	"trueward/internal/domain/billing"
	"trueward/internal/fault"
	"trueward/internal/standard/civil"
	"trueward/internal/standard/money"
)

// mostAccount bounds how many invoices the account behind a statement holds.
const mostAccount = 100_000

// Statement states the account between the filter's two parties over its
// period; the side that is the actor's own needs not be named. A last day that
// is not over is today, in the hospital's calendar. Refusals: Forbidden,
// Invalid (parties, currency, dates), NotFound (nothing was ever issued between
// them), TooLarge, Internal (an invoice's amounts are not the sum of its
// payments and credit notes: nothing is stated that the books contradict).
func (d *Desk) Statement(ctx context.Context, actor access.Actor, f Filter) (billing.Statement, error) {
	if !actor.May(access.Export) {
		return billing.Statement{}, errForbidden
	}
	p, err := sides(actor, f)
	if err != nil {
		return billing.Statement{}, err
	}
	q := d.Store.Read(ctx, actor.Scope())
	currency, err := currencyOf(q, p, f.Currency)
	if err != nil {
		return billing.Statement{}, err
	}
	var s billing.Statement
	// Facts that are booked while they are read look like missing ones.
	for range 3 {
		s, err = d.drawn(q, p, currency, f)
		var uneven *billing.UnevenError
		if !errors.As(err, &uneven) {
			return s, err
		}
	}
	return s, fault.Wrap(fault.Internal, "The payments and credit notes of this account do not add up to its invoices. Tell an engineer to run the verification of the ledger.", err)
}

// sides are the two parties of a statement.
func sides(actor access.Actor, f Filter) (billing.Parties, error) {
	p := billing.Parties{Vendor: f.Vendor, Hospital: f.Hospital}
	switch {
	case actor.Kind == access.Vendor && p.Vendor == "":
		p.Vendor = actor.Organisation
	case actor.Kind == access.Hospital && p.Hospital == "":
		p.Hospital = actor.Organisation
	}
	if p.Vendor == "" || p.Hospital == "" {
		return p, fault.At("party", "A statement is between one vendor and one hospital. Choose the other side.")
	}
	return p, nil
}

func currencyOf(q store.Queries, p billing.Parties, asked money.Currency) (money.Currency, error) {
	known, err := q.AccountCurrencies(p)
	switch {
	case err != nil:
		return "", err
	case len(known) == 0:
		return "", fault.New(fault.NotFound, "No invoice was issued between these two yet.")
	case asked == "" && len(known) == 1:
		return known[0], nil
	case slices.Contains(known, asked):
		return asked, nil
	}
	codes := make([]string, len(known))
	for n, c := range known {
		codes[n] = string(c)
	}
	return "", fault.At("currency", "A statement is in one currency. Choose among: "+strings.Join(codes, ", ")+".")
}

// drawn reads the account and states it.
func (d *Desk) drawn(q store.Queries, p billing.Parties, c money.Currency, f Filter) (billing.Statement, error) {
	zone, err := calendar(q, p.Hospital)
	if err != nil {
		return billing.Statement{}, err
	}
	account, err := account(q, p, c, zone)
	if err != nil {
		return billing.Statement{}, err
	}
	to := civil.Of(d.Store.Now().In(zone)).String()
	if f.To != "" {
		to = min(f.To, to)
	}
	if f.From > to {
		return billing.Statement{}, fault.At("from", "This day is still to come. Begin with today or before.")
	}
	s, err := account.Statement(f.From, to)
	if err != nil {
		return s, err
	}
	s.Currency = c
	if s.Vendor, err = q.Organisation(p.Vendor); err == nil {
		s.Hospital, err = q.Organisation(p.Hospital)
	}
	return s, err
}

// calendar is that of the hospital's first site; UTC before it has one.
func calendar(q store.Queries, hospital access.OrganisationID) (*time.Location, error) {
	sites, err := q.Sites(hospital)
	if err != nil || len(sites) == 0 {
		return time.UTC, err
	}
	return civil.Zone(sites[0].TimeZone)
}

// account reads every fact between two parties in one currency.
func account(q store.Queries, p billing.Parties, c money.Currency, zone *time.Location) (*billing.CurrentAccount, error) {
	a, count := billing.NewCurrentAccount(zone), 0
	ended := map[billing.InvoiceID]time.Time{}
	for _, read := range []func() error{
		func() error {
			return q.AccountEnds(p, func(r billing.EndRequest) error {
				ended[r.Invoice] = r.DecidedAt
				return nil
			})
		},
		func() error {
			return q.AccountInvoices(p, c, func(i billing.Invoice) error {
				if count++; count > mostAccount {
					return fault.New(fault.TooLarge, "This account holds more invoices than a statement reads. Take the table of invoices instead.")
				}
				a.Invoice(i, ended[i.ID])
				return nil
			})
		},
		func() error { return q.AccountCredits(p, c, a.Credit) },
		func() error { return q.AccountPayments(p, c, a.Payment) },
		func() error {
			return q.AccountDisputes(p, c, func(x billing.Dispute) error {
				a.Dispute(x)
				return nil
			})
		},
	} {
		if err := read(); err != nil {
			return nil, err
		}
	}
	return a, nil
}

// state takes a statement as an export and keeps its bytes.
func (d *Desk) state(ctx context.Context, cmd store.Command, in Input) (string, error) {
	var refused fault.Refusals
	if in.Filter.Status != "" {
		refused.At("status", "A statement shows every issued document. Choose no status.")
	}
	if in.SinceLast {
		refused.At("since", "A statement is over a period. Give its first and last day instead.")
	}
	if err := refused.Err(); err != nil {
		return "", err
	}
	s, err := d.Statement(ctx, cmd.Actor, in.Filter)
	if err != nil {
		return "", err
	}
	// What is kept names everything, so that it reads the same for ever.
	in.Filter.Vendor, in.Filter.Hospital, in.Filter.Currency = s.Vendor.ID, s.Hospital.ID, s.Currency
	in.Filter.From, in.Filter.To = s.From, s.To
	var file bytes.Buffer
	if err := d.Writer.Statement(&file, in.Format, in.Filter.Columns, s); err != nil {
		return "", err
	}
	return store.Once(ctx, d.Store, cmd, func(tx *store.Tx) (string, error) {
		asOf := tx.Now()
		run, err := tx.AddExport(store.ExportRun{Format: string(in.Format), Filter: in.asked(), AsOf: asOf, Name: name(in, asOf), Bytes: file.Bytes()})
		tx.Audit(taken(cmd.Actor, run, in, s.Invoices()))
		return run.ID, err
	})
}
