package store

import (
	"database/sql"

	"trueward/internal/adapter/store/engine"
	"trueward/internal/domain/billing"
)

// billedSerials finds what bills any of a list of serials of a vendor.
const billedSerials = `SELECT x.di, x.serial, x.usage_id, x.live, CASE WHEN i.number = '' THEN i.id ELSE i.number END
	FROM invoice_lines x JOIN invoices i ON i.id = x.invoice_id
	WHERE x.vendor_id = ? AND x.serial <> '' AND x.di = ? AND x.serial MANY AND (x.live = ? OR (i.state <> 'void'
	  AND NOT EXISTS (SELECT 1 FROM usage_corrections c WHERE c.usage_id = x.usage_id)
	  AND NOT EXISTS (SELECT 1 FROM movements m WHERE m.unit_id = x.unit_id AND m.kind = 'title_returned')))`

// BilledSerials returns, for those of one seller's lines whose serial a
// document bills already, the number of the document, or its id before it has
// one. A serial that was credited counts as billed for another usage until its
// return is recorded: the unit came back, or the usage was corrected. Lines
// without a serial and rebillable ones always pass.
func (tx *Tx) BilledSerials(p billing.Parties, lines []billing.InvoiceLine) (map[billing.LineID]string, error) {
	type serial struct{ di, serial string }
	asked := map[serial][]billing.InvoiceLine{}
	serials := map[string][]string{}
	for _, l := range lines {
		if l.Serial != "" && !l.Rebillable {
			key := serial{l.DI, l.Serial}
			asked[key] = append(asked[key], l)
			serials[l.DI] = append(serials[l.DI], l.Serial)
		}
	}
	billed := map[billing.LineID]string{}
	for di, list := range serials {
		these, arg, err := tx.many(list)
		if err != nil {
			return nil, err
		}
		err = engine.Query(tx.db, withMany(billedSerials, these), []any{string(p.Vendor), di, arg, true}, func(r *sql.Rows) error {
			var found serial
			var used, document string
			var live bool
			if err := r.Scan(&found.di, &found.serial, &used, &live, &document); err != nil {
				return err
			}
			for _, l := range asked[found] {
				if live || used != string(l.Usage) {
					billed[l.Line] = document
				}
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return billed, nil
}
