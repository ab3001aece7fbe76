package store

import (
	"time"

	"gorm.io/gorm"

	"trueward/internal/domain/access"
	"trueward/internal/domain/billing"
	"trueward/internal/domain/catalog"
	"trueward/internal/domain/usage"
)

// ChargeLine is a usage as the hospital charges it by itself: what for, for
// which case, how many. The price is the hospital's own and stands nowhere here.
type ChargeLine struct {
	Usage       billing.UsageID
	Site        access.SiteID
	Case        usage.CaseID
	Pseudonym   string
	Product     string
	DI          string
	Lot, Serial string
	Code        string
	Quantity    int64
	EffectiveAt time.Time
	TimeZone    string
	State       string // pending, sent, accepted, rejected, not_chargeable
	Reason      string
}

// ProjectCharges makes the charge lines of usages whose undo time is over and
// that were recorded since an instant, at most limit, and returns how many. One
// usage has one charge line: sent again, the statement makes nothing twice.
func (tx *Tx) ProjectCharges(since time.Time, limit int) (int64, error) {
	done := tx.bounded().Exec(`INSERT INTO charge_lines (id, usage_id, hospital_id, site_id, case_id, code, quantity, effective_at, state, reason, changed_at)
		SELECT u.id, u.id, u.hospital_id, u.site_id, u.case_id, COALESCE(c.code, ''), u.quantity, u.fact_at,
			CASE WHEN k.id IS NOT NULL OR u.outcome = 'wasted' OR c.code IS NULL THEN 'not_chargeable' ELSE 'pending' END,
			CASE WHEN k.id IS NOT NULL THEN 'The usage was corrected.' WHEN u.outcome = 'wasted' THEN 'Opened, not used.'
			WHEN c.code IS NULL THEN 'The item has no charge code.' ELSE '' END, CAST(? AS BIGINT)
		FROM usages u LEFT JOIN charge_codes c ON c.hospital_id = u.hospital_id AND c.product_id = u.product_id
		LEFT JOIN usage_corrections k ON k.usage_id = u.id
		WHERE u.recorded_at >= ? AND u.undo_until <= ? AND NOT EXISTS (SELECT 1 FROM charge_lines x WHERE x.usage_id = u.id)
		ORDER BY u.recorded_at, u.id LIMIT ? ON CONFLICT (usage_id) DO NOTHING`,
		micros(tx.now), micros(since), micros(tx.now), limit)
	return done.RowsAffected, done.Error
}

// EndCorrectedCharges takes charge lines back whose usage was corrected since.
func (tx *Tx) EndCorrectedCharges() (int64, error) {
	done := tx.bounded().Exec(`UPDATE charge_lines SET reason = CASE state WHEN 'pending' THEN 'The usage was corrected.'
			ELSE 'The usage was corrected after it was sent. Take the charge back.' END, state = 'not_chargeable', changed_at = ?
		WHERE state <> 'not_chargeable' AND EXISTS (SELECT 1 FROM usage_corrections k WHERE k.usage_id = charge_lines.usage_id)`, micros(tx.now))
	return done.RowsAffected, done.Error
}

// SetChargeCode gives a product of the catalogue the hospital's charge code, and
// lets the usages go on that waited for one. It returns how many.
func (tx *Tx) SetChargeCode(hospital access.OrganisationID, product catalog.ProductID, code string) (int64, error) {
	err := tx.bounded().Exec(`INSERT INTO charge_codes (hospital_id, product_id, code, changed_at) VALUES (?, ?, ?, ?)
		ON CONFLICT (hospital_id, product_id) DO UPDATE SET code = excluded.code, changed_at = excluded.changed_at`,
		string(hospital), string(product), code, micros(tx.now)).Error
	if err != nil {
		return 0, err
	}
	done := tx.bounded().Exec(`UPDATE charge_lines SET code = ?, state = 'pending', reason = '', changed_at = ?
		WHERE hospital_id = ? AND state = 'not_chargeable' AND reason = 'The item has no charge code.'
		AND usage_id IN (SELECT u.id FROM usages u WHERE u.hospital_id = ? AND u.product_id = ?)`,
		code, micros(tx.now), string(hospital), string(hospital), string(product))
	return done.RowsAffected, done.Error
}

// ProductOfDI returns the scope's product of a DI of any package level.
func (q Queries) ProductOfDI(di string) (catalog.ProductID, error) {
	type row struct{ ID string }
	r, err := first[row](q.from("products").Select("products.id").
		Where("products.di = ? OR products.id IN (SELECT l.product_id FROM product_levels l WHERE l.di = ?)", di, di), "product")
	return catalog.ProductID(r.ID), err
}

// ChargeLines returns charge lines in a state, oldest first, at most limit.
func (q Queries) ChargeLines(state string, limit int) ([]ChargeLine, error) {
	var rows []chargeRecord
	err := q.charges(state).Order("charge_lines.effective_at, charge_lines.id").Limit(limit).Find(&rows).Error
	return chargesOf(rows), err
}

