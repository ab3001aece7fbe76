package charging

import (
	"context"
	"net/mail"
	"strings"

	"trueward/internal/adapter/store"
	"trueward/internal/domain/access"
	"trueward/internal/domain/remote"
	"trueward/internal/fault"
)

func allowed(actor access.Actor) error {
	if actor.Kind != access.Vendor || !actor.May(access.FreezeInvoices) {
		return fault.New(fault.Forbidden, "Stripe is connected and looked after by the vendor's office.")
	}
	return nil
}

// change runs a change of one connection, over the version that is read.
func (d *Desk) change(ctx context.Context, cmd store.Command, id remote.ConnectionID, action string, fn func(*store.Tx, remote.Connection) error) (remote.ConnectionID, error) {
	if err := allowed(cmd.Actor); err != nil {
		return "", err
	}
	return store.Once(ctx, d.Store, cmd, func(tx *store.Tx) (remote.ConnectionID, error) {
		c, err := tx.Connection(id)
		if err != nil {
			return "", err
		}
		tx.Audit(noteConnection(c, action))
		return c.ID, fn(tx, c)
	})
}

// KeyInput connects an account by the vendor's own key.
type KeyInput struct {
	Mode remote.Mode
	Key  remote.Secret
	Hook remote.Secret // signing secret of the vendor's endpoint
}

func (in KeyInput) check() error {
	var refused fault.Refusals
	prefix := map[remote.Mode][]string{remote.Test: {"sk_test_", "rk_test_"}, remote.Live: {"sk_live_", "rk_live_"}}[in.Mode]
	switch {
	case len(prefix) == 0:
		refused.At("mode", "Choose test or live.")
	case !strings.HasPrefix(in.Key.Reveal(), prefix[0]) && !strings.HasPrefix(in.Key.Reveal(), prefix[1]):
		refused.At("key", "Enter a secret key of "+string(in.Mode)+" mode: it begins with "+prefix[0]+" or "+prefix[1]+".")
	}
	if !strings.HasPrefix(in.Hook.Reveal(), "whsec_") {
		refused.At("hook", "Enter the signing secret of the webhook endpoint: it begins with whsec_.")
	}
	return refused.Err()
}

// ConnectKey connects, or connects anew, by the vendor's own key. The key is
// tried before it is kept; it goes to the vault, never to the database. New
// invoices go over it once somebody else has chosen it. Refusals: Forbidden,
// Invalid (form, or refused by Stripe), Unavailable.
func (d *Desk) ConnectKey(ctx context.Context, cmd store.Command, in KeyInput) (remote.ConnectionID, error) {
	if err := allowed(cmd.Actor); err != nil {
		return "", err
	}
	if err := in.check(); err != nil {
		return "", err
	}
	account, err := d.Gateway.Account(ctx, remote.Entry{Key: in.Key}, "")
	if err != nil {
		if fault.Is(err, fault.Forbidden) {
			return "", fault.At("key", "Stripe does not accept this key. Copy it again from Stripe's page of API keys.")
		}
		return "", err
	}
	// Keys have places of their own per entering, so that a refused change
	// leaves the old one in force.
	place := "stripe/" + string(cmd.Actor.Organisation) + "/" + string(in.Mode) + "/" + account.ID
	if err := d.Secrets.PutSecret(place+"/key", in.Key.Reveal()); err != nil {
		return "", err
	}
	if err := d.Secrets.PutSecret(place+"/hook", in.Hook.Reveal()); err != nil {
		return "", err
	}
	return d.set(ctx, cmd, remote.Connection{
		Mode: in.Mode, KeyRef: place + "/key", HookRef: place + "/hook", Status: account.StatusOf(), Reason: account.Reason,
	})
}

// set stores what a person connected. Whatever was chosen before is so no
// longer when the account or key is another one.
func (d *Desk) set(ctx context.Context, cmd store.Command, c remote.Connection) (remote.ConnectionID, error) {
	return store.Once(ctx, d.Store, cmd, func(tx *store.Tx) (remote.ConnectionID, error) {
		c.Vendor, c.SetBy = cmd.Actor.Organisation, cmd.Actor.Person
		tx.Audit(noteConnection(c, "stripe.connected"))
		all, err := tx.Connections()
		if err != nil {
			return "", err
		}
		for _, old := range all {
			if old.Mode == c.Mode && old.Vendor == c.Vendor {
				same := old.KeyRef == c.KeyRef && old.Account == c.Account
				busy, err := tx.HasOpenDocuments(old.ID)
				if err != nil {
					return "", err
				}
				if busy && !same {
					return "", fault.New(fault.Conflict, "Invoices of this vendor are open at the account that is connected now. End them first, or enter a key of that account.")
				}
				c.ID, c.Version, c.CheckedTo, c.Chosen = old.ID, old.Version, old.CheckedTo, old.Chosen && same
				_, err = tx.SaveConnection(c)
				return c.ID, err
			}
		}
		c, err = tx.AddConnection(c)
		return c.ID, err
	})
}

// Start is where an account's owner goes on at Stripe.
type Start struct {
	Connection remote.ConnectionID
	Link       string
}

