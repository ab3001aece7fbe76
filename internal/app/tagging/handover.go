package tagging

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"unicode/utf8"

	"trueward/internal/adapter/store"
	"trueward/internal/domain/access"
	"trueward/internal/domain/audit"
	"trueward/internal/domain/authentic"
	"trueward/internal/fault"
	"trueward/internal/standard/sdm"
)

// Courier seals and opens key files for organisations; their secrets never
// leave it.
type Courier interface {
	// Keys are an organisation's public halves; false when it has none yet.
	Keys(organisation string) (receiver, sender string, ok bool)
	// Make makes an organisation's identity, unless it has one.
	Make(organisation string) error
	// Pack seals a description and the keys of a profile for a receiver.
	Pack(organisation, receiver string, about []byte, ref string) (file string, err error)
	// Open opens a file for its receiver. Keep keeps its keys under a reference
	// and returns their epochs.
	Open(organisation, file, sender string) (Parcel, error)
}

// Parcel is an opened key file.
type Parcel struct {
	About  []byte
	Digest string // of the content, the same each time the file comes
	Keep   func(ref string) ([]int64, error)
}

// The refusals of a courier.
var (
	ErrFile     = errors.New("tagging: not a whole key file")
	ErrReceiver = errors.New("tagging: a key file for somebody else")
	ErrSender   = errors.New("tagging: a key file of somebody else")
	ErrKey      = errors.New("tagging: not a public key")
	ErrOther    = errors.New("tagging: other keys are kept under that name")
)

// Address is an organisation's public half, to be told to others.
type Address struct {
	Made             bool
	Receiver, Sender string
	Files            []store.Handover // newest first
}

// filesShown bounds the key files on the page.
const filesShown = 30

// Address returns the organisation's public keys and what it sent and took in.
func (d *Desk) Address(ctx context.Context, actor access.Actor) (Address, error) {
	q, err := d.queries(ctx, actor)
	if err != nil {
		return Address{}, err
	}
	var a Address
	a.Receiver, a.Sender, a.Made = d.Courier.Keys(string(actor.Organisation))
	a.Files, err = q.Handovers(filesShown)
	return a, err
}

// MakeAddress makes the organisation's identity for key files, once.
func (d *Desk) MakeAddress(ctx context.Context, cmd store.Command) error {
	if err := may(cmd.Actor); err != nil {
		return err
	}
	if err := d.Courier.Make(string(cmd.Actor.Organisation)); err != nil {
		return err
	}
	_, err := store.Once(ctx, d.Store, cmd, func(tx *store.Tx) (bool, error) {
		tx.Audit(audit.Change{
			Chain: audit.OrganisationChain(string(cmd.Actor.Organisation)), Action: "handover.address_made", Kind: "organisation",
			Object: string(cmd.Actor.Organisation),
		})
		return true, nil
	})
	return err
}

// about describes a profile in a key file.
type about struct {
	ID          authentic.ProfileID
	Name        string
	Mode        sdm.Mode
	URLTemplate string
	MACInput    string
	MirrorsFile bool
	Tamper      bool
	LowerCase   bool
	Derivation  authentic.Derivation
	Sender      string // name of the organisation
	Newest      int64
	Closed      []int64
}

// HandOver writes a key file of a profile for a receiver, who is told by name
// for the record.
func (d *Desk) HandOver(ctx context.Context, cmd store.Command, id authentic.ProfileID, receiver, name string) (file string, err error) {
	p, err := d.own(ctx, cmd.Actor, id)
	if err != nil {
		return "", err
	}
	name = strings.TrimSpace(name)
	if name == "" || utf8.RuneCountInString(name) > 100 {
		return "", fault.At("name", "Say to whom the keys go.")
	}
	return store.Once(ctx, d.Store, cmd, func(tx *store.Tx) (string, error) {
		epochs, err := d.epochs(tx.Queries, p)
		if err != nil {
			return "", err
		}
		text, err := json.Marshal(describe(p, epochs, cmd.Actor.OrganisationName))
		if err != nil {
			return "", err
		}
		file, err := d.Courier.Pack(string(cmd.Actor.Organisation), strings.TrimSpace(receiver), text, p.KeyRef)
		if errors.Is(err, ErrKey) {
			return "", fault.At("receiver", "This is not a receiver's key. It begins with age1 and stands on the receiver's page of key files.")
		}
		if err != nil {
			return "", err
		}
		newest := authentic.Newest(epochs).Number
		err = tx.AddHandover(store.Handover{
			Organisation: cmd.Actor.Organisation, Other: name, Profile: p.ID, Epoch: newest, Digest: digest(file),
		})
		tx.Audit(audit.Change{
			Chain: audit.OrganisationChain(string(cmd.Actor.Organisation)), Action: "keys.handed_over", Kind: "profile", Object: string(p.ID),
			New: map[string]string{"to": name, "receiver": strings.TrimSpace(receiver)}, Evidence: digest(file),
		})
		return file, err
	})
}

func digest(file string) string {
	sum := sha256.Sum256([]byte(file))
	return hex.EncodeToString(sum[:])
}

