package charging

import (
	"context"
	"fmt"

	"trueward/internal/adapter/store"
	"trueward/internal/domain/audit"
	"trueward/internal/domain/billing"
	"trueward/internal/domain/remote"
	"trueward/internal/fault"
	"trueward/internal/standard/money"
)

// foreignError says that a document is not this connection's.
type foreignError struct{ state, reason string }

func (e *foreignError) Error() string { return "charging: " + e.reason }

// facts are what Stripe holds for one document at one moment.
type facts struct {
	invoice  remote.Invoice
	charge   remote.Charge
	disputed int64
	lost     bool
}

// paid is what came through Stripe: what was paid elsewhere is booked by hand.
func (f facts) paid() int64 {
	if f.invoice.Elsewhere {
		return f.charge.Amount
	}
	return f.invoice.Paid
}

// sync takes what Stripe holds for a document over into the books: the whole
// of it each time, so that the order and number of notices do not matter. The
// effect commits together with end.
func (d *Desk) sync(ctx context.Context, conn remote.Connection, in remote.Entry, id string, end func(*store.Tx) error) error {
	row, err := d.all(ctx).RemoteInvoiceBy(id)
	if fault.Is(err, fault.NotFound) {
		return d.unknown(ctx, conn, in, id)
	}
	if err != nil {
		return err
	}
	if row.Connection != conn.ID {
		return &foreignError{"quarantined", "about a document of another account"}
	}
	h, err := d.take(ctx, row)
	if err != nil {
		return err
	}
	defer h.release(ctx)
	f, err := d.look(ctx, in, id)
	if err != nil {
		return err
	}
	return d.Store.Write(ctx, worker, func(tx *store.Tx) error {
		if err := h.keep(tx); err != nil {
			return err
		}
		if err := h.book(tx, f); err != nil {
			return err
		}
		return end(tx)
	})
}

// unknown deals with a document that is not in our books: somebody else's, or
// one that was made before the database was restored.
func (d *Desk) unknown(ctx context.Context, conn remote.Connection, in remote.Entry, id string) error {
	i, err := d.Gateway.Invoice(ctx, in, id)
	switch {
	case fault.Is(err, fault.NotFound) || err == nil && i.Ours == "":
		return &foreignError{"done", "about nothing that Trueward made"}
	case err != nil:
		return err
	}
	local, err := d.all(ctx).Invoice(billing.InvoiceID(i.Ours))
	if err == nil && !local.State.Issued() {
		return fault.New(fault.Unavailable, "The invoice is still on its way here. The notice waits for it.")
	}
	if err != nil && !fault.Is(err, fault.NotFound) {
		return err
	}
	if err := d.find(ctx, conn, store.Finding{
		Kind: "unknown", Subject: id, Sentence: "Stripe holds invoice " + i.Number + " that Trueward made and does not know any more. Void it there, or restore a newer backup.",
	}); err != nil {
		return err
	}
	return &foreignError{"done", "about a document that is not known any more"}
}

// look asks for everything about a document.
func (d *Desk) look(ctx context.Context, in remote.Entry, id string) (f facts, err error) {
	if f.invoice, err = d.Gateway.Invoice(ctx, in, id); err != nil || f.invoice.Charge == "" {
		return f, err
	}
	if f.charge, err = d.Gateway.Charge(ctx, in, f.invoice.Charge); err != nil || !f.charge.Disputed {
		return f, err
	}
	disputes, err := d.Gateway.Disputes(ctx, in, f.invoice.Charge)
	for _, dispute := range disputes {
		if dispute.Open() || dispute.Lost() {
			f.disputed += dispute.Amount
			f.lost = f.lost || dispute.Lost()
		}
	}
	return f, err
}

// book brings the books to what Stripe holds: the difference to what was booked
// before, and nothing twice.
func (h *held) book(tx *store.Tx, f facts) error {
	row, err := tx.LockRemoteInvoice(f.invoice.ID)
	if err != nil {
		return err
	}
	h.row = row
	i, err := tx.Invoice(row.Invoice)
	if err != nil {
		return err
	}
	currency := money.Currency(f.invoice.Currency)
	if total := remote.FromUnits(f.invoice.Total, currency).Minor; i.State.Issued() && (total != i.TotalMinor || currency != i.Currency) {
		if err := h.found(tx, "amount", "Stripe holds "+remote.FromUnits(f.invoice.Total, currency).Format("en")+" for invoice "+i.Number+", here it is "+i.Total().Format("en")+". Find out who changed it."); err != nil {
			return err
		}
	}
	before := row
	if i.State.Payable() || i.State == billing.Paid {
		if i, err = h.bookPaid(tx, i, f, currency); err != nil {
			return err
		}
		if i, err = h.bookRefunded(tx, i, f, currency); err != nil {
			return err
		}
		if err := h.bookDisputed(tx, i, f, currency); err != nil {
			return err
		}
	}
	h.seen(f.invoice)
	if err := h.compareEnds(tx, i, f.invoice); err != nil {
		return err
	}
	if h.row != before {
		if err := tx.SaveRemoteInvoice(h.row); err != nil {
			return err
		}
	}
	tx.Audit(audit.Change{
		Chain: audit.OrganisationChain(string(i.Vendor)), Action: "invoice.seen_at_stripe", Kind: "invoice", Object: string(i.ID),
		New: map[string]string{"status": string(f.invoice.Status), "state": string(i.State), "due": i.Due().String()},
	})
	return nil
}

