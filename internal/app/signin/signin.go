// Package signin is how a person proves who they are: by password, or once by
// a link an administrator gave them. It promises that an unknown address, a
// wrong password and a disabled person get the same answer after the same
// work, that guessing becomes slow without locking anybody out, and that who a
// session belongs to, and what they may do, is read anew each time.
//
// It does not keep sessions: that is the web's side.
package signin

import (
	"context"
	"crypto/rand"
	"io"
	"strings"
	"time"

	"trueward/internal/adapter/store"
	"trueward/internal/domain/access"
	"trueward/internal/domain/audit"
	"trueward/internal/fault"
)

// Desk signs people in. It is safe for concurrent use.
type Desk struct {
	store     *store.Store
	passwords *passwords
	random    io.Reader
}

// Config says what a Desk works with.
type Config struct {
	Store    *store.Store
	Strength Strength  // Standard when zero
	Random   io.Reader // of one-time links; crypto/rand when nil
}

// New returns a Desk.
func New(cfg Config) *Desk {
	if cfg.Strength == (Strength{}) {
		cfg.Strength = Standard
	}
	if cfg.Random == nil {
		cfg.Random = rand.Reader
	}
	return &Desk{store: cfg.Store, passwords: newPasswords(cfg.Strength), random: cfg.Random}
}

// Attempt is one try to sign in.
type Attempt struct {
	Email    string
	Password string
	// Address is the network address it comes from.
	Address   string
	RequestID string
}

// Session is what a session must remember: who, and since when.
type Session struct {
	Person access.PersonID
	Since  time.Time
}

// errWrong is the one answer to unknown, wrong and disabled.
func errWrong() error {
	return fault.New(fault.Unauthenticated, "The address or the password is not right. Check both and try again.")
}

// SignIn proves a person by password. It refuses as Unauthenticated,
// RateLimited or Unavailable, each without telling whether the address is
// known.
func (d *Desk) SignIn(ctx context.Context, try Attempt) (Session, error) {
	email, valid := access.NormalEmail(try.Email)
	if !valid {
		email = strings.ToLower(strings.TrimSpace(try.Email))
	}
	q := d.store.Read(ctx, access.Scope{})
	subjects := subjectsOf(email, try.Address)
	failures, err := q.SignInFailures(subjects.pair, subjects.account, subjects.address, subjects.known)
	if err != nil {
		return Session{}, err
	}
	if err := subjects.admit(failures, d.store.Now()); err != nil {
		return Session{}, err
	}
	credential, known, err := q.CredentialByEmail(email)
	if err != nil {
		return Session{}, err
	}
	right, err := d.passwords.matches(ctx, try.Password, credential.PasswordHash)
	if err != nil {
		return Session{}, err
	}
	if !right || !known || credential.Disabled {
		return Session{}, d.failed(ctx, subjects)
	}
	return d.entered(ctx, credential.Actor, subjects, try.RequestID)
}

func (d *Desk) failed(ctx context.Context, s subjects) error {
	err := d.store.Keep(ctx, func(tx *store.Tx) error {
		return tx.CountSignInFailure(failureMemory, s.pair, s.account, s.address)
	})
	if err != nil {
		return err
	}
	return errWrong()
}

func (d *Desk) entered(ctx context.Context, actor access.Actor, s subjects, requestID string) (Session, error) {
	actor.Authenticator, actor.RequestID = "password", requestID
	session := Session{Person: actor.Person}
	err := d.store.Write(ctx, actor, func(tx *store.Tx) error {
		session.Since = tx.Now()
		tx.Audit(audit.Change{
			Chain: audit.OrganisationChain(string(actor.Organisation)), Action: "person.signed_in",
			Kind: "person", Object: string(actor.Person),
		})
		return tx.NoteSignIn(s.pair, s.known)
	})
	return session, err
}

// Current is who a session belongs to now.
type Current struct {
	Actor access.Actor
	Email string
	Theme access.Theme
	// Sample is set when the person's organisation was made up to try the product.
	Sample bool
}

// Current reads a session's person from the database. ok is false when the
// session is over: the person is gone or disabled, or their roles or password
// changed after it began.
func (d *Desk) Current(ctx context.Context, session Session) (c Current, ok bool, err error) {
	credential, known, err := d.store.Read(ctx, access.Scope{}).CredentialOf(session.Person)
	if err != nil || !known || credential.Disabled || session.Since.Before(credential.AccessChangedAt) {
		return Current{}, false, err
	}
	credential.Actor.Authenticator = "password"
	return Current{Actor: credential.Actor, Email: credential.Email, Theme: credential.Theme, Sample: credential.Sample}, true, nil
}

// Confirm reports whether password is a person's own: the proof of a second
// person, or of the same one before something costly. It is slowed like a
// sign-in from the address.
func (d *Desk) Confirm(ctx context.Context, email, password, address string) (access.Actor, error) {
	session, err := d.SignIn(ctx, Attempt{Email: email, Password: password, Address: address})
	if err != nil {
		return access.Actor{}, err
	}
	current, ok, err := d.Current(ctx, session)
	if err == nil && !ok {
		err = errWrong()
	}
	return current.Actor, err
}

// Forget drops sign-in counters that are too old to matter.
func (d *Desk) Forget(ctx context.Context) error {
	now := d.store.Now()
	return d.store.Keep(ctx, func(tx *store.Tx) error {
		if err := tx.DropExpiredSessions(); err != nil {
			return err
		}
		return tx.DropOldSignIns(now.Add(-failureMemory), now.Add(-knownMemory))
	})
}
