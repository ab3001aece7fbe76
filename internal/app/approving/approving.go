// Package approving keeps who may approve how much, and ends invoices that will
// not be paid. Ending takes two people: one asks, another decides within their
// limit.
//
// It promises that nobody approves what they priced or booked money for, that
// a delegation never goes to oneself nor beyond the delegator's own limit, and
// that every approval is on record with the amount. It does not issue anything.
package approving

import (
	"context"
	"strings"
	"time"

	"trueward/internal/adapter/store"
	"trueward/internal/domain/access"
	"trueward/internal/domain/audit"
	"trueward/internal/domain/billing"
	"trueward/internal/fault"
	"trueward/internal/standard/money"
)

// Desk keeps limits and ends invoices.
type Desk struct{ Store *store.Store }

// LimitInput sets a person's limit. Amount is as people write it ("5,000.00").
type LimitInput struct {
	Person   access.PersonID
	Amount   string
	Currency string
}

// SetLimit sets up to which amount somebody of the own organisation approves.
// From the first limit on, nobody without one approves anything. Refusals:
// Forbidden (only administrators, and not for themselves), NotFound, Invalid.
func (d *Desk) SetLimit(ctx context.Context, cmd store.Command, in LimitInput) (access.PersonID, error) {
	switch {
	case !cmd.Actor.May(access.ManagePeople):
		return "", fault.New(fault.Forbidden, "Approval limits are set by the organisation's administrator.")
	case in.Person == cmd.Actor.Person:
		return "", fault.New(fault.Forbidden, "Nobody sets their own limit. Ask another administrator.")
	}
	amount, err := money.Parse(in.Amount, in.Currency, "en")
	if err != nil || amount.Minor < 0 {
		return "", fault.At("amount", "Enter the limit in "+in.Currency+" as a number, such as 5,000.00.")
	}
	return store.Once(ctx, d.Store, cmd, func(tx *store.Tx) (access.PersonID, error) {
		if err := tx.RequireProof(); err != nil {
			return "", err
		}
		person, err := tx.Person(in.Person)
		if err != nil {
			return "", err
		}
		tx.Audit(audit.Change{
			Chain: audit.OrganisationChain(string(person.Organisation)), Action: "limit.set", Kind: "person", Object: string(person.ID),
			New: map[string]string{"limit": amount.String()},
		})
		return person.ID, tx.SetLimit(billing.Limit{Organisation: person.Organisation, Person: person.ID, Amount: amount})
	})
}

// DelegateInput lends one's right to approve. Days are YYYY-MM-DD; the last one
// is included.
type DelegateInput struct {
	To               access.PersonID
	Amount, Currency string
	From, Until      string
	Reason           string
}

// Delegate lets a colleague approve in one's stead. Refusals: Forbidden,
// NotFound, Invalid (oneself, amount, days, reason).
func (d *Desk) Delegate(ctx context.Context, cmd store.Command, in DelegateInput) (string, error) {
	if !cmd.Actor.May(access.FreezeInvoices) {
		return "", fault.New(fault.Forbidden, "Only who approves can delegate it.")
	}
	return store.Once(ctx, d.Store, cmd, func(tx *store.Tx) (string, error) {
		delegation, err := in.read(cmd.Actor, tx.Now())
		if err != nil {
			return "", err
		}
		to, err := tx.Person(in.To)
		if err != nil {
			return "", err
		}
		if to.Organisation != cmd.Actor.Organisation || to.Disabled() {
			return "", fault.At("to", "Choose somebody of your organisation who may sign in.")
		}
		id, err := tx.AddDelegation(delegation)
		tx.Audit(audit.Change{
			Chain: audit.OrganisationChain(string(cmd.Actor.Organisation)), Action: "approval.delegated", Kind: "person", Object: string(in.To),
			New:    map[string]string{"delegation": id, "limit": delegation.Limit.String(), "from": in.From, "until": in.Until},
			Reason: delegation.Reason,
		})
		return id, err
	})
}

func (in DelegateInput) read(actor access.Actor, now time.Time) (billing.Delegation, error) {
	d := billing.Delegation{Organisation: actor.Organisation, From: actor.Person, To: in.To, Reason: strings.TrimSpace(in.Reason)}
	var err error
	if d.Limit, err = money.Parse(in.Amount, in.Currency, "en"); err != nil {
		return d, fault.At("limit", "Enter up to which amount in "+in.Currency+", such as 5,000.00.")
	}
	if d.ValidFrom, err = time.Parse(time.DateOnly, in.From); err != nil {
		return d, fault.At("from", "Enter the first day, as 2026-10-31.")
	}
	last, err := time.Parse(time.DateOnly, in.Until)
	if err != nil {
		return d, fault.At("until", "Enter the last day, as 2026-10-31.")
	}
	d.ValidTo = last.AddDate(0, 0, 1)
	return d, d.Check(now)
}

// EndDelegation takes a delegation back. Refusals: Forbidden, NotFound, Conflict.
func (d *Desk) EndDelegation(ctx context.Context, cmd store.Command, id string) (string, error) {
	return store.Once(ctx, d.Store, cmd, func(tx *store.Tx) (string, error) {
		delegation, err := tx.Delegation(id)
		if err != nil {
			return "", err
		}
		if delegation.From != cmd.Actor.Person && !cmd.Actor.May(access.ManagePeople) {
			return "", fault.New(fault.Forbidden, "A delegation is ended by who gave it, or by an administrator.")
		}
		tx.Audit(audit.Change{
			Chain: audit.OrganisationChain(string(cmd.Actor.Organisation)), Action: "approval.delegation_ended", Kind: "person", Object: string(delegation.To),
			New: map[string]string{"delegation": id},
		})
		return id, tx.EndDelegation(id)
	})
}
