package operating

import (
	"context"

	"trueward/internal/adapter/store"
	"trueward/internal/domain/access"
	"trueward/internal/domain/alert"
	"trueward/internal/domain/authentic"
)

// ProfileLine is a tag profile with what stands behind it.
type ProfileLine struct {
	Profile authentic.Profile
	Vendor  string // its name
	Tags    store.TagSum
	// Epochs are those for which keys are held; none means that no tag of the
	// profile can be proved here.
	Epochs []int64
}

// Keys is what is known of tags and keys; never a key.
type Keys struct {
	Profiles []ProfileLine
	// Plain counts tags without cryptography.
	Plain store.TagSum
	// Suspicions are the newest open alerts about tags that may be copies.
	Suspicions []alert.Alert
}

// suspicionsShown bounds the alerts on the page of keys; all are in the list.
const suspicionsShown = 5

// Keys lists the profiles that the actor's organisation works with.
func (d Desk) Keys(ctx context.Context, actor access.Actor) (Keys, error) {
	if err := may(actor, access.ManageTags); err != nil {
		return Keys{}, err
	}
	q := d.Store.Read(ctx, actor.Scope())
	profiles, err := q.Profiles()
	if err != nil {
		return Keys{}, err
	}
	vendors, err := vendorNames(q)
	if err != nil {
		return Keys{}, err
	}
	sums, err := q.TagSums()
	if err != nil {
		return Keys{}, err
	}
	byProfile := map[authentic.ProfileID]store.TagSum{}
	for _, s := range sums {
		byProfile[s.Profile] = s
	}
	out := Keys{Plain: byProfile[""]}
	for _, p := range profiles {
		out.Profiles = append(out.Profiles, ProfileLine{
			Profile: p, Vendor: vendors[p.Vendor], Tags: byProfile[p.ID], Epochs: d.Keyring.Epochs(p.KeyRef),
		})
	}
	out.Suspicions, err = suspicions(q)
	return out, err
}

func vendorNames(q store.Queries) (map[access.OrganisationID]string, error) {
	list, err := q.Organisations(access.Vendor)
	names := map[access.OrganisationID]string{}
	for _, o := range list {
		names[o.ID] = o.Name
	}
	return names, err
}

// suspicions are the open alerts that speak of a copied or opened tag.
func suspicions(q store.Queries) ([]alert.Alert, error) {
	list, err := q.Alerts(true, store.Page{})
	var out []alert.Alert
	for _, a := range list.Rows {
		switch a.Kind {
		case alert.Rollback, alert.ReusedTag, alert.Tampered, alert.WrongProduct:
			if len(out) < suspicionsShown {
				out = append(out, a)
			}
		}
	}
	return out, err
}
