// Package outside lets people in whom the house's own sign-in knows (single
// sign-on). It promises that a person is who the issuer's own name for them
// says, found by a verified address once and never again; that their roles are
// those of the mapping at every sign-in; that nobody unknown comes in unless
// the operator said so; and that an organisation keeps its last administrator.
//
// While the house's sign-in is down, people go on with passwords of their own;
// where those are closed otherwise, that opens for an hour at a time and
// raises an alert.
package outside

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode"
	"unicode/utf8"

	"trueward/internal/adapter/store"
	"trueward/internal/clock"
	"trueward/internal/domain/access"
	"trueward/internal/domain/alert"
	"trueward/internal/domain/audit"
	"trueward/internal/fault"
)

// By names the proof in the audit trail.
const By = "single sign-on"

// Issuer tells whether the house's sign-in answers.
type Issuer interface {
	Up(ctx context.Context) bool
}

// Desk lets people in. It is safe for concurrent use.
type Desk struct {
	Store   *store.Store
	Clock   clock.Clock
	Mapping Mapping
	Issuer  Issuer

	mu    sync.Mutex
	asked time.Time
	up    bool
}

// Entry is a person who may come in.
type Entry struct {
	Person access.PersonID
	Since  time.Time
	Proven time.Time // when they proved themself to the issuer; zero when unknown
	// Follows is their session there, which ends this one.
	Follows access.OutsideEnd
}

// Name is what the house's sign-in is called.
func (d *Desk) Name() string { return d.Mapping.Name }

// Enter lets in whoever the issuer says it is.
func (d *Desk) Enter(ctx context.Context, who access.OutsideIdentity, requestID string) (entry Entry, err error) {
	rules := d.Mapping.matching(who.Claims)
	actor := access.System("single sign-on")
	actor.RequestID = requestID
	err = d.Store.Write(ctx, actor, func(tx *store.Tx) error {
		person, err := d.person(tx, who, rules)
		if err != nil {
			return err
		}
		entry = Entry{Person: person.ID, Since: tx.Now(), Proven: who.ProvenAt, Follows: access.OutsideEnd{Issuer: who.Issuer, Subject: who.Subject, Session: who.Session}}
		if entry.Proven.After(tx.Now()) {
			entry.Proven = tx.Now()
		}
		tx.Audit(change(person, "person.signed_in", nil, map[string]string{"by": By}))
		return nil
	})
	return entry, err
}

// change is the audit row of what happened to a person.
func change(p access.Person, action string, old, new map[string]string) audit.Change {
	return audit.Change{
		Chain: audit.OrganisationChain(string(p.Organisation)), Action: action, Kind: "person", Object: string(p.ID), Old: old, New: new,
	}
}

// person finds who an identity is here, links them the first time, and gives
// them the roles of the rules.
func (d *Desk) person(tx *store.Tx, who access.OutsideIdentity, rules []Rule) (access.Person, error) {
	id, linked, err := tx.PersonOutside(who.Issuer, who.Subject)
	if err != nil {
		return access.Person{}, err
	}
	if !linked {
		id, err = d.meet(tx, who, rules)
		if err != nil {
			return access.Person{}, err
		}
	}
	person, err := tx.Unbounded().Person(id)
	if err != nil {
		return access.Person{}, err
	}
	if person.Disabled() {
		return access.Person{}, fault.New(fault.Forbidden, "Your account here is closed. Ask your administrator.")
	}
	if !linked {
		if err := link(tx, who, person); err != nil {
			return access.Person{}, err
		}
	}
	return person, d.follow(tx, person, rules)
}

// meet finds somebody who comes for the first time, by the address the issuer
// has verified, or makes them where the operator lets unknown people in.
func (d *Desk) meet(tx *store.Tx, who access.OutsideIdentity, rules []Rule) (access.PersonID, error) {
	email, ok := access.NormalEmail(who.Email)
	if !ok {
		return "", fault.Newf(fault.Forbidden, "%s tells no e-mail address of yours, so that nobody knows who you are here. Ask its help desk.", d.said())
	}
	if !who.Verified {
		return "", fault.Newf(fault.Forbidden, "%s has not verified your e-mail address, so that anybody could claim it. Have it verified there, then try again.", d.said())
	}
	credential, known, err := tx.CredentialByEmail(email)
	if err != nil {
		return "", err
	}
	if known {
		return credential.Actor.Person, nil
	}
	if d.Mapping.Unknown != Admit {
		return "", fault.New(fault.Forbidden, "Nobody has invited you here yet. Ask your administrator to add you, then sign in again.")
	}
	return d.admit(tx, who, email, rules)
}

// said begins a sentence about the house's sign-in.
func (d *Desk) said() string {
	first, size := utf8.DecodeRuneInString(d.Mapping.Name)
	return string(unicode.ToUpper(first)) + d.Mapping.Name[size:]
}

