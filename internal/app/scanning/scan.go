package scanning

import (
	"context"
	"encoding/hex"
	"errors"
	"strings"

	"trueward/internal/adapter/store"
	"trueward/internal/domain/access"
	"trueward/internal/domain/authentic"
	"trueward/internal/domain/custody"
	"trueward/internal/fault"
	"trueward/internal/standard/carrier"
)

// ScanInput is what came into the scan box.
type ScanInput struct {
	Raw       string
	Symbology string // AIM identifier such as "]d2", if the source knows it
	Source    string // "typed", "wedge", "camera", "url"
}

// Scan says what a scan is and finds its unit. Text that is no carrier at all
// is refused at the field "scan", with what to do.
func (d *Desk) Scan(ctx context.Context, cmd store.Command, in ScanInput) (Result, error) {
	a, err := carrier.Identify(in.Raw, carrier.Options{Symbology: in.Symbology, Now: d.Store.Now()})
	if err != nil {
		return Result{}, unreadable(err)
	}
	if a.Kind == carrier.Tap {
		return d.Tap(ctx, cmd, TapInput{Profile: authentic.ProfileID(a.Tap.Profile), Query: a.Tap.Query, Source: "scan"})
	}
	r := Result{
		Kind: a.Kind, Verdict: authentic.Verdict{Level: authentic.Identified}, At: d.Store.Now(),
		Label:    Label{DI: a.DI, Lot: a.Lot, Serial: a.Serial, Expiry: a.Expiry.String()},
		Warnings: warnings(a.Warnings),
	}
	return r, d.find(ctx, cmd.Actor, a, &r)
}

// unreadable words a carrier's refusal; nothing that was read is repeated.
func unreadable(err error) error {
	sentence := "This cannot be read as a product code. Scan again, or type the code below the barcode."
	var e *carrier.Error
	if errors.As(err, &e) {
		switch e.Code {
		case carrier.CodeOversize:
			sentence = "This is far too long for a product code. Scan one code at a time."
		case carrier.CodeCheckDigit:
			sentence = "A check digit is wrong, so a character was misread or mistyped. Scan or type it again."
		case carrier.CodeMissing:
			sentence = "Scan or type a product code first."
		case carrier.CodeConflict:
			sentence = "The scanner is not sending the group separator, so lot and serial cannot be told apart. Type the lot and serial, or have the scanner set up."
		}
	}
	f := fault.At("scan", sentence)
	f.Cause = err
	return f
}

var warningWords = map[carrier.WarningCode]string{
	carrier.StraySeparator:      "The scanner sends a separator too many; it was ignored.",
	carrier.PossibleSwallowedAI: "The lot or serial may hold a date that the label's printer ran into it. Compare it with the label.",
	carrier.MissingSeparator:    "The scanner is not sending the group separator. Compare lot and serial with the label.",
}

func warnings(found []carrier.Warning) []string {
	var out []string
	for _, w := range found {
		out = append(out, warningWords[w.Code])
	}
	return out
}

// find looks the carrier's unit up: by the tag that bears it, by product and
// serial, by product and lot.
func (d *Desk) find(ctx context.Context, actor access.Actor, a carrier.Answer, r *Result) error {
	q := d.Store.Read(ctx, actor.Scope())
	tag, bound, err := d.boundTag(q, a)
	switch {
	case err != nil:
		return err
	case bound:
		return d.found(d.show(ctx, actor, custody.UnitID(tag.Unit), circumstance{retired: tag.State != authentic.TagActive}, r), r)
	case a.DI == "":
		r.Sentence = "No unit here bears this code. Scan the product's barcode."
		return nil
	case a.Serial != "":
		u, err := q.UnitBySerial(a.DI, a.Serial)
		if err == nil {
			return d.show(ctx, actor, u.ID, circumstance{elsewhere: disagreement(u, r.Label)}, r)
		}
		if !fault.Is(err, fault.NotFound) {
			return err
		}
	}
	return d.candidates(ctx, actor, q, r)
}

// found treats a unit the actor may not see like one that does not exist.
func (d *Desk) found(err error, r *Result) error {
	if fault.Is(err, fault.NotFound) {
		r.Sentence = "No unit here bears this code."
		return nil
	}
	return err
}

// boundTag finds the tag that a UHF or NFC read names.
func (d *Desk) boundTag(q store.Queries, a carrier.Answer) (authentic.Tag, bool, error) {
	var tag authentic.Tag
	var err error
	switch {
	case !a.EPC.IsZero():
		tag, err = q.TagByEPC(strings.ToUpper(a.EPC.Hex()))
	case a.Kind == carrier.UID:
		chip, decodeErr := hex.DecodeString(a.ChipID)
		if decodeErr != nil {
			return tag, false, nil
		}
		tag, err = q.TagByIdentity(d.Keys.Identity(authentic.NFC, chip))
	default:
		return tag, false, nil
	}
	if fault.Is(err, fault.NotFound) {
		return tag, false, nil
	}
	return tag, err == nil && tag.Unit != "", err
}

// disagreement says where a label differs from the record of its serial; a
// label that was copied or swapped shows here.
func disagreement(u custody.Unit, l Label) string {
	switch {
	case l.Lot != "" && u.Lot != "" && l.Lot != u.Lot:
		return "the label's lot is not the one on record"
	case l.Expiry != "" && u.Expiry != "" && l.Expiry != u.Expiry:
		return "the label's expiry date is not the one on record"
	}
	return ""
}

const maxCandidates = 20

// candidates lists what a label without a known serial may mean.
func (d *Desk) candidates(ctx context.Context, actor access.Actor, q store.Queries, r *Result) error {
	product, _, err := q.ProductByDI(r.Label.DI)
	if fault.Is(err, fault.NotFound) {
		r.Sentence = "This product is not in the catalogue. Ask materials to bring it in."
		return nil
	}
	if err != nil {
		return err
	}
	r.Product = product
	if r.Label.Serial != "" && product.Needs.Serial {
		r.Sentence = "This " + product.Name + " is not in the records here. Ask materials to receive it, or scan another one."
		return nil
	}
	units, err := q.UnitsByLot(r.Label.DI, r.Label.Lot, maxCandidates)
	if err != nil {
		return err
	}
	var ids []custody.UnitID
	for _, u := range units {
		if u.State.Usable() {
			ids = append(ids, u.ID)
		}
	}
	if len(ids) == 1 && r.Label.Lot != "" {
		return d.show(ctx, actor, ids[0], circumstance{}, r)
	}
	rows, err := q.UnitRows(ids...)
	for _, id := range ids {
		r.Candidates = append(r.Candidates, rows[id])
	}
	r.Sentence = "Several units may be meant. Scan the code with the serial number, or choose one."
	if len(ids) == 0 {
		r.Sentence = "No " + product.Name + " with this code is ready for use here."
	}
	return err
}
