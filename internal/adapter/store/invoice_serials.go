package store

import (
	"database/sql"
	"encoding/json"

	"trueward/internal/adapter/store/engine"
	"trueward/internal/domain/billing"
)

// billedSerials asks for each line of a list what bills its serial already. It
// asks line by line inside the statement, so that each is one look at an index
// whatever the planner believes of the table.
const billedSerials = `SELECT a.line, COALESCE((SELECT CASE WHEN i.number = '' THEN i.id ELSE i.number END
	FROM invoice_lines x JOIN invoices i ON i.id = x.invoice_id
	WHERE x.vendor_id = ? AND x.di = a.di AND x.serial = a.serial AND x.serial <> '' AND (x.live = ? OR (x.usage_id <> a.used AND i.state <> 'void'
	  AND NOT EXISTS (SELECT 1 FROM usage_corrections c WHERE c.usage_id = x.usage_id)
	  AND NOT EXISTS (SELECT 1 FROM movements m WHERE m.unit_id = x.unit_id AND m.kind = 'title_returned'))) LIMIT 1), '') FROM `

// The list as rows, in each dialect.
const (
	serialsOnPostgres = `json_to_recordset(?::json) AS a (line TEXT, di TEXT, serial TEXT, used TEXT)`
	serialsOnSQLite   = `(SELECT value ->> 'line' AS line, value ->> 'di' AS di, value ->> 'serial' AS serial, value ->> 'used' AS used FROM json_each(?)) a`
)

type askedSerial struct {
	Line   billing.LineID  `json:"line"`
	DI     string          `json:"di"`
	Serial string          `json:"serial"`
	Used   billing.UsageID `json:"used"`
}

// BilledSerials returns, for those of one seller's lines whose serial a
// document bills already, the number of the document, or its id before it has
// one. A serial that was credited counts as billed for another usage until its
// return is recorded: the unit came back, or the usage was corrected. Lines
// without a serial and rebillable ones always pass.
func (tx *Tx) BilledSerials(p billing.Parties, lines []billing.InvoiceLine) (map[billing.LineID]string, error) {
	var asked []askedSerial
	for _, l := range lines {
		if l.Serial != "" && !l.Rebillable {
			asked = append(asked, askedSerial{l.Line, l.DI, l.Serial, l.Usage})
		}
	}
	billed := map[billing.LineID]string{}
	if len(asked) == 0 {
		return billed, nil
	}
	list, err := json.Marshal(asked)
	if err != nil {
		return nil, err
	}
	from := serialsOnSQLite
	if tx.postgres() {
		from = serialsOnPostgres
	}
	err = engine.Query(tx.db, billedSerials+from, []any{string(p.Vendor), true, string(list)}, func(r *sql.Rows) error {
		var line, document string
		err := r.Scan(&line, &document)
		if document != "" {
			billed[billing.LineID(line)] = document
		}
		return err
	})
	return billed, err
}
