package scanning

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"time"

	"trueward/internal/adapter/store"
	"trueward/internal/domain/authentic"
	"trueward/internal/fault"
	"trueward/internal/standard/carrier"
	"trueward/internal/standard/sdm"
)

// MostKept bounds one batch of scans that a device kept.
const MostKept = 500

// KeptScan is one scan that a device kept while it was offline: a tag's whole
// URL, a barcode's text, whatever the scan box takes.
type KeptScan struct {
	Key       string // the key that the device gave this scan when it was made
	Raw       string
	Symbology string // AIM identifier, if the source knew it
	Captured  time.Time
}

// ScansKept answers scans that a device kept while it was offline, in the order
// given. Within the batch the tags' own counts decide in which order taps are
// checked, not that of arrival: of two taps of one tag the earlier goes first.
// A tap that is older than what was seen of its tag meanwhile is late evidence
// (Result.Late): kept, not accepted, and no alarm.
//
// Each scan is a command of its own, under its own key or else the batch's, so
// that scans sent again, in this batch or another, find their results; a key
// that comes back with another scan is refused as fault.Mismatch. Scans that
// cannot be read are results as well: Verdict refused as malformed, with what
// to do. A captured time after now is a device's clock gone ahead and counts
// as now. Any error but those stops the batch: send it again.
func (d *Desk) ScansKept(ctx context.Context, cmd store.Command, kept []KeptScan) ([]Result, error) {
	if len(kept) > MostKept {
		return nil, fault.New(fault.Invalid, fmt.Sprintf("At most %d saved scans go at once. Send the rest after them.", MostKept))
	}
	order := make([]keptScan, len(kept))
	for i, k := range kept {
		order[i] = d.ready(ctx, i, k)
	}
	slices.SortStableFunc(order, func(a, b keptScan) int { return cmp.Compare(a.count, b.count) })
	out := make([]Result, len(kept))
	for _, k := range order {
		r, err := d.scanKept(ctx, k.command(cmd), k)
		if err != nil {
			return nil, err
		}
		out[k.at] = r
	}
	return out, nil
}

type keptScan struct {
	KeptScan
	at    int
	tap   TapInput // zero for what is no tap
	isTap bool
	count uint32
}

// ready takes a kept scan apart. What cannot be read is refused later, where
// the others are answered.
func (d *Desk) ready(ctx context.Context, at int, k KeptScan) keptScan {
	now := d.Store.Now()
	if k.Captured.IsZero() || k.Captured.After(now) {
		k.Captured = now
	}
	out := keptScan{KeptScan: k, at: at}
	a, err := carrier.Identify(k.Raw, carrier.Options{Symbology: k.Symbology, Now: now})
	if err != nil || a.Kind != carrier.Tap {
		return out
	}
	out.isTap = true
	out.tap = TapInput{Profile: authentic.ProfileID(a.Tap.Profile), Query: a.Tap.Query, Source: "offline", Captured: k.Captured}
	out.count = d.count(ctx, out.tap)
	return out
}

// Digest stands for a scan in the record of its key: the same for a scan that is
// sent at once and for one that was kept, so that a lost answer to the first
// try is found by the second.
func Digest(raw, symbology string) string {
	sum := sha256.Sum256([]byte(symbology + "\x00" + raw))
	return hex.EncodeToString(sum[:])
}

// command is the scan's own, so that neither its key nor its digest depends on
// the batch it travels in.
func (k keptScan) command(batch store.Command) store.Command {
	digest := Digest(k.Raw, k.Symbology)
	own := batch
	own.BodySHA256 = digest
	switch {
	case k.Key != "":
		own.Key = k.Key
	case batch.Key != "":
		own.Key = batch.Key + "/" + digest[:16]
	}
	return own
}

func (d *Desk) scanKept(ctx context.Context, cmd store.Command, k keptScan) (Result, error) {
	var r Result
	var err error
	if k.isTap {
		r, err = d.Tap(ctx, cmd, k.tap)
	} else {
		r, err = d.Scan(ctx, cmd, ScanInput{Raw: k.Raw, Symbology: k.Symbology, Source: "offline"})
	}
	if err != nil {
		r, err = refusedResult(err)
		r.At = d.Store.Now()
	}
	r.Captured = k.Captured
	return r, err
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

// refusedResult turns the refusal of a scan that cannot be read into a result;
// any other error stays one.
func refusedResult(err error) (Result, error) {
	for _, f := range fault.All(err) {
		if f.Kind == fault.Invalid {
			return Result{Verdict: authentic.Refuse(authentic.Malformed), Sentence: f.Sentence}, nil
		}
	}
	return Result{}, err
}
