package tagging

import (
	"context"
	"strings"

	"trueward/internal/adapter/store"
	"trueward/internal/domain/access"
	"trueward/internal/domain/audit"
	"trueward/internal/domain/authentic"
	"trueward/internal/domain/custody"
	"trueward/internal/fault"
)

// TagView is a tag with its whole story, as far as the actor may know it.
type TagView struct {
	Tag     authentic.Tag
	Profile authentic.Profile // zero for a tag without keys
	Epoch   authentic.Epoch   // of the keys in the tag
	Newest  int64             // epoch in which tags are written now
	Vendor  string
	Unit    *store.UnitRow // nil while unbound
	Label   authentic.Label
	Last    int64 // highest counter accepted; -1 for none
	Taps    []authentic.Tap
	Names   map[string]string // of the people in taps
}

// tapsShown bounds the checks on a tag's page.
const tapsShown = 50

// Tag returns one tag of the actor's side.
func (d *Desk) Tag(ctx context.Context, actor access.Actor, id authentic.TagID) (TagView, error) {
	q, err := d.queries(ctx, actor)
	if err != nil {
		return TagView{}, err
	}
	v := TagView{Last: -1}
	if v.Tag, err = q.Tag(id); err != nil {
		return v, err
	}
	if v.Label, err = q.TagLabel(id); err != nil {
		return v, err
	}
	if vendor, err := q.Organisation(v.Tag.Vendor); err == nil {
		v.Vendor = vendor.Name
	}
	if v.Tag.Unit != "" {
		row, err := q.UnitRow(custody.UnitID(v.Tag.Unit))
		if err != nil {
			return v, err
		}
		v.Unit = &row
	}
	if err := v.keys(q); err != nil {
		return v, err
	}
	return v, v.story(q, actor)
}

// keys fills what is known of the keys in the tag.
func (v *TagView) keys(q store.Queries) error {
	if v.Tag.Profile == "" {
		return nil
	}
	var err error
	if v.Profile, err = q.Profile(v.Tag.Profile); err != nil {
		return err
	}
	epochs, err := q.Epochs(v.Tag.Profile)
	if err != nil {
		return err
	}
	v.Epoch = authentic.Epoch{Profile: v.Tag.Profile, Number: v.Tag.Epoch}
	for _, e := range epochs {
		if e.Number == v.Tag.Epoch {
			v.Epoch = e
		}
	}
	v.Newest = authentic.Newest(epochs).Number
	last, tapped, err := q.LastCounter(v.Tag.ID, v.Tag.Epoch)
	if tapped {
		v.Last = last
	}
	return err
}

// story fills the tag's checks. A vendor does not learn who at the hospital
// held the phone.
func (v *TagView) story(q store.Queries, actor access.Actor) error {
	var err error
	if v.Taps, err = q.TagTaps(v.Tag.ID, tapsShown); err != nil {
		return err
	}
	var people []string
	for _, t := range v.Taps {
		people = append(people, string(t.Person))
	}
	v.Names, err = q.PersonNames(people...)
	return err
}

// Retire ends a tag for good: it was damaged, lost or taken off. A later read
// of it raises an alert.
func (d *Desk) Retire(ctx context.Context, cmd store.Command, id authentic.TagID, reason string) error {
	_, err := d.retire(ctx, cmd, []authentic.TagID{id}, reason)
	return err
}

// RetireAll ends several tags for good, for one reason, and returns those that
// it ended. Who was retired before stays as it was. Refusals: Forbidden, Invalid
// (no reason), NotFound (one that is not the actor's: then none is retired),
// Conflict (every one was retired before).
func (d *Desk) RetireAll(ctx context.Context, cmd store.Command, ids []authentic.TagID, reason string) ([]authentic.TagID, error) {
	return d.retire(ctx, cmd, ids, reason)
}

func (d *Desk) retire(ctx context.Context, cmd store.Command, ids []authentic.TagID, reason string) ([]authentic.TagID, error) {
	if err := may(cmd.Actor); err != nil {
		return nil, err
	}
	if err := store.AtOnce(len(ids)); err != nil {
		return nil, err
	}
	if reason = strings.TrimSpace(reason); reason == "" {
		return nil, fault.At("reason", "Say why the tag is retired.")
	}
	return store.Once(ctx, d.Store, cmd, func(tx *store.Tx) (ended []authentic.TagID, err error) {
		for _, id := range ids {
			done, err := retire(tx, cmd.Actor, id, reason)
			if err != nil {
				return nil, err
			}
			if done {
				ended = append(ended, id)
			}
		}
		if len(ended) == 0 {
			return nil, fault.New(fault.Conflict, "This tag was retired already.")
		}
		return ended, nil
	})
}

// retire ends one tag; done is false for one that was retired before.
func retire(tx *store.Tx, by access.Actor, id authentic.TagID, reason string) (done bool, err error) {
	tag, err := tx.Tag(id)
	if err != nil {
		return false, err
	}
	if done, err = tx.RetireTag(id, authentic.TagRetired); err != nil || !done {
		return false, err
	}
	if tag.Unit != "" {
		tx.Announce(store.Event{Kind: "unit", Subject: tag.Unit, HospitalID: string(tag.Hospital), VendorID: string(tag.Vendor)})
	}
	tx.Audit(audit.Change{
		Chain: audit.OrganisationChain(string(by.Organisation)), Action: "tag.retired", Kind: "tag", Object: string(id), Reason: reason,
		Old: map[string]string{"state": string(tag.State)}, New: map[string]string{"state": string(authentic.TagRetired)},
	})
	return true, nil
}
