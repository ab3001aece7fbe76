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
	gate      Gate
}

// Gate may close passwords to people who come in another way. glass says that
// it is open for the moment alone.
type Gate interface {
	MayUsePassword(ctx context.Context, actor access.Actor) (glass bool, err error)
}

// Config says what a Desk works with.
type Config struct {
	Store    *store.Store
	Strength Strength  // Standard when zero
	Random   io.Reader // of one-time links; crypto/rand when nil
	Gate     Gate      // passwords let everybody in when nil
}

// New returns a Desk.
func New(cfg Config) *Desk {
	if cfg.Strength == (Strength{}) {
		cfg.Strength = Standard
	}
	if cfg.Random == nil {
		cfg.Random = rand.Reader
	}
	return &Desk{store: cfg.Store, passwords: newPasswords(cfg.Strength), random: cfg.Random, gate: cfg.Gate}
}

// Attempt is one try to sign in.
type Attempt struct {
	Email    string
	Password string
	// Address is the network address it comes from.
	Address   string
	RequestID string
}

// Session is what a session must remember: who, since when, and how and when
// they proved it.
type Session struct {
	Person access.PersonID
	Since  time.Time
	// By names the proof: "password", "passkey", "badge and PIN", "badge",
	// "single sign-on", "one-time link".
	By string
	// Proven is when the person gave a secret last; zero for a badge alone.
	Proven time.Time
	// Kiosk is the shared workstation; empty elsewhere.
	Kiosk store.KioskID
	// Outside is the session at the house's own sign-in that it follows, which
	// ends it; zero for none.
	Outside access.OutsideEnd
}

// Names of what proves a person.
const (
	ByPassword = "password"
	ByPasskey  = "passkey"
	ByLink     = "one-time link"
	ByOutside  = "single sign-on"
	// ByGlass is a password that opens only while the house's sign-in is down.
	ByGlass = "password while single sign-on is down"
)

// glassLife is how long a session lasts that began so.
const glassLife = time.Hour

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
	by := ByPassword
	if d.gate != nil {
		credential.Actor.RequestID = try.RequestID
		glass, err := d.gate.MayUsePassword(ctx, credential.Actor)
		if err != nil {
			return Session{}, err
		}
		if glass {
			by = ByGlass
		}
	}
	return d.entered(ctx, credential.Actor, by, subjects, try.RequestID)
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

func (d *Desk) entered(ctx context.Context, actor access.Actor, by string, s subjects, requestID string) (Session, error) {
	actor.Authenticator, actor.RequestID = by, requestID
	session := Session{Person: actor.Person, By: by}
	err := d.store.Write(ctx, actor, func(tx *store.Tx) error {
		session.Since, session.Proven = tx.Now(), tx.Now()
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
	// Language is empty while the person lets the browser decide.
	Language access.Language
	// Preferences are how the person works with pages.
	Preferences access.Preferences
	// Zone is the name of the time zone of the person's site; may be empty.
	Zone string
	// Sample is set when the person's organisation was made up to try the product.
	Sample bool
}

// Current reads a session's person from the database. ok is false when the
// session is over: the person is gone or disabled, their roles or password
// changed after it began, or somebody else holds the shared workstation now.
func (d *Desk) Current(ctx context.Context, session Session) (c Current, ok bool, err error) {
	credential, known, err := d.store.Read(ctx, access.Scope{}).CredentialOf(session.Person)
	if err != nil || !known || credential.Disabled || session.Since.Before(credential.AccessChangedAt) {
		return Current{}, false, err
	}
	if session.By == ByGlass && d.store.Now().Sub(session.Since) >= glassLife {
		return Current{}, false, nil
	}
	sitting := &access.Sitting{Proven: session.Proven, Kiosk: string(session.Kiosk)}
	if session.Kiosk != "" {
		kiosk, err := d.store.Read(ctx, credential.Actor.Scope()).Kiosk(session.Kiosk)
		if fault.Is(err, fault.NotFound) || err == nil && !kiosk.Held(session.Person, session.Since) {
			return Current{}, false, nil
		}
		if err != nil {
			return Current{}, false, err
		}
		credential.Actor.Device = "workstation " + kiosk.Name
	}
	credential.Actor.Authenticator, credential.Actor.Sitting = session.By, sitting
	return Current{Actor: credential.Actor, Email: credential.Email, Theme: credential.Theme, Language: credential.Language, Preferences: credential.Preferences, Zone: credential.Zone, Sample: credential.Sample}, true, nil
}

// Prove asks the actor for their password once more, slowed like a sign-in, and
// returns when it was right.
func (d *Desk) Prove(ctx context.Context, actor access.Actor, password, address string) (time.Time, error) {
	credential, known, err := d.store.Read(ctx, access.Scope{}).CredentialOf(actor.Person)
	if err != nil {
		return time.Time{}, err
	}
	if !known {
		return time.Time{}, errWrong()
	}
	if d.gate != nil {
		if _, err := d.gate.MayUsePassword(ctx, actor); err != nil {
			return time.Time{}, err
		}
	}
	if err := d.proveAgain(ctx, credential, NewPassword{Current: password, Address: address}); err != nil {
		return time.Time{}, err
	}
	return d.Proved(ctx, actor, ByPassword)
}

// Proved keeps that an actor proved again who they are.
func (d *Desk) Proved(ctx context.Context, actor access.Actor, by string) (at time.Time, err error) {
	actor.Authenticator = by
	err = d.store.Write(ctx, actor, func(tx *store.Tx) error {
		at = tx.Now()
		tx.Audit(audit.Change{
			Chain: audit.OrganisationChain(string(actor.Organisation)), Action: "person.proved_again",
			Kind: "person", Object: string(actor.Person), New: map[string]string{"by": by},
		})
		return nil
	})
	return at, err
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
