package charging

import (
	"context"
	"errors"
	"time"

	"trueward/internal/adapter/store"
	"trueward/internal/domain/billing"
	"trueward/internal/domain/remote"
	"trueward/internal/fault"
	"trueward/internal/standard/money"
)

// Comparison is what a comparison of our books with Stripe came to.
type Comparison struct {
	Documents int // looked at
	Caught    int // in which something was taken over into our books
	Findings  int // open now, of all kinds
}

// window is how far back a comparison looks before the last one.
const window = 7 * 24 * time.Hour

// compareEvery is how old a comparison may get.
const compareEvery = 24 * time.Hour

// AskCompare has a connection compared soon. Refusals: Forbidden, NotFound.
func (d *Desk) AskCompare(ctx context.Context, cmd store.Command, id remote.ConnectionID) (remote.ConnectionID, error) {
	return d.change(ctx, cmd, id, "stripe.compare_asked", func(tx *store.Tx, c remote.Connection) error {
		return tx.Enqueue(TopicCompare, string(c.ID), "", string(c.Vendor), tx.Now(), struct{}{})
	})
}

// askCompare asks for the comparisons that are a day old.
func (d *Desk) askCompare(ctx context.Context) error {
	connections, err := d.all(ctx).Connections()
	if err != nil {
		return err
	}
	for _, c := range connections {
		due := c.CheckedTo.Add(compareEvery)
		if c.Status != remote.Active || d.Store.Now().Before(due) {
			continue
		}
		_, state, err := d.all(ctx).JobOf(TopicCompare, string(c.ID))
		if err == nil && (state == "pending" || state == "parked") {
			continue
		}
		err = d.Store.Keep(ctx, func(tx *store.Tx) error {
			return tx.Enqueue(TopicCompare, string(c.ID), "", string(c.Vendor), tx.Now(), struct{}{})
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (d *Desk) compareJob(ctx context.Context, job store.Job) error {
	conn, err := d.all(ctx).Connection(remote.ConnectionID(job.Subject))
	if err != nil {
		return err
	}
	if _, err := d.Compare(ctx, conn); err != nil {
		return err
	}
	return d.Store.Keep(ctx, func(tx *store.Tx) error { return tx.FinishJob(job) })
}

// Compare goes through what Stripe and our books hold for a connection. What
// only came late is taken over; what contradicts is a finding for people.
func (d *Desk) Compare(ctx context.Context, conn remote.Connection) (Comparison, error) {
	var out Comparison
	in, err := d.entry(conn)
	if err != nil {
		return out, err
	}
	started := d.Store.Now()
	since := conn.CheckedTo.Add(-window)
	if conn.CheckedTo.IsZero() {
		since = started.AddDate(-1, 0, 0)
	}
	there, err := d.listed(ctx, conn, in, since)
	if err != nil {
		return out, err
	}
	for _, i := range there {
		caught, err := d.compareOne(ctx, conn, in, i)
		if err != nil {
			return out, err
		}
		out.Documents++
		if caught {
			out.Caught++
		}
	}
	if err := d.missing(ctx, conn, in, there); err != nil {
		return out, err
	}
	if err := d.balance(ctx, conn, in, since); err != nil {
		return out, err
	}
	open, err := d.all(ctx).Findings(1000)
	for _, f := range open {
		if f.Connection == conn.ID {
			out.Findings++
		}
	}
	if err != nil {
		return out, err
	}
	return out, d.compared(ctx, conn.ID, started)
}

func (d *Desk) compared(ctx context.Context, id remote.ConnectionID, at time.Time) error {
	return d.Store.Write(ctx, worker, func(tx *store.Tx) error {
		c, err := tx.Connection(id)
		if err != nil {
			return err
		}
		c.CheckedTo = at
		tx.Audit(noteConnection(c, "stripe.compared"))
		_, err = tx.SaveConnection(c)
		return err
	})
}

// listed returns our documents at Stripe by their ids there, and raises the
// series to the highest number that is out: after a restore, the database may
// not know of it.
func (d *Desk) listed(ctx context.Context, conn remote.Connection, in remote.Entry, since time.Time) (map[string]remote.Invoice, error) {
	there := map[string]remote.Invoice{}
	err := d.Gateway.InvoicesSince(ctx, in, "", since, func(i remote.Invoice) bool {
		if i.Ours != "" {
			there[i.ID] = i
		}
		return true
	})
	if err != nil {
		return nil, err
	}
	seller, err := d.all(ctx).Organisation(conn.Vendor)
	if err != nil {
		return nil, err
	}
	highest := map[int]int64{}
	for _, i := range there {
		if year, n, ours := billing.NumberParts(seller.InvoicePrefix, i.Number); ours && i.Status != remote.DraftStatus {
			highest[year] = max(highest[year], n)
		}
	}
	return there, d.Store.Keep(ctx, func(tx *store.Tx) error {
		for year, n := range highest {
			if err := tx.RaiseNumber(billing.Parties{Vendor: conn.Vendor}, "invoice", year, seller.InvoicePrefix, n); err != nil {
				return err
			}
		}
		return nil
	})
}

// compareOne looks at one document and reports whether something was taken
// over.
func (d *Desk) compareOne(ctx context.Context, conn remote.Connection, in remote.Entry, i remote.Invoice) (bool, error) {
	row, err := d.all(ctx).RemoteInvoiceBy(i.ID)
	if err == nil && row.Status == remote.DraftStatus && i.Status == remote.DraftStatus {
		return false, nil // being made
	}
	before := row
	err = d.sync(ctx, conn, in, i.ID, func(*store.Tx) error { return nil })
	foreign := new(foreignError)
	switch {
	case errors.As(err, &foreign) || fault.Is(err, fault.Conflict) || fault.Is(err, fault.Unavailable) && row.Invoice == "":
		return false, nil // said in a finding, or being worked on
	case err != nil:
		return false, err
	}
	after, err := d.all(ctx).RemoteInvoiceBy(i.ID)
	before.Holder, before.HeldUntil, before.ChangedAt = after.Holder, after.HeldUntil, after.ChangedAt
	return before != after, err
}

// missing looks for documents that our books hold and Stripe did not list.
func (d *Desk) missing(ctx context.Context, conn remote.Connection, in remote.Entry, there map[string]remote.Invoice) error {
	var absent []store.RemoteInvoice
	err := d.all(ctx).RemoteInvoicesOf(conn.ID, func(row store.RemoteInvoice) error {
		if _, listed := there[row.Remote]; !listed && row.Status == remote.OpenStatus {
			absent = append(absent, row)
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, row := range absent {
		err := d.sync(ctx, conn, in, row.Remote, func(*store.Tx) error { return nil })
		switch {
		case fault.Is(err, fault.NotFound):
			err = d.find(ctx, conn, store.Finding{
				Invoice: row.Invoice, Kind: "missing", Subject: row.Remote,
				Sentence: "Stripe does not hold invoice " + row.Number + " any more. Find out who removed it.",
			})
		case fault.Is(err, fault.Conflict):
			err = nil
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// balance books fees and payouts that no notice told of, and finds movements
// that belong to nothing.
func (d *Desk) balance(ctx context.Context, conn remote.Connection, in remote.Entry, since time.Time) error {
	var moved []remote.Movement
	err := d.Gateway.Movements(ctx, in, "", since, func(m remote.Movement) bool { moved = append(moved, m); return true })
	if err != nil {
		return err
	}
	var own []store.Movement
	for _, m := range moved {
		if m.Type == payoutMovement {
			if err := d.latePayout(ctx, conn, in, m); err != nil {
				return err
			}
			continue
		}
		o := store.Movement{Movement: m}
		if err := d.attribute(ctx, conn, &o); err != nil {
			return err
		}
		own = append(own, o)
	}
	return d.Store.Write(ctx, worker, func(tx *store.Tx) error {
		tx.Audit(noteConnection(conn, "stripe.balance_compared"))
		for _, m := range own {
			if err := bookOrFind(tx, m); err != nil {
				return err
			}
		}
		return nil
	})
}

// bookOrFind books a movement; one that belongs to nothing is for people.
func bookOrFind(tx *store.Tx, m store.Movement) error {
	fresh, err := bookMovement(tx, m)
	if err != nil || !fresh || m.Invoice != "" {
		return err
	}
	_, err = tx.AddFinding(store.Finding{
		Connection: m.Connection, Vendor: m.Vendor, Kind: "movement", Subject: m.ID,
		Sentence: "The balance at Stripe moved by " + remote.FromUnits(m.Amount, money.Currency(m.Currency)).Format("en") + " for nothing that Trueward made. Book it by hand.",
	})
	return err
}

func (d *Desk) latePayout(ctx context.Context, conn remote.Connection, in remote.Entry, m remote.Movement) error {
	po, err := d.Gateway.Payout(ctx, in, m.Source)
	if err != nil || po.Status != "paid" {
		return err
	}
	return d.payout(ctx, conn, in, po, func(*store.Tx) error { return nil })
}
