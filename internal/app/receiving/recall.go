package receiving

import (
	"context"
	"strconv"
	"strings"

	"trueward/internal/adapter/store"
	"trueward/internal/domain/access"
	"trueward/internal/domain/audit"
	"trueward/internal/domain/catalog"
	"trueward/internal/domain/custody"
	"trueward/internal/fault"
)

// Demand recalls a product, or one lot of it.
type Demand struct {
	DI     string // as typed
	Lot    string // empty: every lot
	Reason string
}

// Recalled says what a recall found.
type Recalled struct {
	ID    string
	Units int // stopped at once
}

// recallable are the states in which a unit can still be stopped.
var recallable = []custody.State{
	custody.Expected, custody.Available, custody.Removed, custody.Opened, custody.Missing, custody.Outbound,
}

// Recall stops every unit of a product's lot, and those that come later, until
// the recall is closed. A vendor's recall holds at every hospital, a hospital's
// at its own sites.
func (d *Desk) Recall(ctx context.Context, cmd store.Command, in Demand) (Recalled, error) {
	if err := mayRecall(cmd.Actor); err != nil {
		return Recalled{}, err
	}
	in.Lot, in.Reason = strings.TrimSpace(in.Lot), strings.TrimSpace(in.Reason)
	var refused fault.Refusals
	di, err := catalog.ParseDI(in.DI)
	if err != nil {
		refused = append(refused, fault.All(err)...)
	}
	if in.Reason == "" {
		refused.At("reason", "Say why, with the number of the notice if there is one.")
	}
	if len(refused) > 0 {
		return Recalled{}, refused.Err()
	}
	return store.Once(ctx, d.Store, cmd, func(tx *store.Tx) (Recalled, error) {
		p, _, err := tx.ProductByDI(di)
		if fault.Is(err, fault.NotFound) {
			return Recalled{}, fault.At("di", "No catalogue here has this product. Compare the number with the notice.")
		}
		if err != nil {
			return Recalled{}, err
		}
		r := store.Recall{Vendor: p.Vendor, Product: p.ID, Lot: in.Lot, Reason: in.Reason}
		if cmd.Actor.Kind == access.Hospital {
			r.Hospital = cmd.Actor.Organisation
		}
		if r.ID, err = tx.OpenRecall(r); err != nil {
			return Recalled{}, err
		}
		out := Recalled{ID: r.ID}
		err = eachUnit(tx, r, func(u custody.Unit) error {
			stopped, err := tx.SetHold(u, custody.HoldRecall, custody.StopHold, r.Reason)
			if stopped {
				out.Units++
				wake(tx, u)
			}
			return err
		})
		noteRecall(tx, r, "recall.opened", out.Units, "")
		return out, err
	})
}

func mayRecall(actor access.Actor) error {
	if !actor.May(access.Recall) {
		return fault.New(fault.Forbidden, "A recall is opened and closed by the vendor's office or the hospital's materials.")
	}
	return nil
}

// eachUnit walks over the units a recall concerns, as far as the actor reaches.
func eachUnit(tx *store.Tx, r store.Recall, do func(custody.Unit) error) error {
	page := store.Page{Limit: 200}
	for {
		part, err := tx.Units(RecallFilter(r), page)
		if err != nil {
			return err
		}
		for _, row := range part.Rows {
			if err := do(row.Unit); err != nil {
				return err
			}
		}
		if part.Next == "" {
			return nil
		}
		page.After = part.Next
	}
}

// RecallFilter finds the units that a recall concerns and that can still be
// stopped.
func RecallFilter(r store.Recall) store.UnitFilter {
	return store.UnitFilter{Product: r.Product, Lot: r.Lot, Hospital: r.Hospital, States: recallable}
}

// CloseRecall ends a recall with how it was settled, and lifts its holds. Only
// the side that opened it may.
func (d *Desk) CloseRecall(ctx context.Context, cmd store.Command, id, closing string) (string, error) {
	if err := mayRecall(cmd.Actor); err != nil {
		return "", err
	}
	if closing = strings.TrimSpace(closing); closing == "" {
		return "", fault.At("closing", "Say how the recall was settled. It stays on record with your name.")
	}
	return store.Once(ctx, d.Store, cmd, func(tx *store.Tx) (string, error) {
		r, err := tx.Recall(id)
		switch {
		case err != nil:
			return "", err
		case cmd.Actor.Kind == access.Hospital && r.Hospital == "", cmd.Actor.Kind == access.Vendor && r.Hospital != "":
			return "", fault.New(fault.Forbidden, "This recall is closed by whoever opened it.")
		}
		first, err := tx.CloseRecall(id, closing)
		if err == nil && !first {
			err = fault.New(fault.Conflict, "This recall is closed already.")
		}
		if err != nil {
			return "", err
		}
		lifted := 0
		err = eachUnit(tx, r, func(u custody.Unit) error {
			others, err := tx.RecallsOf(u.Product, u.Lot, u.Hospital)
			if err != nil || len(others) > 0 {
				return err
			}
			ended, err := tx.ReleaseHold(u.ID, custody.HoldRecall)
			if ended {
				lifted++
				wake(tx, u)
			}
			return err
		})
		noteRecall(tx, r, "recall.closed", lifted, closing)
		return id, err
	})
}

// recalled stops a unit that comes under an open recall.
func recalled(tx *store.Tx, u custody.Unit) error {
	open, err := tx.RecallsOf(u.Product, u.Lot, u.Hospital)
	if err != nil || len(open) == 0 {
		return err
	}
	_, err = tx.SetHold(u, custody.HoldRecall, custody.StopHold, open[0].Reason)
	return err
}

func noteRecall(tx *store.Tx, r store.Recall, action string, units int, reason string) {
	tx.Audit(audit.Change{
		Chain: audit.OrganisationChain(string(tx.Actor().Organisation)), Action: action, Kind: "recall", Object: r.ID,
		New:    map[string]string{"product": string(r.Product), "lot": r.Lot, "reason": r.Reason, "units": strconv.Itoa(units)},
		Reason: reason,
	})
}

func wake(tx *store.Tx, u custody.Unit) {
	tx.Announce(store.Event{Kind: "unit", Subject: string(u.ID), HospitalID: string(u.Hospital), VendorID: string(u.Vendor)})
}
