package charging

import (
	"context"
	"errors"
	"log/slog"

	"trueward/internal/adapter/store"
	"trueward/internal/domain/access"
	"trueward/internal/domain/audit"
	"trueward/internal/domain/remote"
	"trueward/internal/fault"
)

// TopicNotice is the outbox topic of a stored notice; TopicCompare that of a
// connection's nightly comparison.
const (
	TopicNotice  = "stripe.notice"
	TopicCompare = "stripe.compare"
)

// signer is who a signing secret belongs to: a connection with a key of its
// own, or the platform in one mode.
type signer struct {
	secret remote.Secret
	own    *remote.Connection
	mode   remote.Mode
}

// Receive stores a notice of Stripe once, to be worked on later, and wakes the
// worker. A notice that is signed and not for any account here is stored and
// put aside. Refusals: Unauthenticated (forged, altered, too old, from the
// future), Invalid (not a notice, or of another version).
func (d *Desk) Receive(ctx context.Context, body []byte, header string) error {
	connections, err := d.all(ctx).Connections()
	if err != nil {
		return err
	}
	signers := d.signers(connections)
	secrets := make([]remote.Secret, len(signers))
	for i, s := range signers {
		secrets[i] = s.secret
	}
	event, which, err := d.Gateway.Open(body, header, secrets, d.Store.Now())
	if err != nil {
		d.Log.Warn("stripe notice refused", slog.String("kind", string(fault.KindOf(err))))
		return err
	}
	n := store.Notice{Event: event, State: "stored"}
	if c, reason := belongs(event, signers[which], connections); reason != "" {
		n.State, n.Reason = "quarantined", reason
		d.Log.Warn("stripe notice put aside", slog.String("event", event.ID))
	} else {
		n.Connection, n.Vendor = c.ID, c.Vendor
	}
	return d.Store.Keep(ctx, func(tx *store.Tx) error {
		fresh, err := tx.AddNotice(n)
		if err != nil || !fresh || n.State != "stored" {
			return err
		}
		return tx.Enqueue(TopicNotice, event.ID, "", string(n.Vendor), tx.Now(), struct{}{})
	})
}

// signers lists every signing secret that is known, also the old ones of the
// platform while they are being replaced.
func (d *Desk) signers(connections []remote.Connection) []signer {
	var out []signer
	for mode, secrets := range d.Platform.Hooks {
		for _, s := range secrets {
			out = append(out, signer{secret: s, mode: mode})
		}
	}
	for _, c := range connections {
		if c.HookRef == "" {
			continue
		}
		if text, err := d.Secrets.Secret(c.HookRef); err == nil {
			out = append(out, signer{secret: remote.Secret(text), own: &c, mode: c.Mode})
		}
	}
	return out
}

// belongs finds the connection that a signed notice is about, or says why
// there is none: whose secret it was must be whose account it names.
func belongs(e remote.Event, s signer, connections []remote.Connection) (remote.Connection, string) {
	if e.Mode() != s.mode {
		return remote.Connection{}, "signed for " + string(s.mode) + " mode, and about " + string(e.Mode()) + " mode"
	}
	if s.own != nil {
		if e.Account != "" {
			return remote.Connection{}, "signed for the vendor's own account, and about another one"
		}
		return *s.own, ""
	}
	for _, c := range connections {
		if c.Account != "" && c.Account == e.Account && c.Mode == s.mode {
			return c, ""
		}
	}
	return remote.Connection{}, "about an account that is not connected here"
}

// notice works on one stored notice: what it is about is looked up, and the effect
// commits together with the end of the notice and of its job.
func (d *Desk) notice(ctx context.Context, job store.Job) error {
	n, err := d.all(ctx).Notice(job.Subject)
	if err != nil {
		return err
	}
	end := func(tx *store.Tx, state, reason string) error {
		if err := tx.EndNotice(n.ID, state, reason); err != nil {
			return err
		}
		return tx.FinishJob(job)
	}
	conn, err := d.all(ctx).Connection(n.Connection)
	if err != nil {
		return err
	}
	in, err := d.entry(conn)
	if err != nil {
		return err
	}
	switch n.ObjectKind {
	case "account", "application":
		return d.accountNotice(ctx, conn, in, n, end)
	case "payout":
		return d.payoutNotice(ctx, conn, in, n, end)
	}
	id, err := d.invoiceOf(ctx, in, n.Event)
	if fault.Is(err, fault.NotFound) || id == "" && err == nil {
		return d.Store.Keep(ctx, func(tx *store.Tx) error { return end(tx, "done", "about nothing that Trueward made") })
	}
	if err != nil {
		return err
	}
	err = d.sync(ctx, conn, in, id, func(tx *store.Tx) error { return end(tx, "done", "") })
	if foreign, is := errors.AsType[*foreignError](err); is {
		return d.Store.Keep(ctx, func(tx *store.Tx) error { return end(tx, foreign.state, foreign.reason) })
	}
	return err
}

// invoiceOf finds the document that a notice is about; empty for none.
func (d *Desk) invoiceOf(ctx context.Context, in remote.Entry, e remote.Event) (string, error) {
	switch e.ObjectKind {
	case "invoice":
		return e.Object, nil
	case "credit_note":
		n, err := d.Gateway.CreditNote(ctx, in, e.Object)
		return n.Invoice, err
	case "charge":
		c, err := d.Gateway.Charge(ctx, in, e.Object)
		return c.Invoice, err
	case "dispute":
		dispute, err := d.Gateway.Dispute(ctx, in, e.Object)
		if err != nil {
			return "", err
		}
		c, err := d.Gateway.Charge(ctx, in, dispute.Charge)
		return c.Invoice, err
	}
	return "", nil
}

// accountNotice takes over how an account stands, or that its owner has
// disconnected it, which stops new documents.
func (d *Desk) accountNotice(ctx context.Context, conn remote.Connection, in remote.Entry, n store.Notice, end func(*store.Tx, string, string) error) error {
	next := conn
	if n.Type == "account.application.deauthorized" {
		next.Status, next.Reason = remote.Revoked, "The account's owner has disconnected it at Stripe."
	} else {
		a, err := d.Gateway.Account(ctx, in, conn.Account)
		if err != nil {
			return err
		}
		if conn.Status != remote.Paused && conn.Status != remote.Revoked {
			next.Status, next.Reason = a.StatusOf(), a.Reason
		}
	}
	return d.Store.Write(ctx, worker, func(tx *store.Tx) error {
		if next.Status != conn.Status || next.Reason != conn.Reason {
			if _, err := tx.SaveConnection(next); err != nil {
				return err
			}
		}
		tx.Audit(noteConnection(next, "stripe.account_seen"))
		return end(tx, "done", "")
	})
}

func noteConnection(c remote.Connection, action string) audit.Change {
	return audit.Change{
		Chain: audit.OrganisationChain(string(c.Vendor)), Action: action, Kind: "stripe_connection", Object: string(c.ID),
		New: map[string]string{"mode": string(c.Mode), "status": string(c.Status)},
	}
}

func noteFinding(actor access.Actor, id, why string) audit.Change {
	return audit.Change{
		Chain: audit.OrganisationChain(string(actor.Organisation)), Action: "stripe.finding_settled", Kind: "stripe_finding", Object: id, Reason: why,
	}
}
