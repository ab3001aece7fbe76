package store

import (
	"time"

	"trueward/internal/domain/access"
	"trueward/internal/domain/billing"
	"trueward/internal/fault"
	"trueward/internal/standard/money"
)

type limitRecord struct {
	OrganisationID string
	PersonID       string
	Currency       string
	LimitMinor     int64
	SetBy          string
	SetAt          int64
}

func (limitRecord) TableName() string { return "approval_limits" }

func (r limitRecord) limit() billing.Limit {
	return billing.Limit{
		Organisation: access.OrganisationID(r.OrganisationID), Person: access.PersonID(r.PersonID),
		Amount: money.Amount{Minor: r.LimitMinor, Currency: money.Currency(r.Currency)},
	}
}

// SetLimit sets up to which amount a person approves.
func (tx *Tx) SetLimit(l billing.Limit) error {
	return tx.bounded().Exec(`INSERT INTO approval_limits (organisation_id, person_id, currency, limit_minor, set_by, set_at) VALUES (?, ?, ?, ?, ?, ?)
		ON CONFLICT (person_id, currency) DO UPDATE SET limit_minor = excluded.limit_minor, set_by = excluded.set_by, set_at = excluded.set_at`,
		string(l.Organisation), string(l.Person), string(l.Amount.Currency), l.Amount.Minor, string(tx.actor.Person), micros(tx.now)).Error
}

// Limits returns the scope's approval limits, by person and currency.
func (q Queries) Limits() ([]billing.Limit, error) {
	var records []limitRecord
	err := q.from("approval_limits").Order("person_id, currency").Limit(1000).Find(&records).Error
	out := make([]billing.Limit, len(records))
	for i, r := range records {
		out[i] = r.limit()
	}
	return out, err
}

type delegationRecord struct {
	ID             string
	OrganisationID string
	FromID         string
	ToID           string
	Currency       string
	LimitMinor     int64
	ValidFrom      int64
	ValidTo        int64
	Reason         string
	CreatedAt      int64
	EndedAt        *int64
}

func (delegationRecord) TableName() string { return "approval_delegations" }

func (r delegationRecord) delegation() billing.Delegation {
	return billing.Delegation{
		ID: r.ID, Organisation: access.OrganisationID(r.OrganisationID), From: access.PersonID(r.FromID), To: access.PersonID(r.ToID),
		Limit:     money.Amount{Minor: r.LimitMinor, Currency: money.Currency(r.Currency)},
		ValidFrom: instant(r.ValidFrom), ValidTo: instant(r.ValidTo), Reason: r.Reason, EndedAt: instantOrZero(r.EndedAt),
	}
}

// AddDelegation stores a delegation and returns its id.
func (tx *Tx) AddDelegation(d billing.Delegation) (string, error) {
	id := tx.NewID()
	return id, tx.db.Create(&delegationRecord{
		ID: id, OrganisationID: string(d.Organisation), FromID: string(d.From), ToID: string(d.To), Currency: string(d.Limit.Currency),
		LimitMinor: d.Limit.Minor, ValidFrom: micros(d.ValidFrom), ValidTo: micros(d.ValidTo), Reason: d.Reason, CreatedAt: micros(tx.now),
	}).Error
}

// EndDelegation ends a delegation now.
func (tx *Tx) EndDelegation(id string) error {
	result := tx.from("approval_delegations").Where("id = ? AND ended_at IS NULL", id).Update("ended_at", micros(tx.now))
	if result.Error == nil && result.RowsAffected == 0 {
		return fault.New(fault.Conflict, "This delegation has ended already.")
	}
	return result.Error
}

// Delegation returns one delegation of the scope.
func (q Queries) Delegation(id string) (billing.Delegation, error) {
	r, err := first[delegationRecord](q.from("approval_delegations").Where("approval_delegations.id = ?", id), "delegation")
	return r.delegation(), err
}

// Delegations returns the scope's delegations, newest first, at most 200.
func (q Queries) Delegations() ([]billing.Delegation, error) {
	var records []delegationRecord
	err := q.from("approval_delegations").Order("id DESC").Limit(200).Find(&records).Error
	out := make([]billing.Delegation, len(records))
	for i, r := range records {
		out[i] = r.delegation()
	}
	return out, err
}

// Authority returns what the actor brings to an approval over an invoice.
func (tx *Tx) Authority(i billing.Invoice) (billing.Authority, error) {
	return tx.AuthorityOf(tx.actor.Person, i, tx.now)
}

