package sample

import (
	"errors"
	"fmt"
	"time"

	"trueward/internal/adapter/store"
	"trueward/internal/app/pricing"
	"trueward/internal/app/using"
	"trueward/internal/domain/access"
	"trueward/internal/domain/audit"
	"trueward/internal/domain/authentic"
	"trueward/internal/domain/billing"
	"trueward/internal/domain/custody"
)

// present tells today: an approval, a held line, a recall, a wrong product,
// units removed and not charged, and a case that is open now.
func (l *loader) present() error {
	l.Clock.Set(l.Until.Add(-3 * time.Hour))
	for _, step := range []func() error{l.approve, l.holdLine, l.recall, l.wrongProduct, l.removed, l.propose, l.incident, l.openCase} {
		if err := step(); err != nil {
			return fmt.Errorf("sample: the present: %w", err)
		}
	}
	l.Clock.Set(l.Until)
	return nil
}

// approve has Helvik approve all but the newest of its frozen invoices.
func (l *loader) approve() error {
	frozen, err := l.invoices(billing.Frozen)
	if err != nil {
		return err
	}
	for n, i := range frozen {
		if n >= len(frozen)-2 {
			break
		}
		if _, err := l.Desks.Invoicing.Approve(l.ctx, l.command("reto@helvik.example"), i.ID); err != nil {
			return err
		}
	}
	return l.evening()
}

// holdLine stops one line of Corvidia that collects for the end of the month.
func (l *loader) holdLine() error {
	q := l.Store.Read(l.ctx, l.actors["pim@corvidia.example"].Scope())
	lines, err := q.Lines(store.LineFilter{States: []billing.LineState{billing.LineCollected}}, store.Page{Limit: 1})
	if err != nil || len(lines.Rows) == 0 {
		return err
	}
	_, err = l.Desks.Pricing.Hold(l.ctx, l.command("pim@corvidia.example"), pricing.HoldInput{
		Line: lines.Rows[0].ID, Reason: "Price of the new catheter is being agreed",
	})
	return err
}

// recall puts a stop on every unit of one lot of stents that is not used.
func (l *loader) recall() error {
	first := l.shelves[0].units[0]
	return l.write(func(tx *store.Tx) error {
		unit, err := tx.Unit(first.id)
		if err != nil {
			return err
		}
		lot, err := tx.UnitsByLot(unit.DI, unit.Lot, 200)
		if err != nil {
			return err
		}
		for _, u := range lot {
			if !u.State.Usable() && u.State != custody.Expected {
				continue
			}
			if err := l.hold(tx, u, custody.HoldRecall, "recalled by Norvane: lot "+u.Lot); err != nil {
				return err
			}
		}
		_, err = tx.OpenRecall(store.Recall{
			Vendor: unit.Vendor, Product: unit.Product, Lot: unit.Lot, Reason: "recalled by Norvane: lot " + unit.Lot,
		})
		return err
	})
}

// wrongProduct stops a unit whose box says something else than its tag.
func (l *loader) wrongProduct() error {
	for _, s := range l.shelves[0].units {
		if s.di == l.shelves[0].units[0].di || profileOf(l.products[s.di].family) == "" {
			continue
		}
		return l.write(func(tx *store.Tx) error {
			u, err := tx.Unit(s.id)
			if err != nil {
				return err
			}
			return l.hold(tx, u, custody.HoldIdentity, "wrong product: the box names another product than the tag")
		})
	}
	return errors.New("no unit with a tag is left")
}

func (l *loader) hold(tx *store.Tx, u custody.Unit, kind custody.HoldKind, reason string) error {
	if _, err := tx.SetHold(u, kind, custody.StopHold, reason); err != nil {
		return err
	}
	tx.Audit(audit.Change{
		Chain: audit.SiteChain(string(u.Site)), Action: "hold.set", Kind: "unit", Object: string(u.ID),
		New: map[string]string{"hold": string(kind)}, Reason: reason,
	})
	return nil
}

// removed takes three units off the shelf long ago and one just now.
func (l *loader) removed() error {
	for n, ago := range []time.Duration{130, 95, 50, 5} {
		u, ok := l.presentUnit(0)
		if !ok {
			return errors.New("the shelf is empty")
		}
		l.Clock.Set(l.Until.Add(-ago * time.Minute))
		nurse := []string{"ito@brannoc.example", "amy@brannoc.example"}[n%2]
		if _, err := l.Desks.Using.Remove(l.ctx, l.command(nurse), u.id); err != nil {
			return err
		}
	}
	return nil
}

// openCase leaves a case open for Amy, with one unit used and two that wait.
func (l *loader) openCase() error {
	l.Clock.Set(l.Until.Add(-4 * time.Minute))
	const nurse = "amy@brannoc.example"
	c, err := l.Desks.Using.OpenCase(l.ctx, l.command(nurse), l.places["harbour/cath2"])
	if err != nil {
		return err
	}
	for n := range 3 {
		u, ok := l.presentUnit(0)
		if !ok {
			return errors.New("the shelf is empty")
		}
		l.Clock.Advance(30 * time.Second)
		in := using.ScanInput{Case: c.ID, Unit: u.id, Source: "typed", Verdict: authentic.Verdict{Level: authentic.Identified}}
		if _, err := l.Desks.Using.Scan(l.ctx, l.command(nurse), in); err != nil {
			return err
		}
		if n == 0 {
			confirmed, err := l.Desks.Using.Confirm(l.ctx, l.command(nurse), using.Confirmation{Case: c.ID, Units: []custody.UnitID{u.id}})
			if err != nil || len(confirmed.NotUsed) > 0 {
				return errors.Join(err, fmt.Errorf("%d units were not used", len(confirmed.NotUsed)))
			}
		}
	}
	return nil
}

// presentUnit takes a unit from the end of a shelf that is kept for the
// present: no recall, far from its expiry.
func (l *loader) presentUnit(index int) (stocked, bool) {
	s := l.shelves[index]
	q := l.Store.Read(l.ctx, access.Everything())
	for len(s.units) > 1 {
		u := s.units[len(s.units)-1]
		s.units = s.units[:len(s.units)-1]
		holds, err := q.LiveHolds(u.id)
		if err == nil && len(holds[u.id]) == 0 && u.expiry > l.Until.AddDate(0, 4, 0).Format(time.DateOnly) {
			return u, true
		}
	}
	return stocked{}, false
}
