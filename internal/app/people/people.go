// Package people is how an installation gets its organisations, sites, places
// and people, and how people get and lose their roles. It promises that an
// administrator reaches their own organisation alone, that the operator's
// administrator can bring in administrators elsewhere and nothing more, that
// an organisation never loses its last administrator, and that whoever loses
// access has lost it at their next request.
//
// Passwords are never set here: a one-time link lets the person do it.
package people

import (
	"context"
	"crypto/rand"
	"io"
	"slices"
	"strings"
	"time"

	"trueward/internal/adapter/store"
	"trueward/internal/domain/access"
	"trueward/internal/domain/audit"
	"trueward/internal/fault"
)

// Desk manages people. It is safe for concurrent use.
type Desk struct {
	Store *store.Store
	// Random is the source of one-time links; crypto/rand when nil.
	Random io.Reader
}

const (
	inviteLife = 7 * 24 * time.Hour
	resetLife  = 24 * time.Hour
)

// Link is a one-time link for somebody, to be passed on. Token is empty when
// the same form came a second time: the link was shown then and is kept
// nowhere, so that only a new one helps.
type Link struct {
	Person    access.PersonID
	Name      string
	Email     string
	Kind      access.LinkKind
	ExpiresAt time.Time
	Token     string `json:"-"`
	// Digest tells whether Token is of this command or of an earlier copy.
	Digest string
}

// Invitation is what an administrator enters about a new person.
type Invitation struct {
	// Organisation is empty for the actor's own.
	Organisation access.OrganisationID
	Name         string
	Email        string
	Grants       []access.Grant
}

// Invite adds a person and makes the link by which they set their password.
func (d Desk) Invite(ctx context.Context, cmd store.Command, in Invitation) (Link, error) {
	if in.Organisation == "" {
		in.Organisation = cmd.Actor.Organisation
	}
	if err := mayInvite(cmd.Actor, in); err != nil {
		return Link{}, err
	}
	email, err := in.check()
	if err != nil {
		return Link{}, err
	}
	return d.withToken(ctx, cmd, func(tx *store.Tx, digest string) (Link, error) {
		organisation, err := tx.Unbounded().Organisation(in.Organisation)
		if err != nil {
			return Link{}, err
		}
		if err := checkGrants(tx, organisation, in.Grants); err != nil {
			return Link{}, err
		}
		person := access.Person{Organisation: organisation.ID, Email: email, Name: strings.TrimSpace(in.Name), Grants: in.Grants}
		if person.ID, err = tx.CreatePerson(person); err != nil {
			return Link{}, err
		}
		tx.Audit(change(person, "person.invited", nil, map[string]string{"name": person.Name, "email": email, "roles": words(in.Grants)}))
		return newLink(tx, person, access.InviteLink, inviteLife, digest)
	})
}

// mayInvite lets an administrator invite into their own organisation, and the
// operator's administrator an administrator anywhere.
func mayInvite(actor access.Actor, in Invitation) error {
	if actor.IsSystem() || in.Organisation == actor.Organisation {
		return mayManage(actor)
	}
	onlyAdmin := !slices.ContainsFunc(in.Grants, func(g access.Grant) bool { return g.Role != access.Admin })
	if actor.MayAt(access.ManageOrganisations, "") && onlyAdmin {
		return nil
	}
	return fault.New(fault.Forbidden, "You can invite people into your own organisation only.")
}

func mayManage(actor access.Actor) error {
	if actor.MayAt(access.ManagePeople, "") {
		return nil
	}
	return fault.New(fault.Forbidden, "Only an administrator of the whole organisation can manage its people.")
}

func (in Invitation) check() (email string, err error) {
	var refused fault.Refusals
	if strings.TrimSpace(in.Name) == "" {
		refused.At("name", "Enter the person's name.")
	}
	email, ok := access.NormalEmail(in.Email)
	if !ok {
		refused.At("email", "Enter the person's e-mail address, such as amy@hospital.example.")
	}
	if len(in.Grants) == 0 {
		refused.At("roles", "Choose at least one role.")
	}
	return email, refused.Err()
}

// checkGrants refuses roles that people of this kind of organisation do not
// have, and sites that are not its own.
func checkGrants(tx *store.Tx, o access.Organisation, grants []access.Grant) error {
	sites, err := tx.Unbounded().Sites(o.ID)
	if err != nil {
		return err
	}
	own := map[access.SiteID]bool{"": true}
	for _, s := range sites {
		own[s.ID] = o.Kind == access.Hospital
	}
	seen := map[access.Grant]bool{}
	for _, g := range grants {
		switch {
		case !slices.Contains(access.Roles(o.Kind), g.Role):
			return fault.At("roles", "People of this organisation cannot have the role "+g.Role.Word()+". Choose another one.")
		case !own[g.Site]:
			return fault.At("site", "There is no such site in this organisation. Choose another one.")
		case seen[g]:
			return fault.At("roles", "The role "+g.Role.Word()+" is chosen twice. Choose it once.")
		}
		seen[g] = true
	}
	return nil
}

// withToken runs a command that makes a one-time link. The token stays outside
// the stored result: whoever reads the database must not find it.
func (d Desk) withToken(ctx context.Context, cmd store.Command, fn func(tx *store.Tx, digest string) (Link, error)) (Link, error) {
	random := d.Random
	if random == nil {
		random = rand.Reader
	}
	token, digest, err := access.NewToken(random)
	if err != nil {
		return Link{}, err
	}
	link, err := store.Once(ctx, d.Store, cmd, func(tx *store.Tx) (Link, error) { return fn(tx, digest) })
	if err == nil && link.Digest == digest {
		link.Token = token
	}
	return link, err
}

func newLink(tx *store.Tx, p access.Person, kind access.LinkKind, life time.Duration, digest string) (Link, error) {
	link := access.Link{Kind: kind, Person: p.ID, ExpiresAt: tx.Now().Add(life)}
	return Link{
		Person: p.ID, Name: p.Name, Email: p.Email, Kind: kind, ExpiresAt: link.ExpiresAt, Digest: digest,
	}, tx.CreateLink(digest, link)
}

// change is the audit row of what happened to a person, in the chain of their
// organisation.
func change(p access.Person, action string, old, new map[string]string) audit.Change {
	return audit.Change{
		Chain: audit.OrganisationChain(string(p.Organisation)), Action: action,
		Kind: "person", Object: string(p.ID), Old: old, New: new,
	}
}

// words writes grants for the audit trail: "nurse@<site>, admin".
func words(grants []access.Grant) string {
	parts := make([]string, len(grants))
	for i, g := range grants {
		parts[i] = string(g.Role)
		if g.Site != "" {
			parts[i] += "@" + string(g.Site)
		}
	}
	slices.Sort(parts)
	return strings.Join(parts, ", ")
}
