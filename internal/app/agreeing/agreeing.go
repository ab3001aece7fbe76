// Package agreeing brings a vendor and a hospital to terms: one side proposes,
// the other accepts or declines, and what both said yes to becomes a version
// that never changes.
//
// It promises that no version exists that only one side wanted, that the two
// who agreed are two people of two organisations, and that a new version rules
// from its start and never before. What prices beyond a discount off the list
// an agreement has stays as it is from one version to the next.
package agreeing

import (
	"context"
	"strings"
	"time"

	"trueward/internal/adapter/store"
	"trueward/internal/domain/access"
	"trueward/internal/domain/audit"
	"trueward/internal/domain/consign"
	"trueward/internal/domain/custody"
	"trueward/internal/fault"
	"trueward/internal/standard/civil"
)

// Desk brings two sides to terms.
type Desk struct {
	Store  *store.Store
	Prices Prices // may be nil: no usage is looked at again then
}

// Prices is told of a version that begins in the past. It changes no price, and
// proposes those that the version would make otherwise.
type Prices interface {
	Backdated(tx *store.Tx, v consign.Version) (int, error)
}

// Draft is a proposal as a vendor's office enters it.
type Draft struct {
	Hospital string // its name
	Number   string // of the agreement; one that exists gets a new version
	StartsOn string // YYYY-MM-DD
	Terms    consign.Terms
	Wording  string
}

func (in Draft) check() (civil.Date, fault.Refusals) {
	r := in.Terms.Check()
	starts, ok := custody.ParseDate(in.StartsOn)
	if !ok {
		r.At("starts_on", "Enter the day from which the terms hold.")
	}
	if in.Hospital == "" {
		r.At("hospital", "Enter the name of the hospital.")
	}
	if in.Number == "" || len(in.Number) > 40 {
		r.At("number", "Enter the number of the agreement, at most 40 characters, such as NV-2027-01.")
	}
	if len(in.Wording) > 20_000 {
		r.At("wording", "The wording has at most 20,000 characters.")
	}
	return starts, r
}

func may(actor access.Actor, side access.OrganisationKind) error {
	if actor.Kind != side || !actor.May(access.Agree) {
		return fault.New(fault.Forbidden, "Terms are proposed by the vendor's office, and accepted by the hospital's finance or administrator.")
	}
	return nil
}

// Propose sends terms to a hospital.
func (d *Desk) Propose(ctx context.Context, cmd store.Command, in Draft) (consign.ProposalID, error) {
	if err := may(cmd.Actor, access.Vendor); err != nil {
		return "", err
	}
	in.Hospital, in.Number, in.Wording = strings.TrimSpace(in.Hospital), strings.TrimSpace(in.Number), strings.TrimSpace(in.Wording)
	starts, refused := in.check()
	if len(refused) > 0 {
		return "", refused.Err()
	}
	return store.Once(ctx, d.Store, cmd, func(tx *store.Tx) (consign.ProposalID, error) {
		hospital, known, err := tx.OrganisationNamed(access.Hospital, in.Hospital)
		switch {
		case err != nil:
			return "", err
		case !known:
			return "", fault.At("hospital", "There is no hospital of this name here. Ask it how it is called in Trueward.")
		}
		p := consign.Proposal{
			Vendor: cmd.Actor.Organisation, Hospital: hospital.ID, HospitalName: hospital.Name, Number: in.Number, StartsOn: starts, Terms: in.Terms, Wording: in.Wording,
		}
		own, err := tx.Organisation(p.Vendor)
		if err != nil {
			return "", err
		}
		p.VendorName = own.Name
		if err := refuseSecond(tx, p); err != nil {
			return "", err
		}
		if err := continues(tx, &p); err != nil {
			return "", err
		}
		id, err := tx.Propose(p)
		p.ID = id
		note(tx, p, "agreement.proposed", "")
		return id, err
	})
}

// refuseSecond refuses a proposal for a number that another one waits under;
// two at the same moment meet at the table's unique key.
func refuseSecond(tx *store.Tx, p consign.Proposal) error {
	waiting, err := tx.AgreementProposals(true)
	for _, w := range waiting {
		if w.Number == p.Number {
			return fault.At("number", "A proposal for this agreement waits for the hospital already. Withdraw it first.")
		}
	}
	return err
}

// continues finds the agreement that a proposal goes on with, if its number
// exists, and refuses a start that is not after the present version's.
func continues(tx *store.Tx, p *consign.Proposal) error {
	a, err := tx.AgreementNumbered(p.Vendor, p.Number)
	switch {
	case fault.Is(err, fault.NotFound):
		return nil
	case err != nil:
		return err
	case a.Hospital != p.Hospital:
		return fault.At("number", "This number is that of an agreement with another hospital. Choose another one.")
	}
	last, err := tx.LatestVersion(a.ID)
	if err != nil {
		return err
	}
	p.Agreement = a.ID
	p.Terms.Pricing = last.Pricing
	zone, err := tx.Queries.BooksZone(p.Hospital)
	if err != nil {
		return err
	}
	if !startOf(p.StartsOn, zone).After(last.ValidFrom) {
		return fault.At("starts_on", "The present version begins on that day or later. A new version begins after it.")
	}
	return nil
}