// admit makes a person whom the rules place in exactly one organisation.
func (d *Desk) admit(tx *store.Tx, who access.OutsideIdentity, email string, rules []Rule) (access.PersonID, error) {
	if len(rules) == 0 || len(of(rules, rules[0].Organisation)) != len(rules) {
		return "", d.errNoRole()
	}
	all, err := tx.Unbounded().Organisations("")
	if err != nil {
		return "", err
	}
	at := slices.IndexFunc(all, func(o access.Organisation) bool { return strings.EqualFold(o.Name, rules[0].Organisation) })
	if at < 0 {
		return "", d.errNoRole()
	}
	grants, err := grantsOf(tx, all[at], rules)
	if err != nil {
		return "", err
	}
	if len(grants) == 0 {
		return "", d.errNoRole()
	}
	person := access.Person{Organisation: all[at].ID, Email: email, Name: strings.TrimSpace(who.Name), Grants: grants}
	if person.Name == "" {
		person.Name = email
	}
	id, err := tx.CreatePerson(person)
	person.ID = id
	tx.Audit(change(person, "person.created", nil, map[string]string{"by": By, "name": person.Name, "roles": words(grants)}))
	return id, err
}

func (d *Desk) errNoRole() error {
	return fault.Newf(fault.Forbidden, "Your account at %s gives you no role here. Ask your administrator which group you need.", d.Mapping.Name)
}

// link keeps who an identity is. A person has one identity of an issuer: a
// second one with the same address is somebody else.
func link(tx *store.Tx, who access.OutsideIdentity, p access.Person) error {
	free, err := tx.LinkOutside(who.Issuer, who.Subject, p.Organisation, p.ID)
	if err == nil && !free {
		err = fault.New(fault.Forbidden, "Your e-mail address belongs to another account of the house's sign-in here. Ask your administrator.")
	}
	tx.Audit(change(p, "person.linked_outside", nil, map[string]string{"issuer": who.Issuer}))
	return err
}

// follow gives a person the roles of the rules about their organisation.
func (d *Desk) follow(tx *store.Tx, p access.Person, rules []Rule) error {
	if err := tx.LockPeople(p.Organisation); err != nil {
		return err
	}
	organisation, err := tx.Unbounded().Organisation(p.Organisation)
	if err != nil {
		return err
	}
	grants, err := grantsOf(tx, organisation, of(rules, organisation.Name))
	if err != nil {
		return err
	}
	if len(grants) == 0 {
		return d.errNoRole()
	}
	if p.Administers() && !(access.Person{Grants: grants}).Administers() {
		n, err := tx.Unbounded().Administrators(p.Organisation)
		if err != nil {
			return err
		}
		if n <= 1 {
			grants = append(grants, access.Grant{Role: access.Admin})
		}
	}
	if words(grants) == words(p.Grants) {
		return nil
	}
	tx.Audit(change(p, "person.roles_changed", map[string]string{"roles": words(p.Grants)}, map[string]string{"roles": words(grants), "by": By}))
	return tx.SetGrants(p.ID, grants)
}

// grantsOf turns rules into roles of an organisation. A rule that names a role
// or a site it does not have gives nothing.
func grantsOf(tx *store.Tx, o access.Organisation, rules []Rule) ([]access.Grant, error) {
	sites, err := tx.Unbounded().Sites(o.ID)
	if err != nil {
		return nil, err
	}
	at := map[string]access.SiteID{"": ""}
	for _, s := range sites {
		at[strings.ToLower(s.Name)] = s.ID
	}
	var out []access.Grant
	for _, r := range rules {
		site, known := at[strings.ToLower(r.Site)]
		g := access.Grant{Role: r.Role, Site: site}
		if known && slices.Contains(access.Roles(o.Kind), r.Role) && !slices.Contains(out, g) {
			out = append(out, g)
		}
	}
	return out, nil
}

// words writes grants in a fixed order.
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

// lookAgain is how long an issuer is taken to be as it was found.
const lookAgain = 15 * time.Second

// askTime bounds the look whether an issuer answers.
const askTime = 3 * time.Second

// Down reports whether the house's sign-in does not answer.
func (d *Desk) Down(ctx context.Context) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if now := d.Clock.Now(); d.asked.IsZero() || now.Sub(d.asked) >= lookAgain {
		ctx, cancel := context.WithTimeout(ctx, askTime)
		defer cancel()
		d.up, d.asked = d.Issuer.Up(ctx), now
	}
	return !d.up
}

// MayUsePassword decides whether a person may come in by a password of their
// own. glass says that they may only because the house's sign-in is down: what
// they then do ends soon, and somebody is told.
func (d *Desk) MayUsePassword(ctx context.Context, actor access.Actor) (glass bool, err error) {
	if d == nil || d.Mapping.Passwords == Always {
		return false, nil
	}
	linked, err := d.Store.Read(ctx, access.Everything()).HasOutside(actor.Person)
	if err != nil || !linked {
		return false, err
	}
	if !d.Down(ctx) {
		return false, fault.Newf(fault.Forbidden, "Sign in with %s. Your password opens this door only while that one is down.", d.Mapping.Name)
	}
	return true, d.Store.Write(ctx, actor, func(tx *store.Tx) error {
		tx.Audit(audit.Change{
			Chain: audit.OrganisationChain(string(actor.Organisation)), Action: "person.broke_glass", Kind: "person", Object: string(actor.Person),
			New: map[string]string{"reason": "the house's sign-in does not answer"},
		})
		a := alert.Alert{
			Kind: alert.OutsideDown, SubjectKind: "person", Subject: string(actor.Person),
			Sentence: actor.Name + " came in with a password because the house's sign-in does not answer. Sessions begun so end after an hour.",
		}
		if actor.Kind == access.Vendor {
			a.Vendor = actor.Organisation
		} else {
			a.Hospital = actor.Organisation
		}
		return tx.Raise(a)
	})
}
