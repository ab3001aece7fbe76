package store

import (
	"time"

	"trueward/internal/domain/billing"
	"trueward/internal/domain/consign"
	"trueward/internal/fault"
	"trueward/internal/standard/money"
)

// Agreement returns one agreement of the scope.
func (q Queries) Agreement(id consign.AgreementID) (consign.Agreement, error) {
	r, err := first[agreementRecord](q.from("agreements").Where("agreements.id = ?", string(id)), "agreement")
	return r.agreement(), err
}

// AffectedLines returns live lines of an agreement's usages from an instant on
// that an older version priced, oldest first.
func (tx *Tx) AffectedLines(agreement consign.AgreementID, from time.Time, except consign.VersionID, limit int) ([]billing.Line, error) {
	var records []lineRecord
	err := tx.bounded().Raw(`SELECT l.* FROM vendor_lines l JOIN price_decisions d ON d.id = l.decision_id
		JOIN agreement_versions v ON v.id = d.agreement_version_id
		WHERE v.agreement_id = ? AND v.id <> ? AND l.effective_at >= ? AND l.state <> 'cancelled'
		ORDER BY l.effective_at, l.id LIMIT ?`, string(agreement), string(except), micros(from), limit).Scan(&records).Error
	out := make([]billing.Line, len(records))
	for i, r := range records {
		out[i] = r.line()
	}
	return out, err
}

// Reprice is a usage that a back-dated version would price otherwise.
type Reprice struct {
	ID       string
	Usage    billing.UsageID
	Line     billing.LineID
	Version  consign.VersionID
	Currency money.Currency
	OldMinor int64
	NewMinor int64
	Sentence string
	State    string // open, accepted, declined, credit_due
	billing.Parties
}

// AddReprice stores a proposed price.
func (tx *Tx) AddReprice(p Reprice) error {
	return tx.db.Exec(`INSERT INTO reprice_proposals (id, usage_id, vendor_line_id, agreement_version_id, vendor_id, hospital_id, currency,
		old_minor, new_minor, sentence, state, decided_by, created_at, changed_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, '', ?, ?)`,
		tx.NewID(), string(p.Usage), string(p.Line), string(p.Version), string(p.Vendor), string(p.Hospital), string(p.Currency),
		p.OldMinor, p.NewMinor, p.Sentence, p.State, micros(tx.now), micros(tx.now)).Error
}

// EndReprice decides an open proposal.
func (tx *Tx) EndReprice(id, state string) error {
	done := tx.bounded().Exec(`UPDATE reprice_proposals SET state = ?, decided_by = ?, changed_at = ? WHERE id = ? AND state = 'open'`,
		state, string(tx.Actor().Person), micros(tx.now), id)
	if done.Error == nil && done.RowsAffected == 0 {
		return fault.New(fault.Conflict, "This price was decided already. Reload and look again.")
	}
	return done.Error
}

// Reprices lists the prices that a back-dated version of an agreement
// proposes, open ones first, at most 500.
func (q Queries) Reprices(agreement consign.AgreementID) ([]Reprice, error) {
	var rows []struct {
		ID, UsageID, VendorLineID, AgreementVersionID, Currency, Sentence, State, VendorID, HospitalID string
		OldMinor, NewMinor                                                                             int64
	}
	err := q.from("reprice_proposals").Select("reprice_proposals.*").Joins("JOIN agreement_versions v ON v.id = reprice_proposals.agreement_version_id").
		Where("v.agreement_id = ?", string(agreement)).
		Order("CASE reprice_proposals.state WHEN 'open' THEN 0 ELSE 1 END, reprice_proposals.id").Limit(500).Find(&rows).Error
	out := make([]Reprice, len(rows))
	for i, r := range rows {
		out[i] = Reprice{
			ID: r.ID, Usage: billing.UsageID(r.UsageID), Line: billing.LineID(r.VendorLineID), Version: consign.VersionID(r.AgreementVersionID),
			Currency: money.Currency(r.Currency), OldMinor: r.OldMinor, NewMinor: r.NewMinor, Sentence: r.Sentence, State: r.State,
			Parties: parties(r.VendorID, r.HospitalID),
		}
	}
	return out, err
}

// AgreementVersions returns the versions of an agreement, the latest first, at
// most 200.
func (q Queries) AgreementVersions(id consign.AgreementID) ([]consign.Version, error) {
	var rows []versionRow
	err := q.from("agreement_versions").Select("agreement_versions.*, agreements.number AS number").
		Joins("JOIN agreements ON agreements.id = agreement_versions.agreement_id").
		Where("agreement_versions.agreement_id = ?", string(id)).Order("agreement_versions.version DESC").Limit(200).Find(&rows).Error
	out := make([]consign.Version, len(rows))
	for i, r := range rows {
		out[i] = r.version()
	}
	return out, err
}
