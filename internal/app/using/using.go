// Package using records what becomes of units: taken out, used on a case,
// wasted, put back, and all of it taken back or corrected.
//
// It promises that a fact is never refused, only the silence about it: a
// stopped unit is used with a reason and a second person, and an incident
// where it matters. Of two people who use one unit exactly one does; the other
// is told who and when. Stock, usage, title, money and audit are one
// transaction. No patient stands anywhere here.
package using

import (
	"context"
	"io"
	"slices"
	"strings"
	"time"

	"trueward/internal/adapter/store"
	"trueward/internal/domain/access"
	"trueward/internal/domain/audit"
	"trueward/internal/domain/authentic"
	"trueward/internal/domain/catalog"
	"trueward/internal/domain/consign"
	"trueward/internal/domain/custody"
	"trueward/internal/domain/usage"
	"trueward/internal/fault"
	"trueward/internal/standard/civil"
)

// Billing lets money follow a usage in the usage's own transaction.
type Billing interface {
	Charge(tx *store.Tx, u usage.Usage) error
	Reverse(tx *store.Tx, u usage.Usage, reason string) error
}

// SecondPerson proves that somebody else stands beside the one who acts.
type SecondPerson interface {
	// Confirm returns who has that email and password, or refuses.
	Confirm(ctx context.Context, email, password, address string) (access.Actor, error)
}

// Desk records usages.
type Desk struct {
	Store   *store.Store
	Billing Billing
	Second  SecondPerson
	Random  io.Reader // of pseudonyms
}

// subject is a unit with everything a decision about it needs.
type subject struct {
	unit        custody.Unit
	product     catalog.Product
	version     consign.Version
	zone        *time.Location
	disposition custody.Disposition
	unproven    bool // the product wants more of its tag than was shown
}

// load reads a unit of the actor's scope and judges it.
func load(tx *store.Tx, id custody.UnitID) (subject, error) {
	var s subject
	var err error
	if s.unit, err = tx.Unit(id); err != nil {
		return s, err
	}
	all := tx.Unbounded() // the vendor's side of the fact: product, terms, holds
	if s.product, err = all.Product(s.unit.Product); err != nil {
		return s, err
	}
	if s.version, err = all.VersionFor(s.unit.Agreement, tx.Now()); err != nil {
		return s, err
	}
	site, err := all.Site(s.unit.Site)
	if err != nil {
		return s, err
	}
	if s.zone, err = civil.Zone(site.TimeZone); err != nil {
		s.zone = time.UTC
	}
	holds, err := all.LiveHolds(id)
	if err != nil {
		return s, err
	}
	s.disposition = custody.Judge(s.unit, holds[id], custody.Circumstances{Product: s.product, Now: tx.Now(), Zone: s.zone})
	return s, nil
}

// mayWork refuses whoever may not work on cases at a site.
func mayWork(actor access.Actor, site access.SiteID) error {
	if actor.MayAt(access.WorkCase, site) {
		return nil
	}
	return fault.New(fault.Forbidden, "Working on a case needs the nurse role at this site.")
}

// openCase returns a case that can take usages: the one named or, without a
// name, the one the actor has open.
func openCase(tx *store.Tx, id usage.CaseID) (usage.Case, error) {
	c, err := findCase(tx, id)
	switch {
	case err != nil:
		return c, err
	case c.State != usage.CaseOpen:
		return c, fault.Newf(fault.Conflict, "Case %s is closed. Open another case, or correct a usage of this one.", c.Pseudonym)
	}
	return c, mayWork(tx.Actor(), c.Site)
}

func findCase(tx *store.Tx, id usage.CaseID) (usage.Case, error) {
	if id != "" {
		return tx.Case(id)
	}
	c, open, err := tx.OpenCase(tx.Actor().Person)
	if err == nil && !open {
		err = fault.New(fault.Conflict, "You have no case open. Open one, then scan again.")
	}
	return c, err
}

// sameHospital refuses to use one hospital's unit on another's case.
func (s subject) sameHospital(c usage.Case) error {
	if s.unit.Hospital != c.Hospital {
		return fault.New(fault.NotFound, "There is no such unit, or it is not yours to see.")
	}
	return nil
}

// facts lists what happens to a unit in an event, with the title that passes
// by the agreement: whole before consumption, with the consumed part after.
func (s subject) facts(events ...custody.Fact) []custody.Fact {
	owner := s.unit.Owner
	var out []custody.Fact
	for _, f := range events {
		f.AgreementVersion = s.version.ID
		out = append(out, f)
		if owner != s.unit.Vendor || !custody.TitlePassesAt(f.Kind, s.version.TitleEvent) {
			continue
		}
		owner = s.unit.Hospital
		title := custody.Fact{
			Kind: custody.TitlePassed, Owner: owner, AgreementVersion: s.version.ID, Case: f.Case, FactAt: f.FactAt,
			Reason: "title passes when " + string(s.version.TitleEvent),
		}
		if f.Kind.Consumes() {
			title.Part, title.Quantity = consumedState(f.Kind), f.Quantity
		}
		out = append(out, title)
	}
	return out
}

func consumedState(k custody.Kind) custody.State {
	if k == custody.Discarded {
		return custody.Wasted
	}
	return custody.Used
}

// note audits a change of a unit and wakes the pages that show it.
func note(tx *store.Tx, before, after custody.Unit, action, reason string, extra map[string]string) {
	values := func(u custody.Unit) map[string]string {
		return map[string]string{"state": string(u.State), "place": string(u.Place), "owner": string(u.Owner)}
	}
	now := values(after)
	for k, v := range extra {
		if v != "" {
			now[k] = v
		}
	}
	tx.Audit(audit.Change{
		Chain: audit.SiteChain(string(after.Site)), Action: action, Kind: "unit", Object: string(after.ID),
		Old: values(before), New: now, Reason: reason,
	})
	tx.Announce(store.Event{Kind: "unit", Subject: string(after.ID), HospitalID: string(after.Hospital), VendorID: string(after.Vendor)})
}

// touchCase wakes the pages that show a case; vendors' pages do not.
func touchCase(tx *store.Tx, c usage.Case) {
	tx.Announce(store.Event{Kind: "case", Subject: string(c.ID), HospitalID: string(c.Hospital)})
}

// cleanReason trims what a person wrote and bounds it.
func cleanReason(reason string) (string, error) {
	reason = strings.TrimSpace(reason)
	if len(reason) > 500 {
		return "", fault.At("reason", "A reason has at most 500 characters.")
	}
	return reason, nil
}

// lastOf returns the index of the last movement of a kind, -1 for none.
func lastOf(movements []custody.Movement, kind custody.Kind) int {
	for i, m := range slices.Backward(movements) {
		if m.Kind == kind {
			return i
		}
	}
	return -1
}

// strongest returns the check with which a unit goes into a usage.
func strongest(scan usage.Scan, waiting bool) (authentic.Verdict, string) {
	if !waiting {
		return authentic.Verdict{Level: authentic.Identified}, ""
	}
	return scan.Verdict, scan.Tap
}
