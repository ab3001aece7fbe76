package store

import (
	"gorm.io/gorm"

	"trueward/internal/domain/billing"
	"trueward/internal/standard/money"
)

// account is the rows of a table between two parties in one currency.
func (q Queries) account(table string, p billing.Parties, c money.Currency) func() *gorm.DB {
	return func() *gorm.DB {
		return q.from(table).Where(table+".vendor_id = ? AND "+table+".hospital_id = ? AND "+table+".currency = ?",
			string(p.Vendor), string(p.Hospital), string(c))
	}
}

// walk visits the rows of a table in the order of their ids, some at a time.
func walk[T any](rows func() *gorm.DB, id func(T) string, visit func(T) error) error {
	const page = 1000
	for after := ""; ; {
		var records []T
		if err := rows().Where("id > ?", after).Order("id").Limit(page).Find(&records).Error; err != nil {
			return err
		}
		for _, r := range records {
			if err := visit(r); err != nil {
				return err
			}
			after = id(r)
		}
		if len(records) < page {
			return nil
		}
	}
}

// AccountCurrencies returns the currencies in which documents were issued
// between two parties of the scope, in order.
func (q Queries) AccountCurrencies(p billing.Parties) ([]money.Currency, error) {
	var out []money.Currency
	err := q.from("invoices").Where("invoices.vendor_id = ? AND invoices.hospital_id = ? AND invoices.state IN ?",
		string(p.Vendor), string(p.Hospital), issuedStates).Distinct("currency").Order("currency").Pluck("currency", &out).Error
	return out, err
}

var issuedStates = []billing.InvoiceState{billing.Open, billing.Sent, billing.Paid, billing.Void, billing.Uncollectible}

// AccountInvoices visits every issued invoice between two parties, void ones
// too, in the order of their ids.
func (q Queries) AccountInvoices(p billing.Parties, c money.Currency, visit func(billing.Invoice) error) error {
	rows := q.account("invoices", p, c)
	return walk(func() *gorm.DB { return rows().Where("state IN ?", issuedStates) },
		func(r invoiceRecord) string { return r.ID }, func(r invoiceRecord) error { return visit(r.invoice()) })
}

// AccountCredits visits every issued credit note between two parties, without
// its lines.
func (q Queries) AccountCredits(p billing.Parties, c money.Currency, visit func(billing.CreditNote) error) error {
	rows := q.account("credit_notes", p, c)
	return walk(func() *gorm.DB { return rows().Where("state = 'issued'") },
		func(r creditRecord) string { return r.ID }, func(r creditRecord) error { return visit(r.credit()) })
}

// AccountPayments visits every payment between two parties, with refunds and
// what takes either back.
func (q Queries) AccountPayments(p billing.Parties, c money.Currency, visit func(billing.Payment) error) error {
	return walk(q.account("payments", p, c), func(r paymentRecord) string { return r.ID }, func(r paymentRecord) error { return visit(r.payment()) })
}

// AccountDisputes visits every dispute between two parties, ended ones too.
func (q Queries) AccountDisputes(p billing.Parties, c money.Currency, visit func(billing.Dispute) error) error {
	return walk(q.account("disputes", p, c), func(r disputeRecord) string { return r.ID }, func(r disputeRecord) error { return visit(r.dispute()) })
}

// AccountEnds visits the decided demands that ended invoices between two
// parties, in whatever currency.
func (q Queries) AccountEnds(p billing.Parties, visit func(billing.EndRequest) error) error {
	return walk(func() *gorm.DB {
		return q.from("invoice_requests").Where("vendor_id = ? AND hospital_id = ? AND state = 'done'", string(p.Vendor), string(p.Hospital))
	}, func(r endRecord) string { return r.ID }, func(r endRecord) error { return visit(r.request()) })
}
