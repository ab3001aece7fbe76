package store

import (
	"time"

	"trueward/internal/domain/access"
	"trueward/internal/domain/billing"
	"trueward/internal/domain/consign"
	"trueward/internal/domain/usage"
)

// TierPlace is what a usage adds to the window of a tier.
type TierPlace struct {
	Agreement consign.AgreementID
	Tier      string
	Window    string
	Scope     string
	Vendor    access.OrganisationID
	Hospital  access.OrganisationID // empty for a buying group
	Quantity  int64
	Spend     int64 // minor units of net before the tier
}

// TakePosition counts a usage in the window of a tier and returns what was
// committed before it. The row stays locked until the transaction ends, so that
// two usages never share a position.
func (tx *Tx) TakePosition(c TierPlace) (units, spend int64, err error) {
	var row struct{ Quantity, SpendMinor int64 }
	err = tx.bounded().Raw(`INSERT INTO tier_counters (agreement_id, tier, window_key, scope_key, vendor_id, hospital_id, quantity, spend_minor)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (agreement_id, tier, window_key, scope_key) DO UPDATE SET
		quantity = tier_counters.quantity + excluded.quantity, spend_minor = tier_counters.spend_minor + excluded.spend_minor
		RETURNING quantity, spend_minor`, string(c.Agreement), c.Tier, c.Window, c.Scope, string(c.Vendor),
		textOrNull(string(c.Hospital)), c.Quantity, c.Spend).Scan(&row).Error
	return row.Quantity - c.Quantity, row.SpendMinor - c.Spend, err
}

// TierReached returns what a window of a tier has counted.
func (q Queries) TierReached(c TierPlace) (units, spend int64, err error) {
	var row struct{ Quantity, SpendMinor int64 }
	err = q.from("tier_counters").Select("quantity, spend_minor").
		Where("agreement_id = ? AND tier = ? AND window_key = ? AND scope_key = ?", string(c.Agreement), c.Tier, c.Window, c.Scope).
		Scan(&row).Error
	return row.Quantity, row.SpendMinor, err
}

// LineDecision is a live line with the decision its amount comes from.
type LineDecision struct {
	Line     billing.Line
	Decision billing.Decision
}

type lineDecisionRecord struct {
	Line     lineRecord     `gorm:"embedded;embeddedPrefix:l_"`
	Decision decisionRecord `gorm:"embedded;embeddedPrefix:d_"`
}

var lineDecisionColumns = prefixed("l", lineColumnNames) + ", " + prefixed("d", decisionColumnNames)

var (
	lineColumnNames = []string{"id", "usage_id", "decision_id", "vendor_id", "hospital_id", "site_id", "case_id", "currency", "net_minor",
		"state", "state_reason", "invoice_id", "effective_at", "billable_from", "changed_at", "cap_pending", "po_state", "po_number", "held_until"}
	decisionColumnNames = []string{"id", "usage_id", "revision", "vendor_id", "hospital_id", "agreement_version_id", "outcome", "currency",
		"unit_minor", "net_minor", "quantity", "inputs", "inputs_sha256", "steps", "engine", "decided_at"}
)

func prefixed(alias string, names []string) string {
	out := ""
	for i, n := range names {
		if i > 0 {
			out += ", "
		}
		out += alias + "." + n + " AS " + alias + "_" + n
	}
	return out
}

func (tx *Tx) lineDecisions(where string, args ...any) ([]LineDecision, error) {
	var records []lineDecisionRecord
	err := tx.bounded().Raw(`SELECT `+lineDecisionColumns+` FROM vendor_lines l JOIN price_decisions d ON d.id = l.decision_id
		WHERE l.state <> 'cancelled' AND `+where+` ORDER BY l.id`, args...).Scan(&records).Error
	if err != nil {
		return nil, err
	}
	out := make([]LineDecision, len(records))
	for i, r := range records {
		d, err := r.Decision.decision()
		if err != nil {
			return nil, err
		}
		out[i] = LineDecision{r.Line.line(), d}
	}
	return out, nil
}

// CapsPending reports whether lines of a case wait for its cap.
func (tx *Tx) CapsPending(id usage.CaseID) (bool, error) {
	var ids []string
	err := tx.bounded().Raw(`SELECT id FROM vendor_lines WHERE case_id = ? AND cap_pending LIMIT 1`, string(id)).Scan(&ids).Error
	return len(ids) > 0, err
}

// CaseDecisions returns the live lines of a case with their decisions, and
// keeps others from settling the same case until the transaction ends.
func (tx *Tx) CaseDecisions(id usage.CaseID) ([]LineDecision, error) {
	if tx.postgres() {
		if err := tx.db.Exec(`SELECT pg_advisory_xact_lock(hashtextextended(?, 7))`, "case-cap:"+string(id)).Error; err != nil {
			return nil, err
		}
	}
	return tx.lineDecisions("l.case_id = ?", string(id))
}

// WindowDecisions returns the live lines that a tier's window counts.
func (tx *Tx) WindowDecisions(agreement consign.AgreementID, from, to time.Time, site access.SiteID) ([]LineDecision, error) {
	where := "d.agreement_version_id IN (SELECT v.id FROM agreement_versions v WHERE v.agreement_id = ?) AND l.effective_at >= ? AND l.effective_at < ?"
	args := []any{string(agreement), micros(from), micros(to)}
	if site != "" {
		where, args = where+" AND l.site_id = ?", append(args, string(site))
	}
	return tx.lineDecisions(where, args...)
}

// SetCapPending says whether a line's share of its case's cap is still to be
// decided.
func (tx *Tx) SetCapPending(id billing.LineID, pending bool) error {
	return tx.bounded().Exec(`UPDATE vendor_lines SET cap_pending = ?, changed_at = ? WHERE id = ?`, pending, micros(tx.now), string(id)).Error
}
