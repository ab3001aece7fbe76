package receiving

import (
	"context"
	"fmt"
	"strings"

	"trueward/internal/adapter/store"
	"trueward/internal/domain/access"
	"trueward/internal/domain/audit"
	"trueward/internal/domain/consign"
	"trueward/internal/domain/custody"
	"trueward/internal/fault"
)

// Notice is a ship notice as a vendor enters it.
type Notice struct {
	Agreement consign.AgreementID
	Site      access.SiteID
	Number    string
	DueOn     string // YYYY-MM-DD, may be empty
	Units     []UnitInput
}

func (in Notice) check() error {
	var refused fault.Refusals
	if in.Agreement == "" {
		refused.At("agreement", "Choose the agreement under which the units are lent.")
	}
	if in.Site == "" {
		refused.At("site", "Choose the site the units go to.")
	}
	if in.Number == "" || len(in.Number) > 60 {
		refused.At("number", "Enter the number of the ship notice, at most 60 characters.")
	}
	if _, ok := custody.ParseDate(in.DueOn); in.DueOn != "" && !ok {
		refused.At("due_on", "Enter the day of arrival as a date, or leave it empty.")
	}
	return refused.Err()
}

// Notify sends a ship notice: its units are expected at the site from then on,
// owned and held by their vendor. The site's place "in transit" is made when it
// has none.
func (d *Desk) Notify(ctx context.Context, cmd store.Command, in Notice) (string, error) {
	in.Number = strings.TrimSpace(in.Number)
	switch {
	case cmd.Actor.Kind != access.Vendor || !cmd.Actor.May(access.AnnounceStock):
		return "", fault.New(fault.Forbidden, "Ship notices are sent by the vendor.")
	}
	if err := in.check(); err != nil {
		return "", err
	}
	if err := checkUnits(in.Units); err != nil {
		return "", err
	}
	return store.Once(ctx, d.Store, cmd, func(tx *store.Tx) (string, error) { return d.notify(tx, in) })
}

func (d *Desk) notify(tx *store.Tx, in Notice) (string, error) {
	v, err := inForce(tx, in.Agreement, tx.Now())
	if err != nil {
		return "", err
	}
	site, err := tx.Site(in.Site)
	switch {
	case err != nil:
		return "", err
	case v.Vendor != tx.Actor().Organisation:
		return "", fault.New(fault.NotFound, "There is no such agreement, or it is not yours to see.")
	case site.Hospital != v.Hospital:
		return "", fault.At("site", "This site is another hospital's. Choose a site of the agreement's hospital.")
	}
	if err := known(tx, v, in.Units); err != nil {
		return "", err
	}
	transit, err := transitAt(tx, site)
	if err != nil {
		return "", err
	}
	units, err := d.createAll(tx, in.Units, v, transit, v.Vendor, custody.Fact{Kind: custody.Announced, Reason: in.Number})
	if err != nil {
		return "", err
	}
	n := store.ShipNotice{Vendor: v.Vendor, Hospital: v.Hospital, Site: site.ID, Agreement: v.Agreement, Number: in.Number, DueOn: in.DueOn}
	if n.ID, err = tx.AddShipNotice(n, units); err != nil {
		return "", err
	}
	noteNotice(tx, n, "ship_notice.announced", fmt.Sprint(len(units)))
	return n.ID, nil
}

// known refuses units that are not of the vendor's catalogue or lack what
// their label carries, each with its line.
func known(tx *store.Tx, v consign.Version, units []UnitInput) error {
	var refused fault.Refusals
	products := shelfOfProducts{}
	seen := map[string]int{}
	for i, in := range units {
		p, _, err := products.find(tx, in.DI)
		switch {
		case fault.Is(err, fault.NotFound) || err == nil && p.Vendor != v.Vendor:
			refused.At("units", fmt.Sprintf("Unit %d: product %s is not in your catalogue. Add it first.", i+1, in.DI))
			continue
		case err != nil:
			return err
		}
		if missing := p.Needs.Missing(in.Lot, in.Serial, in.Expiry); len(missing) > 0 {
			refused.At("units", fmt.Sprintf("Unit %d: the label of %s carries a %s. Enter it.", i+1, p.Name, strings.Join(missing, " and a ")))
		}
		if in.Serial == "" {
			continue
		}
		if first := seen[in.DI+" "+in.Serial]; first > 0 {
			refused.At("units", fmt.Sprintf("Unit %d: unit %d has the same serial number.", i+1, first))
		}
		seen[in.DI+" "+in.Serial] = i + 1
		if _, err := tx.Unbounded().UnitBySerial(in.DI, in.Serial); err == nil {
			refused.At("units", fmt.Sprintf("Unit %d: this serial number is on record already.", i+1))
		} else if !fault.Is(err, fault.NotFound) {
			return err
		}
	}
	return refused.Err()
}

// transitAt is the place of a site where units are on their way to it.
func transitAt(tx *store.Tx, site custody.Site) (custody.Place, error) {
	places, err := tx.Unbounded().Places(site.ID)
	if err != nil {
		return custody.Place{}, err
	}
	for _, p := range places {
		if p.Kind == custody.Transit {
			return p, nil
		}
	}
	p := custody.Place{Hospital: site.Hospital, Site: site.ID, Name: "In transit", Kind: custody.Transit}
	p.ID, err = tx.CreatePlace(p)
	tx.Audit(audit.Change{
		Chain: audit.SiteChain(string(site.ID)), Action: "place.created", Kind: "place", Object: string(p.ID),
		New: map[string]string{"name": p.Name, "kind": string(p.Kind)},
	})
	return p, err
}

func noteNotice(tx *store.Tx, n store.ShipNotice, action, units string) {
	tx.Audit(audit.Change{
		Chain: audit.SiteChain(string(n.Site)), Action: action, Kind: "ship_notice", Object: n.ID,
		New: map[string]string{"number": n.Number, "units": units},
	})
	tx.Announce(store.Event{Kind: "ship_notice", Subject: n.ID, HospitalID: string(n.Hospital), VendorID: string(n.Vendor)})
}
