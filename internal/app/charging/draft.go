package charging

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"time"

	"trueward/internal/adapter/store"
	"trueward/internal/domain/billing"
	"trueward/internal/domain/remote"
	"trueward/internal/fault"
)

// Takes reports whether a document goes over Stripe: its vendor has chosen a
// connection and there is something to pay. A connection that is chosen and
// does not work is refused as Invalid, so that people see it.
func (d *Desk) Takes(ctx context.Context, doc billing.Document) (bool, error) {
	if doc.Invoice.TotalMinor <= 0 {
		return false, nil
	}
	row, err := d.all(ctx).RemoteInvoice(doc.Invoice.ID)
	switch {
	case err == nil && row.Remote != "":
		return true, nil // begun there
	case err != nil && !fault.Is(err, fault.NotFound):
		return false, err
	}
	c, err := d.all(ctx).ChosenConnection(doc.Invoice.Vendor)
	switch {
	case fault.Is(err, fault.NotFound):
		return false, nil
	case err != nil:
		return false, err
	case c.Status != remote.Active:
		return false, fault.Newf(fault.Invalid, "Invoices of this vendor go over Stripe, and its account is %q. Mend it on the Stripe page or switch it off there, then release this.", c.Status.Word())
	}
	return true, nil
}

// Draft makes the document and all its lines at Stripe, not yet valid, or
// finds them made.
func (d *Desk) Draft(ctx context.Context, doc billing.Document) error {
	conn, err := d.all(ctx).ChosenConnection(doc.Invoice.Vendor)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return err
	}
	h, err := d.hold(ctx, doc, conn)
	if err != nil {
		return err
	}
	defer h.release(ctx)
	if err := h.discardOther(ctx); err != nil {
		return err
	}
	customer, err := h.customer(ctx)
	if err != nil {
		return err
	}
	if err := h.draft(ctx, customer); err != nil {
		return err
	}
	if h.row.Status != remote.DraftStatus {
		return nil // issued there before; the comparison decides
	}
	if err := h.items(ctx, customer); err != nil {
		return err
	}
	return h.taxes(ctx)
}

// digest tells whether a draft was made from the same document.
func digest(doc billing.Document) string {
	sum := sha256.New()
	fmt.Fprintf(sum, "%s %s %d\n", doc.Invoice.Currency, doc.Invoice.BuyerReference, doc.Invoice.PaymentDays)
	for _, l := range doc.Lines {
		fmt.Fprintf(sum, "%s %d %d\n", l.Line, l.NetMinor, l.TaxMinor)
	}
	return hex.EncodeToString(sum.Sum(nil)[:16])
}

// discardOther deletes a draft that was made from an earlier form of the
// document.
func (h *held) discardOther(ctx context.Context) error {
	if h.row.Digest == digest(h.doc) {
		return nil
	}
	if err := h.drop(ctx); err != nil {
		return err
	}
	h.row.Digest = digest(h.doc)
	return h.save(ctx)
}

// drop deletes the draft, if there is one, and makes sure that it is gone.
func (h *held) drop(ctx context.Context) error {
	if h.row.Remote == "" || h.row.Status != remote.DraftStatus {
		return nil
	}
	known, err := h.journal(ctx, remote.DropDraft)
	if err != nil {
		return err
	}
	draft := h.row.Remote
	_, err = h.run(ctx, known, work{
		step: remote.DropDraft, subject: draft, target: draft, params: struct{}{}, lookAlways: true,
		look: func(ctx context.Context) (string, bool, error) {
			_, err := h.desk.Gateway.Invoice(ctx, h.in, draft)
			if fault.Is(err, fault.NotFound) {
				return draft, true, nil
			}
			return "", false, err
		},
	})
	if err != nil {
		return err
	}
	return h.forget(ctx)
}

// customer returns the payer's record at the vendor's account, made once.
func (h *held) customer(ctx context.Context) (string, error) {
	payers, err := h.desk.all(ctx).RemoteCustomers(h.conn.ID)
	if err != nil {
		return "", err
	}
	mine := store.RemoteCustomer{Connection: h.conn.ID, Hospital: h.row.Hospital, Vendor: h.row.Vendor}
	for _, p := range payers {
		if p.Hospital == h.row.Hospital {
			mine = p
		}
	}
	if mine.Customer != "" {
		return mine.Customer, nil
	}
	email := mine.Email
	if email == "" {
		email = h.doc.Payer.Email
	}
	if email == "" {
		return "", fault.Newf(fault.Invalid, "There is no e-mail address to which Stripe could send invoices for %s. Enter one on the Stripe page, then release this.", h.doc.Payer.Name)
	}
	known, err := h.journal(ctx, remote.MakeCustomer)
	if err != nil {
		return "", err
	}
	name := h.doc.Payer.LegalName
	if name == "" {
		name = h.doc.Payer.Name
	}
	hospital := string(h.row.Hospital)
	mine.Customer, err = h.run(ctx, known, work{
		step: remote.MakeCustomer, subject: hospital, shared: true, lookAlways: true,
		params: remote.CustomerParams{Name: name, Email: email, Hospital: hospital},
		look: func(ctx context.Context) (id string, found bool, err error) {
			err = h.desk.Gateway.Customers(ctx, h.in, func(c remote.Customer) bool {
				if c.Ours == hospital {
					id, found = c.ID, true // the list is newest first: the oldest stays
				}
				return true
			})
			return id, found, err
		},
	})
	if err != nil {
		return "", err
	}
	return mine.Customer, h.desk.Store.Keep(ctx, func(tx *store.Tx) error { return tx.SaveRemoteCustomer(mine) })
}

