package reading

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"

	"trueward/internal/adapter/store"
	"trueward/internal/domain/access"
	"trueward/internal/domain/authentic"
	"trueward/internal/domain/device"
	"trueward/internal/fault"
	"trueward/internal/standard/carrier"
	"trueward/internal/standard/originality"
)

// scan scans what a read holds and words what went wrong.
func (d *Desk) scan(ctx context.Context, actor access.Actor, r device.Read) Answer {
	raw := d.text(r)
	if raw == "" {
		return Answer{At: r.At, Sentence: "This tag says nothing that names a product. Scan the product's barcode."}
	}
	sum := sha256.Sum256([]byte(raw))
	a, err := d.Scan(ctx, store.Command{Actor: actor, Key: rand.Text(), BodySHA256: hex.EncodeToString(sum[:])}, raw)
	if err != nil {
		a = Answer{Sentence: "The tag could not be checked. Lay it on the reader again."}
		if told := fault.All(err); len(told) > 0 {
			a.Sentence = told[0].Sentence
		}
	}
	a.At = r.At
	if a.Verdict.Level == authentic.Identified && signed(r) {
		a.Verdict.Level = authentic.ChipGenuine
	}
	return a
}

// text is the best of what a tag says: an address that is a carrier's (a tap
// before all, whatever it comes to), else its EPC or the chip's number.
func (d *Desk) text(r device.Read) string {
	if r.URL != "" {
		if _, err := carrier.Identify(r.URL, carrier.Options{Now: d.Clock.Now()}); err == nil {
			return r.URL
		}
	}
	if r.EPC != "" {
		return string(r.EPC)
	}
	return string(r.UID)
}

// signed reports whether the chip's maker signed the chip's number.
func signed(r device.Read) bool {
	family := r.Technology.Originality()
	if family == "" || len(r.Signature) == 0 {
		return false
	}
	_, err := originality.Verify(string(family), r.UID.Bytes(), r.Signature)
	return err == nil
}
