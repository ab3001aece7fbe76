package store

import (
	"fmt"

	"trueward/internal/domain/access"
	"trueward/internal/domain/catalog"
	"trueward/internal/domain/consign"
	"trueward/internal/domain/custody"
	"trueward/internal/fault"
)

type unitRecord struct {
	ID            string
	HospitalID    string
	SiteID        string
	PlaceID       string
	OwnerID       string
	PossessorID   string
	VendorID      string
	AgreementID   string
	ProductID     string
	DI            string `gorm:"column:di"`
	Lot           string
	Serial        string
	Expiry        string
	State         string
	QuantityTotal int64
	QuantityLeft  int64
	Version       int64
	CreatedAt     int64
	ChangedAt     int64
}

func (unitRecord) TableName() string { return "units" }

// unitColumns are the columns of a unit in the order of fields.
const unitColumns = `units.id, units.hospital_id, units.site_id, units.place_id, units.owner_id, units.possessor_id,
		units.vendor_id, units.agreement_id, units.product_id, units.di, units.lot, units.serial, units.expiry, units.state,
		units.quantity_total, units.quantity_left, units.version, units.created_at, units.changed_at`

// fields are where a row of unitColumns is read into.
func (r *unitRecord) fields() []any {
	return []any{
		&r.ID, &r.HospitalID, &r.SiteID, &r.PlaceID, &r.OwnerID, &r.PossessorID, &r.VendorID, &r.AgreementID, &r.ProductID,
		&r.DI, &r.Lot, &r.Serial, &r.Expiry, &r.State, &r.QuantityTotal, &r.QuantityLeft, &r.Version, &r.CreatedAt, &r.ChangedAt,
	}
}

func (r unitRecord) unit() custody.Unit {
	return custody.Unit{
		ID: custody.UnitID(r.ID), Vendor: access.OrganisationID(r.VendorID),
		Key: custody.Key{
			Hospital: access.OrganisationID(r.HospitalID), Site: access.SiteID(r.SiteID), Place: custody.PlaceID(r.PlaceID),
			Owner: access.OrganisationID(r.OwnerID), Possessor: access.OrganisationID(r.PossessorID),
			Agreement: consign.AgreementID(r.AgreementID), Product: catalog.ProductID(r.ProductID),
			DI: r.DI, Lot: r.Lot, Serial: r.Serial, Expiry: r.Expiry, State: custody.State(r.State),
		},
		QuantityTotal: r.QuantityTotal, QuantityLeft: r.QuantityLeft, Version: r.Version,
		CreatedAt: instant(r.CreatedAt), ChangedAt: instant(r.ChangedAt),
	}
}

func toUnitRecord(u custody.Unit) unitRecord {
	return unitRecord{
		ID: string(u.ID), HospitalID: string(u.Hospital), SiteID: string(u.Site), PlaceID: string(u.Place),
		OwnerID: string(u.Owner), PossessorID: string(u.Possessor), VendorID: string(u.Vendor),
		AgreementID: string(u.Agreement), ProductID: string(u.Product), DI: u.DI, Lot: u.Lot, Serial: u.Serial,
		Expiry: u.Expiry, State: string(u.State), QuantityTotal: u.QuantityTotal, QuantityLeft: u.QuantityLeft,
		Version: u.Version, CreatedAt: micros(u.CreatedAt), ChangedAt: micros(u.ChangedAt),
	}
}

// Unit returns one unit of the scope.
func (q Queries) Unit(id custody.UnitID) (custody.Unit, error) {
	var r unitRecord
	where, args := q.where("units")
	err := q.one("unit", "SELECT "+unitColumns+" FROM units WHERE units.id = ? AND "+where, append([]any{string(id)}, args...), r.fields()...)
	if err != nil {
		return custody.Unit{}, err
	}
	return r.unit(), nil
}

// UnitBySerial returns the unit with a DI and serial.
func (q Queries) UnitBySerial(di, serial string) (custody.Unit, error) {
	r, err := first[unitRecord](q.from("units").Where("units.di = ? AND units.serial = ? AND units.serial <> ''", di, serial), "unit")
	return r.unit(), err
}

// UnitsByLot returns units of a DI and lot, usable ones first, first to expire
// first, at most limit.
func (q Queries) UnitsByLot(di, lot string, limit int) ([]custody.Unit, error) {
	list := q.from("units").Where("units.di = ?", di)
	if lot != "" {
		list = list.Where("units.lot = ?", lot)
	}
	var records []unitRecord
	err := list.Order("CASE units.state WHEN 'available' THEN 0 WHEN 'removed' THEN 1 WHEN 'opened' THEN 2 ELSE 3 END, units.expiry, units.id").
		Limit(limit).Find(&records).Error
	out := make([]custody.Unit, len(records))
	for i, r := range records {
		out[i] = r.unit()
	}
	return out, err
}

