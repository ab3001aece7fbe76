package tagging

import (
	"context"
	"fmt"
	"strings"
	"time"

	"trueward/internal/adapter/store"
	"trueward/internal/domain/access"
	"trueward/internal/domain/audit"
	"trueward/internal/domain/authentic"
	"trueward/internal/domain/catalog"
	"trueward/internal/domain/custody"
	"trueward/internal/fault"
	"trueward/internal/standard/gs1"
)

// MostJobs bounds a run: a roll of tags.
const MostJobs = 2000

// NewRun says what a run writes tags for: units on record that have none, or,
// when DI is set, units that are still to come, by their label.
type NewRun struct {
	Profile authentic.ProfileID
	Name    string

	// Of units on record: the first Count to expire.
	Product  catalog.ProductID // empty: any product of the profile's vendor
	Hospital access.OrganisationID
	Unit     custody.UnitID // this one alone
	Count    int

	// Of units to come.
	DI      string
	Lot     string
	Expiry  string
	Serials []string
}

// PlanRun plans a run and returns its id. Nothing is written before somebody
// starts it at a station.
func (d *Desk) PlanRun(ctx context.Context, cmd store.Command, in NewRun) (authentic.RunID, error) {
	if err := may(cmd.Actor); err != nil {
		return "", err
	}
	return store.Once(ctx, d.Store, cmd, func(tx *store.Tx) (authentic.RunID, error) {
		p, err := tx.Profile(in.Profile)
		if err != nil {
			return "", at("profile", err)
		}
		jobs, err := jobs(tx, p, in)
		if err != nil {
			return "", err
		}
		if err := bearable(p, jobs); err != nil {
			return "", err
		}
		run := authentic.Run{Vendor: p.Vendor, Profile: p.ID, Name: strings.TrimSpace(in.Name)}
		if run.Name == "" {
			run.Name = p.Name
		}
		if cmd.Actor.Kind == access.Hospital {
			run.Hospital = cmd.Actor.Organisation
		}
		id, err := tx.CreateRun(run, jobs)
		if err != nil {
			return "", err
		}
		tx.Audit(audit.Change{
			Chain: audit.OrganisationChain(string(cmd.Actor.Organisation)), Action: "run.planned", Kind: "run", Object: string(id),
			New: map[string]string{"profile": string(p.ID), "tags": fmt.Sprint(len(jobs))},
		})
		return id, nil
	})
}

// at hangs a refusal on the field that caused it.
func at(field string, err error) error {
	if fault.Is(err, fault.NotFound) {
		return fault.At(field, "Choose one of the list.")
	}
	return err
}

func jobs(tx *store.Tx, p authentic.Profile, in NewRun) ([]authentic.Job, error) {
	if in.DI != "" || len(in.Serials) > 0 {
		return jobsToCome(tx, p, in)
	}
	if in.Unit != "" {
		in.Count = 1
	}
	if in.Count < 1 || in.Count > MostJobs {
		return nil, fault.At("count", fmt.Sprintf("Give a number of tags from 1 to %d.", MostJobs))
	}
	if in.Unit != "" {
		return jobOfUnit(tx, p, in.Unit)
	}
	units, err := tx.UntaggedUnits(store.UnitFilter{Vendor: p.Vendor, Product: in.Product, Hospital: in.Hospital}, p.Technology, in.Count)
	if err != nil {
		return nil, err
	}
	if len(units) < in.Count {
		return nil, fault.At("count", fmt.Sprintf("Only %d units here have no tag of this kind. Plan for those, or for units to come.", len(units)))
	}
	out := make([]authentic.Job, len(units))
	for i, u := range units {
		out[i] = jobFor(u.Unit)
	}
	return out, nil
}

func jobFor(u custody.Unit) authentic.Job {
	return authentic.Job{
		Unit: string(u.ID), Hospital: u.Hospital, Label: authentic.Label{DI: u.DI, Lot: u.Lot, Serial: u.Serial, Expiry: u.Expiry},
	}
}

// jobOfUnit plans a tag for one unit, in place of the one it has: that is
// retired when the new one is bound.
func jobOfUnit(tx *store.Tx, p authentic.Profile, id custody.UnitID) ([]authentic.Job, error) {
	u, err := tx.Unit(id)
	switch {
	case err != nil:
		return nil, err
	case u.Vendor != p.Vendor:
		return nil, fault.At("profile", "This unit is another vendor's. Choose a profile of its own vendor.")
	case u.State.Terminal():
		return nil, fault.Newf(fault.Conflict, "This unit is %s; it gets no tag any more.", u.State.Word())
	}
	return []authentic.Job{jobFor(u)}, nil
}

