package store

import (
	"strings"

	"trueward/internal/domain/billing"
	"trueward/internal/standard/money"
)

// Hit is a record that bears a number somebody searched for.
type Hit struct {
	Kind     string // "invoice", "credit_note", "payment", "line"
	ID       string // of the record to look at: an invoice or a vendor line
	Title    string // the number found
	Found    string // what the number is: "Invoice", "Serial", "PO" …
	State    string
	At       int64 // microseconds; 0 for none
	Currency money.Currency
	Minor    int64
}

// mostHits bounds what one way of searching returns.
const mostHits = 25

// FindNumber looks for a number of whatever kind in the scope's money: invoice,
// credit note, PO or buyer's reference, payment reference, serial, lot, case
// pseudonym. Spaces and the case of letters count for nothing.
func (q Queries) FindNumber(text string) ([]Hit, error) {
	number := strings.ToUpper(strings.Join(strings.Fields(text), ""))
	if number == "" {
		return nil, nil
	}
	var hits []Hit
	for _, search := range []func(string) ([]Hit, error){q.invoicesBy, q.creditsBy, q.paymentsBy, q.linesBy} {
		found, err := search(number)
		if err != nil {
			return nil, err
		}
		hits = append(hits, found...)
	}
	return hits, nil
}

func (q Queries) invoicesBy(number string) ([]Hit, error) {
	var hits []Hit
	err := q.from("invoices").Select(`'invoice' AS kind, invoices.id, invoices.number AS title, invoices.state, invoices.changed_at AS at, invoices.currency,
		CASE WHEN invoices.state = 'collecting' THEN invoices.net_minor ELSE invoices.total_minor END AS minor,
		CASE WHEN invoices.number = ? THEN 'Invoice' WHEN invoices.payment_reference = ? THEN 'Payment reference' ELSE 'PO or buyer reference' END AS found`, number, number).
		Where("invoices.number = ? OR invoices.payment_reference = ? OR UPPER(invoices.buyer_reference) = ? OR UPPER(invoices.order_reference) = ?", number, number, number, number).
		Order("invoices.id DESC").Limit(mostHits).Find(&hits).Error
	return hits, err
}

func (q Queries) creditsBy(number string) ([]Hit, error) {
	var hits []Hit
	err := q.from("credit_notes").Select(`'credit_note' AS kind, credit_notes.invoice_id AS id, credit_notes.number AS title, credit_notes.state,
		credit_notes.proposed_at AS at, credit_notes.currency, credit_notes.total_minor AS minor, 'Credit note' AS found`).
		Where("credit_notes.number = ? OR credit_notes.provider_number = ?", number, number).Order("credit_notes.id DESC").Limit(mostHits).Find(&hits).Error
	return hits, err
}

func (q Queries) paymentsBy(number string) ([]Hit, error) {
	var hits []Hit
	err := q.from("payments").Select(`'payment' AS kind, payments.invoice_id AS id, payments.reference AS title, '' AS state, payments.recorded_at AS at,
		payments.currency, payments.amount_minor AS minor, 'Payment' AS found`).
		Where("payments.reference <> '' AND UPPER(REPLACE(payments.reference, ' ', '')) = ?", number).Order("payments.id DESC").Limit(mostHits).Find(&hits).Error
	return hits, err
}

// linesBy finds usages by what was used, or on which case.
func (q Queries) linesBy(number string) ([]Hit, error) {
	var rows []struct {
		Hit
		Serial, Lot, Pseudonym, PoNumber string
	}
	err := q.from("vendor_lines").Joins("JOIN usages u ON u.id = vendor_lines.usage_id JOIN units n ON n.id = u.unit_id JOIN cases c ON c.id = vendor_lines.case_id JOIN products p ON p.id = u.product_id").
		Select(`'line' AS kind, vendor_lines.id, p.name AS title, vendor_lines.state, vendor_lines.effective_at AS at, vendor_lines.currency,
			vendor_lines.net_minor AS minor, n.serial, n.lot, c.pseudonym, vendor_lines.po_number`).
		Where("UPPER(n.serial) = ? OR UPPER(n.lot) = ? OR c.pseudonym = ? OR UPPER(vendor_lines.po_number) = ?", number, number, number, number).
		Order("vendor_lines.effective_at DESC, vendor_lines.id DESC").Limit(mostHits).Find(&rows).Error
	hits := make([]Hit, len(rows))
	for i, r := range rows {
		hits[i] = r.Hit
		switch number {
		case strings.ToUpper(r.Serial):
			hits[i].Found = "Serial " + r.Serial
		case strings.ToUpper(r.Lot):
			hits[i].Found = "Lot " + r.Lot
		case r.Pseudonym:
			hits[i].Found = "Case " + r.Pseudonym
		default:
			hits[i].Found = "PO " + r.PoNumber
		}
	}
	return hits, err
}

// StateWord returns the state of a hit as people read it.
func (h Hit) StateWord() string {
	switch h.Kind {
	case "invoice":
		return billing.InvoiceState(h.State).Word()
	case "credit_note":
		return billing.CreditState(h.State).Word()
	case "line":
		return billing.LineState(h.State).Word()
	}
	return "Booked"
}
