package store

import (
	"trueward/internal/domain/access"
	"trueward/internal/domain/billing"
	"trueward/internal/domain/consign"
)

// AddSheetMark stores what the actor's side says of a usage.
func (tx *Tx) AddSheetMark(m billing.SheetMark) error {
	_, err := tx.exec(`INSERT INTO sheet_marks (id, vendor_id, hospital_id, vendor_line_id, side, mark, reason, person_id, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		tx.NewID(), string(m.Vendor), string(m.Hospital), string(m.Line), string(m.Side), string(m.Mark), m.Reason, string(tx.actor.Person), micros(tx.now))
	return err
}

// Sheet returns the latest mark of each side on a line, and the agreement's
// rule. It reads past the actor's scope, by the line's id alone.
func (tx *Tx) Sheet(id billing.LineID) (billing.Sheet, consign.SheetRule, error) {
	var r struct{ Hospital, Vendor, SheetRule string }
	err := tx.bounded().Raw(`SELECT w.sheet_rule, `+latestMark("hospital")+` AS hospital, `+latestMark("vendor")+` AS vendor
		FROM vendor_lines JOIN price_decisions d ON d.id = vendor_lines.decision_id JOIN agreement_versions w ON w.id = d.agreement_version_id
		WHERE vendor_lines.id = ?`, string(id)).Scan(&r).Error
	return billing.Sheet{Hospital: billing.Mark(r.Hospital), Vendor: billing.Mark(r.Vendor)}, consign.SheetRule(r.SheetRule), err
}

func latestMark(side string) string {
	return `COALESCE((SELECT m.mark FROM sheet_marks m WHERE m.vendor_line_id = vendor_lines.id AND m.side = '` + side + `' ORDER BY m.id DESC LIMIT 1), '')`
}

// sheetStates are the states in which a usage is still on its sheet.
var sheetStates = []billing.LineState{
	billing.LineWaiting, billing.LineBillable, billing.LineUnpriced, billing.LineAwaitingPO, billing.LineCollected, billing.LineHeld,
}

// ToSign lists the scope's usages that a side has to confirm before they are
// invoiced, and those that are contested, oldest first.
func (q Queries) ToSign(side access.OrganisationKind, limit int) ([]LineRow, error) {
	rules := []consign.SheetRule{consign.SheetBoth}
	if side == access.Hospital {
		rules = append(rules, consign.SheetClinical)
	}
	mine, other := latestMark(string(side)), latestMark("vendor")
	if side == access.Vendor {
		other = latestMark("hospital")
	}
	var records []lineRowRecord
	err := q.lineRows().Where("vendor_lines.state IN ?", sheetStates).
		Where("(w.sheet_rule IN ? AND "+mine+" <> 'confirmed' OR "+mine+" = 'contested' OR "+other+" = 'contested')", rules).
		Order("vendor_lines.effective_at, vendor_lines.id").Limit(limit).Find(&records).Error
	if err != nil {
		return nil, err
	}
	return lineRowsOf(records)
}

// SheetMarks returns every mark on a line of the scope, oldest first.
func (q Queries) SheetMarks(id billing.LineID) ([]billing.SheetMark, error) {
	var records []struct {
		VendorID, HospitalID, Side, Mark, Reason, PersonID string
		At                                                 int64
	}
	err := q.from("sheet_marks").Where("vendor_line_id = ?", string(id)).Order("id").Limit(200).Find(&records).Error
	out := make([]billing.SheetMark, len(records))
	for i, r := range records {
		out[i] = billing.SheetMark{
			Line: id, Parties: parties(r.VendorID, r.HospitalID), Side: access.OrganisationKind(r.Side), Mark: billing.Mark(r.Mark),
			Reason: r.Reason, Person: access.PersonID(r.PersonID), At: instant(r.At),
		}
	}
	return out, err
}
