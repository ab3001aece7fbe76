package receiving

import (
	"context"
	"strings"

	"trueward/internal/adapter/store"
	"trueward/internal/domain/access"
	"trueward/internal/domain/audit"
	"trueward/internal/domain/authentic"
	"trueward/internal/domain/custody"
	"trueward/internal/fault"
	"trueward/internal/standard/epc"
)

// TagInput says which tag is on a unit. UID is never stored: only its keyed
// digest is.
type TagInput struct {
	Technology authentic.Technology
	Profile    authentic.ProfileID // of a tag with keys
	UID        []byte              // of an NFC tag
	EPC        string              // of a UHF tag, hex
}

// Binding puts a tag on a unit that is on record.
type Binding struct {
	Unit custody.UnitID
	Tag  TagInput
}

// Bind binds a tag to a unit. A tag that already stands for a unit is refused:
// a genuine tag on the wrong product is how a copy begins.
func (d *Desk) Bind(ctx context.Context, cmd store.Command, in Binding) (authentic.TagID, error) {
	return store.Once(ctx, d.Store, cmd, func(tx *store.Tx) (authentic.TagID, error) {
		u, err := tx.Unit(in.Unit)
		switch {
		case err != nil:
			return "", err
		case !tx.Actor().MayAt(access.MoveStock, u.Site) && !tx.Actor().MayAt(access.ManageTags, u.Site):
			return "", fault.New(fault.Forbidden, "Binding tags needs the materials or engineer role.")
		case u.State.Terminal():
			return "", fault.Newf(fault.Conflict, "This unit is %s; it gets no tag any more.", u.State.Word())
		}
		return d.bind(tx, u, in.Tag)
	})
}

func (d *Desk) bind(tx *store.Tx, u custody.Unit, in TagInput) (authentic.TagID, error) {
	tag, err := d.tag(tx, u, in)
	if err != nil {
		return "", err
	}
	bound, err := tx.BindTag(tag.ID, u)
	switch {
	case err != nil:
		return "", err
	case !bound:
		return "", fault.New(fault.Conflict, "This tag already stands for another unit, or was retired. Use another tag and put this one aside.")
	}
	tx.Audit(audit.Change{
		Chain: audit.SiteChain(string(u.Site)), Action: "tag.bound", Kind: "unit", Object: string(u.ID),
		New: map[string]string{"tag": string(tag.ID), "technology": string(tag.Technology)},
	})
	return tag.ID, nil
}

// tag finds the tag, or takes it on when it was never seen.
func (d *Desk) tag(tx *store.Tx, u custody.Unit, in TagInput) (authentic.Tag, error) {
	t := authentic.Tag{Technology: in.Technology, Profile: in.Profile, Vendor: u.Vendor, Epoch: 1}
	switch {
	case in.Technology == authentic.UHF:
		code, err := epc.Decode(in.EPC)
		if err != nil {
			return t, fault.Wrap(fault.Invalid, "This is not an EPC that can be read.", err)
		}
		if code.GTIN() != "" && code.GTIN() != u.DI {
			return t, fault.At("epc", "The EPC on this tag names another product. Do not use this tag here.")
		}
		t.EPC = strings.ToUpper(in.EPC)
		t.Identity = string(authentic.UHF) + ":" + t.EPC
	case len(in.UID) < 4 || len(in.UID) > 10:
		return t, fault.At("uid", "A tag's number has 4 to 10 bytes.")
	default:
		t.Identity = d.Identities.Identity(in.Technology, in.UID)
	}
	known, err := tx.Unbounded().TagByIdentity(t.Identity)
	if err == nil && known.Vendor != u.Vendor {
		return t, fault.New(fault.Conflict, "This tag belongs to another vendor's product.")
	}
	if !fault.Is(err, fault.NotFound) {
		return known, err
	}
	t.ID, err = tx.CreateTag(t)
	return t, err
}
