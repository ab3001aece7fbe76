package charging

import (
	"cmp"
	"context"
	"slices"

	"trueward/internal/adapter/store"
	"trueward/internal/domain/access"
	"trueward/internal/domain/billing"
	"trueward/internal/domain/remote"
	"trueward/internal/fault"
	"trueward/internal/standard/money"
)

// payoutMovement is the type of the movement that a payout itself is.
const payoutMovement = "payout"

// payoutNotice matches a payout that arrived with the movements it is made of.
func (d *Desk) payoutNotice(ctx context.Context, conn remote.Connection, in remote.Entry, n store.Notice, end func(*store.Tx, string, string) error) error {
	po, err := d.Gateway.Payout(ctx, in, n.Object)
	if err != nil {
		return err
	}
	if po.Status == "failed" {
		err := d.find(ctx, conn, store.Finding{Kind: "payout", Subject: po.ID, Sentence: "A payout to the bank has failed. Look at the bank details at Stripe."})
		if err != nil {
			return err
		}
	}
	if po.Status != "paid" {
		return d.Store.Keep(ctx, func(tx *store.Tx) error { return end(tx, "done", "") })
	}
	return d.payout(ctx, conn, in, po, func(tx *store.Tx) error { return end(tx, "done", "") })
}

// payout posts what reached the bank, per hospital: the net of the movements
// that the payout is made of. What belongs to nothing that we know is left to
// people.
func (d *Desk) payout(ctx context.Context, conn remote.Connection, in remote.Entry, po remote.Payout, end func(*store.Tx) error) error {
	var moved []store.Movement
	err := d.Gateway.Movements(ctx, in, po.ID, d.Store.Now(), func(m remote.Movement) bool {
		moved = append(moved, store.Movement{Movement: m})
		return true
	})
	if err != nil {
		return err
	}
	nets, strange := map[access.OrganisationID]int64{}, int64(0)
	for i := range moved {
		if err := d.attribute(ctx, conn, &moved[i]); err != nil {
			return err
		}
		if moved[i].Type == payoutMovement {
			continue
		}
		if moved[i].Invoice == "" {
			strange += moved[i].Net
			continue
		}
		nets[moved[i].Hospital] += moved[i].Net
	}
	return d.Store.Write(ctx, worker, func(tx *store.Tx) error {
		news := false
		for _, m := range moved {
			fresh, err := bookMovement(tx, m)
			if err != nil {
				return err
			}
			news = news || fresh && m.Type == payoutMovement
		}
		if !news {
			strange = 0 // said when the payout was first seen
		}
		if err := d.bookPayout(tx, conn, po, nets, strange); err != nil {
			return err
		}
		tx.Audit(noteConnection(conn, "stripe.payout_matched"))
		return end(tx)
	})
}

func (d *Desk) bookPayout(tx *store.Tx, conn remote.Connection, po remote.Payout, nets map[access.OrganisationID]int64, strange int64) error {
	hospitals := make([]access.OrganisationID, 0, len(nets))
	for h := range nets {
		hospitals = append(hospitals, h)
	}
	slices.SortFunc(hospitals, cmp.Compare)
	for _, h := range hospitals {
		amount := remote.FromUnits(nets[h], money.Currency(po.Currency))
		p := billing.Parties{Vendor: conn.Vendor, Hospital: h}
		if err := tx.Post(billing.PayoutEntries(po.ID, p, amount, tx.Now())); err != nil {
			return err
		}
	}
	if strange == 0 {
		return nil
	}
	_, err := tx.AddFinding(store.Finding{
		Connection: conn.ID, Vendor: conn.Vendor, Kind: "payout", Subject: po.ID,
		Sentence: "A payout holds " + remote.FromUnits(strange, money.Currency(po.Currency)).Format("en") + " that belongs to no invoice of Trueward. Book it by hand.",
	})
	return err
}

// attribute finds the invoice that a movement belongs to, by its payment.
func (d *Desk) attribute(ctx context.Context, conn remote.Connection, m *store.Movement) error {
	m.Connection, m.Vendor = conn.ID, conn.Vendor
	if m.Charge == "" {
		return nil
	}
	row, err := d.all(ctx).RemoteInvoiceByCharge(m.Charge)
	if fault.Is(err, fault.NotFound) || err == nil && row.Connection != conn.ID {
		return nil
	}
	m.Hospital, m.Invoice = row.Hospital, row.Invoice
	return err
}

// bookMovement stores a movement once, posts the fee it carries and reports
// whether it is new.
func bookMovement(tx *store.Tx, m store.Movement) (bool, error) {
	fresh, err := tx.AddMovement(m)
	if err != nil || !fresh || m.Invoice == "" || m.Fee == 0 {
		return fresh, err
	}
	amount := remote.FromUnits(m.Fee, money.Currency(m.Currency))
	p := billing.Parties{Vendor: m.Vendor, Hospital: m.Hospital}
	return fresh, tx.Post(billing.FeeEntries(m.ID, m.Invoice, p, amount, tx.Now()))
}
