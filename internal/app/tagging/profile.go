package tagging

import (
	"context"
	"crypto/sha256"
	"encoding/base32"
	"errors"
	"net/url"
	"strings"

	"trueward/internal/adapter/store"
	"trueward/internal/domain/access"
	"trueward/internal/domain/audit"
	"trueward/internal/domain/authentic"
	"trueward/internal/fault"
	"trueward/internal/standard/ntag424"
	"trueward/internal/standard/ntag424/simtag"
	"trueward/internal/standard/sdm"
)

// Kind is what a profile's tags write into their URL.
type Kind string

// The kinds of profile that can be written. LRP tags are verified and not
// written: the switch cannot be undone.
const (
	Private Kind = "private" // UID and counter encrypted
	Sealed  Kind = "sealed"  // likewise, with the state of a tamper loop
	Open    Kind = "open"    // UID and counter readable
	EPC     Kind = "epc"     // of UHF tags: the unit's EPC, no proof and no keys
)

// NewProfile is a profile to be made.
type NewProfile struct {
	Name string
	Kind Kind
	// Address is where taps lead to: scheme and host of the server as phones
	// reach it, such as "https://trueward.example.com".
	Address string
	Rule    authentic.EPCRule     // of Kind EPC
	Vendor  access.OrganisationID // for whom a hospital makes it; empty: the actor's own
}

// query is the part of the URL that the tag writes, and where its MAC begins.
func (k Kind) query() (query, macInput string, mode sdm.Mode) {
	switch k {
	case Sealed:
		return "p={picc}&e={enc}&m={mac}", sdm.PlaceEnc, sdm.ModeAES
	case Open:
		return "u={uid}&c={ctr}&m={mac}", "", sdm.ModePlain
	}
	return "p={picc}&m={mac}", "", sdm.ModeAES
}

// CreateProfile makes a profile and the keys of its first epoch. What it makes
// is tried before it is stored: a made-up tag is written and tapped, and its
// message must verify.
func (d *Desk) CreateProfile(ctx context.Context, cmd store.Command, in NewProfile) (authentic.ProfileID, error) {
	if err := may(cmd.Actor); err != nil {
		return "", err
	}
	p, err := d.profileOf(cmd, in)
	if err != nil {
		return "", err
	}
	if p.Keyed() {
		if err := d.firstKeys(p); err != nil {
			return "", err
		}
	}
	return store.Once(ctx, d.Store, cmd, func(tx *store.Tx) (authentic.ProfileID, error) {
		if err := tx.CreateProfile(p); err != nil {
			return "", err
		}
		if p.Keyed() {
			if err := tx.OpenEpoch(p, 1); err != nil {
				return "", err
			}
		}
		tx.Audit(audit.Change{
			Chain: audit.OrganisationChain(string(p.Vendor)), Action: "profile.created", Kind: "profile", Object: string(p.ID),
			New: map[string]string{"name": p.Name, "mode": string(p.Mode), "technology": string(p.Technology)},
		})
		return p.ID, nil
	})
}

// firstKeys makes the keys of a profile, and tries it out.
func (d *Desk) firstKeys(p authentic.Profile) error {
	if _, err := image(p); err != nil {
		return err
	}
	if !d.Keys.Has(p.KeyRef, 1) {
		if err := d.Keys.Generate(p.KeyRef); err != nil {
			return err
		}
	}
	return d.tryOut(p)
}

func (d *Desk) profileOf(cmd store.Command, in NewProfile) (authentic.Profile, error) {
	var wrong fault.Refusals
	name := strings.TrimSpace(in.Name)
	if name == "" || len(name) > 80 {
		wrong.At("name", "Give the profile a name of at most 80 characters, such as the products its tags are for.")
	}
	address, ok := origin(in.Address)
	if !ok && in.Kind != EPC {
		wrong.At("address", "Give the server's address as phones reach it, such as https://trueward.example.com.")
	}
	switch in.Kind {
	case Private, Sealed, Open:
	case EPC:
		wrongRule(in.Rule, &wrong)
	default:
		wrong.At("kind", "Choose what the tags write.")
	}
	if cmd.Actor.Kind == access.Vendor {
		in.Vendor = cmd.Actor.Organisation
	} else if in.Vendor == "" {
		wrong.At("vendor", "Choose the vendor for whose products the tags are.")
	}
	id, err := d.profileID(cmd)
	if err != nil {
		return authentic.Profile{}, err
	}
	if in.Kind == EPC {
		return authentic.Profile{ID: id, Vendor: in.Vendor, Name: name, Technology: authentic.UHF, EPC: in.Rule}, wrong.Err()
	}
	query, macInput, mode := in.Kind.query()
	return authentic.Profile{
		ID: id, Vendor: in.Vendor, Name: name, Technology: authentic.NTAG424, Mode: mode, URLTemplate: address + "/t/" + string(id) + "?" + query, MACInput: macInput,
		MirrorsFile: in.Kind == Sealed, Tamper: in.Kind == Sealed, KeyRef: string(id), Derivation: authentic.AN10922,
	}, wrong.Err()
}