// ConnectAccount makes, or goes on with, a connected account of the platform
// and returns the link on which its owner finishes the set-up at Stripe; back
// is where they return to. Refusals: Forbidden, Invalid (no platform key),
// Unavailable.
func (d *Desk) ConnectAccount(ctx context.Context, cmd store.Command, mode remote.Mode, back string) (Start, error) {
	if err := allowed(cmd.Actor); err != nil {
		return Start{}, err
	}
	in, err := d.entry(remote.Connection{Mode: mode})
	if err != nil {
		return Start{}, err
	}
	mine, err := d.Store.Read(ctx, cmd.Actor.Scope()).Connections()
	if err != nil {
		return Start{}, err
	}
	account, id := "", remote.ConnectionID("")
	for _, c := range mine {
		if c.Mode == mode && c.Account != "" && c.Status != remote.Revoked {
			account, id = c.Account, c.ID
		}
	}
	if account == "" {
		vendor, err := d.Store.Read(ctx, cmd.Actor.Scope()).Organisation(cmd.Actor.Organisation)
		if err != nil {
			return Start{}, err
		}
		made, err := d.Gateway.NewAccount(ctx, in, remote.KeyOf(mode, "account", string(vendor.ID)+":"+cmd.Key, 1), string(vendor.ID), vendor.Email, vendor.Country)
		if err != nil {
			return Start{}, err
		}
		account = made.ID
		if id, err = d.set(ctx, cmd, remote.Connection{Mode: mode, Account: account, Status: made.StatusOf(), Reason: made.Reason}); err != nil {
			return Start{}, err
		}
	}
	link, err := d.Gateway.SetUpLink(ctx, in, account, back)
	return Start{id, link}, err
}

// Refresh asks Stripe how the account stands. Refusals: Forbidden, NotFound,
// Invalid, Unavailable.
func (d *Desk) Refresh(ctx context.Context, cmd store.Command, id remote.ConnectionID) (remote.ConnectionID, error) {
	if err := allowed(cmd.Actor); err != nil {
		return "", err
	}
	c, err := d.Store.Read(ctx, cmd.Actor.Scope()).Connection(id)
	if err != nil {
		return "", err
	}
	in, err := d.entry(c)
	if err != nil {
		return "", err
	}
	account, err := d.Gateway.Account(ctx, in, c.Account)
	if err != nil {
		return "", err
	}
	return d.change(ctx, cmd, id, "stripe.account_seen", func(tx *store.Tx, c remote.Connection) error {
		c.Status, c.Reason = account.StatusOf(), account.Reason
		_, err := tx.SaveConnection(c)
		return err
	})
}

// Choose lets new invoices of the vendor go over a connection. Who entered the
// account or key may not be who does this. Refusals: Forbidden, NotFound,
// Conflict (not active, or the same person).
func (d *Desk) Choose(ctx context.Context, cmd store.Command, id remote.ConnectionID) (remote.ConnectionID, error) {
	return d.change(ctx, cmd, id, "stripe.chosen", func(tx *store.Tx, c remote.Connection) error {
		switch {
		case c.SetBy == cmd.Actor.Person:
			return fault.New(fault.Conflict, "You entered this account yourself. Ask a colleague in the vendor's office to switch it on: where money goes is decided by two people.")
		case c.Status != remote.Active:
			return fault.Newf(fault.Conflict, "This account is %q. Finish its set-up at Stripe, then switch it on.", c.Status.Word())
		}
		if err := tx.UnchooseConnections(c.Vendor); err != nil {
			return err
		}
		c, err := tx.Connection(c.ID)
		if err != nil {
			return err
		}
		c.Chosen = true
		_, err = tx.SaveConnection(c)
		return err
	})
}

// Unchoose sends new invoices of the vendor without Stripe again. Those that
// are at Stripe stay there. Refusals: Forbidden, NotFound.
func (d *Desk) Unchoose(ctx context.Context, cmd store.Command, id remote.ConnectionID) (remote.ConnectionID, error) {
	return d.change(ctx, cmd, id, "stripe.unchosen", func(tx *store.Tx, c remote.Connection) error {
		c.Chosen = false
		_, err := tx.SaveConnection(c)
		return err
	})
}

// AddressInput says where a hospital's finance gets invoices.
type AddressInput struct {
	Connection remote.ConnectionID
	Hospital   access.OrganisationID
	Email      string
}

// SetAddress stores where Stripe mails a hospital's invoices. It counts for a
// payer that Stripe does not know yet. Refusals: Forbidden, NotFound, Invalid,
// Conflict (Stripe knows the payer already).
func (d *Desk) SetAddress(ctx context.Context, cmd store.Command, in AddressInput) (remote.ConnectionID, error) {
	address, err := mail.ParseAddress(strings.TrimSpace(in.Email))
	if err != nil || address.Name != "" {
		return "", fault.At("email", "Enter one e-mail address, such as payables@hospital.example.")
	}
	return d.change(ctx, cmd, in.Connection, "stripe.address_set", func(tx *store.Tx, c remote.Connection) error {
		if _, err := tx.Organisation(in.Hospital); err != nil {
			return err
		}
		payers, err := tx.RemoteCustomers(c.ID)
		if err != nil {
			return err
		}
		for _, p := range payers {
			if p.Hospital == in.Hospital && p.Customer != "" {
				return fault.New(fault.Conflict, "Stripe knows this hospital already. Change its address at Stripe.")
			}
		}
		return tx.SaveRemoteCustomer(store.RemoteCustomer{Connection: c.ID, Hospital: in.Hospital, Vendor: c.Vendor, Email: address.Address})
	})
}

// Settle ends a finding with a reason. Refusals: Forbidden, NotFound, Invalid.
func (d *Desk) Settle(ctx context.Context, cmd store.Command, id, why string) (string, error) {
	if err := allowed(cmd.Actor); err != nil {
		return "", err
	}
	why = strings.TrimSpace(why)
	if why == "" || len(why) > 200 {
		return "", fault.At("why", "Say in one sentence (up to 200 characters) how this was settled.")
	}
	return store.Once(ctx, d.Store, cmd, func(tx *store.Tx) (string, error) {
		tx.Audit(noteFinding(cmd.Actor, id, why))
		return id, tx.SettleFinding(id, why)
	})
}