// draft makes the empty document, or finds it.
func (h *held) draft(ctx context.Context, customer string) error {
	known, err := h.journal(ctx, remote.MakeDraft)
	if err != nil {
		return err
	}
	in := remote.DraftParams{
		Customer: customer, Currency: string(h.doc.Invoice.Currency), PaymentDays: h.doc.Invoice.PaymentDays, Invoice: string(h.row.Invoice),
	}
	if h.doc.Invoice.BuyerReference != "" {
		in.Fields = []remote.Field{{Name: "Your reference", Value: cut(h.doc.Invoice.BuyerReference, 140)}}
	}
	id, err := h.run(ctx, known, work{
		step: remote.MakeDraft, subject: in.Invoice, params: in, lookAlways: true,
		look: func(ctx context.Context) (string, bool, error) { return h.findDraft(ctx, customer) },
	})
	if err != nil {
		return err
	}
	if h.row.Remote != id {
		h.row.Remote, h.row.Status = id, remote.DraftStatus
	}
	if !h.fresh {
		i, err := h.desk.Gateway.Invoice(ctx, h.in, id)
		if fault.Is(err, fault.NotFound) {
			return h.draftAgain(ctx, customer)
		}
		if err != nil {
			return err
		}
		h.seen(i)
	}
	return h.save(ctx)
}

// draftAgain makes a new draft after somebody deleted the first at Stripe.
func (h *held) draftAgain(ctx context.Context, customer string) error {
	if h.again {
		return fault.New(fault.Unavailable, "Stripe loses this draft. It is tried again by itself.")
	}
	h.again = true
	if err := h.forget(ctx); err != nil {
		return err
	}
	return h.draft(ctx, customer)
}

// forget drops what is known of a draft that is gone.
func (h *held) forget(ctx context.Context) error {
	return h.desk.Store.Keep(ctx, func(tx *store.Tx) error {
		if err := h.keep(tx); err != nil {
			return err
		}
		h.row.Remote, h.row.Status, h.row.Number = "", "", ""
		if err := tx.ForgetOps(h.row.Invoice); err != nil {
			return err
		}
		return tx.SaveRemoteInvoice(h.row)
	})
}

// findDraft looks for the document by its mark. One that is issued wins over a
// draft, the older over the younger; deleted ones are not listed. A document
// that our books do not know is looked into: after a restore the same lines may
// have got another invoice here.
func (h *held) findDraft(ctx context.Context, customer string) (id string, found bool, err error) {
	issued := false
	var strangers []remote.Invoice
	err = h.desk.Gateway.InvoicesSince(ctx, h.in, customer, h.since(), func(i remote.Invoice) bool {
		switch {
		case i.Status == remote.VoidStatus:
		case i.Ours == string(h.row.Invoice):
			if !issued || i.Status != remote.DraftStatus {
				id, found, issued = i.ID, true, i.Status != remote.DraftStatus
			}
		case i.Ours != "":
			strangers = append(strangers, i)
		}
		return true
	})
	if err == nil && !found {
		id, err = h.sameLines(ctx, strangers)
		found = id != ""
	}
	h.fresh = !found
	return id, found, err
}

// since is the earliest instant at which the document can have been made.
func (h *held) since() time.Time {
	since := h.doc.Invoice.CreatedAt
	for _, l := range h.doc.Lines {
		if day, err := time.Parse(time.DateOnly, l.ServiceDate); err == nil && day.Before(since) {
			since = day
		}
	}
	return since.Add(-24 * time.Hour)
}

// sameLines returns the one of the documents that our books do not know and
// that holds exactly our lines. One that holds some of them is refused: it
// would bill them twice.
func (h *held) sameLines(ctx context.Context, strangers []remote.Invoice) (string, error) {
	ours := map[string]bool{}
	for _, l := range h.doc.Lines {
		ours[string(l.Line)] = true
	}
	for _, i := range strangers {
		_, err := h.desk.all(ctx).Invoice(billing.InvoiceID(i.Ours))
		if err == nil {
			continue
		}
		if !fault.Is(err, fault.NotFound) {
			return "", err
		}
		lines, err := h.desk.Gateway.Lines(ctx, h.in, i.ID)
		if err != nil {
			return "", err
		}
		shared := 0
		for _, l := range lines {
			if ours[l.Ours] {
				shared++
			}
		}
		switch {
		case shared == len(ours) && shared == len(lines):
			return i.ID, h.desk.Store.Keep(ctx, func(tx *store.Tx) error { return tx.ClearFindings(h.conn.ID, "unknown", i.ID) })
		case shared > 0:
			return "", fault.Newf(fault.Invalid, "Stripe bills %d of these lines already on invoice %s, which is not known here any more. Void it there, then release this.", shared, i.Number)
		}
	}
	return "", nil
}