// origin is scheme and host of an address, and nothing else.
func origin(text string) (string, bool) {
	u, err := url.Parse(strings.TrimRight(strings.TrimSpace(text), "/"))
	ok := err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != "" && u.User == nil && u.Path == "" &&
		u.RawQuery == "" && u.Fragment == "" && !strings.ContainsAny(u.Host, "{}")
	if !ok {
		return "", false
	}
	return u.Scheme + "://" + u.Host, true
}

// profileID is short, since it stands in every tag's URL. A command that comes
// again makes the same one, and so no second set of keys.
func (d *Desk) profileID(cmd store.Command) (authentic.ProfileID, error) {
	seed := []byte(string(cmd.Actor.Person) + "\x00" + cmd.Key)
	if cmd.Key == "" {
		seed = make([]byte, 16)
		if _, err := d.Random.Read(seed); err != nil {
			return "", err
		}
	}
	sum := sha256.Sum256(seed)
	text := base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(sum[:])
	return authentic.ProfileID(strings.ToLower(text[:10])), nil
}

// template is what the profile's tags hold. A seal's plain state is what a loop
// that was never measured shows.
func template(p authentic.Profile) ntag424.Template {
	return ntag424.Template{URL: p.URLTemplate, EncLength: p.FileMirrorLength(), MACFrom: p.MACInput, Tamper: p.Tamper}
}

// image lays the profile's file out; what a tag cannot hold is refused at the
// address, the one thing that people choose.
func image(p authentic.Profile) (ntag424.Image, error) {
	im, err := template(p).Image()
	if err == nil {
		err = im.Settings().Validate(ntag424.FileNDEF, 0)
	}
	if err == nil {
		_, err = p.Verifier()
	}
	if err != nil {
		f := fault.At("address", "A tag cannot hold an address this long. Use a shorter name for the server.")
		f.Cause = err
		return im, f
	}
	return im, nil
}

var errUnproven = errors.New("tagging: a tag of the new profile does not verify")

// tryOut writes a made-up tag of the profile and checks two taps of it.
func (d *Desk) tryOut(p authentic.Profile) error {
	im, err := image(p)
	if err != nil {
		return err
	}
	uid := ntag424.UID{0x04, 0x54, 0x52, 0x59, 0x4F, 0x55, 0x54}
	sealed, err := d.Keys.NewTagKeys(d.Keys.Identity(authentic.NTAG424, uid[:]), p.KeyRef, 1)
	if err != nil {
		return err
	}
	keys, err := d.Keys.TagKeys(p.KeyRef, 1, p.Derivation, sdm.UID(uid), sealed)
	if err != nil {
		return err
	}
	tag := simtag.New(simtag.Config{UID: uid, Rand: d.Random, TagTamper: p.Tamper})
	if err := tag.Personalise(im, im.Settings(), keys, 1); err != nil {
		return err
	}
	for n := uint32(1); n <= 2; n++ {
		text, err := tag.Tap()
		if err != nil {
			return err
		}
		m, err := d.message(p, 1, text)
		if err != nil || m.UID != sdm.UID(uid) || m.Ctr != n {
			return errors.Join(errUnproven, err)
		}
	}
	return nil
}

// message checks a URL as a ward does, with the vault's keys.
func (d *Desk) message(p authentic.Profile, epoch int64, text string) (sdm.Result, error) {
	v, err := p.Verifier()
	if err != nil {
		return sdm.Result{}, err
	}
	before, _, _ := strings.Cut(p.URLTemplate, "?")
	raw, ours := strings.CutPrefix(text, before+"?")
	if !ours {
		return sdm.Result{}, errUnproven
	}
	meta, err := d.Keys.Meta(p.KeyRef)
	if err != nil {
		return sdm.Result{}, err
	}
	var refused error
	m, err := v.Check(raw, meta, func(uid sdm.UID) *sdm.Key {
		file, err := d.Keys.FileKey(p.KeyRef, epoch, p.Derivation, uid)
		refused = err
		return file
	})
	return m, errors.Join(refused, err)
}
