package charging

import (
	"context"
	"time"

	"trueward/internal/adapter/store"
	"trueward/internal/domain/billing"
	"trueward/internal/domain/remote"
)

// holdTime is how long a worker may be silent before another takes over. It
// is prolonged before every call.
const holdTime = 2 * time.Minute

// held is a document at Stripe in the hands of this worker.
type held struct {
	desk *Desk
	doc  billing.Document // empty Lines where only the row is worked on
	row  store.RemoteInvoice
	conn remote.Connection
	in   remote.Entry
	// fresh says that the draft was made in this very run, so that nothing
	// need be looked up.
	fresh bool
	// again says that the draft was found deleted once in this run.
	again bool
	me    string
}

// hold takes a document, making its row when it has none.
func (d *Desk) hold(ctx context.Context, doc billing.Document, conn remote.Connection) (*held, error) {
	h := &held{desk: d, doc: doc}
	err := d.Store.Keep(ctx, func(tx *store.Tx) (err error) {
		h.me = tx.NewID()
		h.row, err = tx.HoldRemoteInvoice(store.RemoteInvoice{
			Invoice: doc.Invoice.ID, Parties: doc.Invoice.Parties, Connection: conn.ID, Digest: digest(doc),
		}, h.me, tx.Now().Add(holdTime))
		return err
	})
	if err != nil {
		return nil, err
	}
	if h.row.Remote == "" && conn.ID != "" {
		h.row.Connection = conn.ID // what was chosen since counts as long as nothing is there
	}
	return h, h.open(ctx)
}

// take holds a document that has a row.
func (d *Desk) take(ctx context.Context, row store.RemoteInvoice) (*held, error) {
	h := &held{desk: d, row: row}
	h.doc.Invoice.ID, h.doc.Invoice.Parties = row.Invoice, row.Parties
	err := d.Store.Keep(ctx, func(tx *store.Tx) (err error) {
		h.me = tx.NewID()
		if err = tx.KeepHold(row.Invoice, h.me, tx.Now().Add(holdTime)); err != nil {
			return err
		}
		h.row, err = tx.Unbounded().RemoteInvoice(row.Invoice)
		return err
	})
	if err != nil {
		return nil, err
	}
	return h, h.open(ctx)
}

func (h *held) open(ctx context.Context) (err error) {
	if h.conn, err = h.desk.all(ctx).Connection(h.row.Connection); err == nil {
		h.in, err = h.desk.entry(h.conn)
	}
	if err != nil {
		h.release(ctx)
	}
	return err
}

// release lets the document go. A worker that dies first lets it go by time.
func (h *held) release(ctx context.Context) {
	_ = h.desk.Store.Keep(context.WithoutCancel(ctx), func(tx *store.Tx) error { return tx.ReleaseRemoteHold(h.row.Invoice, h.me) })
}

// keep prolongs the hold inside a write; refused when another has taken over.
func (h *held) keep(tx *store.Tx) error {
	return tx.KeepHold(h.row.Invoice, h.me, tx.Now().Add(holdTime))
}

// save writes the row as it is known now.
func (h *held) save(ctx context.Context) error {
	return h.desk.Store.Keep(ctx, func(tx *store.Tx) error {
		if err := h.keep(tx); err != nil {
			return err
		}
		return tx.SaveRemoteInvoice(h.row)
	})
}

// seen takes over what Stripe says of the document.
func (h *held) seen(i remote.Invoice) {
	h.row.Remote, h.row.Status, h.row.Number = i.ID, i.Status, i.Number
	if i.Status == remote.DraftStatus {
		h.row.Number = ""
	}
	h.row.HostedURL, h.row.PDF = i.HostedURL, i.PDF
	if i.Charge != "" {
		h.row.Charge = i.Charge
	}
}
