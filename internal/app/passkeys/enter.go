package passkeys

import (
	"context"
	"time"

	"trueward/internal/adapter/store"
	"trueward/internal/domain/access"
	"trueward/internal/domain/alert"
	"trueward/internal/domain/audit"
	"trueward/internal/fault"
)

// By names the proof in the audit trail.
const By = "passkey"

// Entry is a person whom a passkey has proved.
type Entry struct {
	Person access.PersonID
	At     time.Time
}

// AskToSignIn begins a sign-in of whoever has a passkey on the device.
func (d *Desk) AskToSignIn(ctx context.Context) (Question, error) {
	if err := d.Ready(); err != nil {
		return Question{}, err
	}
	options, question, err := d.Party.AskToProve("", nil)
	if err != nil {
		return Question{}, err
	}
	return d.ask(ctx, store.Question{Kind: toSignIn, Data: question}, options)
}

// errUnknown is the one answer to a passkey that opens nothing here, whatever
// the cause.
func errUnknown() error {
	return fault.New(fault.Unauthenticated, "This passkey was not accepted. Try again, or sign in with your password.")
}

// SignIn proves a person by the passkey their device chose. Whatever is wrong
// is refused as Unauthenticated, in the same words.
func (d *Desk) SignIn(ctx context.Context, in Answer, requestID string) (Entry, error) {
	if err := d.Ready(); err != nil {
		return Entry{}, err
	}
	q, err := d.take(ctx, in.Token, toSignIn)
	if err != nil {
		return Entry{}, err
	}
	key, err := d.answered(ctx, in.Reply)
	if err != nil {
		return Entry{}, err
	}
	credential, known, err := d.Store.Read(ctx, access.Scope{}).CredentialOf(key.Person)
	if err != nil {
		return Entry{}, err
	}
	if !known || credential.Disabled {
		return Entry{}, errUnknown()
	}
	actor := credential.Actor
	actor.RequestID = requestID
	return d.prove(ctx, actor, key, q, in, "person.signed_in")
}

// answered finds the passkey that an answer says it is from.
func (d *Desk) answered(ctx context.Context, reply []byte) (access.Passkey, error) {
	credential, err := d.Party.Answered(reply)
	if err != nil {
		return access.Passkey{}, errUnknown()
	}
	key, known, err := d.Store.Read(ctx, access.Everything()).PasskeyByCredential(credential)
	if err == nil && (!known || key.Stopped()) {
		err = errUnknown()
	}
	return key, err
}

// AskToProve asks the actor for one of their passkeys.
func (d *Desk) AskToProve(ctx context.Context, actor access.Actor) (Question, error) {
	if err := d.Ready(); err != nil {
		return Question{}, err
	}
	have, err := d.usable(ctx, actor)
	if err != nil {
		return Question{}, err
	}
	if len(have) == 0 {
		return Question{}, fault.New(fault.Conflict, "You have no passkey here. Give your password instead.")
	}
	options, question, err := d.Party.AskToProve(actor.Person, have)
	if err != nil {
		return Question{}, err
	}
	return d.ask(ctx, store.Question{Kind: toProve, Person: actor.Person, Data: question}, options)
}

func (d *Desk) usable(ctx context.Context, actor access.Actor) ([]access.Passkey, error) {
	all, err := d.List(ctx, actor)
	var out []access.Passkey
	for _, k := range all {
		if !k.Stopped() {
			out = append(out, k)
		}
	}
	return out, err
}

// Has reports whether the actor could prove themself by a passkey.
func (d *Desk) Has(ctx context.Context, actor access.Actor) (bool, error) {
	if d.Ready() != nil {
		return false, nil
	}
	have, err := d.usable(ctx, actor)
	return len(have) > 0, err
}

// Prove proves again that the actor is who signed in.
func (d *Desk) Prove(ctx context.Context, actor access.Actor, in Answer) (time.Time, error) {
	if err := d.Ready(); err != nil {
		return time.Time{}, err
	}
	q, err := d.take(ctx, in.Token, toProve)
	if err != nil {
		return time.Time{}, err
	}
	key, err := d.answered(ctx, in.Reply)
	if err != nil {
		return time.Time{}, err
	}
	if key.Person != actor.Person || q.Person != actor.Person {
		return time.Time{}, errUnknown()
	}
	entry, err := d.prove(ctx, actor, key, q, in, "person.proved_again")
	return entry.At, err
}

// prove checks the answer and keeps its counter. One that does not rise says
// that somebody has a copy: the passkey is stopped, for nobody can tell whose
// is the copy.
func (d *Desk) prove(ctx context.Context, actor access.Actor, key access.Passkey, q store.Question, in Answer, action string) (Entry, error) {
	counter, err := d.Party.Prove(key, q.Data, in.Reply)
	if fault.Is(err, fault.Invalid) {
		return Entry{}, errUnknown()
	}
	if err != nil {
		return Entry{}, err
	}
	actor.Authenticator = By
	entry, copied := Entry{Person: actor.Person}, false
	err = d.Store.Write(ctx, actor, func(tx *store.Tx) error {
		entry.At = tx.Now()
		rises, err := tx.UsePasskey(key.ID, counter)
		if err != nil {
			return err
		}
		if copied = !rises; copied {
			return stop(tx, actor, key)
		}
		tx.Audit(audit.Change{
			Chain: audit.OrganisationChain(string(actor.Organisation)), Action: action,
			Kind: "person", Object: string(actor.Person), New: map[string]string{"by": By, "passkey": string(key.ID)},
		})
		return nil
	})
	if err == nil && copied {
		err = errUnknown()
	}
	return entry, err
}

// stop lets a passkey that may be copied open nothing any more.
func stop(tx *store.Tx, actor access.Actor, key access.Passkey) error {
	if _, err := tx.StopPasskey(key.ID); err != nil {
		return err
	}
	tx.Audit(change(actor.Organisation, actor.Person, "passkey.stopped", map[string]string{"passkey": string(key.ID), "reason": "its counter went back"}))
	a := alert.Alert{
		Kind: alert.CopiedPasskey, SubjectKind: "person", Subject: string(actor.Person),
		Sentence: "A passkey of " + actor.Name + " may have been copied: its counter went back. It opens nothing any more. Ask them what happened, and let them make a new one.",
	}
	switch actor.Kind {
	case access.Hospital:
		a.Hospital = actor.Organisation
	case access.Vendor:
		a.Vendor = actor.Organisation
	}
	return tx.Raise(a)
}
