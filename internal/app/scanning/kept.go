package scanning

import (
	"cmp"
	"context"
	"slices"

	"trueward/internal/adapter/store"
	"trueward/internal/domain/authentic"
	"trueward/internal/fault"
	"trueward/internal/standard/carrier"
	"trueward/internal/standard/sdm"
)

// mostKept bounds one batch of taps that a device kept.
const mostKept = 500

// TapsKept checks taps that a device kept while it was offline, and returns
// their results in the order given. Within the batch the tags' own counts
// decide the order, not that of arrival: of two taps of one tag the earlier is
// checked first. A tap that is older than what was seen of its tag meanwhile is
// late evidence: kept, not accepted, and no alarm.
//
// Each tap is a command of its own, so that a batch that is sent again after a
// lost answer finds its results. Taps that cannot be read are results as well.
func (d *Desk) TapsKept(ctx context.Context, cmd store.Command, taps []TapInput) ([]Result, error) {
	taps = taps[:min(len(taps), mostKept)]
	order := make([]keptTap, len(taps))
	for i, in := range taps {
		in.Kept, in.Source = true, "offline"
		order[i] = keptTap{at: i, in: in, count: d.count(ctx, in)}
	}
	slices.SortStableFunc(order, func(a, b keptTap) int { return cmp.Compare(a.count, b.count) })
	out := make([]Result, len(taps))
	for _, k := range order {
		own := cmd
		if own.Key != "" {
			own.Key += "/" + evidence(k.in)[:16]
		}
		r, err := d.Tap(ctx, own, k.in)
		if err != nil {
			if r, err = refusedResult(err); err != nil {
				return out, err
			}
			r.At = d.Store.Now()
		}
		out[k.at] = r
	}
	return out, nil
}

type keptTap struct {
	at    int
	in    TapInput
	count uint32
}

// count is the tag's own count in a message, as it claims; 0 for what cannot be
// read. It orders the batch and decides nothing.
func (d *Desk) count(ctx context.Context, in TapInput) uint32 {
	p, err := d.profile(ctx, in.Profile)
	if err != nil || !wellFormed(in.Query) {
		return 0
	}
	mirror, err := p.verifier.Parse(in.Query)
	if err != nil {
		return 0
	}
	var meta *sdm.Key
	if meta, err = d.Keys.Meta(p.KeyRef); err != nil {
		return 0
	}
	return p.verifier.Open(&mirror, meta).Ctr
}

// refusedResult turns the refusal of a tap that cannot be read into a result;
// any other error stays one.
func refusedResult(err error) (Result, error) {
	for _, f := range fault.All(err) {
		if f.Kind == fault.Invalid {
			return Result{Kind: carrier.Tap, Verdict: authentic.Refuse(authentic.Malformed), Sentence: f.Sentence}, nil
		}
	}
	return Result{}, err
}
