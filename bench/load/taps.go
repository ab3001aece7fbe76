package main

import (
	"bytes"
	"context"
	"errors"
	"strings"

	"trueward/cmd/trueward/product"
	"trueward/internal/adapter/store"
	"trueward/internal/app/receiving"
	"trueward/internal/domain/access"
	"trueward/internal/domain/audit"
	"trueward/internal/domain/authentic"
	"trueward/internal/standard/ntag424"
	"trueward/internal/standard/ntag424/simtag"
	"trueward/internal/standard/sdm"
)

// tagged is how many units at most bear a tag; they stand last in the list, out
// of the way of those that are used.
const tagged = 16 * clients

const (
	tapProfile  = "bench"
	tapTemplate = "https://ward.example/t/" + tapProfile + "?p={picc}&m={mac}"
)

// benchTag is a simulated tag as it is made anew for each cell.
type benchTag struct {
	UID        ntag424.UID
	Meta, File ntag424.Key
}

// tag commissions tags on paper and binds them to the last units.
func (w *world) tag(ctx context.Context, p *product.Product, f founder) error {
	if err := p.Vault.Generate(tapProfile); err != nil {
		return err
	}
	profile := authentic.Profile{
		ID: tapProfile, Vendor: f.vendor, Name: "Bench", Mode: sdm.ModeAES, URLTemplate: tapTemplate, KeyRef: tapProfile, Derivation: authentic.AN10922,
	}
	err := p.Store.Write(ctx, access.System("bench"), func(tx *store.Tx) error {
		tx.Audit(audit.Change{Chain: audit.SystemChain, Action: "bench.prepared", Kind: "profile", Object: tapProfile})
		return tx.CreateProfile(profile)
	})
	if err != nil {
		return err
	}
	for n, unit := range w.Units[max(0, len(w.Units)-tagged):] {
		t := benchTag{UID: ntag424.UID{0x04, 0xBE, 0x2C, 0x48, 0, byte(n >> 8), byte(n)}}
		keys, err := p.Vault.Programming(tapProfile, 1, profile.Derivation, sdm.UID(t.UID))
		if err != nil {
			return err
		}
		t.Meta, t.File = keys.Meta(), keys.File()
		_, err = p.Receiving.Bind(ctx, store.Command{Actor: f.stocker}, receiving.Binding{
			Unit: unit, Tag: receiving.TagInput{Technology: authentic.NTAG424, Profile: tapProfile, UID: t.UID[:]},
		})
		if err != nil {
			return err
		}
		w.Tags = append(w.Tags, t)
	}
	return nil
}

// taps is the second half of B8: a nurse's phone opens a tag's address, the
// counter is taken and the verdict committed before the page is written. It
// stands beside B4.
func taps(w *world) workload {
	beside := uses(w).ours
	beside.name = "uses (B4)"
	return workload{
		name: "B8", what: "a tap over HTTP, 16 nurses: SDM check, counter, tap, audit chain and the verdict's page, beside the uses of B4",
		ours: side{
			name: "taps", durability: "synchronous=FULL", launch: w.launchOurs, enter: w.enterTaps,
			good: func(a answer) bool { return a.status == 200 && bytes.Contains(a.body, []byte(">Genuine<")) },
		},
		peers: []side{beside}, demands: []float64{0.8}, alone: true,
	}
}

// enterTaps signs nurses in, each with a share of the tags, which begin to
// count anew with the fresh copy of the data.
func (w *world) enterTaps(p *process) ([]func(int) []byte, error) {
	if len(w.Tags) < clients {
		return nil, errors.New("too few units to bear tags")
	}
	var asks []func(int) []byte
	for n := range clients {
		cookie, err := signIn(p.address, nurseEmail(n))
		if err != nil {
			return nil, err
		}
		var share []*simtag.Tag
		for _, t := range w.Tags[n*len(w.Tags)/clients : (n+1)*len(w.Tags)/clients] {
			tag, err := t.made()
			if err != nil {
				return nil, err
			}
			share = append(share, tag)
		}
		asks = append(asks, func(i int) []byte { return tapped(share[i%len(share)], p.address, cookie) })
	}
	return asks, nil
}

// made puts the tag together as commissioning left it.
func (t benchTag) made() (*simtag.Tag, error) {
	image, err := ntag424.Template{URL: tapTemplate}.Image()
	if err != nil {
		return nil, err
	}
	tag := simtag.New(simtag.Config{UID: t.UID, Rand: zeros{}})
	keys := [ntag424.KeyCount]ntag424.Key{ntag424.KeyMeta: t.Meta, ntag424.KeyFile: t.File}
	return tag, tag.Personalise(image, image.Settings(), keys, 1)
}

// tapped is the request of a phone that read the tag.
func tapped(tag *simtag.Tag, address, cookie string) []byte {
	url, err := tag.Tap()
	if err != nil {
		panic("bench: a tag that has answered sixteen million times: " + err.Error())
	}
	_, path, _ := strings.Cut(url, "ward.example")
	return message("GET", path, address, "", cookie)
}

// zeros is what a simulated tag takes for random; it hides nothing here.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}