// jobsToCome plans tags for units that are not on record yet; those that are
// take their unit at once.
func jobsToCome(tx *store.Tx, p authentic.Profile, in NewRun) ([]authentic.Job, error) {
	label, err := labelOf(tx.Queries, p.Vendor, authentic.Label{DI: in.DI, Lot: in.Lot, Expiry: in.Expiry})
	if err != nil {
		return nil, err
	}
	if len(in.Serials) < 1 || len(in.Serials) > MostJobs {
		return nil, fault.At("serials", fmt.Sprintf("Give from 1 to %d serial numbers, one a line.", MostJobs))
	}
	seen := map[string]bool{}
	var out []authentic.Job
	for _, serial := range in.Serials {
		if !printable("21", serial) {
			return nil, fault.At("serials", "A serial number has at most 20 letters, digits and signs of the GS1 set: "+shortened(serial)+" is none.")
		}
		if seen[serial] {
			return nil, fault.At("serials", "The serial number "+serial+" stands there twice.")
		}
		seen[serial] = true
		job := authentic.Job{Label: label}
		job.Label.Serial = serial
		u, err := tx.Unbounded().UnitBySerial(label.DI, serial)
		switch {
		case err == nil && (u.Lot != label.Lot || u.Expiry != label.Expiry):
			return nil, fault.At("serials", "The unit "+serial+" is on record with another lot or expiry date.")
		case err == nil:
			job.Unit, job.Hospital = string(u.ID), u.Hospital
		case !fault.Is(err, fault.NotFound):
			return nil, err
		}
		out = append(out, job)
	}
	return out, nil
}

// labelOf checks what stands on a product's label.
func labelOf(q store.Queries, vendor access.OrganisationID, l authentic.Label) (authentic.Label, error) {
	var wrong fault.Refusals
	product, _, err := q.ProductByDI(l.DI)
	switch {
	case fault.Is(err, fault.NotFound), err == nil && product.Vendor != vendor:
		wrong.At("di", "This product number is not in the vendor's catalogue.")
	case err != nil:
		return l, err
	case product.Needs.Lot && l.Lot == "":
		wrong.At("lot", "This product needs a lot number.")
	case product.Needs.Expiry && l.Expiry == "":
		wrong.At("expiry", "This product needs an expiry date.")
	}
	if l.Lot != "" && !printable("10", l.Lot) {
		wrong.At("lot", "A lot number has at most 20 letters, digits and signs of the GS1 set.")
	}
	if l.Expiry != "" {
		if _, err := time.Parse(time.DateOnly, l.Expiry); err != nil {
			wrong.At("expiry", "Give the date as YYYY-MM-DD.")
		}
	}
	return l, wrong.Err()
}

// printable reports whether a value can stand under an application identifier
// of a GS1 label beside a product number.
func printable(ai, value string) bool {
	_, err := gs1.New(gs1.Element{AI: "01", Value: "09506000134352"}, gs1.Element{AI: ai, Value: value})
	return err == nil
}

func shortened(text string) string {
	if runes := []rune(text); len(runes) > 24 {
		return string(runes[:24]) + "…"
	}
	return text
}

// Replan lets the failed tags of a run wait for others.
func (d *Desk) Replan(ctx context.Context, cmd store.Command, run authentic.RunID) (int64, error) {
	return d.changeRun(ctx, cmd, run, "run.replanned", (*store.Tx).ReplanJobs)
}

// Drop gives up what a run has not written yet.
func (d *Desk) Drop(ctx context.Context, cmd store.Command, run authentic.RunID) (int64, error) {
	return d.changeRun(ctx, cmd, run, "run.ended", (*store.Tx).DropJobs)
}

func (d *Desk) changeRun(ctx context.Context, cmd store.Command, run authentic.RunID, action string, change func(*store.Tx, authentic.RunID) (int64, error)) (int64, error) {
	if err := may(cmd.Actor); err != nil {
		return 0, err
	}
	return store.Once(ctx, d.Store, cmd, func(tx *store.Tx) (int64, error) {
		r, err := tx.Run(run)
		if err != nil {
			return 0, err
		}
		n, err := change(tx, run)
		if err != nil {
			return 0, err
		}
		tx.Audit(audit.Change{
			Chain: audit.OrganisationChain(string(cmd.Actor.Organisation)), Action: action, Kind: "run", Object: string(run),
			New: map[string]string{"tags": fmt.Sprint(n)},
		})
		tx.Announce(runEvent(r))
		return n, nil
	})
}

func runEvent(r authentic.Run) store.Event {
	return store.Event{Kind: "tags", Subject: string(r.ID), HospitalID: string(r.Hospital), VendorID: string(r.Vendor)}
}
