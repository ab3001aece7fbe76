package using

import (
	"context"

	"trueward/internal/adapter/store"
	"trueward/internal/domain/custody"
	"trueward/internal/domain/usage"
	"trueward/internal/fault"
)

// Confirmation names the units that were used, as the person saw them listed.
type Confirmation struct {
	Case  usage.CaseID
	Units []custody.UnitID
}

// NotUsed is a unit of a confirmation that could not be recorded, and why.
type NotUsed struct {
	Unit     custody.UnitID
	Sentence string
}

// Confirmed is the outcome of a confirmation.
type Confirmed struct {
	Case    usage.CaseID
	Used    []Consumed
	NotUsed []NotUsed
}

const maxConfirm = 200

// Confirm records every named unit as used. Each is a fact of its own: one that
// a colleague took first, or that is stopped, leaves the others whole and is
// told with its reason. Sent again with the same key, it records nothing twice.
func (d *Desk) Confirm(ctx context.Context, cmd store.Command, in Confirmation) (Confirmed, error) {
	if len(in.Units) == 0 || len(in.Units) > maxConfirm {
		return Confirmed{}, fault.New(fault.Invalid, "Scan the units that were used, then confirm.")
	}
	// The key is taken for the whole confirmation first, so that another body
	// under it is refused before anything is recorded.
	id, err := store.Once(ctx, d.Store, cmd, func(tx *store.Tx) (usage.CaseID, error) {
		c, err := openCase(tx, in.Case)
		return c.ID, err
	})
	if err != nil {
		return Confirmed{}, err
	}
	out := Confirmed{Case: id}
	for _, unit := range in.Units {
		one := cmd
		if cmd.Key != "" {
			one.Key = cmd.Key + "/" + string(unit)
		}
		used, err := d.Use(ctx, one, Consumption{Case: id, Unit: unit, Outcome: usage.Used})
		refusal := fault.All(err)
		switch {
		case err == nil:
			out.Used = append(out.Used, used)
		case len(refusal) > 0 && refusal[0].Kind != fault.Unavailable:
			out.NotUsed = append(out.NotUsed, NotUsed{Unit: unit, Sentence: refusal[0].Sentence})
		default:
			return out, err
		}
	}
	return out, nil
}