func describe(p authentic.Profile, epochs []authentic.Epoch, sender string) about {
	a := about{
		ID: p.ID, Name: p.Name, Mode: p.Mode, URLTemplate: p.URLTemplate, MACInput: p.MACInput, MirrorsFile: p.MirrorsFile, Tamper: p.Tamper,
		LowerCase: p.LowerCase, Derivation: p.Derivation, Sender: sender, Newest: authentic.Newest(epochs).Number,
	}
	for _, e := range epochs {
		if !e.Open() {
			a.Closed = append(a.Closed, e.Number)
		}
	}
	return a
}

// TakeIn opens a key file for the actor's organisation, keeps its keys, and
// makes the profile if it is not known here. A file comes in once.
func (d *Desk) TakeIn(ctx context.Context, cmd store.Command, file, sender string, vendor access.OrganisationID) (authentic.ProfileID, error) {
	if err := may(cmd.Actor); err != nil {
		return "", err
	}
	parcel, err := d.Courier.Open(string(cmd.Actor.Organisation), file, sender)
	if err != nil {
		return "", parcelRefused(err)
	}
	var a about
	if err := json.Unmarshal(parcel.About, &a); err != nil || a.ID == "" {
		return "", parcelRefused(ErrFile)
	}
	return store.Once(ctx, d.Store, cmd, func(tx *store.Tx) (authentic.ProfileID, error) {
		seen, err := tx.HandoverSeen(parcel.Digest)
		switch {
		case err != nil:
			return "", err
		case seen:
			return "", fault.At("file", "This key file was taken in before. Ask the sender for a new one.")
		}
		p, err := d.receive(tx, cmd.Actor, a, vendor)
		if err != nil {
			return "", err
		}
		// Keys without record are found here again, and must be the same.
		if _, err := parcel.Keep(p.KeyRef); err != nil {
			return "", parcelRefused(err)
		}
		err = tx.AddHandover(store.Handover{
			Organisation: cmd.Actor.Organisation, Received: true, Other: a.Sender, Profile: p.ID, Epoch: a.Newest, Digest: parcel.Digest,
		})
		tx.Audit(audit.Change{
			Chain: audit.OrganisationChain(string(cmd.Actor.Organisation)), Action: "keys.taken_in", Kind: "profile", Object: string(p.ID),
			New: map[string]string{"from": a.Sender, "sender": strings.TrimSpace(sender)}, Evidence: parcel.Digest,
		})
		return p.ID, err
	})
}

// receive finds the profile of a key file, or makes it.
func (d *Desk) receive(tx *store.Tx, actor access.Actor, a about, vendor access.OrganisationID) (authentic.Profile, error) {
	if actor.Kind == access.Vendor {
		vendor = actor.Organisation
	}
	in := authentic.Profile{
		ID: a.ID, Vendor: vendor, Name: a.Name, Mode: a.Mode, URLTemplate: a.URLTemplate, MACInput: a.MACInput, MirrorsFile: a.MirrorsFile,
		Tamper: a.Tamper, LowerCase: a.LowerCase, KeyRef: string(a.ID), Derivation: a.Derivation,
	}
	known, err := tx.Unbounded().Profile(a.ID)
	switch {
	case err == nil:
		in.Vendor, in.CreatedAt, in.Name, in.KeyRef = known.Vendor, known.CreatedAt, known.Name, known.KeyRef
		if in != known || vendor != "" && vendor != known.Vendor {
			return known, fault.At("file", "A profile of this name is known here and writes something else. Ask the sender.")
		}
	case !fault.Is(err, fault.NotFound):
		return in, err
	case vendor == "":
		return in, fault.At("vendor", "Choose the vendor whose tags these are.")
	default:
		if _, err := in.Verifier(); err != nil {
			return in, parcelRefused(ErrFile)
		}
		if err := tx.CreateProfile(in); err != nil {
			return in, err
		}
		known = in
	}
	return known, d.openEpochs(tx, known, a)
}

// openEpochs records the epochs of a key file that are not on record yet.
func (d *Desk) openEpochs(tx *store.Tx, p authentic.Profile, a about) error {
	recorded, err := tx.Unbounded().Epochs(p.ID)
	if err != nil {
		return err
	}
	for n := int64(1); n <= min(a.Newest, authentic.LastEpoch); n++ {
		if slices.ContainsFunc(recorded, func(e authentic.Epoch) bool { return e.Number == n }) {
			continue
		}
		if err := tx.OpenEpoch(p, n); err != nil {
			return err
		}
	}
	for _, n := range a.Closed {
		if _, err := tx.CloseEpoch(p.ID, n); err != nil {
			return err
		}
	}
	return nil
}

// parcelRefused words why a key file was not taken in.
func parcelRefused(err error) error {
	for _, r := range []struct {
		err             error
		field, sentence string
	}{
		{ErrKey, "sender", "This is not a sender's key. It begins with twsign1; ask the sender for it, over another way than the file's."},
		{ErrReceiver, "file", "This key file was made for somebody else. Give the sender the receiver's key that stands on this page."},
		{ErrSender, "sender", "This sender did not sign this file. Do not use it; ask the sender."},
		{ErrFile, "file", "This is not a whole key file, or it was changed on its way. Ask for it again."},
		{ErrOther, "file", "Other keys are kept under this profile's name. Ask the sender."},
	} {
		if errors.Is(err, r.err) {
			f := fault.At(r.field, r.sentence)
			f.Cause = err
			return f
		}
	}
	return err
}