// AuthorityOf returns what somebody brings to an approval over an invoice at an
// instant, in its currency: limits, delegations in force, and the part they, and
// whoever delegated to them, had in it already.
func (q Queries) AuthorityOf(me access.PersonID, i billing.Invoice, now time.Time) (a billing.Authority, err error) {
	limits, err := q.Limits()
	if err != nil {
		return a, err
	}
	own := map[access.PersonID]*billing.Limit{}
	for n, l := range limits {
		a.Limited = true
		if l.Amount.Currency == i.Currency {
			own[l.Person] = &limits[n]
		}
	}
	a.Own = own[me]
	if a.Priced, a.Booked, err = q.duties(i.ID, me); err != nil {
		return a, err
	}
	delegations, err := q.Delegations()
	if err != nil {
		return a, err
	}
	for _, d := range delegations {
		if d.To != me || d.Limit.Currency != i.Currency || !d.At(now) {
			continue
		}
		lent := billing.DelegatedLimit{Delegation: d, FromLimit: own[d.From]}
		if lent.FromPriced, lent.FromBooked, err = q.duties(i.ID, d.From); err != nil {
			return a, err
		}
		a.Delegated = append(a.Delegated, lent)
	}
	return a, nil
}

// duties says whether a person set a price that the invoice uses, and whether
// they booked a payment on it.
func (q Queries) duties(id billing.InvoiceID, person access.PersonID) (priced, booked bool, err error) {
	if priced, err = q.Priced(id, person); err != nil {
		return priced, booked, err
	}
	booked, err = q.exists(`SELECT 1 FROM payments WHERE invoice_id = ? AND actor_id = ? LIMIT 1`, string(id), string(person))
	return priced, booked, err
}

// Priced reports whether a person published the agreement version or set the
// list price that decided a price on the invoice.
func (q Queries) Priced(id billing.InvoiceID, person access.PersonID) (bool, error) {
	published, err := q.exists(`SELECT 1 FROM invoice_lines il JOIN vendor_lines l ON l.id = il.vendor_line_id
		JOIN price_decisions d ON d.id = l.decision_id JOIN agreement_versions v ON v.id = d.agreement_version_id
		WHERE il.invoice_id = ? AND v.published_by = ? LIMIT 1`, string(id), string(person))
	if err != nil || published {
		return published, err
	}
	return q.exists(`SELECT 1 FROM invoice_lines il JOIN usages u ON u.id = il.usage_id JOIN invoices i ON i.id = il.invoice_id
		JOIN list_prices p ON p.product_id = u.product_id AND p.currency = i.currency AND p.valid_from <= u.fact_at
		WHERE il.invoice_id = ? AND p.set_by = ? AND NOT EXISTS (SELECT 1 FROM list_prices n WHERE n.product_id = p.product_id
		  AND n.currency = p.currency AND n.valid_from <= u.fact_at AND n.valid_from > p.valid_from) LIMIT 1`, string(id), string(person))
}

// Approved reports whether a person approved the invoice or something on it.
func (tx *Tx) Approved(id billing.InvoiceID, person access.PersonID) (bool, error) {
	return tx.exists(`SELECT 1 FROM approvals WHERE invoice_id = ? AND person_id = ? LIMIT 1`, string(id), string(person))
}

func (q Queries) exists(statement string, args ...any) (bool, error) {
	var found []int
	err := q.bounded().Raw(statement, args...).Scan(&found).Error
	return len(found) > 0, err
}

type approvalRecord struct {
	ID           string
	VendorID     string
	HospitalID   string
	InvoiceID    string
	Deed         string
	Currency     string
	AmountMinor  int64
	PersonID     string
	DelegationID string
	At           int64
}

func (approvalRecord) TableName() string { return "approvals" }

// AddApproval notes that the actor approved an amount on an invoice.
func (tx *Tx) AddApproval(i billing.Invoice, deed billing.Deed, amount money.Amount, delegation string) error {
	return tx.db.Create(&approvalRecord{
		ID: tx.NewID(), VendorID: string(i.Vendor), HospitalID: string(i.Hospital), InvoiceID: string(i.ID), Deed: string(deed),
		Currency: string(amount.Currency), AmountMinor: amount.Minor, PersonID: string(tx.actor.Person), DelegationID: delegation, At: micros(tx.now),
	}).Error
}
