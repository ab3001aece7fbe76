// Package passkeys lets people sign in, and prove again who they are, with a
// key their device or security key keeps. It promises that each question is
// answered once, within minutes; that a passkey whose counter goes back, which
// means that there are two of it, opens nothing from then on and raises an
// alert; and that only who has just proved themself adds or removes one.
//
// A lost passkey is package people's: an administrator forgets it and makes a
// one-time link.
package passkeys

import (
	"context"
	"crypto/rand"
	"io"
	"strings"
	"time"
	"unicode/utf8"

	"trueward/internal/adapter/store"
	"trueward/internal/domain/access"
	"trueward/internal/domain/audit"
	"trueward/internal/fault"
)

// Party checks what authenticators answer, for one origin.
type Party interface {
	Origin() string
	AskToRegister(person access.PersonID, email, name string, have []access.Passkey) (options, question []byte, err error)
	Register(person access.PersonID, question, answer []byte) (access.Passkey, error)
	AskToProve(person access.PersonID, have []access.Passkey) (options, question []byte, err error)
	Answered(answer []byte) (credential string, err error)
	Prove(key access.Passkey, question, answer []byte) (counter uint32, err error)
}

// Desk looks after passkeys. It is safe for concurrent use.
type Desk struct {
	Store *store.Store
	// Party is nil where passkeys cannot work; Reason says why.
	Party  Party
	Reason string
	Proof  access.ProofPolicy
	Random io.Reader // of questions' tokens; crypto/rand when nil
}

// questionLife is how long a person may take with their device.
const questionLife = 5 * time.Minute

// most is how many passkeys a person may have.
const most = 20

// Kinds of question.
const (
	toRegister = "register passkey"
	toSignIn   = "sign in by passkey"
	toProve    = "prove by passkey"
)

// Question is what a browser is asked, and the token that its answer carries.
type Question struct {
	Token   string
	Options []byte // JSON, as navigator.credentials takes it
}

// Ready refuses where passkeys cannot work, and says why.
func (d *Desk) Ready() error {
	if d == nil || d.Party == nil {
		reason := "Passkeys are not set up here. Sign in with your password."
		if d != nil && d.Reason != "" {
			reason = d.Reason
		}
		return fault.New(fault.Conflict, reason)
	}
	return nil
}

// List returns the actor's own passkeys, oldest first.
func (d *Desk) List(ctx context.Context, actor access.Actor) ([]access.Passkey, error) {
	return d.Store.Read(ctx, actor.Scope()).PasskeysOf(actor.Person)
}

// AskToRegister begins a new passkey of the actor.
func (d *Desk) AskToRegister(ctx context.Context, actor access.Actor, email string) (Question, error) {
	if err := d.mayChange(actor); err != nil {
		return Question{}, err
	}
	have, err := d.List(ctx, actor)
	if err != nil {
		return Question{}, err
	}
	if len(have) >= most {
		return Question{}, fault.New(fault.Conflict, "You have as many passkeys as a person can have. Remove one you no longer use.")
	}
	options, question, err := d.Party.AskToRegister(actor.Person, email, actor.Name, have)
	if err != nil {
		return Question{}, err
	}
	return d.ask(ctx, store.Question{Kind: toRegister, Person: actor.Person, Data: question}, options)
}

// mayChange refuses who has not just proved themself: a stolen session must not
// gain a key of its own.
func (d *Desk) mayChange(actor access.Actor) error {
	if err := d.Ready(); err != nil {
		return err
	}
	return d.Proof.Require(actor, d.Store.Now())
}

func (d *Desk) ask(ctx context.Context, q store.Question, options []byte) (Question, error) {
	random := d.Random
	if random == nil {
		random = rand.Reader
	}
	token, digest, err := access.NewToken(random)
	if err != nil {
		return Question{}, err
	}
	err = d.Store.Keep(ctx, func(tx *store.Tx) error { return tx.Ask(digest, q, tx.Now().Add(questionLife)) })
	return Question{Token: token, Options: options}, err
}

// take returns what a token's question was and forgets it.
func (d *Desk) take(ctx context.Context, token, kind string) (q store.Question, err error) {
	err = d.Store.Keep(ctx, func(tx *store.Tx) error {
		found, ok, err := tx.TakeQuestion(access.TokenDigest(token), kind)
		if err == nil && !ok {
			err = fault.New(fault.Invalid, "This took too long, or was sent twice. Try again.")
		}
		q = found
		return err
	})
	return q, err
}

// Answer is what a browser answered.
type Answer struct {
	Token string
	Reply []byte // JSON, as the browser gives a credential
}

// Register keeps a new passkey of the actor under a name.
func (d *Desk) Register(ctx context.Context, actor access.Actor, name string, in Answer) error {
	if err := d.mayChange(actor); err != nil {
		return err
	}
	name, err := checkName(name)
	if err != nil {
		return err
	}
	q, err := d.take(ctx, in.Token, toRegister)
	if err != nil {
		return err
	}
	if q.Person != actor.Person {
		return fault.New(fault.Invalid, "Somebody else signed in meanwhile. Try again.")
	}
	key, err := d.Party.Register(actor.Person, q.Data, in.Reply)
	if err != nil {
		return err
	}
	key.Name = name
	return d.Store.Write(ctx, actor, func(tx *store.Tx) error {
		id, fresh, err := tx.CreatePasskey(actor.Organisation, key)
		if err == nil && !fresh {
			err = fault.New(fault.Conflict, "This passkey is known already.")
		}
		tx.Audit(change(actor.Organisation, actor.Person, "passkey.registered", map[string]string{"passkey": string(id), "name": name}))
		return err
	})
}

func checkName(name string) (string, error) {
	name = strings.TrimSpace(name)
	if name == "" || utf8.RuneCountInString(name) > 60 {
		return "", fault.At("name", "Enter a name by which you know the device, such as My phone.")
	}
	return name, nil
}

// change is the audit row of what happened to a person's passkeys.
func change(organisation access.OrganisationID, person access.PersonID, action string, facts map[string]string) audit.Change {
	return audit.Change{
		Chain: audit.OrganisationChain(string(organisation)), Action: action, Kind: "person", Object: string(person), New: facts,
	}
}

// Rename gives a passkey of the actor another name.
func (d *Desk) Rename(ctx context.Context, cmd store.Command, id access.PasskeyID, name string) error {
	name, err := checkName(name)
	if err != nil {
		return err
	}
	_, err = store.Once(ctx, d.Store, cmd, func(tx *store.Tx) (access.PasskeyID, error) {
		had, err := tx.RenamePasskey(cmd.Actor.Person, id, name)
		if err == nil && !had {
			err = errGone()
		}
		tx.Audit(change(cmd.Actor.Organisation, cmd.Actor.Person, "passkey.renamed", map[string]string{"passkey": string(id), "name": name}))
		return id, err
	})
	return err
}

// Remove forgets a passkey of the actor.
func (d *Desk) Remove(ctx context.Context, cmd store.Command, id access.PasskeyID) error {
	if err := d.Proof.Require(cmd.Actor, d.Store.Now()); err != nil {
		return err
	}
	_, err := store.Once(ctx, d.Store, cmd, func(tx *store.Tx) (access.PasskeyID, error) {
		had, err := tx.RemovePasskey(cmd.Actor.Person, id)
		if err == nil && !had {
			err = errGone()
		}
		tx.Audit(change(cmd.Actor.Organisation, cmd.Actor.Person, "passkey.removed", map[string]string{"passkey": string(id)}))
		return id, err
	})
	return err
}

func errGone() error { return fault.New(fault.NotFound, "You have no such passkey.") }
