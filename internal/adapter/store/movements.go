package store

import (
	"strings"
	"time"

	"trueward/internal/domain/access"
	"trueward/internal/domain/catalog"
	"trueward/internal/domain/consign"
	"trueward/internal/domain/custody"
	"trueward/internal/domain/usage"
	"trueward/internal/standard/civil"
)

type movementRecord struct {
	ID                 string
	HospitalID         string
	SiteID             string
	VendorID           string
	Kind               string
	UnitID             *string
	ProductID          string
	DI                 string `gorm:"column:di"`
	Lot                string
	Serial             string
	Expiry             string
	Quantity           int64
	FromHospitalID     string
	FromSiteID         string
	FromPlaceID        string
	FromOwnerID        string
	FromPossessorID    string
	FromAgreementID    string
	FromState          string
	ToHospitalID       string
	ToSiteID           string
	ToPlaceID          string
	ToOwnerID          string
	ToPossessorID      string
	ToAgreementID      string
	ToState            string
	AgreementVersionID string
	Reason             string
	ActorID            string
	SecondActorID      string
	Device             string
	EvidenceID         string
	CaseID             string
	ReversesID         *string
	IdemKey            string
	FactAt             int64
	RecordedAt         int64
}

func (movementRecord) TableName() string { return "movements" }

const movementColumns = `id, hospital_id, site_id, vendor_id, kind, unit_id, product_id, di, lot, serial, expiry, quantity,
	from_hospital_id, from_site_id, from_place_id, from_owner_id, from_possessor_id, from_agreement_id, from_state,
	to_hospital_id, to_site_id, to_place_id, to_owner_id, to_possessor_id, to_agreement_id, to_state,
	agreement_version_id, reason, actor_id, second_actor_id, device, evidence_id, case_id, reverses_id, idem_key,
	fact_at, recorded_at`

var movementRow = "(" + strings.TrimSuffix(strings.Repeat("?,", strings.Count(movementColumns, ",")+1), ",") + ")"

// appendMovements inserts movements by hand: it stands in the hottest writes.
func (tx *Tx) appendMovements(movements []custody.Movement) error {
	args := make([]any, 0, 37*len(movements))
	for _, m := range movements {
		args = append(args, tx.movementValues(m)...)
	}
	rows := strings.TrimSuffix(strings.Repeat(movementRow+",", len(movements)), ",")
	_, err := tx.exec("INSERT INTO movements ("+movementColumns+") VALUES "+rows, args...)
	return err
}

func (tx *Tx) movementValues(m custody.Movement) []any {
	if m.ID == "" {
		m.ID = custody.MovementID(tx.NewID())
	}
	giver := m.From
	if giver.Hospital == "" {
		giver = m.To
	}
	return []any{
		string(m.ID), string(giver.Hospital), string(giver.Site), string(m.Vendor), string(m.Kind), textOrNull(string(m.Unit)),
		string(m.To.Product), m.To.DI, m.To.Lot, m.To.Serial, m.To.Expiry, m.Quantity,
		string(m.From.Hospital), string(m.From.Site), string(m.From.Place), string(m.From.Owner), string(m.From.Possessor),
		string(m.From.Agreement), string(m.From.State),
		string(m.To.Hospital), string(m.To.Site), string(m.To.Place), string(m.To.Owner), string(m.To.Possessor),
		string(m.To.Agreement), string(m.To.State),
		string(m.AgreementVersion), m.Reason, string(m.Actor), string(m.SecondActor), m.Device, m.Evidence, m.Case,
		textOrNull(string(m.Reverses)), m.IdemKey, micros(m.FactAt), micros(m.RecordedAt),
	}
}

func (r movementRecord) movement() custody.Movement {
	m := custody.Movement{
		ID: custody.MovementID(r.ID), Kind: custody.Kind(r.Kind), Unit: custody.UnitID(textOrEmpty(r.UnitID)),
		Vendor: access.OrganisationID(r.VendorID), Quantity: r.Quantity,
		To: custody.Key{
			Hospital: access.OrganisationID(r.ToHospitalID), Site: access.SiteID(r.ToSiteID), Place: custody.PlaceID(r.ToPlaceID),
			Owner: access.OrganisationID(r.ToOwnerID), Possessor: access.OrganisationID(r.ToPossessorID),
			Agreement: consign.AgreementID(r.ToAgreementID), State: custody.State(r.ToState),
			Product: catalog.ProductID(r.ProductID), DI: r.DI, Lot: r.Lot, Serial: r.Serial, Expiry: r.Expiry,
		},
		AgreementVersion: consign.VersionID(r.AgreementVersionID), Reason: r.Reason,
		Actor: access.PersonID(r.ActorID), SecondActor: access.PersonID(r.SecondActorID), Device: r.Device,
		Evidence: r.EvidenceID, Case: r.CaseID, Reverses: custody.MovementID(textOrEmpty(r.ReversesID)), IdemKey: r.IdemKey,
		FactAt: instant(r.FactAt), RecordedAt: instant(r.RecordedAt),
	}
	if r.FromState == "" {
		return m
	}
	m.From = m.To
	m.From.Hospital, m.From.Site, m.From.Place = access.OrganisationID(r.FromHospitalID), access.SiteID(r.FromSiteID), custody.PlaceID(r.FromPlaceID)
	m.From.Owner, m.From.Possessor = access.OrganisationID(r.FromOwnerID), access.OrganisationID(r.FromPossessorID)
	m.From.Agreement, m.From.State = consign.AgreementID(r.FromAgreementID), custody.State(r.FromState)
	return m
}

