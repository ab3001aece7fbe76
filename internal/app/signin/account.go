package signin

import (
	"context"

	"trueward/internal/adapter/store"
	"trueward/internal/domain/access"
	"trueward/internal/domain/audit"
	"trueward/internal/fault"
)

// NewPassword is what a person enters to change their own password.
type NewPassword struct {
	Current  string
	Password string
	Again    string
	Address  string // network address, for the slow-down of guesses
}

// ChangePassword changes the actor's own password and ends every session they
// have; the returned one is what they go on with. Like Accept it carries no
// idempotency key; when it comes twice the second is refused, because the
// current password is then another.
func (d *Desk) ChangePassword(ctx context.Context, actor access.Actor, in NewPassword) (Session, error) {
	credential, known, err := d.store.Read(ctx, access.Scope{}).CredentialOf(actor.Person)
	if err != nil {
		return Session{}, err
	}
	if !known {
		return Session{}, errWrong()
	}
	if err := d.proveAgain(ctx, credential, in); err != nil {
		return Session{}, err
	}
	if err := checkPassword(in.Password, in.Again, actor.Name, credential.Email, actor.OrganisationName); err != nil {
		return Session{}, err
	}
	hash, err := d.passwords.hash(ctx, in.Password)
	if err != nil {
		return Session{}, err
	}
	session := Session{Person: actor.Person, By: ByPassword}
	err = d.store.Write(ctx, actor, func(tx *store.Tx) error {
		session.Since, session.Proven = tx.Now(), tx.Now()
		tx.Audit(passwordChanged(actor, "self"))
		return tx.SetPassword(actor.Person, hash)
	})
	return session, err
}

// proveAgain asks for the current password, slowed as at sign-in.
func (d *Desk) proveAgain(ctx context.Context, c store.Credential, in NewPassword) error {
	s := subjectsOf(c.Email, in.Address)
	failures, err := d.store.Read(ctx, access.Scope{}).SignInFailures(s.pair, s.known)
	if err != nil {
		return err
	}
	if err := s.admit(failures, d.store.Now()); err != nil {
		return err
	}
	right, err := d.passwords.matches(ctx, in.Current, c.PasswordHash)
	if err != nil || right {
		return err
	}
	if err := d.failed(ctx, s); !fault.Is(err, fault.Unauthenticated) {
		return err
	}
	return fault.At("current", "This is not your current password. Type it again.")
}

// ChooseTheme keeps how the actor wants pages to look.
func (d *Desk) ChooseTheme(ctx context.Context, cmd store.Command, theme access.Theme) error {
	_, err := store.Once(ctx, d.store, cmd, func(tx *store.Tx) (access.Theme, error) {
		tx.Audit(audit.Change{
			Chain: audit.OrganisationChain(string(cmd.Actor.Organisation)), Action: "person.theme_chosen",
			Kind: "person", Object: string(cmd.Actor.Person), New: map[string]string{"theme": string(theme)},
		})
		return theme, tx.SetTheme(cmd.Actor.Person, theme)
	})
	return err
}

// ChooseLanguage keeps the language the actor reads pages in.
func (d *Desk) ChooseLanguage(ctx context.Context, cmd store.Command, language access.Language) error {
	_, err := store.Once(ctx, d.store, cmd, func(tx *store.Tx) (access.Language, error) {
		tx.Audit(audit.Change{
			Chain: audit.OrganisationChain(string(cmd.Actor.Organisation)), Action: "person.language_chosen",
			Kind: "person", Object: string(cmd.Actor.Person), New: map[string]string{"language": string(language)},
		})
		return language, tx.SetLanguage(cmd.Actor.Person, language)
	})
	return err
}
