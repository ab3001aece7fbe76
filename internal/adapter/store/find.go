package store

import (
	"strings"

	"trueward/internal/domain/usage"
)

// UnitsByNumber finds the scope's units whose serial or lot is the number, at
// most limit. It asks by the numbers of the products in scope, so that a
// million units are found in as long as a hundred.
func (q Queries) UnitsByNumber(number string, limit int) ([]UnitRow, error) {
	number = strings.TrimSpace(number)
	if number == "" {
		return nil, nil
	}
	bound, args := q.condition("product_levels", "l")
	if bound == "" {
		bound = "1 = 1"
	}
	var out []UnitRow
	for _, column := range []string{"serial", "lot"} {
		list := q.listUnits().Where("units."+column+" IN ? AND units.di IN (SELECT l.di FROM product_levels l WHERE "+bound+")",
			append([]any{spellings(number)}, args...)...)
		rows, err := q.unitRows(list.Order("units.expiry, units.id").Limit(limit - len(out)))
		if err != nil {
			return nil, err
		}
		if out = append(out, rows...); len(out) >= limit {
			break
		}
	}
	return out, nil
}

// spellings are a number as it was written and in capitals, each once.
func spellings(number string) []string {
	if capitals := strings.ToUpper(number); capitals != number {
		return []string{number, capitals}
	}
	return []string{number}
}

// CaseByPseudonym finds a case of the scope; false when there is none.
func (q Queries) CaseByPseudonym(pseudonym string) (usage.Case, bool, error) {
	var records []caseRecord
	err := q.from("cases").Where("cases.pseudonym IN ?", spellings(strings.TrimSpace(pseudonym))).Limit(1).Find(&records).Error
	if err != nil || len(records) == 0 {
		return usage.Case{}, false, err
	}
	return records[0].usageCase(), true, nil
}
