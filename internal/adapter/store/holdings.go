package store

import (
	"trueward/internal/domain/access"
	"trueward/internal/domain/catalog"
	"trueward/internal/domain/consign"
	"trueward/internal/domain/custody"
	"trueward/internal/fault"
)

type holdingRecord struct {
	ID          string
	HospitalID  string
	SiteID      string
	PlaceID     string
	OwnerID     string
	PossessorID string
	VendorID    string
	AgreementID string
	ProductID   string
	DI          string `gorm:"column:di"`
	Lot         string
	Expiry      string
	State       string
	Quantity    int64
}

func (holdingRecord) TableName() string { return "holdings" }

func (r holdingRecord) holding() custody.Holding {
	return custody.Holding{
		ID: r.ID, Vendor: access.OrganisationID(r.VendorID), Quantity: r.Quantity,
		Key: custody.Key{
			Hospital: access.OrganisationID(r.HospitalID), Site: access.SiteID(r.SiteID), Place: custody.PlaceID(r.PlaceID),
			Owner: access.OrganisationID(r.OwnerID), Possessor: access.OrganisationID(r.PossessorID),
			Agreement: consign.AgreementID(r.AgreementID), Product: catalog.ProductID(r.ProductID),
			DI: r.DI, Lot: r.Lot, Expiry: r.Expiry, State: custody.State(r.State),
		},
	}
}

// Holdings returns the loose stock of a product at a place (at every place of
// the scope when empty), first to expire first.
func (q Queries) Holdings(product catalog.ProductID, place custody.PlaceID) ([]custody.Holding, error) {
	list := q.from("holdings").Where("holdings.quantity > 0")
	if product != "" {
		list = list.Where("holdings.product_id = ?", string(product))
	}
	if place != "" {
		list = list.Where("holdings.place_id = ?", string(place))
	}
	var records []holdingRecord
	err := list.Order("holdings.expiry, holdings.id").Limit(1000).Find(&records).Error
	out := make([]custody.Holding, len(records))
	for i, r := range records {
		out[i] = r.holding()
	}
	return out, err
}

// MoveHoldings stores movements of loose stock and what they change. Taking
// more than stands under a key is a Conflict.
func (tx *Tx) MoveHoldings(movements ...custody.Movement) error {
	for _, m := range movements {
		if m.From.State != "" {
			if err := tx.takeHolding(m); err != nil {
				return err
			}
		}
		if err := tx.putHolding(m); err != nil {
			return err
		}
	}
	return tx.appendMovements(movements)
}

const holdingKey = `place_id = ? AND owner_id = ? AND possessor_id = ? AND agreement_id = ? AND product_id = ?
	AND di = ? AND lot = ? AND expiry = ? AND state = ?`

func holdingKeyValues(k custody.Key) []any {
	return []any{
		string(k.Place), string(k.Owner), string(k.Possessor), string(k.Agreement), string(k.Product),
		k.DI, k.Lot, k.Expiry, string(k.State),
	}
}

func (tx *Tx) takeHolding(m custody.Movement) error {
	args := append([]any{m.Quantity}, holdingKeyValues(m.From)...)
	done := tx.db.Exec("UPDATE holdings SET quantity = quantity - ? WHERE "+holdingKey+" AND quantity >= ?",
		append(args, m.Quantity)...)
	if done.Error == nil && done.RowsAffected == 0 {
		return fault.New(fault.Conflict, "There is less of this here than you want to take. Look at the stock again.")
	}
	return done.Error
}

func (tx *Tx) putHolding(m custody.Movement) error {
	k := m.To
	return tx.db.Exec(`INSERT INTO holdings (id, hospital_id, site_id, vendor_id, place_id, owner_id, possessor_id,
		agreement_id, product_id, di, lot, expiry, state, quantity) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (place_id, owner_id, possessor_id, agreement_id, product_id, di, lot, expiry, state)
		DO UPDATE SET quantity = holdings.quantity + excluded.quantity`,
		append([]any{tx.NewID(), string(k.Hospital), string(k.Site), string(m.Vendor)}, append(holdingKeyValues(k), m.Quantity)...)...).Error
}

// CheckHoldings rebuilds loose stock from its movements and compares it with
// what is stored; a difference is a *custody.Breach. Only a scope without
// bound may check.
func (q Queries) CheckHoldings() error {
	if !q.scope.ReachesAll() {
		return errOutOfScope
	}
	var ledger custody.Ledger
	for after := ""; ; {
		var records []movementRecord
		err := q.from("movements").Where("movements.unit_id IS NULL AND movements.id > ?", after).
			Order("movements.id").Limit(1000).Find(&records).Error
		if err != nil {
			return err
		}
		for _, r := range records {
			if err := ledger.Post(r.movement()); err != nil {
				return err
			}
			after = r.ID
		}
		if len(records) < 1000 {
			break
		}
	}
	var stored []holdingRecord
	if err := q.from("holdings").Where("holdings.quantity > 0").Find(&stored).Error; err != nil {
		return err
	}
	for _, r := range stored {
		h := r.holding()
		if ledger.Balance[custody.Stand{Key: h.Key}] != h.Quantity {
			return &custody.Breach{Rule: "stock equals movements", Detail: "holding " + h.ID + " differs from its movements"}
		}
	}
	if len(stored) != len(ledger.Balance) {
		return &custody.Breach{Rule: "stock equals movements", Detail: "movements lead to stock that is not stored"}
	}
	return nil
}
