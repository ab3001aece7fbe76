package store

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
)

// Breach names a row of the money record that contradicts another.
type Breach struct {
	Kind     string // "usage", "invoice", "number series" …
	ID       string
	Sentence string
}

// rule is one contradiction that must not exist: its statement returns the id
// of the first row at fault, if any.
type rule struct {
	kind, sentence, statement string
}

// lineStates of an invoice that has been frozen: its sums stand.
const frozenOn = `('frozen', 'approved', 'draft_remote', 'verified', 'numbered', 'open', 'sent', 'paid', 'void', 'uncollectible')`

// issued are the states of an invoice that has a number and postings.
const issued = `('open', 'sent', 'paid', 'uncollectible')`

// ledgerRules are checked in this order, the nearest to the fact first.
var ledgerRules = []rule{
	{"usage", "it has not exactly one live vendor line", `
		SELECT u.id FROM usages u
		WHERE NOT EXISTS (SELECT 1 FROM usage_corrections c WHERE c.usage_id = u.id)
		  AND (SELECT COUNT(*) FROM vendor_lines l WHERE l.usage_id = u.id AND l.state <> 'cancelled') <> 1
		ORDER BY u.id LIMIT 1`},
	{"vendor line", "its amount is not the price decided", `
		SELECT l.id FROM vendor_lines l JOIN price_decisions d ON d.id = l.decision_id
		WHERE l.net_minor <> d.net_minor OR l.usage_id <> d.usage_id ORDER BY l.id LIMIT 1`},
	{"vendor line", "it is on an invoice and has not exactly one live invoice line", `
		SELECT l.id FROM vendor_lines l WHERE l.state = 'invoiced'
		  AND (SELECT COUNT(*) FROM invoice_lines i WHERE i.vendor_line_id = l.id AND i.live) <> 1
		ORDER BY l.id LIMIT 1`},
	{"invoice line", "its amount is not the vendor line's", `
		SELECT i.id FROM invoice_lines i JOIN vendor_lines l ON l.id = i.vendor_line_id
		WHERE i.live AND (i.net_minor <> l.net_minor OR i.usage_id <> l.usage_id) ORDER BY i.id LIMIT 1`},
	{"invoice", "its sums are not those of its lines", `
		SELECT v.id FROM invoices v WHERE v.state IN ` + frozenOn + ` AND (
		  v.net_minor <> (SELECT COALESCE(SUM(i.net_minor), 0) FROM invoice_lines i WHERE i.invoice_id = v.id)
		  OR v.tax_minor <> (SELECT COALESCE(SUM(i.tax_minor), 0) FROM invoice_lines i WHERE i.invoice_id = v.id)
		  OR v.total_minor <> v.net_minor + v.tax_minor) ORDER BY v.id LIMIT 1`},
	{"invoice", "what is paid is not the sum of its payments", `
		SELECT v.id FROM invoices v
		WHERE v.paid_minor <> (SELECT COALESCE(SUM(p.amount_minor), 0) FROM payments p WHERE p.invoice_id = v.id)
		   OR v.paid_minor < 0 OR v.paid_minor + v.credited_minor > v.total_minor
		ORDER BY v.id LIMIT 1`},
	{"invoice", "the vendor's receivable was not posted with its total", `
		SELECT v.id FROM invoices v WHERE v.state IN ` + issued + ` AND v.total_minor <> (
		  SELECT COALESCE(SUM(p.amount_minor), 0) FROM journal_entries e JOIN postings p ON p.entry_id = e.id
		  WHERE e.source_id = v.id AND e.book = 'vendor' AND e.kind = 'issue' AND p.account = 'accounts_receivable')
		ORDER BY v.id LIMIT 1`},
	{"payment", "it was not posted with its amount", `
		SELECT y.id FROM payments y WHERE y.reverses_id IS NULL AND y.amount_minor <> (
		  SELECT COALESCE(SUM(p.amount_minor), 0) FROM journal_entries e JOIN postings p ON p.entry_id = e.id
		  WHERE e.source_id = y.id AND e.book = 'vendor' AND e.kind = 'payment' AND p.account = 'clearing')
		ORDER BY y.id LIMIT 1`},
	{"number series", "it has a gap or a number too many", `
		SELECT s.vendor_id FROM number_series s WHERE s.document = 'invoice' AND s.next - 1 <> (
		  SELECT COUNT(*) FROM invoices v WHERE v.vendor_id = s.vendor_id AND v.number LIKE s.prefix || '-' || CAST(s.fiscal_year AS TEXT) || '-%')
		ORDER BY s.vendor_id LIMIT 1`},
}

// CheckLedger looks for the first contradiction between usages, prices, lines,
// invoices, payments, numbers and postings, and returns nil when there is
// none. Only a scope without bound may check.
func (q Queries) CheckLedger() (*Breach, error) {
	if !q.scope.ReachesAll() {
		return nil, errOutOfScope
	}
	for _, r := range ledgerRules {
		var ids []string
		if err := q.bounded().Raw(r.statement).Scan(&ids).Error; err != nil {
			return nil, fmt.Errorf("store: ledger rule of %s: %w", r.kind, err)
		}
		if len(ids) > 0 {
			return &Breach{r.kind, ids[0], r.sentence}, nil
		}
	}
	return q.checkRenders()
}

// checkRenders compares the stored bytes of documents with their digests.
func (q Queries) checkRenders() (*Breach, error) {
	const page = 100
	for after := ""; ; {
		var records []renderRecord
		if err := q.from("renders").Where("renders.id > ?", after).Order("renders.id").Limit(page).Find(&records).Error; err != nil {
			return nil, err
		}
		for _, r := range records {
			if sum := sha256.Sum256(r.Bytes); hex.EncodeToString(sum[:]) != r.SHA256 {
				return &Breach{"document", r.ID, "its bytes were changed after it was issued"}, nil
			}
			after = r.ID
		}
		if len(records) < page {
			return nil, nil
		}
	}
}

// CountFacts returns how many rows the ledger check looks at.
func (q Queries) CountFacts() (int64, error) {
	var n int64
	err := q.bounded().Raw(`SELECT (SELECT COUNT(*) FROM usages) + (SELECT COUNT(*) FROM vendor_lines)
		+ (SELECT COUNT(*) FROM invoices) + (SELECT COUNT(*) FROM payments) + (SELECT COUNT(*) FROM journal_entries)`).Scan(&n).Error
	return n, err
}
