// Package kiosk is how many people share one workstation: a device enrolled
// for a place, badges that say who taps, and a PIN beside the badge on the
// first tap of a shift.
//
// It promises that the workstation is held by one person at a time and a
// person holds one workstation at a time; that whoever taps goes on with the
// case that is open at it; that locking loses nothing; and that a badge alone
// proves nobody: it can be copied, so what it lets in may not do what needs a
// proof (access.ProofPolicy).
package kiosk

import (
	"context"
	"crypto/rand"
	"io"
	"strings"
	"time"

	"trueward/internal/adapter/store"
	"trueward/internal/domain/access"
	"trueward/internal/domain/audit"
	"trueward/internal/domain/custody"
	"trueward/internal/fault"
)

// Shift is how long a PIN is remembered: the first tap of a shift asks for it.
const Shift = 12 * time.Hour

// pinTries is how often a PIN may be wrong before it is closed. Its owner signs
// in with their password then, and chooses another one.
const pinTries = 10

// Hasher stores and compares secrets that people remember.
type Hasher interface {
	Hash(ctx context.Context, secret string) (string, error)
	Matches(ctx context.Context, secret, hash string) (bool, error)
}

// Desk works with shared workstations and badges. It is safe for concurrent
// use.
type Desk struct {
	Store  *store.Store
	Hashes Hasher
	// Identity gives the digest under which a badge is kept: no reader's output
	// can be had back from it without the installation's key.
	Identity func(badge []byte) string
	Random   io.Reader // of device tokens; crypto/rand when nil
}

// Enrolment makes a device a shared workstation of a place.
type Enrolment struct {
	Place custody.PlaceID
	Name  string
}

// Enrolled is a fresh workstation. Token is what the device keeps; it is empty
// when the same command comes again, and stored nowhere.
type Enrolled struct {
	Kiosk  store.KioskID
	Digest string
	Token  string `json:"-"`
}

// Enrol makes the device the administrator sits at a shared workstation.
func (d *Desk) Enrol(ctx context.Context, cmd store.Command, in Enrolment) (Enrolled, error) {
	if err := mayEnrol(cmd.Actor); err != nil {
		return Enrolled{}, err
	}
	in.Name = strings.TrimSpace(in.Name)
	var refused fault.Refusals
	if in.Name == "" {
		refused.At("name", "Enter the name that stands on the workstation, such as Cath Lab 2, left.")
	}
	if in.Place == "" {
		refused.At("place", "Choose where the workstation stands.")
	}
	if err := refused.Err(); err != nil {
		return Enrolled{}, err
	}
	random := d.Random
	if random == nil {
		random = rand.Reader
	}
	token, digest, err := access.NewToken(random)
	if err != nil {
		return Enrolled{}, err
	}
	done, err := store.Once(ctx, d.Store, cmd, func(tx *store.Tx) (Enrolled, error) { return enrol(tx, in, digest) })
	if err == nil && done.Digest == digest {
		done.Token = token
	}
	return done, err
}

func mayEnrol(actor access.Actor) error {
	if actor.Kind != access.Hospital || !actor.May(access.ManagePeople) {
		return fault.New(fault.Forbidden, "Only an administrator of the hospital can set up shared workstations.")
	}
	return nil
}

func enrol(tx *store.Tx, in Enrolment, digest string) (Enrolled, error) {
	place, err := tx.Place(in.Place)
	if err != nil {
		return Enrolled{}, err
	}
	if !tx.Actor().MayAt(access.ManagePeople, place.Site) {
		return Enrolled{}, fault.New(fault.Forbidden, "You are not an administrator at this site.")
	}
	others, err := tx.Kiosks()
	if err != nil {
		return Enrolled{}, err
	}
	for _, k := range others {
		if k.Site == place.Site && strings.EqualFold(k.Name, in.Name) {
			return Enrolled{}, fault.At("name", "The site already has, or had, a workstation of this name. Choose another one.")
		}
	}
	id, err := tx.CreateKiosk(store.Kiosk{Hospital: place.Hospital, Site: place.Site, Place: place.ID, Name: in.Name}, digest)
	tx.Audit(change(place.Site, id, "workstation.enrolled", map[string]string{"name": in.Name, "place": string(place.ID)}))
	return Enrolled{Kiosk: id, Digest: digest}, err
}

// change is the audit row of what happened to a workstation, in its site's chain.
func change(site access.SiteID, id store.KioskID, action string, facts map[string]string) audit.Change {
	return audit.Change{Chain: audit.SiteChain(string(site)), Action: action, Kind: "workstation", Object: string(id), New: facts}
}

// List returns the workstations of the actor's sites.
func (d *Desk) List(ctx context.Context, actor access.Actor) ([]store.Kiosk, error) {
	if err := mayEnrol(actor); err != nil {
		return nil, err
	}
	return d.Store.Read(ctx, actor.Scope()).Kiosks()
}

// Places returns where a workstation may stand, by site.
func (d *Desk) Places(ctx context.Context, actor access.Actor) ([]custody.Site, map[access.SiteID][]custody.Place, error) {
	q := d.Store.Read(ctx, actor.Scope())
	sites, err := q.Sites(actor.Organisation)
	if err != nil {
		return nil, nil, err
	}
	places := map[access.SiteID][]custody.Place{}
	for _, s := range sites {
		if places[s.ID], err = q.Places(s.ID); err != nil {
			return nil, nil, err
		}
	}
	return sites, places, nil
}

// Revoke ends the use of a workstation: whoever sits at it is out at the next
// request.
func (d *Desk) Revoke(ctx context.Context, cmd store.Command, id store.KioskID) error {
	if err := mayEnrol(cmd.Actor); err != nil {
		return err
	}
	_, err := store.Once(ctx, d.Store, cmd, func(tx *store.Tx) (store.KioskID, error) {
		k, err := tx.Kiosk(id)
		if err != nil {
			return "", err
		}
		used, err := tx.RevokeKiosk(id)
		if err == nil && !used {
			err = fault.New(fault.Conflict, k.Name+" is no shared workstation any more.")
		}
		tx.Audit(change(k.Site, id, "workstation.revoked", nil))
		return id, err
	})
	return err
}

// At is the workstation whose token a device holds; false when it is none.
func (d *Desk) At(ctx context.Context, token string) (store.Kiosk, bool, error) {
	if token == "" {
		return store.Kiosk{}, false, nil
	}
	return d.Store.Read(ctx, access.Everything()).KioskByToken(access.TokenDigest(token))
}

// Where says where a workstation stands.
func (d *Desk) Where(ctx context.Context, k store.Kiosk) (place, hospital string, err error) {
	q := d.Store.Read(ctx, access.Everything())
	p, err := q.Place(k.Place)
	if err != nil {
		return "", "", err
	}
	o, err := q.Organisation(k.Hospital)
	return p.Name, o.Name, err
}
