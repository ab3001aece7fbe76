package store

import (
	"time"

	"trueward/internal/domain/access"
	"trueward/internal/standard/money"
)

// Consigned is what of a vendor's units lies at one hospital, at list prices.
type Consigned struct {
	Hospital access.OrganisationID
	Name     string
	Currency money.Currency // empty for units without a list price
	Units    int64
	Minor    int64
}

// Consigned sums the scope's units that are still the vendor's, by hospital
// and currency, at the list prices in force at an instant.
func (q Queries) Consigned(at time.Time) ([]Consigned, error) {
	condition, args := q.condition("units", "u")
	if condition == "" {
		condition = "1 = 1"
	}
	var out []Consigned
	err := q.bounded().Raw(`SELECT g.hospital_id AS hospital, h.name, COALESCE(p.currency, '') AS currency,
		CAST(SUM(g.units) AS BIGINT) AS units, CAST(SUM(g.quantity * COALESCE(p.amount_minor, 0)) AS BIGINT) AS minor
		FROM (SELECT u.hospital_id, u.product_id, COUNT(*) AS units, SUM(u.quantity_left) AS quantity FROM units u
			WHERE u.owner_id = u.vendor_id AND u.state IN ('available', 'removed', 'opened') AND `+condition+` GROUP BY u.hospital_id, u.product_id) g
		JOIN organisations h ON h.id = g.hospital_id
		LEFT JOIN list_prices p ON p.product_id = g.product_id AND p.currency = h.currency AND p.valid_from = (
			SELECT MAX(x.valid_from) FROM list_prices x WHERE x.product_id = g.product_id AND x.currency = h.currency AND x.valid_from <= ?)
		GROUP BY g.hospital_id, h.name, COALESCE(p.currency, '') ORDER BY h.name, 3`, append(args, micros(at))...).Scan(&out).Error
	return out, err
}
