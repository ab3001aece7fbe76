package sample

import (
	"fmt"

	"trueward/internal/adapter/store"
	"trueward/internal/app/agreeing"
	"trueward/internal/domain/audit"
	"trueward/internal/domain/custody"
	"trueward/internal/domain/usage"
	"trueward/internal/standard/civil"
)

// deliver writes the ship notice under which units are on their way, for
// ship notices that are not complete today.
func (l *loader) deliver(s *shelf, number int, units []custody.UnitID) error {
	return l.write(func(tx *store.Tx) error {
		site, err := tx.Site(l.sites[s.site])
		if err != nil {
			return err
		}
		n := store.ShipNotice{
			Vendor: l.organisations[s.vendor], Hospital: site.Hospital, Site: site.ID, Agreement: l.agreements[s.agreement],
			Number: fmt.Sprintf("SN-%s-%d", s.agreement, number), DueOn: civil.Of(l.Until).String(),
		}
		id, err := tx.AddShipNotice(n, units)
		tx.Audit(audit.Change{
			Chain: audit.SiteChain(string(site.ID)), Action: "ship_notice.announced", Kind: "ship_notice", Object: id,
			New: map[string]string{"number": n.Number, "units": fmt.Sprint(len(units))}, Reason: "sample data",
		})
		return err
	})
}

// propose has Norvane propose the next version of its agreement with St.
// Brannoc's, which waits for a decision today.
func (l *loader) propose() error {
	q := l.Store.Read(l.ctx, l.actors["ines@norvane.example"].Scope())
	v, err := q.LatestVersion(l.agreements["A-12"])
	if err != nil {
		return err
	}
	hospital, err := q.Organisation(v.Hospital)
	if err != nil {
		return err
	}
	terms := v.Terms
	terms.PaymentDays = 21
	_, err = (&agreeing.Desk{Store: l.Store}).Propose(l.ctx, l.command("ines@norvane.example"), agreeing.Draft{
		Hospital: hospital.Name, Number: v.Number, StartsOn: civil.Of(l.Until.AddDate(0, 1, 0)).String(), Terms: terms,
		Wording: "As spoken about at the quarterly meeting: 21 days to pay from the first of the new period.",
	})
	return err
}

// incident records that a unit was used in spite of its recall, for materials
// to settle.
func (l *loader) incident() error {
	q := l.Store.Read(l.ctx, l.actors["maria@brannoc.example"].Scope())
	used, err := q.Units(store.UnitFilter{States: []custody.State{custody.Used}, Site: l.sites["harbour"]}, store.Page{Limit: 1})
	if err != nil || len(used.Rows) == 0 {
		return err
	}
	u := used.Rows[0].Unit
	return l.write(func(tx *store.Tx) error {
		id, err := tx.OpenIncident(usage.Incident{
			Hospital: u.Hospital, Site: u.Site, Vendor: u.Vendor, Unit: u.ID, Kind: "recall",
			Sentence: "A unit of this lot was used before its recall reached the ward.",
		})
		tx.Audit(audit.Change{
			Chain: audit.SiteChain(string(u.Site)), Action: "incident.opened", Kind: "incident", Object: string(id), Reason: "sample data",
		})
		return err
	})
}
