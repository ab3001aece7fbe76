package store

import (
	"time"

	"trueward/internal/domain/access"
	"trueward/internal/domain/billing"
	"trueward/internal/standard/money"
)

// unbilled are the states of lines whose money is on no invoice yet.
const unbilled = `('waiting', 'billable', 'unpriced', 'held', 'awaiting_po', 'collected', 'invoiced')`

// AddAccruals lists what an organisation's partners used before an instant and
// did not invoice by then: priced ones by their decision, the rest at the last
// price known of the product between the two. It takes at most limit lines
// behind the id after and returns the id to go on from, empty at the end; a
// list made before changes nothing.
func (tx *Tx) AddAccruals(id access.OrganisationID, kind access.OrganisationKind, month billing.Month, before time.Time, after string, limit int) (string, error) {
	side := "hospital_id"
	if kind == access.Vendor {
		side = "vendor_id"
	}
	var part struct {
		Last string
		N    int
	}
	err := tx.bounded().Raw(`SELECT COALESCE(MAX(x.id), '') AS last, COUNT(*) AS n FROM (SELECT l.id FROM vendor_lines l
		WHERE l.`+side+` = ? AND l.effective_at < ? AND l.state IN `+unbilled+` AND l.id > ? ORDER BY l.id LIMIT ?) x`,
		string(id), micros(before), after, limit).Scan(&part).Error
	if err != nil || part.N == 0 {
		return "", err
	}
	// Materialized, or PostgreSQL may work the known prices out for every line.
	err = tx.bounded().Exec(`INSERT INTO accruals (organisation_id, month, vendor_id, hospital_id, vendor_line_id, usage_id, currency, net_minor, basis)
		WITH k AS MATERIALIZED (SELECT x.product_id, x.hospital_id, x.currency, y.unit_minor FROM (
		    SELECT u2.product_id, d2.hospital_id, d2.currency, MAX(d2.id) AS id FROM price_decisions d2 JOIN usages u2 ON u2.id = d2.usage_id
		    WHERE d2.`+side+` = ? AND d2.outcome = 'priced' AND d2.unit_minor > 0 GROUP BY u2.product_id, d2.hospital_id, d2.currency) x
		  JOIN price_decisions y ON y.id = x.id)
		SELECT ?, ?, l.vendor_id, l.hospital_id, l.id, l.usage_id, l.currency,
		  CASE WHEN d.outcome = 'priced' THEN l.net_minor ELSE COALESCE(k.unit_minor * u.quantity, 0) END,
		  CASE WHEN d.outcome = 'priced' THEN 'decision' WHEN k.unit_minor IS NULL THEN 'no_price' ELSE 'last_known_price' END
		FROM vendor_lines l JOIN usages u ON u.id = l.usage_id JOIN price_decisions d ON d.id = l.decision_id
		LEFT JOIN invoices i ON i.id = l.invoice_id
		LEFT JOIN k ON d.outcome <> 'priced' AND k.product_id = u.product_id AND k.hospital_id = l.hospital_id AND k.currency = l.currency
		WHERE l.`+side+` = ? AND l.effective_at < ? AND l.state IN `+unbilled+` AND l.id > ? AND l.id <= ?
		  AND (i.id IS NULL OR i.state NOT IN ('open', 'sent', 'paid', 'void', 'uncollectible'))
		ON CONFLICT (organisation_id, month, vendor_line_id) DO NOTHING`,
		string(id), string(id), string(month), string(id), micros(before), after, part.Last).Error
	if part.N < limit {
		part.Last = ""
	}
	return part.Last, err
}

// Accruals sums what a month accrued, by partner, basis and currency.
func (q Queries) Accruals(id access.OrganisationID, month billing.Month) ([]billing.AccrualSum, error) {
	var rows []struct {
		VendorID, HospitalID, Basis, Currency string
		Usages, Minor                         int64
	}
	err := q.from("accruals").Select("vendor_id, hospital_id, basis, currency, COUNT(*) AS usages, CAST(SUM(net_minor) AS BIGINT) AS minor").
		Where("organisation_id = ? AND month = ?", string(id), string(month)).
		Group("vendor_id, hospital_id, basis, currency").Order("vendor_id, hospital_id, basis, currency").Find(&rows).Error
	out := make([]billing.AccrualSum, len(rows))
	for i, r := range rows {
		out[i] = billing.AccrualSum{
			Parties: parties(r.VendorID, r.HospitalID), Basis: billing.AccrualBasis(r.Basis), Currency: money.Currency(r.Currency),
			Usages: r.Usages, Minor: r.Minor,
		}
	}
	return out, err
}

// Reserve returns an id for an entry before it is posted, so that its reversal
// can name it.
func (tx *Tx) Reserve(e billing.Entry) billing.Entry {
	e.ID = billing.EntryID(tx.NewID())
	return e
}