// Accept makes a version of a proposal. It is in force from its first day.
func (d *Desk) Accept(ctx context.Context, cmd store.Command, id consign.ProposalID) (consign.VersionID, error) {
	if err := may(cmd.Actor, access.Hospital); err != nil {
		return "", err
	}
	return store.Once(ctx, d.Store, cmd, func(tx *store.Tx) (consign.VersionID, error) {
		p, err := open(tx, id)
		if err != nil {
			return "", err
		}
		if p.ProposedBy == cmd.Actor.Person {
			return "", fault.New(fault.Forbidden, "Whoever proposed the terms does not accept them as well.")
		}
		if err := continues(tx, &p); err != nil {
			return "", err
		}
		version, err := d.publish(tx, &p)
		if err != nil {
			return "", err
		}
		return version, decide(tx, p, consign.Accepted, "")
	})
}

// publish writes the version that a proposal becomes.
func (d *Desk) publish(tx *store.Tx, p *consign.Proposal) (consign.VersionID, error) {
	zone, err := tx.Queries.BooksZone(p.Hospital)
	if err != nil {
		return "", err
	}
	v := consign.Version{Vendor: p.Vendor, Hospital: p.Hospital, Version: 1, ValidFrom: startOf(p.StartsOn, zone), Terms: p.Terms}
	var prices []consign.Price
	if p.Agreement == "" {
		p.Agreement, err = tx.CreateAgreement(consign.Agreement{Vendor: p.Vendor, Hospital: p.Hospital, Number: p.Number})
	} else {
		var last consign.Version
		if last, err = tx.LatestVersion(p.Agreement); err == nil {
			v.Version = last.Version + 1
			prices, err = tx.AgreementPrices(last.ID)
		}
	}
	if err != nil {
		return "", err
	}
	v.Agreement = p.Agreement
	if v.ID, err = tx.CreateVersion(v, p.Wording); err != nil {
		return "", err
	}
	if err := tx.AddAgreementPrices(v, prices); err != nil || d.Prices == nil {
		return v.ID, err
	}
	_, err = d.Prices.Backdated(tx, v)
	return v.ID, err
}

// Decline says no to a proposal, with the reason the vendor reads.
func (d *Desk) Decline(ctx context.Context, cmd store.Command, id consign.ProposalID, reason string) (consign.ProposalID, error) {
	if err := may(cmd.Actor, access.Hospital); err != nil {
		return "", err
	}
	if reason = strings.TrimSpace(reason); reason == "" {
		return "", fault.At("reason", "Say why, so that the vendor can propose something else.")
	}
	return d.end(ctx, cmd, id, consign.Declined, reason)
}

// Withdraw takes a proposal of the vendor's own back.
func (d *Desk) Withdraw(ctx context.Context, cmd store.Command, id consign.ProposalID) (consign.ProposalID, error) {
	if err := may(cmd.Actor, access.Vendor); err != nil {
		return "", err
	}
	return d.end(ctx, cmd, id, consign.Withdrawn, "")
}

func (d *Desk) end(ctx context.Context, cmd store.Command, id consign.ProposalID, to consign.ProposalState, reason string) (consign.ProposalID, error) {
	return store.Once(ctx, d.Store, cmd, func(tx *store.Tx) (consign.ProposalID, error) {
		p, err := open(tx, id)
		if err != nil {
			return "", err
		}
		return id, decide(tx, p, to, reason)
	})
}

func open(tx *store.Tx, id consign.ProposalID) (consign.Proposal, error) {
	p, err := tx.AgreementProposal(id)
	if err == nil && p.State != consign.Proposed {
		err = decided()
	}
	return p, err
}

func decided() error {
	return fault.New(fault.Conflict, "This proposal is decided already. Look at it again.")
}

func decide(tx *store.Tx, p consign.Proposal, to consign.ProposalState, reason string) error {
	first, err := tx.DecideProposal(p.ID, to, p.Agreement, reason)
	if err == nil && !first {
		err = decided()
	}
	note(tx, p, "agreement."+string(to), reason)
	return err
}

// note tells both sides' trails and wakes their pages.
func note(tx *store.Tx, p consign.Proposal, action, reason string) {
	for _, side := range []access.OrganisationID{p.Vendor, p.Hospital} {
		tx.Audit(audit.Change{
			Chain: audit.OrganisationChain(string(side)), Action: action, Kind: "proposal", Object: string(p.ID),
			New:    map[string]string{"number": p.Number, "starts_on": p.StartsOn.String(), "title_event": string(p.Terms.TitleEvent)},
			Reason: reason,
		})
	}
	tx.Announce(store.Event{Kind: "proposal", Subject: string(p.ID), HospitalID: string(p.Hospital), VendorID: string(p.Vendor)})
}

// startOf is the first instant of a day in a zone.
func startOf(d civil.Date, zone *time.Location) time.Time {
	return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, zone)
}
