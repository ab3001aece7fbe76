package store

// rule is one contradiction that must not exist: its statement returns the id
// of the first row at fault, if any.
type rule struct {
	kind, sentence, statement string
}

// frozenOn are the states of an invoice that has been frozen: its sums stand.
const frozenOn = `('frozen', 'approved', 'draft_remote', 'verified', 'numbered', 'open', 'sent', 'paid', 'void', 'uncollectible')`

// issued are the states of an invoice that has a number and postings.
const issued = `('open', 'sent', 'paid', 'uncollectible')`

// ledgerRules are checked in this order, the nearest to the fact first.
var ledgerRules = []rule{
	// A usage that replaces another keeps the movement of the first: the unit
	// did not move again, and another person may have corrected the case.
	{"usage", "it says otherwise than its movement", `
		SELECT u.id FROM usages u LEFT JOIN movements m ON m.id = u.movement_id
		WHERE m.id IS NULL OR m.unit_id IS NULL OR m.unit_id <> u.unit_id OR m.product_id <> u.product_id
		   OR m.vendor_id <> u.vendor_id OR m.kind <> u.outcome OR m.quantity <> u.quantity
		   OR (u.replaces_id IS NULL AND (m.case_id <> u.case_id OR m.actor_id <> u.actor_id
		   OR m.fact_at <> u.fact_at OR m.recorded_at <> u.recorded_at))
		ORDER BY u.id LIMIT 1`},
	{"usage", "it is not of its case's hospital and site", `
		SELECT u.id FROM usages u LEFT JOIN cases c ON c.id = u.case_id
		WHERE c.id IS NULL OR c.hospital_id <> u.hospital_id OR c.site_id <> u.site_id ORDER BY u.id LIMIT 1`},
	{"usage", "it has not exactly one live vendor line", `
		SELECT u.id FROM usages u
		WHERE NOT EXISTS (SELECT 1 FROM usage_corrections c WHERE c.usage_id = u.id)
		  AND (SELECT COUNT(*) FROM vendor_lines l WHERE l.usage_id = u.id AND l.state <> 'cancelled') <> 1
		ORDER BY u.id LIMIT 1`},
	{"vendor line", "its usage is gone or of somebody else", `
		SELECT l.id FROM vendor_lines l LEFT JOIN usages u ON u.id = l.usage_id
		WHERE u.id IS NULL OR u.vendor_id <> l.vendor_id OR u.hospital_id <> l.hospital_id OR u.site_id <> l.site_id
		   OR u.case_id <> l.case_id ORDER BY l.id LIMIT 1`},
	{"vendor line", "its amount is not the price decided", `
		SELECT l.id FROM vendor_lines l LEFT JOIN price_decisions d ON d.id = l.decision_id
		WHERE d.id IS NULL OR l.net_minor <> d.net_minor OR l.currency <> d.currency OR l.usage_id <> d.usage_id
		ORDER BY l.id LIMIT 1`},
	{"vendor line", "it is on an invoice and has not exactly one live invoice line", `
		SELECT l.id FROM vendor_lines l WHERE l.state = 'invoiced'
		  AND (SELECT COUNT(*) FROM invoice_lines i WHERE i.vendor_line_id = l.id AND i.live AND i.invoice_id = l.invoice_id) <> 1
		ORDER BY l.id LIMIT 1`},
	{"invoice line", "its amount is not the vendor line's", `
		SELECT i.id FROM invoice_lines i LEFT JOIN vendor_lines l ON l.id = i.vendor_line_id
		WHERE i.live AND (l.id IS NULL OR i.net_minor <> l.net_minor OR i.usage_id <> l.usage_id) ORDER BY i.id LIMIT 1`},
	{"invoice line", "it says otherwise than its usage and unit", `
		SELECT i.id FROM invoice_lines i LEFT JOIN usages u ON u.id = i.usage_id LEFT JOIN units n ON n.id = u.unit_id
		WHERE i.live AND (u.id IS NULL OR n.id IS NULL OR i.unit_id <> u.unit_id OR i.quantity <> u.quantity OR i.di <> n.di OR i.serial <> n.serial
		   OR i.vendor_id <> u.vendor_id OR i.hospital_id <> u.hospital_id) ORDER BY i.id LIMIT 1`},
	{"invoice", "a line on it is of other parties or another currency", `
		SELECT v.id FROM invoices v JOIN vendor_lines l ON l.invoice_id = v.id
		WHERE l.vendor_id <> v.vendor_id OR l.hospital_id <> v.hospital_id OR l.currency <> v.currency ORDER BY v.id LIMIT 1`},
	{"invoice", "its sums are not those of its lines", `
		SELECT v.id FROM invoices v WHERE v.state IN ` + frozenOn + ` AND (
		  v.net_minor <> (SELECT COALESCE(SUM(i.net_minor), 0) FROM invoice_lines i WHERE i.invoice_id = v.id)
		  OR v.tax_minor <> (SELECT COALESCE(SUM(i.tax_minor), 0) FROM invoice_lines i WHERE i.invoice_id = v.id)
		  OR v.total_minor <> v.net_minor + v.tax_minor) ORDER BY v.id LIMIT 1`},
	{"invoice", "what is paid is not the sum of its payments", `
		SELECT v.id FROM invoices v
		WHERE v.paid_minor <> (SELECT COALESCE(SUM(p.amount_minor), 0) FROM payments p WHERE p.invoice_id = v.id)
		   OR v.paid_minor < 0 OR v.paid_minor > v.total_minor
		ORDER BY v.id LIMIT 1`},
	{"invoice", "it is issued without number, date or document", `
		SELECT v.id FROM invoices v WHERE v.state IN ` + issued + ` AND (v.number = '' OR v.issued_on = '' OR v.due_on = ''
		  OR NOT EXISTS (SELECT 1 FROM renders r WHERE r.invoice_id = v.id AND r.vendor_id = v.vendor_id AND r.hospital_id = v.hospital_id))
		ORDER BY v.id LIMIT 1`},
	{"invoice", "the vendor's receivable was not posted with its total", `
		SELECT v.id FROM invoices v WHERE v.state IN ` + issued + ` AND v.total_minor <> (
		  SELECT COALESCE(SUM(p.amount_minor), 0) FROM journal_entries e JOIN postings p ON p.entry_id = e.id
		  WHERE e.source_id = v.id AND e.book = 'vendor' AND e.kind = 'issue' AND p.account = 'accounts_receivable')
		ORDER BY v.id LIMIT 1`},
	{"payment", "it was not posted with its amount", `
		SELECT y.id FROM payments y WHERE y.reverses_id IS NULL AND y.amount_minor <> (
		  SELECT COALESCE(SUM(p.amount_minor), 0) FROM journal_entries e JOIN postings p ON p.entry_id = e.id
		  WHERE e.source_id = y.id AND e.book = 'vendor' AND e.kind IN ('payment', 'refund') AND p.account = 'clearing')
		ORDER BY y.id LIMIT 1`},
	{"number series", "it has a gap or a number too many", `
		SELECT s.vendor_id FROM number_series s WHERE s.document = 'invoice' AND s.next - 1 <> (
		  SELECT COUNT(*) FROM invoices v WHERE v.vendor_id = s.vendor_id AND v.number LIKE s.prefix || '-' || CAST(s.fiscal_year AS TEXT) || '-%')
		ORDER BY s.vendor_id LIMIT 1`},
	{"posting", "its journal entry is gone", `
		SELECT p.entry_id FROM postings p LEFT JOIN journal_entries e ON e.id = p.entry_id WHERE e.id IS NULL ORDER BY p.entry_id LIMIT 1`},
	{"vendor notice", "its usage is gone or of somebody else", `
		SELECT n.id FROM vendor_notices n LEFT JOIN usages u ON u.id = n.usage_id
		WHERE u.id IS NULL OR u.vendor_id <> n.vendor_id OR u.hospital_id <> n.hospital_id ORDER BY n.id LIMIT 1`},
}
