package store

// orderRules are the contradictions that must not exist before an invoice is
// made: between lines, orders, caps, claims and charges.
var orderRules = []rule{
	{"vendor line", "what was posted for its usage is not its amount", `
		SELECT l.id FROM vendor_lines l WHERE l.state IN ('waiting', 'billable', 'unpriced', 'held', 'awaiting_po', 'collected', 'no_charge')
		  AND l.net_minor <> (SELECT COALESCE(SUM(p.amount_minor), 0) FROM journal_entries e JOIN postings p ON p.entry_id = e.id
		  WHERE e.source_id = l.usage_id AND e.book = 'vendor' AND p.account = 'unbilled_receivable' AND e.kind IN ('title_event', 'un_use'))
		ORDER BY l.id LIMIT 1`},
	{"vendor line", "its case is closed and its cap is not settled", `
		SELECT l.id FROM vendor_lines l JOIN cases c ON c.id = l.case_id
		WHERE l.cap_pending AND l.state <> 'cancelled' AND c.state = 'closed' ORDER BY l.id LIMIT 1`},
	{"vendor line", "its orders do not pay for its amount", `
		SELECT l.id FROM vendor_lines l WHERE l.po_state IN ('attached', 'confirmed') AND l.state <> 'cancelled' AND l.net_minor <> (
		  SELECT COALESCE(SUM(a.net_minor), 0) FROM po_attachments a WHERE a.vendor_line_id = l.id AND a.live) ORDER BY l.id LIMIT 1`},
	{"order", "what is used of it is not the sum of what it pays for", `
		SELECT o.id FROM purchase_orders o
		WHERE o.used_minor <> (SELECT COALESCE(SUM(a.net_minor), 0) FROM po_attachments a WHERE a.po_id = o.id AND a.live)
		   OR o.used_quantity <> (SELECT COALESCE(SUM(a.quantity), 0) FROM po_attachments a WHERE a.po_id = o.id AND a.live)
		   OR (o.amount_minor > 0 AND o.used_minor > o.amount_minor) OR (o.quantity > 0 AND o.used_quantity > o.quantity)
		ORDER BY o.id LIMIT 1`},
	{"claim line", "it may be paid without a usage of the same parties", `
		SELECT x.id FROM claim_lines x LEFT JOIN vendor_lines l ON l.id = x.vendor_line_id
		WHERE x.outcome IN ('matched', 'within_tolerance') AND (l.id IS NULL OR l.vendor_id <> x.vendor_id OR l.hospital_id <> x.hospital_id)
		ORDER BY x.id LIMIT 1`},
	{"charge line", "its usage is gone or of another hospital", `
		SELECT x.id FROM charge_lines x LEFT JOIN usages u ON u.id = x.usage_id
		WHERE u.id IS NULL OR u.hospital_id <> x.hospital_id OR u.case_id <> x.case_id OR u.quantity <> x.quantity ORDER BY x.id LIMIT 1`},
}
