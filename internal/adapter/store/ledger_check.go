package store

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"

	"trueward/internal/domain/access"
)

// Breach names a row of the money record that contradicts another.
type Breach struct {
	Kind     string // "usage", "invoice", "number series" …
	ID       string
	Sentence string
}

// CheckLedger looks for the first contradiction between usages, prices, lines,
// invoices, payments, numbers and postings, and returns nil when there is
// none. Only a scope without bound may check.
func (q Queries) CheckLedger() (*Breach, error) {
	if !q.scope.ReachesAll() {
		return nil, errOutOfScope
	}
	if breach, err := q.checkJournal(); err != nil || breach != nil {
		return breach, err
	}
	for _, r := range slices.Concat(ledgerRules, orderRules, creditRules) {
		var ids []string
		if err := q.bounded().Raw(r.statement).Scan(&ids).Error; err != nil {
			return nil, fmt.Errorf("store: ledger rule of %s: %w", r.kind, err)
		}
		if len(ids) > 0 {
			return &Breach{r.kind, ids[0], r.sentence}, nil
		}
	}
	if breach, err := q.checkPeriods(); err != nil || breach != nil {
		return breach, err
	}
	return q.checkRenders()
}

// checkPeriods reads every closed month again and compares its entries, sums
// and digest with what was stored when it closed.
func (q Queries) checkPeriods() (*Breach, error) {
	var records []struct {
		Base periodRecord `gorm:"embedded"`
		Kind string
	}
	err := q.from("periods").Select("periods.*, o.kind").Joins("JOIN organisations o ON o.id = periods.organisation_id").
		Where("periods.state = 'closed'").Order("periods.organisation_id, periods.month").Find(&records).Error
	if err != nil {
		return nil, err
	}
	for _, r := range records {
		p, err := r.Base.period()
		if err != nil {
			return nil, err
		}
		kind := access.OrganisationKind(r.Kind)
		digest, entries, err := q.PeriodDigest(p.Organisation, kind, p.Month)
		if err != nil {
			return nil, err
		}
		sums, err := q.PeriodSums(p.Organisation, kind, p.Month)
		if err != nil {
			return nil, err
		}
		if digest != p.SHA256 || entries != p.Entries || !slices.Equal(sums, p.Sums) {
			return &Breach{"period", r.Base.OrganisationID + " " + r.Base.Month, "its entries are not those it was closed with"}, nil
		}
	}
	return nil, nil
}

// checkJournal looks for the first entry that does not sum to zero or says
// otherwise than when it was posted.
func (q Queries) checkJournal() (*Breach, error) {
	const page = 500
	for after := ""; ; {
		var records []entryRecord
		if err := q.from("journal_entries").Where("id > ?", after).Order("id").Limit(page).Find(&records).Error; err != nil {
			return nil, err
		}
		entries, err := q.withPostings(records)
		if err != nil {
			return nil, err
		}
		for i, e := range entries {
			switch {
			case e.Check() != nil:
				return &Breach{"journal entry", string(e.ID), "its postings do not sum to zero"}, nil
			case e.Sum() != records[i].IdemSHA256:
				return &Breach{"journal entry", string(e.ID), "it was changed after it was posted"}, nil
			}
			after = string(e.ID)
		}
		if len(records) < page {
			return nil, nil
		}
	}
}

// checkRenders compares the stored bytes of documents with their digests.
func (q Queries) checkRenders() (*Breach, error) {
	const page = 100
	for after := ""; ; {
		var records []renderRecord
		if err := q.from("renders").Where("renders.id > ?", after).Order("renders.id").Limit(page).Find(&records).Error; err != nil {
			return nil, err
		}
		for _, r := range records {
			if sum := sha256.Sum256(r.Bytes); hex.EncodeToString(sum[:]) != r.SHA256 {
				return &Breach{"document", r.ID, "its bytes were changed after it was issued"}, nil
			}
			after = r.ID
		}
		if len(records) < page {
			return nil, nil
		}
	}
}

// CountFacts returns how many rows the ledger check looks at.
func (q Queries) CountFacts() (int64, error) {
	var n int64
	err := q.bounded().Raw(`SELECT (SELECT COUNT(*) FROM usages) + (SELECT COUNT(*) FROM vendor_lines)
		+ (SELECT COUNT(*) FROM invoices) + (SELECT COUNT(*) FROM payments) + (SELECT COUNT(*) FROM journal_entries)`).Scan(&n).Error
	return n, err
}
