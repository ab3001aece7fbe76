package sample

import (
	"time"

	"trueward/internal/adapter/store"
	"trueward/internal/app/paying"
	"trueward/internal/domain/access"
	"trueward/internal/domain/billing"
)

// payers book what a hospital pays.
var payers = map[string]string{"brannoc": "tom@brannoc.example", "lindgate": "sam@lindgate.example"}

// pay is a Friday's payment run: invoices of a week ago and older are paid,
// some in part; one payment is booked wrong and taken back.
func (l *loader) pay(date time.Time) error {
	open, err := l.invoices(billing.Sent)
	if err != nil {
		return err
	}
	before := date.AddDate(0, 0, -7).Format(time.DateOnly)
	for n, i := range open {
		if i.IssuedOn > before || n%5 == 4 {
			continue
		}
		due := i.Due()
		if n%5 == 3 {
			due.Minor /= 2
		}
		if due.Minor == 0 {
			continue
		}
		booked, err := l.Desks.Paying.Record(l.ctx, l.command(l.payer(i.Hospital)), paying.RecordInput{
			Invoice: i.ID, Amount: due.Decimal(), ReceivedOn: date.Format(time.DateOnly),
			Method: billing.BankTransfer, Reference: i.PaymentReference,
		})
		if err != nil {
			return err
		}
		if n%11 == 7 {
			_, err = l.Desks.Paying.Undo(l.ctx, l.command(l.payer(i.Hospital)), paying.UndoInput{
				Payment: booked.Payment, Reason: "Booked on the wrong invoice",
			})
			if err != nil {
				return err
			}
		}
	}
	return nil
}

func (l *loader) payer(hospital access.OrganisationID) string {
	for key, email := range payers {
		if l.organisations[key] == hospital {
			return email
		}
	}
	return ""
}

// invoices lists the invoices in a state, oldest first.
func (l *loader) invoices(state billing.InvoiceState) ([]billing.Invoice, error) {
	var out []billing.Invoice
	q := l.Store.Read(l.ctx, access.Everything())
	err := q.AllInvoices(store.InvoiceFilter{States: []billing.InvoiceState{state}}, func(row store.InvoiceRow) error {
		out = append(out, row.Invoice)
		return nil
	})
	return out, err
}
