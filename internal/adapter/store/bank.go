package store

import (
	"trueward/internal/domain/access"
	"trueward/internal/domain/billing"
	"trueward/internal/fault"
)

type bankChangeRecord struct {
	ID             string
	OrganisationID string
	BankAccount    string
	FormerAccount  string
	State          string
	ProposedBy     string
	ProposedAt     int64
	DecidedBy      string
	DecidedAt      *int64
}

func (bankChangeRecord) TableName() string { return "bank_changes" }

func (r bankChangeRecord) change() billing.BankChange {
	return billing.BankChange{
		ID: r.ID, Organisation: access.OrganisationID(r.OrganisationID), Account: r.BankAccount, Former: r.FormerAccount,
		State: billing.BankState(r.State), ProposedBy: access.PersonID(r.ProposedBy), ProposedAt: instant(r.ProposedAt),
		DecidedBy: access.PersonID(r.DecidedBy), DecidedAt: instantOrZero(r.DecidedAt),
	}
}

// AddBankChange stores a proposed change and returns its id. A second one
// beside an open one is refused as a Conflict by its unique key.
func (tx *Tx) AddBankChange(c billing.BankChange) (string, error) {
	id := tx.NewID()
	return id, tx.db.Create(&bankChangeRecord{
		ID: id, OrganisationID: string(c.Organisation), BankAccount: c.Account, FormerAccount: c.Former, State: string(billing.BankProposed),
		ProposedBy: string(tx.actor.Person), ProposedAt: micros(tx.now),
	}).Error
}

// DecideBankChange ends a proposed change. A confirmed one is the account of
// the organisation from now on, if it still has the former one.
func (tx *Tx) DecideBankChange(c billing.BankChange, to billing.BankState) error {
	n, err := tx.exec(`UPDATE bank_changes SET state = ?, decided_by = ?, decided_at = ? WHERE id = ? AND state = 'proposed'`,
		string(to), string(tx.actor.Person), micros(tx.now), c.ID)
	if err == nil && n == 0 {
		return fault.New(fault.Conflict, "This change was decided by somebody else at the same moment.")
	}
	if err != nil || to != billing.BankConfirmed {
		return err
	}
	n, err = tx.exec(`UPDATE organisations SET bank_account = ? WHERE id = ? AND bank_account = ?`, c.Account, string(c.Organisation), c.Former)
	if err == nil && n == 0 {
		return fault.New(fault.Conflict, "The account was changed meanwhile. Refuse this and propose it anew.")
	}
	return err
}

// BankChanges returns the scope's changes of its account, newest first, at
// most 20.
func (q Queries) BankChanges() ([]billing.BankChange, error) {
	var records []bankChangeRecord
	err := q.from("bank_changes").Order("id DESC").Limit(20).Find(&records).Error
	out := make([]billing.BankChange, len(records))
	for i, r := range records {
		out[i] = r.change()
	}
	return out, err
}

// BankChange returns one change of the scope.
func (q Queries) BankChange(id string) (billing.BankChange, error) {
	r, err := first[bankChangeRecord](q.from("bank_changes").Where("bank_changes.id = ?", id), "change of account")
	return r.change(), err
}