// ChargeList returns a part of the charge lines in a state, oldest first.
func (q Queries) ChargeList(state string, page Page) (Listed[ChargeLine], error) {
	list, err := page.after(q.charges(state).Order("charge_lines.effective_at, charge_lines.id"), "charge_lines.effective_at, charge_lines.id")
	if err != nil {
		return Listed[ChargeLine]{}, err
	}
	var rows []chargeRecord
	if err := list.Find(&rows).Error; err != nil {
		return Listed[ChargeLine]{}, err
	}
	part := cut(page, rows, func(r chargeRecord) []any { return []any{r.EffectiveAt, r.ID} })
	return Listed[ChargeLine]{Rows: chargesOf(part.Rows), Next: part.Next}, nil
}

type chargeRecord struct {
	ID, UsageID, SiteID, CaseID, Pseudonym, Product, Di, Lot, Serial, Code, TimeZone, State, Reason string
	Quantity, EffectiveAt                                                                           int64
}

func (q Queries) charges(state string) *gorm.DB {
	return q.from("charge_lines").Select(`charge_lines.*, c.pseudonym, p.name AS product, n.di, n.lot, n.serial, s.time_zone`).
		Joins("JOIN usages u ON u.id = charge_lines.usage_id").Joins("JOIN units n ON n.id = u.unit_id").
		Joins("JOIN products p ON p.id = u.product_id").Joins("JOIN cases c ON c.id = charge_lines.case_id").
		Joins("JOIN sites s ON s.id = charge_lines.site_id").
		Where("charge_lines.state = ?", state)
}

func chargesOf(rows []chargeRecord) []ChargeLine {
	out := make([]ChargeLine, len(rows))
	for i, r := range rows {
		out[i] = ChargeLine{
			Usage: billing.UsageID(r.UsageID), Site: access.SiteID(r.SiteID), Case: usage.CaseID(r.CaseID), Pseudonym: r.Pseudonym,
			Product: r.Product, DI: r.Di, Lot: r.Lot, Serial: r.Serial, Code: r.Code, Quantity: r.Quantity,
			EffectiveAt: instant(r.EffectiveAt), TimeZone: r.TimeZone, State: r.State, Reason: r.Reason,
		}
	}
	return out
}

// ChargeCounts returns how many charge lines of the scope stand in each state.
func (q Queries) ChargeCounts() (map[string]int64, error) {
	var rows []struct {
		State string
		Count int64
	}
	err := q.from("charge_lines").Select("state, COUNT(*) AS count").Group("state").Find(&rows).Error
	out := make(map[string]int64, len(rows))
	for _, r := range rows {
		out[r.State] = r.Count
	}
	return out, err
}

// MarkChargesSent notes that pending charge lines were handed over, and reports
// whether all of them were still pending.
func (tx *Tx) MarkChargesSent(ids []string) (bool, error) {
	done := tx.from("charge_lines").Where("usage_id IN ? AND charge_lines.state = 'pending'", ids).
		Updates(map[string]any{"state": "sent", "changed_at": micros(tx.now)})
	return done.RowsAffected == int64(len(ids)), done.Error
}

// Unprojected is what the daily check of the two projections found.
type Unprojected struct {
	WithoutVendorLine int64
	WithoutChargeLine int64
	FirstUsage        string // one to look at
}

// CheckProjections counts usages recorded before an instant that have not
// exactly one live vendor line, or no charge line. Only a scope without bound
// may check.
func (q Queries) CheckProjections(before time.Time) (Unprojected, error) {
	if !q.scope.ReachesAll() {
		return Unprojected{}, errOutOfScope
	}
	var out Unprojected
	var firsts []string
	const vendor = `NOT EXISTS (SELECT 1 FROM usage_corrections k WHERE k.usage_id = u.id)
		AND (SELECT COUNT(*) FROM vendor_lines l WHERE l.usage_id = u.id AND l.state <> 'cancelled') <> 1`
	const charge = `NOT EXISTS (SELECT 1 FROM charge_lines x WHERE x.usage_id = u.id)`
	for _, check := range []struct {
		where string
		into  *int64
	}{{vendor, &out.WithoutVendorLine}, {charge, &out.WithoutChargeLine}} {
		if err := q.bounded().Raw(`SELECT COUNT(*) FROM usages u WHERE u.recorded_at < ? AND `+check.where, micros(before)).Scan(check.into).Error; err != nil {
			return out, err
		}
		if *check.into > 0 && out.FirstUsage == "" {
			if err := q.bounded().Raw(`SELECT u.id FROM usages u WHERE u.recorded_at < ? AND `+check.where+` ORDER BY u.id LIMIT 1`, micros(before)).Scan(&firsts).Error; err != nil {
				return out, err
			}
			out.FirstUsage = firsts[0]
		}
	}
	return out, nil
}
