package signin

import (
	"context"
	"strings"
	"time"

	"trueward/internal/adapter/store"
	"trueward/internal/domain/access"
	"trueward/internal/domain/audit"
	"trueward/internal/fault"
)

const setupLife = 24 * time.Hour

// Welcome is what the page of a one-time link shows before it is used.
type Welcome struct {
	Kind         access.LinkKind
	Name         string // empty for a set-up link
	Email        string
	Organisation string
}

// Welcome reads a one-time link without using it. An unknown, used or old link
// is refused as NotFound.
func (d *Desk) Welcome(ctx context.Context, token string) (Welcome, error) {
	link, credential, err := d.openLink(ctx, token)
	return Welcome{
		Kind: link.Kind, Name: credential.Actor.Name, Email: credential.Email,
		Organisation: credential.Actor.OrganisationName,
	}, err
}

func (d *Desk) openLink(ctx context.Context, token string) (access.Link, store.Credential, error) {
	q := d.store.Read(ctx, access.Scope{})
	link, err := q.OpenLink(access.TokenDigest(token), d.store.Now())
	if err != nil || link.Kind == access.SetupLink {
		return link, store.Credential{}, err
	}
	credential, known, err := q.CredentialOf(link.Person)
	if err == nil && (!known || credential.Disabled) {
		err = fault.New(fault.NotFound, "This link cannot be used any more. Ask your administrator for a new one.")
	}
	return link, credential, err
}

// Acceptance is what a person enters on the page of a one-time link. The last
// three are asked for at the first set-up alone.
type Acceptance struct {
	Token     string
	Password  string
	Again     string
	RequestID string

	Organisation string // name of the operator
	Name         string
	Email        string
}

// Accept uses a one-time link: it sets the password, ends every session the
// person had, and returns the session they go on with. At the first set-up it
// makes the operator and its first administrator.
//
// It carries no idempotency key: the stored digest of a form that holds a
// password would help to guess it, and the link works once anyway.
func (d *Desk) Accept(ctx context.Context, in Acceptance) (Session, error) {
	link, credential, err := d.openLink(ctx, in.Token)
	if err != nil {
		return Session{}, err
	}
	if link.Kind == access.SetupLink {
		return d.setUp(ctx, in)
	}
	actor := credential.Actor
	if err := checkPassword(in.Password, in.Again, actor.Name, credential.Email, actor.OrganisationName); err != nil {
		return Session{}, err
	}
	hash, err := d.passwords.hash(ctx, in.Password)
	if err != nil {
		return Session{}, err
	}
	actor.Authenticator, actor.RequestID = ByLink, in.RequestID
	session := Session{Person: actor.Person, By: ByLink}
	err = d.store.Write(ctx, actor, func(tx *store.Tx) error {
		session.Since, session.Proven = tx.Now(), tx.Now()
		if err := tx.UseLink(access.TokenDigest(in.Token)); err != nil {
			return err
		}
		tx.Audit(passwordChanged(actor, string(link.Kind)))
		return tx.SetPassword(actor.Person, hash)
	})
	return session, err
}

func passwordChanged(actor access.Actor, by string) audit.Change {
	return audit.Change{
		Chain: audit.OrganisationChain(string(actor.Organisation)), Action: "person.password_changed",
		Kind: "person", Object: string(actor.Person), New: map[string]string{"by": by},
	}
}

// OfferSetUp makes the one-time link by which the first administrator comes
// in, in place of an earlier one, and returns its token. It is refused as
// Conflict once there is an operator.
func (d *Desk) OfferSetUp(ctx context.Context) (token string, err error) {
	token, digest, err := access.NewToken(d.random)
	if err != nil {
		return "", err
	}
	err = d.store.Write(ctx, access.System("set-up"), func(tx *store.Tx) error {
		if err := refuseSecondSetUp(tx); err != nil {
			return err
		}
		tx.Audit(audit.Change{Chain: audit.SystemChain, Action: "setup.offered", Kind: "setup", Object: "first"})
		return tx.CreateLink(digest, access.Link{Kind: access.SetupLink, ExpiresAt: tx.Now().Add(setupLife)})
	})
	return token, err
}

func refuseSecondSetUp(tx *store.Tx) error {
	done, err := tx.HasOperator()
	if err == nil && done {
		err = fault.New(fault.Conflict, "This installation is already set up. Sign in as its administrator.")
	}
	return err
}

func (d *Desk) setUp(ctx context.Context, in Acceptance) (Session, error) {
	email, err := in.checkSetUp()
	if err != nil {
		return Session{}, err
	}
	hash, err := d.passwords.hash(ctx, in.Password)
	if err != nil {
		return Session{}, err
	}
	var session Session
	actor := access.System("set-up")
	actor.RequestID = in.RequestID
	err = d.store.Write(ctx, actor, func(tx *store.Tx) error {
		if err := tx.UseLink(access.TokenDigest(in.Token)); err != nil {
			return err
		}
		if err := refuseSecondSetUp(tx); err != nil {
			return err
		}
		person, err := firstAdministrator(tx, in, email, hash)
		session = Session{Person: person, Since: tx.Now(), Proven: tx.Now(), By: ByLink}
		return err
	})
	return session, err
}

func (in Acceptance) checkSetUp() (email string, err error) {
	var refused fault.Refusals
	if strings.TrimSpace(in.Organisation) == "" {
		refused.At("organisation", "Enter the name of the organisation that runs this installation.")
	}
	if strings.TrimSpace(in.Name) == "" {
		refused.At("name", "Enter your name.")
	}
	email, ok := access.NormalEmail(in.Email)
	if !ok {
		refused.At("email", "Enter your e-mail address, such as amy@hospital.example.")
	}
	for _, f := range fault.All(checkPassword(in.Password, in.Again, in.Name, in.Email, in.Organisation)) {
		refused = append(refused, f)
	}
	return email, refused.Err()
}

func firstAdministrator(tx *store.Tx, in Acceptance, email, hash string) (access.PersonID, error) {
	name := strings.TrimSpace(in.Organisation)
	organisation, err := tx.CreateOrganisation(access.Organisation{Kind: access.Operator, Name: name, LegalName: name, Email: email})
	if err != nil {
		return "", err
	}
	person, err := tx.CreatePerson(access.Person{
		Organisation: organisation, Email: email, Name: strings.TrimSpace(in.Name),
		Grants: []access.Grant{{Role: access.Admin}},
	})
	if err != nil {
		return "", err
	}
	tx.Audit(audit.Change{
		Chain: audit.SystemChain, Action: "setup.done", Kind: "organisation", Object: string(organisation),
		New: map[string]string{"name": name, "administrator": string(person)},
	})
	return person, tx.SetPassword(person, hash)
}
