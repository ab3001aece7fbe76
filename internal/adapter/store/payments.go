package store

import (
	"trueward/internal/domain/access"
	"trueward/internal/domain/billing"
	"trueward/internal/standard/money"
)

type paymentRecord struct {
	ID          string
	InvoiceID   string
	VendorID    string
	HospitalID  string
	Currency    string
	AmountMinor int64
	ReceivedOn  string
	Method      string
	Reference   string
	ReversesID  *string
	Reason      string
	ActorID     string
	RecordedAt  int64
}

func (paymentRecord) TableName() string { return "payments" }

func (r paymentRecord) payment() billing.Payment {
	p := billing.Payment{
		ID: billing.PaymentID(r.ID), Invoice: billing.InvoiceID(r.InvoiceID), Parties: parties(r.VendorID, r.HospitalID),
		Amount:     money.Amount{Minor: r.AmountMinor, Currency: money.Currency(r.Currency)},
		ReceivedOn: r.ReceivedOn, Method: billing.PaymentMethod(r.Method), Reference: r.Reference, Reason: r.Reason,
		Actor: access.PersonID(r.ActorID), RecordedAt: instant(r.RecordedAt),
	}
	if r.ReversesID != nil {
		p.Reverses = billing.PaymentID(*r.ReversesID)
	}
	return p
}

// AddPayment stores a payment or its reversal and returns it with its id. A
// payment is reversed at most once, by its unique key.
func (tx *Tx) AddPayment(p billing.Payment) (billing.Payment, error) {
	p.ID, p.Actor, p.RecordedAt = billing.PaymentID(tx.NewID()), tx.actor.Person, tx.now
	r := paymentRecord{
		ID: string(p.ID), InvoiceID: string(p.Invoice), VendorID: string(p.Vendor), HospitalID: string(p.Hospital),
		Currency: string(p.Amount.Currency), AmountMinor: p.Amount.Minor, ReceivedOn: p.ReceivedOn, Method: string(p.Method),
		Reference: p.Reference, Reason: p.Reason, ActorID: string(p.Actor), RecordedAt: micros(tx.now),
	}
	if p.Reverses != "" {
		reverses := string(p.Reverses)
		r.ReversesID = &reverses
	}
	return p, tx.db.Create(&r).Error
}

// Payments returns the payments of an invoice, oldest first.
func (q Queries) Payments(invoice billing.InvoiceID) ([]billing.Payment, error) {
	var records []paymentRecord
	err := q.from("payments").Where("invoice_id = ?", string(invoice)).Order("recorded_at, id").Limit(1000).Find(&records).Error
	out := make([]billing.Payment, len(records))
	for i, r := range records {
		out[i] = r.payment()
	}
	return out, err
}

// Payment returns one payment of the scope.
func (q Queries) Payment(id billing.PaymentID) (billing.Payment, error) {
	r, err := first[paymentRecord](q.from("payments").Where("payments.id = ?", string(id)), "payment")
	return r.payment(), err
}
