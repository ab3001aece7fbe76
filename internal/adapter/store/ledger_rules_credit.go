package store

// creditRules are what must hold of credit notes, disputes, approvals and
// serials beside ledgerRules.
var creditRules = []rule{
	{"credit note", "its sums are not those of its lines", `
		SELECT c.id FROM credit_notes c WHERE c.total_minor <> c.net_minor + c.tax_minor
		   OR c.net_minor <> (SELECT COALESCE(SUM(l.net_minor), 0) FROM credit_lines l WHERE l.credit_note_id = c.id)
		   OR c.tax_minor <> (SELECT COALESCE(SUM(l.tax_minor), 0) FROM credit_lines l WHERE l.credit_note_id = c.id)
		ORDER BY c.id LIMIT 1`},
	{"invoice line", "more is credited than it asked for", `
		SELECT l.id FROM invoice_lines l JOIN (
		  SELECT k.invoice_line_id, SUM(k.net_minor) AS net, SUM(k.tax_minor) AS tax FROM credit_lines k
		  JOIN credit_notes c ON c.id = k.credit_note_id WHERE c.state <> 'declined' GROUP BY k.invoice_line_id) x ON x.invoice_line_id = l.id
		WHERE x.net > l.net_minor OR x.tax > l.tax_minor ORDER BY l.id LIMIT 1`},
	{"credit line", "its line is of another invoice", `
		SELECT k.id FROM credit_lines k JOIN credit_notes c ON c.id = k.credit_note_id JOIN invoice_lines l ON l.id = k.invoice_line_id
		WHERE l.invoice_id <> c.invoice_id ORDER BY k.id LIMIT 1`},
	{"invoice", "what is credited is not the sum of its credit notes", `
		SELECT v.id FROM invoices v WHERE v.credited_minor <> (
		  SELECT COALESCE(SUM(c.total_minor), 0) FROM credit_notes c WHERE c.invoice_id = v.id AND c.state = 'issued')
		   OR v.credited_minor > v.total_minor ORDER BY v.id LIMIT 1`},
	{"invoice", "what is disputed is not the sum of its live disputes", `
		SELECT v.id FROM invoices v WHERE v.disputed_minor <> (
		  SELECT COALESCE(SUM(d.amount_minor), 0) FROM disputes d WHERE d.invoice_id = v.id
		  AND d.state IN ('opened', 'vendor_answered', 'agreed', 'escalated')) ORDER BY v.id LIMIT 1`},
	{"invoice", "it has a number before it may have one", `
		SELECT v.id FROM invoices v WHERE v.number <> '' AND v.state IN ('collecting', 'frozen', 'approved', 'draft_remote', 'verified')
		ORDER BY v.id LIMIT 1`},
	{"invoice", "it was billed again before it was credited", `
		SELECT v.id FROM invoices v WHERE v.rebill_of <> '' AND NOT EXISTS (
		  SELECT 1 FROM credit_notes c WHERE c.invoice_id = v.rebill_of AND c.state = 'issued') ORDER BY v.id LIMIT 1`},
	{"invoice", "it is void or uncollectible without a reason and two people", `
		SELECT v.id FROM invoices v WHERE v.state IN ('void', 'uncollectible') AND (v.void_reason = '' OR NOT EXISTS (
		  SELECT 1 FROM invoice_requests r WHERE r.invoice_id = v.id AND r.state = 'done' AND r.kind = v.state AND r.asked_by <> r.decided_by))
		ORDER BY v.id LIMIT 1`},
	{"invoice", "a void invoice still has postings or live lines", `
		SELECT v.id FROM invoices v WHERE v.state = 'void' AND (
		  EXISTS (SELECT 1 FROM invoice_lines l WHERE l.invoice_id = v.id AND l.live)
		  OR 0 <> (SELECT COALESCE(SUM(p.amount_minor), 0) FROM journal_entries e JOIN postings p ON p.entry_id = e.id
		    WHERE e.source_id = v.id AND e.book = 'vendor' AND p.account = 'accounts_receivable')) ORDER BY v.id LIMIT 1`},
	{"credit note", "it is issued without number, date or document, or numbered without being issued", `
		SELECT c.id FROM credit_notes c WHERE (c.state = 'issued' AND (c.number = '' OR c.issued_on = ''
		  OR NOT EXISTS (SELECT 1 FROM credit_renders r WHERE r.credit_note_id = c.id)))
		   OR (c.state <> 'issued' AND c.number <> '') ORDER BY c.id LIMIT 1`},
	{"credit note", "it was not posted with its total", `
		SELECT c.id FROM credit_notes c WHERE c.state = 'issued' AND -c.total_minor <> (
		  SELECT COALESCE(SUM(p.amount_minor), 0) FROM journal_entries e JOIN postings p ON p.entry_id = e.id
		  WHERE e.source_id = c.id AND e.book = 'vendor' AND e.kind = 'credit_note' AND p.account = 'accounts_receivable')
		ORDER BY c.id LIMIT 1`},
	{"number series", "its credit notes have a gap or a number too many", `
		SELECT s.vendor_id FROM number_series s WHERE s.document = 'credit_note' AND s.next - 1 <> (
		  SELECT COUNT(*) FROM credit_notes c WHERE c.vendor_id = s.vendor_id AND c.number LIKE s.prefix || '-' || CAST(s.fiscal_year AS TEXT) || '-%')
		ORDER BY s.vendor_id LIMIT 1`},
	// The hard stops stand in the database; these find what slipped past a lost index.
	{"usage", "it is on two live invoice lines", `
		SELECT usage_id FROM invoice_lines WHERE live GROUP BY usage_id HAVING COUNT(*) > 1 ORDER BY usage_id LIMIT 1`},
	{"serial", "it is billed on two live invoice lines", `
		SELECT MIN(id) FROM invoice_lines WHERE live AND serial <> '' AND NOT rebillable GROUP BY vendor_id, di, serial HAVING COUNT(*) > 1
		ORDER BY 1 LIMIT 1`},
	{"serial", "it was billed again for another usage without a recorded return", `
		SELECT l.id FROM invoice_lines l JOIN invoice_lines o ON o.vendor_id = l.vendor_id AND o.di = l.di AND o.serial = l.serial
		  AND o.usage_id <> l.usage_id AND o.id < l.id JOIN invoices i ON i.id = o.invoice_id
		WHERE l.serial <> '' AND o.serial <> '' AND NOT l.rebillable AND i.state <> 'void'
		  AND NOT EXISTS (SELECT 1 FROM usage_corrections c WHERE c.usage_id = o.usage_id)
		  AND NOT EXISTS (SELECT 1 FROM movements m WHERE m.unit_id = o.unit_id AND m.kind = 'title_returned') ORDER BY l.id LIMIT 1`},
	{"payment", "who booked it priced or approved on the same invoice", `
		SELECT y.id FROM payments y JOIN approvals a ON a.invoice_id = y.invoice_id AND a.person_id = y.actor_id
		WHERE y.reverses_id IS NULL AND y.actor_id NOT LIKE 'system:%' ORDER BY y.id LIMIT 1`},
	{"journal entry", "it stands in no month", `
		SELECT e.id FROM journal_entries e WHERE e.period = '' ORDER BY e.id LIMIT 1`},
}
