package exporting

import (
	"context"
	"io"
	"slices"
	"time"

	"trueward/internal/domain/access"
	"trueward/internal/domain/billing"
)

// Files gives every document of the filter as a file of its own, in their
// order, and the sentences of those that the format's rules keep back. It is
// for the command line: nothing is kept but documents made for the first time.
// Refusals: Forbidden, Invalid, NotFound, TooLarge.
func (d *Desk) Files(ctx context.Context, actor access.Actor, in Input, put func(billing.File) error) (refused []string, err error) {
	items, err := d.asked(ctx, actor, in)
	if err != nil {
		return nil, err
	}
	r := d.renders(ctx, in.Format, actor)
	for part := range slices.Chunk(items, renderedAtOnce) {
		files, err := r.files(part)
		if err != nil {
			return nil, err
		}
		for _, f := range files {
			if err := put(f); err != nil {
				return nil, err
			}
		}
	}
	for _, one := range r.refused {
		refused = append(refused, sentence(one.err))
	}
	return refused, nil
}

// Table writes one table for the command line; nothing is kept. Refusals:
// Forbidden, Invalid, NotFound, TooLarge.
func (d *Desk) Table(ctx context.Context, actor access.Actor, in Input, w io.Writer) error {
	items, err := d.asked(ctx, actor, in)
	if err != nil {
		return err
	}
	_, err = d.produce(ctx, w, in, items, newest(items), actor, func(int) error { return nil })
	return err
}

// newest is the last day of issue among the items: a date for a file that is
// the same whenever the file is written.
func newest(items []item) time.Time {
	last := time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)
	for _, i := range items {
		day := i.invoice.IssuedOn
		if i.isCredit() {
			day = i.credit.IssuedOn
		}
		if t, err := time.Parse(time.DateOnly, day); err == nil && t.After(last) {
			last = t
		}
	}
	return last
}

func (d *Desk) asked(ctx context.Context, actor access.Actor, in Input) ([]item, error) {
	if !actor.May(access.Export) {
		return nil, errForbidden
	}
	if err := d.check(in); err != nil {
		return nil, err
	}
	return d.items(d.Store.Read(ctx, actor.Scope()), in)
}