// CreateUnit stores a new unit with its first movement (Announced or
// BroughtIn) and returns it with its id. A DI and serial that exist already
// are refused as a Conflict.
func (tx *Tx) CreateUnit(u custody.Unit, f custody.Fact) (custody.Unit, error) {
	u.ID = custody.UnitID(tx.NewID())
	u, m, err := custody.Create(u, tx.complete(f))
	if err != nil {
		return custody.Unit{}, err
	}
	r := toUnitRecord(u)
	if err := tx.db.Create(&r).Error; err != nil {
		return custody.Unit{}, err
	}
	if err := tx.appendMovements([]custody.Movement{m}); err != nil {
		return custody.Unit{}, err
	}
	deltas := map[totalKey]int64{}
	countUnit(deltas, u, 1)
	tx.count(deltas)
	return u, nil
}

const updateUnit = `UPDATE units SET hospital_id = ?, site_id = ?, place_id = ?, owner_id = ?, possessor_id = ?,
	agreement_id = ?, state = ?, quantity_left = ?, version = ?, changed_at = ? WHERE id = ? AND version = ?`

// Record applies facts to a unit as this write read it, in order, and stores
// the unit, one movement per fact and the totals. The unit is changed only if
// nobody changed it since it was read: otherwise, and when a fact may not
// follow, the answer is a Conflict that says who did what, and when.
func (tx *Tx) Record(u custody.Unit, facts ...custody.Fact) (custody.Unit, []custody.Movement, error) {
	after, movements := u, make([]custody.Movement, 0, len(facts))
	for _, f := range facts {
		next, m, err := after.Apply(tx.complete(f))
		if err != nil {
			return custody.Unit{}, nil, tx.refuseFact(u, err)
		}
		after = next
		m.ID = custody.MovementID(tx.NewID())
		movements = append(movements, m)
	}
	changed, err := tx.exec(updateUnit, string(after.Hospital), string(after.Site), string(after.Place), string(after.Owner),
		string(after.Possessor), string(after.Agreement), string(after.State), after.QuantityLeft, after.Version,
		micros(after.ChangedAt), string(u.ID), u.Version)
	switch {
	case err != nil:
		return custody.Unit{}, nil, err
	case changed == 0:
		return custody.Unit{}, nil, tx.refuseFact(u, nil)
	}
	if err := tx.appendMovements(movements); err != nil {
		return custody.Unit{}, nil, err
	}
	deltas := map[totalKey]int64{}
	countUnit(deltas, u, -1)
	countUnit(deltas, after, 1)
	tx.count(deltas)
	return after, movements, nil
}

// complete fills what the write itself knows of a fact.
func (tx *Tx) complete(f custody.Fact) custody.Fact {
	f.RecordedAt = tx.now
	if f.FactAt.IsZero() {
		f.FactAt = tx.now
	}
	if f.Actor == "" {
		f.Actor = tx.actor.Person
	}
	if f.Device == "" {
		f.Device = tx.actor.Device
	}
	return f
}

// countUnit adds a unit to the totals of its hospital, vendor and place.
func countUnit(deltas map[totalKey]int64, u custody.Unit, n int64) {
	hospital, vendor, state := string(u.Hospital), string(u.Vendor), UnitsTotal(u.State)
	deltas[totalKey{hospital, state}] += n
	deltas[totalKey{vendor, state}] += n
	deltas[totalKey{vendor, state + "/hospital/" + hospital}] += n
	if !u.State.Terminal() {
		deltas[totalKey{hospital, state + "/place/" + string(u.Place)}] += n
	}
}

// UnitsTotal is the name of the total of units in a state; behind it stand
// "/place/ID" for a hospital and "/hospital/ID" for a vendor.
func UnitsTotal(s custody.State) string { return "units/" + string(s) }

// refuseFact words why a fact did not come to pass: somebody was there before.
func (tx *Tx) refuseFact(u custody.Unit, cause error) error {
	last, err := tx.Unbounded().lastMovement(u.ID)
	if err != nil {
		return err
	}
	now, err := tx.Unbounded().Unit(u.ID)
	switch {
	case err != nil:
		return err
	case cause != nil && !now.State.Terminal():
		return cause
	case last.Kind == "":
		return fault.New(fault.Conflict, "This unit was changed at the same moment. Look at it again.")
	}
	sentence := fmt.Sprintf("This unit was already %s", custody.Kind(last.Kind).Past())
	if last.Pseudonym != "" {
		sentence += " on " + last.Pseudonym
	}
	sentence += fmt.Sprintf(", %s, by %s.", last.when(tx.now), last.who())
	return fault.Wrap(fault.Conflict, sentence, cause)
}
