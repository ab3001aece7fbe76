package store

import (
	"database/sql"
	"trueward/internal/adapter/store/engine"
	"trueward/internal/domain/access"
	"trueward/internal/domain/custody"
)

type holdRecord struct {
	ID         string
	UnitID     string
	HospitalID string
	VendorID   string
	Kind       string
	Level      string
	Reason     string
	SetBy      string
	SetAt      int64
	ReleasedBy string
	ReleasedAt *int64
}

func (holdRecord) TableName() string { return "holds" }

func (r holdRecord) hold() custody.Hold {
	return custody.Hold{
		ID: custody.HoldID(r.ID), Unit: custody.UnitID(r.UnitID), Hospital: access.OrganisationID(r.HospitalID),
		Vendor: access.OrganisationID(r.VendorID), Kind: custody.HoldKind(r.Kind), Level: custody.HoldLevel(r.Level),
		Reason: r.Reason, SetBy: r.SetBy, SetAt: instant(r.SetAt), ReleasedBy: r.ReleasedBy, ReleasedAt: instantOrZero(r.ReleasedAt),
	}
}

// SetHold puts a hold on a unit and reports whether it is new: of each kind at
// most one is live.
func (tx *Tx) SetHold(u custody.Unit, kind custody.HoldKind, level custody.HoldLevel, reason string) (bool, error) {
	done := tx.db.Exec(`INSERT INTO holds (id, unit_id, hospital_id, vendor_id, kind, level, reason, set_by, set_at, released_by, released_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, '', NULL) ON CONFLICT DO NOTHING`,
		tx.NewID(), string(u.ID), string(u.Hospital), string(u.Vendor), string(kind), string(level), reason,
		string(tx.actor.Person), micros(tx.now))
	return done.RowsAffected == 1, done.Error
}

// ReleaseHold ends the live hold of a kind on a unit of the scope and reports
// whether there was one.
func (tx *Tx) ReleaseHold(unit custody.UnitID, kind custody.HoldKind) (bool, error) {
	done := tx.from("holds").Where("unit_id = ? AND kind = ? AND released_at IS NULL", string(unit), string(kind)).
		Updates(map[string]any{"released_by": string(tx.actor.Person), "released_at": micros(tx.now)})
	return done.RowsAffected == 1, done.Error
}

// Holds returns the holds ever put on a unit, oldest first.
func (q Queries) Holds(unit custody.UnitID) ([]custody.Hold, error) {
	byUnit, err := q.holdsOf([]string{string(unit)}, false)
	return byUnit[unit], err
}

// LiveHolds returns the live holds of each of the units.
func (q Queries) LiveHolds(units ...custody.UnitID) (map[custody.UnitID][]custody.Hold, error) {
	ids := make([]string, len(units))
	for i, id := range units {
		ids[i] = string(id)
	}
	return q.holdsOf(ids, true)
}

func (q Queries) holdsOf(units []string, live bool) (map[custody.UnitID][]custody.Hold, error) {
	out := map[custody.UnitID][]custody.Hold{}
	if len(units) == 0 {
		return out, nil
	}
	where, args := q.where("holds")
	if live {
		where += " AND released_at IS NULL"
	}
	err := engine.Query(q.db, `SELECT id, unit_id, hospital_id, vendor_id, kind, level, reason, set_by, set_at, released_by, released_at
		FROM holds WHERE unit_id IN ? AND `+where+" ORDER BY set_at, id", append([]any{distinct(units)}, args...), func(rows *sql.Rows) error {
		var r holdRecord
		err := rows.Scan(&r.ID, &r.UnitID, &r.HospitalID, &r.VendorID, &r.Kind, &r.Level, &r.Reason, &r.SetBy, &r.SetAt, &r.ReleasedBy, &r.ReleasedAt)
		h := r.hold()
		out[h.Unit] = append(out[h.Unit], h)
		return err
	})
	return out, err
}
