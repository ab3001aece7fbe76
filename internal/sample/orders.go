package sample

import (
	"time"

	"trueward/internal/adapter/store"
	"trueward/internal/app/capturing"
	"trueward/internal/app/matching"
	"trueward/internal/app/ordering"
	"trueward/internal/domain/billing"
)

// orders lets the finance of St. Brannoc's attach orders to some of what waits
// for one, check an invoice that a vendor sent by itself, and leave the rest.
func (l *loader) orders() error {
	tom := l.actors["tom@brannoc.example"]
	rows, err := l.Store.Read(l.ctx, tom.Scope()).Lines(store.LineFilter{States: []billing.LineState{billing.LineAwaitingPO}}, store.Page{Limit: 200})
	if err != nil || len(rows.Rows) == 0 {
		return err
	}
	first := rows.Rows[len(rows.Rows)-1]
	desk := &ordering.Desk{Store: l.Store}
	_, err = desk.NewOrder(l.ctx, l.command("tom@brannoc.example"), billing.PurchaseOrder{
		Parties: first.Parties, Number: "PO-4471", Kind: billing.BlanketOrder, Currency: first.Net.Currency, AmountMinor: 250_000,
	})
	if err != nil {
		return err
	}
	if _, err := desk.Attach(l.ctx, l.command("tom@brannoc.example"), ordering.Attachment{Lines: []billing.LineID{first.Line.ID}, Number: "PO-4471"}); err != nil {
		return err
	}
	invoice := matching.Invoice{Number: "HK-R-118", IssuedOn: l.Clock.Now().Format(time.DateOnly), Currency: first.Net.Currency}
	for i, row := range rows.Rows[max(len(rows.Rows)-3, 0):] {
		line := billing.ClaimLine{DI: row.DI, Lot: row.Lot, Serial: row.Serial, Quantity: row.Quantity, NetMinor: row.Net.Minor, Currency: row.Net.Currency}
		if i == 0 {
			line.NetMinor += 400 // within what was agreed
		}
		invoice.Lines = append(invoice.Lines, line)
	}
	invoice.Lines = append(invoice.Lines, billing.ClaimLine{
		DI: first.DI, Lot: "LT0000", Serial: "NOT-USED-1", Quantity: 1, NetMinor: first.Net.Minor, Currency: first.Net.Currency,
	})
	_, err = (&matching.Desk{Store: l.Store}).Import(l.ctx, l.command("tom@brannoc.example"), matching.Import{Vendor: first.Vendor, Invoice: invoice})
	if err != nil {
		return err
	}
	_, err = (&capturing.Desk{Store: l.Store}).Run(l.ctx, time.Time{})
	return err
}
