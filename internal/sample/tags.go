package sample

import (
	"encoding/binary"
	"fmt"

	"trueward/internal/adapter/store"
	"trueward/internal/app/receiving"
	"trueward/internal/domain/audit"
	"trueward/internal/domain/authentic"
	"trueward/internal/standard/epc"
	"trueward/internal/standard/sdm"
)

// profile is a family of NTAG 424 DNA tags of a vendor.
type profile struct {
	id, vendor, name string
	mode             sdm.Mode
	query            string // of the URL template
	macInput         string
	tamper           bool
}

var profiles = []profile{
	{"norvane-1", "norvane", "Norvane stents, encrypted", sdm.ModeAES, "p={picc}&m={mac}", "", false},
	{"norvane-2", "norvane", "Norvane balloons, with tamper loop", sdm.ModeAES, "p={picc}&e={enc}&m={mac}", "enc", true},
	{"corvidia-1", "corvidia", "Corvidia catheters, plain", sdm.ModePlain, "u={uid}&c={ctr}&m={mac}", "", false},
}

// profileOf names the profile of a product family's tags; empty for families
// with other tags.
func profileOf(f *family) authentic.ProfileID {
	switch f.name {
	case "Coronary stents":
		return "norvane-1"
	case "Balloons":
		return "norvane-2"
	case "Guiding catheters":
		return "corvidia-1"
	}
	return ""
}

// profiles writes the profiles and makes their keys.
func (l *loader) profiles() error {
	return l.write(func(tx *store.Tx) error {
		for _, p := range profiles {
			vendor := l.organisations[p.vendor]
			err := tx.CreateProfile(authentic.Profile{
				ID: authentic.ProfileID(p.id), Vendor: vendor, Name: p.name, Mode: p.mode,
				URLTemplate: l.TapHost + "/t/" + p.id + "?" + p.query, MACInput: p.macInput,
				MirrorsFile: p.tamper, Tamper: p.tamper, KeyRef: p.id, Derivation: authentic.AN10922,
			})
			if err != nil {
				return err
			}
			if !l.Keys.Has(p.id, 1) {
				if err := l.Keys.Generate(p.id); err != nil {
					return err
				}
			}
			tx.Audit(audit.Change{
				Chain: audit.OrganisationChain(string(vendor)), Action: "profile.created", Kind: "profile", Object: p.id,
				New: map[string]string{"name": p.name, "mode": string(p.mode)}, Reason: "sample data",
			})
		}
		return nil
	})
}

// uid is the UID of the n-th tag of the sample: NXP's manufacturer byte and a
// number spread over the rest, so that neighbours do not look alike.
func uid(n int) sdm.UID {
	var id sdm.UID
	id[0] = 0x04
	var spread [8]byte
	binary.BigEndian.PutUint64(spread[:], uint64(n+1)*0x9E3779B97F4A7C15)
	copy(id[1:], spread[1:7])
	return id
}

// tagsFor gives a unit its tags: an NTAG 424 where the family has a profile
// (every third of them a UHF tag as well), a UHF tag or a bare NFC tag else.
func (l *loader) tagsFor(p product, serial int64) ([]receiving.TagInput, error) {
	l.tags++
	n := l.tags
	id := uid(n)
	var tags []receiving.TagInput
	if ref := profileOf(p.family); ref != "" {
		tags = append(tags, receiving.TagInput{Technology: authentic.NTAG424, Profile: ref, UID: id[:]})
		if n%3 != 0 {
			return tags, nil
		}
	} else if n%7 == 0 {
		return []receiving.TagInput{{Technology: authentic.NFC, UID: id[:]}}, nil
	}
	code, err := epc.EncodeSGTIN96(p.di, fmt.Sprint(serial), 10, 1)
	if err != nil {
		return nil, err
	}
	return append(tags, receiving.TagInput{Technology: authentic.UHF, EPC: code.Hex()}), nil
}
