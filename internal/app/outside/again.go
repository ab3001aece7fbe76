package outside

import (
	"context"
	"time"

	"trueward/internal/adapter/store"
	"trueward/internal/domain/access"
	"trueward/internal/domain/audit"
	"trueward/internal/fault"
)

// Knows reports whether an actor has come through the house's sign-in, and so
// can prove themself there. A nil desk knows nobody.
func (d *Desk) Knows(ctx context.Context, actor access.Actor) bool {
	if d == nil || !actor.Signed() {
		return false
	}
	known, err := d.Store.Read(ctx, access.Everything()).HasOutside(actor.Person)
	return err == nil && known
}

// Prove takes it that an actor proved themself anew at the issuer, and returns
// when. Somebody else's proof, and one whose time the issuer does not tell, are
// refused.
func (d *Desk) Prove(ctx context.Context, actor access.Actor, who access.OutsideIdentity) (at time.Time, err error) {
	if who.ProvenAt.IsZero() {
		return at, fault.Newf(fault.Unauthenticated, "%s does not tell when you signed in there, so that it proves nothing of now. Ask your administrator.", d.said())
	}
	actor.Authenticator = By
	err = d.Store.Write(ctx, actor, func(tx *store.Tx) error {
		id, linked, err := tx.PersonOutside(who.Issuer, who.Subject)
		switch {
		case err != nil:
			return err
		case !linked || id != actor.Person:
			return fault.Newf(fault.Forbidden, "You signed in at %s as somebody else. Sign in there as %s.", d.Mapping.Name, actor.Name)
		}
		if at = who.ProvenAt; at.After(tx.Now()) {
			at = tx.Now()
		}
		tx.Audit(audit.Change{
			Chain: audit.OrganisationChain(string(actor.Organisation)), Action: "person.proved_again",
			Kind: "person", Object: string(actor.Person), New: map[string]string{"by": By},
		})
		return nil
	})
	return at, err
}

// Ended ends the sessions here that follow one that ended at the issuer, and
// returns how many people they were of. Told twice, it does nothing more.
func (d *Desk) Ended(ctx context.Context, end access.OutsideEnd, requestID string) (n int, err error) {
	actor := access.System("single sign-on")
	actor.RequestID = requestID
	err = d.Store.Write(ctx, actor, func(tx *store.Tx) error {
		ids, err := tx.DropOutsideSessions(end)
		if err != nil {
			return err
		}
		for _, id := range ids {
			person, err := tx.Unbounded().Person(id)
			if err != nil {
				return err
			}
			tx.Audit(change(person, "person.signed_out_outside", nil, map[string]string{"by": By}))
		}
		n = len(ids)
		return nil
	})
	return n, err
}
