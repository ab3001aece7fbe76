package store

import (
	"trueward/internal/domain/custody"
)

// CheckMovements looks for the first movement without its unit or of somebody
// else, and the first maintained total that is not what is stored; what it
// finds is a *custody.Breach. Only a scope without bound may check.
func (q Queries) CheckMovements() error {
	if !q.scope.ReachesAll() {
		return errOutOfScope
	}
	var ids []string
	err := q.bounded().Raw(`SELECT m.id FROM movements m LEFT JOIN units u ON u.id = m.unit_id
		WHERE m.unit_id IS NOT NULL AND (u.id IS NULL OR m.vendor_id <> u.vendor_id
		   OR m.hospital_id NOT IN (m.from_hospital_id, m.to_hospital_id) OR m.site_id NOT IN (m.from_site_id, m.to_site_id))
		ORDER BY m.id LIMIT 1`).Scan(&ids).Error
	if err != nil {
		return err
	}
	if len(ids) > 0 {
		return &custody.Breach{Movement: custody.MovementID(ids[0]), Rule: "every movement has its unit", Detail: "its unit is gone or of somebody else"}
	}
	return q.checkTotals()
}

// countedTotals computes the totals of units that writes maintain (countUnit).
const countedTotals = `
	SELECT hospital_id AS organisation_id, 'units/' || state AS name, COUNT(*) AS n FROM units GROUP BY hospital_id, state
	UNION ALL
	SELECT vendor_id, 'units/' || state, COUNT(*) FROM units GROUP BY vendor_id, state
	UNION ALL
	SELECT vendor_id, 'units/' || state || '/hospital/' || hospital_id, COUNT(*) FROM units GROUP BY vendor_id, state, hospital_id
	UNION ALL
	SELECT hospital_id, 'units/' || state || '/place/' || place_id, COUNT(*) FROM units
	WHERE state NOT IN ('used', 'wasted', 'closed') GROUP BY hospital_id, state, place_id`

// checkTotals compares the maintained totals of units with the units.
func (q Queries) checkTotals() error {
	var names []string
	err := q.bounded().Raw(`WITH counted AS (` + countedTotals + `)
		SELECT t.name FROM totals t LEFT JOIN counted c ON c.organisation_id = t.organisation_id AND c.name = t.name
		WHERE t.name LIKE 'units/%' AND t.value <> COALESCE(c.n, 0)
		UNION ALL
		SELECT c.name FROM counted c LEFT JOIN totals t ON c.organisation_id = t.organisation_id AND c.name = t.name
		WHERE t.name IS NULL LIMIT 1`).Scan(&names).Error
	if err != nil || len(names) == 0 {
		return err
	}
	return &custody.Breach{Rule: "totals equal stock", Detail: "the total " + names[0] + " of an organisation is not the number of its units"}
}