// Movement returns one movement of the scope.
func (q Queries) Movement(id custody.MovementID) (custody.Movement, error) {
	r, err := first[movementRecord](q.from("movements").Where("movements.id = ?", string(id)), "movement")
	return r.movement(), err
}

// UnitMovements returns the movements of a unit, oldest first.
func (q Queries) UnitMovements(unit custody.UnitID) ([]custody.Movement, error) {
	var records []movementRecord
	err := q.from("movements").Where("movements.unit_id = ?", string(unit)).
		Order("movements.recorded_at, movements.id").Limit(1000).Find(&records).Error
	out := make([]custody.Movement, len(records))
	for i, r := range records {
		out[i] = r.movement()
	}
	return out, err
}

// witness is a movement as it is told to somebody who came too late.
type witness struct {
	Kind      string
	FactAt    int64
	Name      string
	Pseudonym string
	TimeZone  string
}

// who names the person, "Amy O.", or the product itself.
func (w witness) who() string {
	if w.Name == "" {
		return "Trueward"
	}
	return usage.ShortName(w.Name)
}

// when tells the time at the site, with the day when it was not today.
func (w witness) when(now time.Time) string { return siteTime(instant(w.FactAt), now, w.TimeZone) }

// siteTime writes an instant as a person at the site says it.
func siteTime(at, now time.Time, zone string) string {
	where, err := civil.Zone(zone)
	if err != nil {
		where = time.UTC
	}
	at, now = at.In(where), now.In(where)
	if at.Format(time.DateOnly) == now.Format(time.DateOnly) {
		return at.Format("15:04")
	}
	return at.Format("2 Jan 2006 15:04")
}

// lastMovement returns who moved a unit last and how; title movements only
// follow others and are passed over.
func (q Queries) lastMovement(unit custody.UnitID) (witness, error) {
	var rows []witness
	err := q.bounded().Raw(`SELECT m.kind, m.fact_at, COALESCE(p.name, '') AS name, COALESCE(c.pseudonym, '') AS pseudonym, s.time_zone
		FROM movements m JOIN sites s ON s.id = m.to_site_id
		LEFT JOIN people p ON p.id = m.actor_id LEFT JOIN cases c ON c.id = m.case_id
		WHERE m.unit_id = ? AND m.kind NOT IN ('title_passed', 'title_returned')
		ORDER BY m.recorded_at DESC, m.id DESC LIMIT 1`, string(unit)).Scan(&rows).Error
	if err != nil || len(rows) == 0 {
		return witness{}, err
	}
	return rows[0], nil
}

// WalkStock calls visit for every unit with its movements, oldest first, until
// visit returns an error. Only a scope without bound may walk.
func (q Queries) WalkStock(visit func(custody.Unit, []custody.Movement) error) error {
	if !q.scope.ReachesAll() {
		return errOutOfScope
	}
	const page = 500
	for after := ""; ; {
		var units []unitRecord
		if err := q.from("units").Where("units.id > ?", after).Order("units.id").Limit(page).Find(&units).Error; err != nil {
			return err
		}
		ids := make([]string, len(units))
		for i, u := range units {
			ids[i] = u.ID
		}
		movements, err := q.movementsOf(ids)
		if err != nil {
			return err
		}
		for _, u := range units {
			if err := visit(u.unit(), movements[u.ID]); err != nil {
				return err
			}
			after = u.ID
		}
		if len(units) < page {
			return nil
		}
	}
}

func (q Queries) movementsOf(units []string) (map[string][]custody.Movement, error) {
	out := make(map[string][]custody.Movement, len(units))
	if len(units) == 0 {
		return out, nil
	}
	var records []movementRecord
	err := q.from("movements").Where("movements.unit_id IN ?", units).
		Order("movements.unit_id, movements.recorded_at, movements.id").Find(&records).Error
	for _, r := range records {
		id := textOrEmpty(r.UnitID)
		out[id] = append(out[id], r.movement())
	}
	return out, err
}

// textOrNull and textOrEmpty carry optional references over the border.
func textOrNull(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

func textOrEmpty(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// PersonNames returns the names of those people whom the scope reaches.
func (q Queries) PersonNames(ids ...string) (map[string]string, error) {
	return q.names("people", ids)
}

// PlaceNames returns the names of those places that the scope reaches.
func (q Queries) PlaceNames(ids ...string) (map[string]string, error) {
	return q.names("places", ids)
}

func (q Queries) names(table string, ids []string) (map[string]string, error) {
	out := map[string]string{}
	if len(ids) == 0 {
		return out, nil
	}
	var rows []struct{ ID, Name string }
	err := q.from(table).Select(table+".id AS id, "+table+".name AS name").Where(table+".id IN ?", ids).Find(&rows).Error
	for _, r := range rows {
		out[r.ID] = r.Name
	}
	return out, err
}
