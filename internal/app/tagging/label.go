package tagging

import (
	"context"

	"trueward/internal/adapter/store"
	"trueward/internal/domain/access"
	"trueward/internal/domain/authentic"
	"trueward/internal/fault"
	"trueward/internal/standard/gs1"
)

// PrintedLabel is the label of one unit.
type PrintedLabel struct {
	Name    string // of the product
	Message gs1.Message
}

// Labels prints the labels of a run's units, in the order of the run: GS1
// DataMatrix and words, on sheets.
func (d *Desk) Labels(ctx context.Context, actor access.Actor, run authentic.RunID) ([]byte, error) {
	q, err := d.queries(ctx, actor)
	if err != nil {
		return nil, err
	}
	r, err := q.Run(run)
	if err != nil {
		return nil, err
	}
	list, err := q.Jobs(r.ID, nil, store.Page{Limit: MostJobs})
	if err != nil {
		return nil, err
	}
	names := map[string]string{}
	var labels []PrintedLabel
	for _, j := range list.Rows {
		if _, known := names[j.Label.DI]; !known {
			product, _, err := q.ProductByDI(j.Label.DI)
			if err != nil && !fault.Is(err, fault.NotFound) {
				return nil, err
			}
			names[j.Label.DI] = product.Name
		}
		message, err := messageOf(j.Label)
		if err != nil {
			return nil, fault.Newf(fault.Conflict, "No label can be printed for number %d: its product number is not a GTIN.", j.Position)
		}
		labels = append(labels, PrintedLabel{names[j.Label.DI], message})
	}
	return d.Print(labels)
}

// messageOf is a label in application identifiers.
func messageOf(l authentic.Label) (gs1.Message, error) {
	elements := []gs1.Element{{AI: "01", Value: l.DI}}
	if len(l.Expiry) == len("2006-01-02") {
		elements = append(elements, gs1.Element{AI: "17", Value: l.Expiry[2:4] + l.Expiry[5:7] + l.Expiry[8:]})
	}
	if l.Lot != "" {
		elements = append(elements, gs1.Element{AI: "10", Value: l.Lot})
	}
	if l.Serial != "" {
		elements = append(elements, gs1.Element{AI: "21", Value: l.Serial})
	}
	return gs1.New(elements...)
}
