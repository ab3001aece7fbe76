package store

import (
	"database/sql"
	"encoding/json"

	"trueward/internal/adapter/store/engine"
	"trueward/internal/domain/access"
	"trueward/internal/domain/billing"
	"trueward/internal/domain/consign"
	"trueward/internal/domain/usage"
	"trueward/internal/fault"
	"trueward/internal/standard/money"
)

// many is the text of "one of a list" and its one argument. However long the
// list is, the statement stays the same, so that it is prepared once.
func (q Queries) many(ids []string) (string, any, error) {
	text, err := json.Marshal(ids)
	if q.postgres() {
		return "= ANY (ARRAY (SELECT json_array_elements_text(?::json)))", string(text), err
	}
	return "IN (SELECT value FROM json_each(?))", string(text), err
}

// oneOf is the text of "one of the rows that a statement picks", which on
// PostgreSQL are locked unless somebody else holds them. It is written so that
// the planner never reads the whole table for them.
func (q Queries) oneOf(picked string) string {
	if q.postgres() {
		return "= ANY (ARRAY (" + picked + " FOR UPDATE SKIP LOCKED))"
	}
	return "IN (" + picked + ")"
}

// TakeJobs takes up to limit due jobs of a topic and ends them in this
// transaction, in which their effect is: a rollback leaves them as they were.
// On PostgreSQL jobs that another worker holds are passed over.
func (tx *Tx) TakeJobs(topic string, limit int) ([]Job, error) {
	var jobs []Job
	err := engine.Query(tx.db, `UPDATE outbox SET state = 'done', attempts = attempts + 1, last_error = '', changed_at = ? WHERE id `+tx.oneOf(`SELECT id FROM outbox
		WHERE state = 'pending' AND not_before <= ? AND topic = ? ORDER BY not_before, id LIMIT ?`)+`
		RETURNING id, subject_id, hospital_id, vendor_id, attempts`,
		[]any{micros(tx.now), micros(tx.now), topic, limit}, func(r *sql.Rows) error {
			job := Job{Topic: topic}
			if err := r.Scan(&job.ID, &job.Subject, &job.HospitalID, &job.VendorID, &job.Attempts); err != nil {
				return err
			}
			jobs = append(jobs, job)
			return nil
		})
	return jobs, err
}

// LineToCollect is a line on its way to an invoice, with the marks on its sheet
// and the version of the agreement that priced it.
type LineToCollect struct {
	billing.Line
	Version consign.VersionID
	Sheet   billing.Sheet
}

// LinesToCollect returns those of the lines that wait or are billable and whose
// amount is settled, in no order. It reads past the actor's scope, by the
// lines' ids alone.
func (tx *Tx) LinesToCollect(ids []string) ([]LineToCollect, error) {
	these, arg, err := tx.many(ids)
	if err != nil {
		return nil, err
	}
	out := make([]LineToCollect, 0, len(ids))
	err = engine.Query(tx.db, `SELECT vendor_lines.id, vendor_lines.usage_id, vendor_lines.vendor_id, vendor_lines.hospital_id, site_id, case_id,
		vendor_lines.currency, vendor_lines.net_minor, state, effective_at, po_state, po_number, d.agreement_version_id, `+latestMark("hospital")+`, `+latestMark("vendor")+`
		FROM vendor_lines JOIN price_decisions d ON d.id = vendor_lines.decision_id
		WHERE state IN ('waiting', 'billable') AND NOT cap_pending AND vendor_lines.id `+these, []any{arg}, func(r *sql.Rows) error {
		var l LineToCollect
		var id, used, vendor, hospital, site, inCase, currency, state, po, version, byHospital, byVendor string
		var net, at int64
		err := r.Scan(&id, &used, &vendor, &hospital, &site, &inCase, &currency, &net, &state, &at, &po, &l.PONumber, &version, &byHospital, &byVendor)
		l.ID, l.Usage, l.Parties, l.Site, l.Case = billing.LineID(id), usage.ID(used), parties(vendor, hospital), access.SiteID(site), usage.CaseID(inCase)
		l.Net, l.State, l.EffectiveAt = money.Amount{Minor: net, Currency: money.Currency(currency)}, billing.LineState(state), instant(at)
		l.PO, l.Version = billing.POState(po), consign.VersionID(version)
		l.Sheet = billing.Sheet{Hospital: billing.Mark(byHospital), Vendor: billing.Mark(byVendor)}
		out = append(out, l)
		return err
	})
	return out, err
}

// CollectTerms is what an agreement's version and a site say of a line's way to
// an invoice. It reads past the actor's scope, by ids alone.
func (tx *Tx) CollectTerms(version consign.VersionID, site access.SiteID) (BillingTerms, consign.SheetRule, error) {
	type record struct {
		Base      termsRecord `gorm:"embedded"`
		SheetRule string
	}
	r, err := first[record](tx.bounded().Raw(`SELECT v.consolidation, v.issue_mode, v.po_rule, v.payment_days, v.tax_category, v.tax_rate_bp,
		v.pricing, v.sheet_rule, s.time_zone, o.sample FROM agreement_versions v JOIN organisations o ON o.id = v.vendor_id, sites s
		WHERE v.id = ? AND s.id = ?`, string(version), string(site)), "agreement")
	return r.Base.terms(), consign.SheetRule(r.SheetRule), err
}

// MoveLines moves many lines of one invoice at once, all or none.
func (tx *Tx) MoveLines(ids []billing.LineID, from, to billing.LineState, invoice billing.InvoiceID) error {
	if !from.MayBecome(to) {
		return fault.Newf(fault.Conflict, "Lines that are %q cannot become %q.", from.Word(), to.Word())
	}
	texts := make([]string, len(ids))
	for n, id := range ids {
		texts[n] = string(id)
	}
	these, arg, err := tx.many(texts)
	if err != nil {
		return err
	}
	moved, err := tx.exec(`UPDATE vendor_lines SET state = ?, state_reason = '', invoice_id = ?, changed_at = ? WHERE id `+these+` AND state = ?`,
		string(to), string(invoice), micros(tx.now), arg, string(from))
	if err == nil && moved != int64(len(ids)) {
		return fault.New(fault.Conflict, "A line of this invoice was changed at the same moment. Reload and look again.")
	}
	return err
}