func (h *held) bookPaid(tx *store.Tx, i billing.Invoice, f facts, currency money.Currency) (billing.Invoice, error) {
	delta := f.paid() - h.row.Paid
	if delta <= 0 {
		return i, nil
	}
	amount := remote.FromUnits(delta, currency)
	if over := amount.Minor - i.Due().Minor; over > 0 {
		if err := h.found(tx, "overpaid", i.Amount(over).Format("en")+" more than was due came for invoice "+i.Number+". Refund it at Stripe."); err != nil {
			return i, err
		}
		amount.Minor = i.Due().Minor
	}
	h.row.Paid += delta
	return h.payment(tx, i, amount, f.invoice.Charge, "")
}

func (h *held) bookRefunded(tx *store.Tx, i billing.Invoice, f facts, currency money.Currency) (billing.Invoice, error) {
	delta := f.charge.Refunded - h.row.Refunded
	if delta <= 0 {
		return i, nil
	}
	amount := remote.FromUnits(-delta, currency)
	if i.PaidMinor+amount.Minor < 0 {
		return i, h.found(tx, "refund", "More was refunded for invoice "+i.Number+" than is booked as paid. Compare its payments.")
	}
	h.row.Refunded += delta
	return h.payment(tx, i, amount, f.invoice.Charge, "Refunded through Stripe.")
}

// payment books money that came, or with a negative amount went back, through
// Stripe.
func (h *held) payment(tx *store.Tx, i billing.Invoice, amount money.Amount, reference, reason string) (billing.Invoice, error) {
	if amount.Minor == 0 {
		return i, nil
	}
	p, err := tx.AddPayment(billing.Payment{
		Invoice: i.ID, Parties: i.Parties, Amount: amount, ReceivedOn: tx.Now().UTC().Format("2006-01-02"), Method: billing.ThroughStripe,
		Reference: reference, Reason: reason,
	})
	if err != nil {
		return i, err
	}
	from := i.State
	if i.PaidMinor, err = money.Add(i.PaidMinor, amount.Minor); err != nil {
		return i, err
	}
	i.State = i.StateAfterPayment()
	if i, err = tx.SaveInvoice(from, i); err != nil {
		return i, err
	}
	return i, tx.Post(billing.PaymentEntries(p.ID, p.Parties, amount, tx.Now()))
}

// bookDisputed posts money that a payer's bank has taken back for now, and its
// return. Money that is lost stays where it is until a person decides.
func (h *held) bookDisputed(tx *store.Tx, i billing.Invoice, f facts, currency money.Currency) error {
	if f.lost {
		if err := h.found(tx, "dispute_lost", "The payer's bank keeps "+remote.FromUnits(f.disputed, currency).Format("en")+" of invoice "+i.Number+". Write it off, or ask the hospital."); err != nil {
			return err
		}
	}
	delta := f.disputed - h.row.Disputed
	if delta == 0 {
		return nil
	}
	h.row.Disputed += delta
	key := fmt.Sprintf("dispute:%s:%s", i.ID, tx.NewID())
	return tx.Post(billing.ContestEntries(key, i.ID, i.Parties, remote.FromUnits(delta, currency), tx.Now()))
}

// compareEnds notes an end that was made at Stripe and not here: the books are
// a person's to end.
func (h *held) compareEnds(tx *store.Tx, i billing.Invoice, there remote.Invoice) error {
	const kind = "status"
	ended := there.Status == remote.VoidStatus && i.State != billing.Void ||
		there.Status == remote.UncollectibleStatus && i.State != billing.Uncollectible ||
		there.Status == remote.PaidStatus && i.State.Payable()
	if !ended {
		return tx.ClearFindings(h.conn.ID, kind, there.ID)
	}
	return h.found(tx, kind, fmt.Sprintf("At Stripe invoice %s is %q, here it is %q. End it here too, or find out who ended it there.", i.Number, there.Status, i.State.Word()))
}

// found notes a difference for people, once.
func (h *held) found(tx *store.Tx, kind, sentence string) error {
	_, err := tx.AddFinding(store.Finding{
		Connection: h.conn.ID, Vendor: h.conn.Vendor, Invoice: h.row.Invoice, Kind: kind, Subject: h.row.Remote, Sentence: sentence,
	})
	return err
}

// find notes a difference that belongs to no invoice of ours.
func (d *Desk) find(ctx context.Context, conn remote.Connection, f store.Finding) error {
	f.Connection, f.Vendor = conn.ID, conn.Vendor
	return d.Store.Keep(ctx, func(tx *store.Tx) error { _, err := tx.AddFinding(f); return err })
}
