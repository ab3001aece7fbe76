package store

import (
	"database/sql"

	"trueward/internal/adapter/store/engine"
	"trueward/internal/domain/access"
)

type organisationRecord struct {
	ID            string
	Kind          string
	Name          string
	LegalName     string
	Address       string
	Country       string
	Currency      string
	TaxID         string
	Email         string
	BankAccount   string
	InvoicePrefix string
	Sample        bool
	CreatedAt     int64
}

func (organisationRecord) TableName() string { return "organisations" }

func (r organisationRecord) organisation() access.Organisation {
	return access.Organisation{
		ID: access.OrganisationID(r.ID), Kind: access.OrganisationKind(r.Kind),
		Name: r.Name, LegalName: r.LegalName, Address: r.Address, Country: r.Country,
		Currency: r.Currency, TaxID: r.TaxID, Email: r.Email, BankAccount: r.BankAccount,
		InvoicePrefix: r.InvoicePrefix, Sample: r.Sample, CreatedAt: instant(r.CreatedAt),
	}
}

// Organisation returns one organisation: the scope's own, or one it has an
// agreement with.
func (q Queries) Organisation(id access.OrganisationID) (access.Organisation, error) {
	r, err := first[organisationRecord](q.from("organisations").Where("organisations.id = ?", string(id)), "organisation")
	return r.organisation(), err
}

// Organisations lists what the scope reaches of a kind (every kind when empty),
// by name, at most 500: the own organisation and its partners.
func (q Queries) Organisations(kind access.OrganisationKind) ([]access.Organisation, error) {
	where, args := q.where("organisations")
	if kind != "" {
		where, args = where+" AND kind = ?", append(args, string(kind))
	}
	out := []access.Organisation{}
	err := engine.Query(q.bounded(), `SELECT id, kind, name, legal_name, address, country, currency, tax_id, email, bank_account,
		invoice_prefix, sample, created_at FROM organisations WHERE `+where+` ORDER BY name, id LIMIT 500`, args, func(r *sql.Rows) error {
		var o access.Organisation
		var created int64
		err := r.Scan(&o.ID, &o.Kind, &o.Name, &o.LegalName, &o.Address, &o.Country, &o.Currency, &o.TaxID, &o.Email, &o.BankAccount,
			&o.InvoicePrefix, &o.Sample, &created)
		o.CreatedAt = instant(created)
		out = append(out, o)
		return err
	})
	return out, err
}

// CreateOrganisation adds an organisation and returns its id. A name that is
// taken is refused as a Conflict by its unique key.
func (tx *Tx) CreateOrganisation(o access.Organisation) (access.OrganisationID, error) {
	id := tx.NewID()
	return access.OrganisationID(id), tx.db.Create(&organisationRecord{
		ID: id, Kind: string(o.Kind), Name: o.Name, LegalName: o.LegalName, Address: o.Address,
		Country: o.Country, Currency: o.Currency, TaxID: o.TaxID, Email: o.Email,
		BankAccount: o.BankAccount, InvoicePrefix: o.InvoicePrefix, Sample: o.Sample,
		CreatedAt: micros(tx.now),
	}).Error
}

// lockOrganisation makes other writes about the organisation's people wait
// until this one ends. On SQLite there is one writer anyway.
func (tx *Tx) lockOrganisation(id access.OrganisationID) error {
	if !tx.postgres() {
		return nil
	}
	var ids []string
	return tx.bounded().Raw("SELECT id FROM organisations WHERE id = ? FOR UPDATE", string(id)).Scan(&ids).Error
}
