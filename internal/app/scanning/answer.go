package scanning

import (
	"context"
	"time"

	"trueward/internal/adapter/store"
	"trueward/internal/domain/access"
	"trueward/internal/domain/authentic"
	"trueward/internal/domain/custody"
	"trueward/internal/fault"
	"trueward/internal/standard/carrier"
	"trueward/internal/standard/civil"
)

// answer shows a checked tag to an actor. Whoever may not see the unit, and
// nobody signed in, learns the verdict and, of a message that was fresh, the
// product alone.
func (d *Desk) answer(ctx context.Context, actor access.Actor, c checked) (Result, error) {
	r := Result{Kind: carrier.Tap, Verdict: c.Verdict, Tap: c.Tap, Tamper: c.Tamper, At: d.Store.Now()}
	if c.Unit == "" {
		if c.Verdict.Level == authentic.Genuine {
			r.Sentence = "The tag is genuine, but stands for no unit here. Scan the barcode of the product."
		}
		return r, nil
	}
	if actor.Signed() {
		err := d.show(ctx, actor, custody.UnitID(c.Unit), circumstance{retired: c.Retired}, &r)
		if !fault.Is(err, fault.NotFound) {
			return r, err
		}
	}
	if c.Verdict.Level == authentic.Genuine || c.Verdict.Reason == authentic.Tampered {
		return r, d.productOnly(ctx, custody.UnitID(c.Unit), &r)
	}
	return r, nil
}

// circumstance is what a scan adds to the judgement of a unit.
type circumstance struct {
	retired   bool
	elsewhere string
}

// show fills the result with a unit of the actor's scope.
func (d *Desk) show(ctx context.Context, actor access.Actor, id custody.UnitID, c circumstance, r *Result) error {
	q := d.Store.Read(ctx, actor.Scope())
	row, err := q.UnitRow(id)
	if err != nil {
		return err
	}
	if r.Product, err = q.Product(row.Unit.Product); err != nil {
		return err
	}
	holds, err := q.LiveHolds(id)
	if err != nil {
		return err
	}
	r.Unit, r.Holds = &row, holds[id]
	r.Disposition = judge(row, r.Holds, custody.Circumstances{
		Product: r.Product, Now: d.Store.Now(), TagRetired: c.retired, BoundElsewhere: c.elsewhere,
	})
	return nil
}

// judge decides with the zone of the unit's site.
func judge(row store.UnitRow, holds []custody.Hold, c custody.Circumstances) custody.Disposition {
	zone, err := civil.Zone(row.TimeZone)
	if err != nil {
		zone = time.UTC
	}
	c.Zone = zone
	return custody.Judge(row.Unit, holds, c)
}

func (d *Desk) productOnly(ctx context.Context, id custody.UnitID, r *Result) error {
	q := d.Store.Read(ctx, access.Everything())
	u, err := q.Unit(id)
	if err != nil {
		return err
	}
	r.Product, err = q.Product(u.Product)
	return err
}

// heldFor is how long a check can be gone back to: over a sign-in, or by a
// reload of the same page.
const heldFor = 15 * time.Minute

// Recall shows a check that was made before, for the session that made it: a
// page that is loaded again, or a person who signs in behind their tap. Nothing
// is checked or recorded anew. A check that is too old, or was somebody else's,
// is not found.
func (d *Desk) Recall(ctx context.Context, actor access.Actor, tap string) (Result, error) {
	t, err := d.Store.Read(ctx, access.Everything()).Tap(tap)
	switch {
	case err != nil:
		return Result{}, err
	case d.Store.Now().Sub(t.At) > heldFor, t.Person != "" && t.Person != actor.Person:
		return Result{}, fault.New(fault.NotFound, "This check is over. Tap the tag again.")
	}
	c := checked{Tap: t.ID, Verdict: t.Verdict, Tamper: t.Tamper, Unit: t.Unit}
	if t.Unit != "" {
		tags, err := d.Store.Read(ctx, access.Everything()).Tags(custody.UnitID(t.Unit))
		if err != nil {
			return Result{}, err
		}
		for _, tag := range tags {
			c.Retired = c.Retired || tag.ID == t.Tag && tag.State != authentic.TagActive
		}
	}
	r, err := d.answer(ctx, actor, c)
	r.At, r.Captured = t.At, t.Captured
	return r, err
}
