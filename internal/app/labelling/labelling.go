// Package labelling prints labels for the units, or the tags, of a list: a GS1
// DataMatrix symbol with what it says in words. It prints what the record says;
// whoever sticks a label on a box compares the two.
package labelling

import (
	"context"

	"trueward/internal/adapter/store"
	"trueward/internal/domain/access"
	"trueward/internal/domain/authentic"
	"trueward/internal/fault"
	"trueward/internal/standard/gs1"
)

// Most is how many labels are printed at once: ten sheets.
const Most = 240

// Label is what is printed for one unit.
type Label struct {
	Name    string // of the product
	Message gs1.Message
}

// Desk prints labels.
type Desk struct {
	Store *store.Store
	// Print lays labels out on paper.
	Print func([]Label) ([]byte, error)
}

// Sheets prints labels for the units that a filter finds, in the order of the
// list, as far as the actor sees them.
func (d Desk) Sheets(ctx context.Context, actor access.Actor, f store.UnitFilter, page store.Page) ([]byte, error) {
	if !actor.May(access.SeeStock) {
		return nil, fault.New(fault.Forbidden, "Your roles do not include this.")
	}
	q := d.Store.Read(ctx, actor.Scope())
	labels, err := collect(page, func(page store.Page) ([]said, string, error) {
		list, err := q.Units(f, page)
		out := make([]said, len(list.Rows))
		for i, u := range list.Rows {
			out[i] = said{u.Product, u.Size, u.DI, u.Lot, u.Serial, u.Expiry}
		}
		return out, list.Next, err
	})
	switch {
	case err != nil:
		return nil, err
	case len(labels) == 0:
		return nil, fault.New(fault.NotFound, "No unit is in this list, so there is no label to print.")
	case len(labels) > Most:
		return nil, fault.New(fault.Invalid, "This list has more than 240 units. Narrow it by its filters, then print.")
	}
	return d.Print(labels)
}

// TagSheets prints labels for the tags that a filter finds, in the order of the
// list: of each the unit that it is on, or was made for. Tags on no unit, and
// those that are over, have no label.
func (d Desk) TagSheets(ctx context.Context, actor access.Actor, f store.TagFilter, page store.Page) ([]byte, error) {
	if !actor.May(access.ManageTags) {
		return nil, fault.New(fault.Forbidden, "Your roles do not include this.")
	}
	q := d.Store.Read(ctx, actor.Scope())
	labels, err := collect(page, func(page store.Page) ([]said, string, error) {
		list, err := q.TagList(f, page)
		var out []said
		for _, t := range list.Rows {
			if t.DI != "" && t.State == authentic.TagActive {
				out = append(out, said{t.Product, t.Size, t.DI, t.Lot, t.Serial, t.Expiry})
			}
		}
		return out, list.Next, err
	})
	switch {
	case err != nil:
		return nil, err
	case len(labels) == 0:
		return nil, fault.New(fault.NotFound, "No tag of this list is on a unit or made for one, so there is no label to print.")
	case len(labels) > Most:
		return nil, fault.New(fault.Invalid, "This list has more than 240 labels. Narrow it by its filters, then print.")
	}
	return d.Print(labels)
}

// said is what a label says.
type said struct{ Product, Size, DI, Lot, Serial, Expiry string }

// collect reads a list part by part until it ends, or is too long to print.
func collect(page store.Page, read func(store.Page) ([]said, string, error)) (labels []Label, err error) {
	for page.Limit = 200; ; {
		rows, next, err := read(page)
		if err != nil {
			return nil, err
		}
		for _, u := range rows {
			label, err := u.label()
			if err != nil {
				return nil, err
			}
			labels = append(labels, label)
		}
		if page.After = next; next == "" || len(labels) > Most {
			return labels, nil
		}
	}
}

// label has as much as the record knows.
func (u said) label() (Label, error) {
	elements := []gs1.Element{{AI: "01", Value: u.DI}}
	if len(u.Expiry) == len("2006-01-02") {
		elements = append(elements, gs1.Element{AI: "17", Value: u.Expiry[2:4] + u.Expiry[5:7] + u.Expiry[8:10]})
	}
	for _, e := range []gs1.Element{{AI: "10", Value: u.Lot}, {AI: "21", Value: u.Serial}} {
		if e.Value != "" {
			elements = append(elements, e)
		}
	}
	m, err := gs1.New(elements...)
	if err != nil {
		return Label{}, fault.Wrap(fault.Invalid, "The number of "+u.Product+", "+u.Size+" is no GS1 number, so a GS1 label cannot say it. Leave it out by the filters.", err)
	}
	name := u.Product
	if u.Size != "" {
		name += ", " + u.Size
	}
	return Label{Name: name, Message: m}, nil
}
