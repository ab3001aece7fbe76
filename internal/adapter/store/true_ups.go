package store

import (
	"trueward/internal/domain/billing"
	"trueward/internal/domain/consign"
	"trueward/internal/fault"
	"trueward/internal/standard/money"
)

// AddTrueUp stores what a retroactive tier owes at the end of a window, once,
// with the share of each usage. It returns the new row's id; empty when the
// window was settled before.
func (tx *Tx) AddTrueUp(c TierPlace, currency money.Currency, usages int, reached int64, up billing.TrueUp) (string, error) {
	id := tx.NewID()
	done := tx.bounded().Exec(`INSERT INTO true_ups (id, agreement_id, vendor_id, hospital_id, tier, window_key, scope_key, currency,
		usages, reached, discount_bp, paid_minor, due_minor, credit_minor, computed_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (agreement_id, tier, window_key, scope_key) DO NOTHING`,
		id, string(c.Agreement), string(c.Vendor), string(c.Hospital), c.Tier, c.Window, c.Scope, string(currency),
		usages, reached, up.DiscountBP, up.Paid, up.Due, up.Credit(), micros(tx.now))
	if done.Error != nil || done.RowsAffected == 0 {
		return "", done.Error
	}
	return id, nil
}

// AddTrueUpShare stores what a true-up owes for one line.
func (tx *Tx) AddTrueUpShare(trueUp string, line billing.LineID, p billing.Parties, owed money.Amount) error {
	_, err := tx.exec(`INSERT INTO true_up_shares (id, true_up_id, vendor_id, hospital_id, vendor_line_id, currency, net_minor, state)
		VALUES (?, ?, ?, ?, ?, ?, ?, 'open')`,
		tx.NewID(), trueUp, string(p.Vendor), string(p.Hospital), string(line), string(owed.Currency), owed.Minor)
	return err
}

// TrueUpShare is what a true-up still owes for a line, and where the line is.
type TrueUpShare struct {
	ID            string
	NetMinor      int64
	LineState     billing.LineState
	InvoiceID     billing.InvoiceID // of the document the line is live on; empty for none
	InvoiceLineID string
	InvoiceState  billing.InvoiceState
}

// OpenShares returns the shares of a true-up that no credit note has taken, in
// the order of their lines.
func (tx *Tx) OpenShares(trueUp string) (out []TrueUpShare, err error) {
	err = tx.bounded().Raw(`SELECT s.id, s.net_minor, l.state AS line_state, COALESCE(i.id, '') AS invoice_id, COALESCE(x.id, '') AS invoice_line_id,
			COALESCE(i.state, '') AS invoice_state
		FROM true_up_shares s JOIN vendor_lines l ON l.id = s.vendor_line_id
		LEFT JOIN invoice_lines x ON x.vendor_line_id = l.id AND x.live LEFT JOIN invoices i ON i.id = x.invoice_id
		WHERE s.true_up_id = ? AND s.state = 'open' ORDER BY s.vendor_line_id, s.id`, trueUp).Scan(&out).Error
	return out, err
}

// SettleShare says that a credit note took a share, or, without one, that
// nothing is owed for it any more.
func (tx *Tx) SettleShare(id string, credit billing.CreditID) error {
	state := "credited"
	if credit == "" {
		state = "lapsed"
	}
	n, err := tx.exec(`UPDATE true_up_shares SET state = ?, credit_note_id = ? WHERE id = ? AND state = 'open'`, state, textOrNull(string(credit)), id)
	if err == nil && n == 0 {
		return fault.New(fault.Conflict, "This share was settled by somebody else at the same moment.")
	}
	return err
}

// TrueUp is what a retroactive tier owes the hospital at the end of a window.
type TrueUp struct {
	ID, Tier, WindowKey, ScopeKey, Currency           string
	Usages, Reached, PaidMinor, DueMinor, CreditMinor int64
	DiscountBP                                        int `gorm:"column:discount_bp"`
	// Credited is what credit notes have given back of it so far.
	Credited int64
}

// TrueUps lists what an agreement's tiers owe, the latest first.
func (q Queries) TrueUps(agreement consign.AgreementID) ([]TrueUp, error) {
	var out []TrueUp
	err := q.from("true_ups").Select(`true_ups.*, (SELECT COALESCE(SUM(s.net_minor), 0) FROM true_up_shares s JOIN credit_notes n ON n.id = s.credit_note_id
		WHERE s.true_up_id = true_ups.id AND n.state = 'issued') AS credited`).
		Where("agreement_id = ?", string(agreement)).Order("id DESC").Limit(100).Find(&out).Error
	return out, err
}
