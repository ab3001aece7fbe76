package store

import (
	"time"

	"trueward/internal/domain/access"
	"trueward/internal/domain/billing"
	"trueward/internal/domain/consign"
	"trueward/internal/domain/usage"
	"trueward/internal/standard/money"
)

// Claim is an invoice that a vendor sent by itself.
type Claim struct {
	ID string
	billing.Parties
	Number     string
	Currency   money.Currency
	IssuedOn   string // YYYY-MM-DD
	NetMinor   int64
	ImportedAt time.Time
}

// ClaimRow is a claim with the names and figures a list shows.
type ClaimRow struct {
	Claim
	VendorName, HospitalName string
	Lines, Open              int64 // Open lines are not payable
	PayableMinor             int64
}

// ClaimLineRow is a line of a claim with what it was held against.
type ClaimLineRow struct {
	ID       string
	Position int
	billing.ClaimLine
	Line     billing.LineID // empty when no usage was found
	Product  string
	Outcome  billing.MatchOutcome
	Codes    string
	Sentence string
	Variance int64
}

// AddClaim stores a claim with its lines and what was found for each. A second
// claim of the same number, or a serial that another claim bills, is refused as
// a Conflict by the unique indexes.
func (tx *Tx) AddClaim(c Claim, lines []ClaimLineRow) (string, error) {
	id := tx.NewID()
	err := tx.db.Exec(`INSERT INTO claims (id, vendor_id, hospital_id, number, number_key, currency, issued_on, net_minor, imported_by, imported_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, id, string(c.Vendor), string(c.Hospital), c.Number, billing.CleanDocumentNumber(c.Number),
		string(c.Currency), c.IssuedOn, c.NetMinor, string(tx.Actor().Person), micros(tx.now)).Error
	for _, l := range lines {
		if err != nil {
			break
		}
		err = tx.db.Exec(`INSERT INTO claim_lines (id, claim_id, position, vendor_id, hospital_id, di, lot, serial, po_number, quantity, unit_minor,
			net_minor, tax_rate_bp, vendor_line_id, outcome, codes, sentence, variance_minor, checked_at)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
			tx.NewID(), id, l.Position, string(c.Vendor), string(c.Hospital), l.DI, l.Lot, l.Serial, l.PONumber, l.Quantity, l.UnitMinor,
			l.NetMinor, l.TaxRateBP, textOrNull(string(l.Line)), string(l.Outcome), l.Codes, l.Sentence, l.Variance, micros(tx.now)).Error
	}
	return id, err
}

// SaveMatch writes what a later check of a claim's line found.
func (tx *Tx) SaveMatch(l ClaimLineRow) error {
	return tx.bounded().Exec(`UPDATE claim_lines SET vendor_line_id = ?, outcome = ?, codes = ?, sentence = ?, variance_minor = ?, checked_at = ? WHERE id = ?`,
		textOrNull(string(l.Line)), string(l.Outcome), l.Codes, l.Sentence, l.Variance, micros(tx.now), l.ID).Error
}

type claimRecord struct {
	ID, VendorID, HospitalID, Number, Currency, IssuedOn string
	NetMinor, ImportedAt                                 int64
	VendorName, HospitalName                             string
	Lines, Open, PayableMinor                            int64
}

func (r claimRecord) row() ClaimRow {
	return ClaimRow{
		Claim: Claim{
			ID: r.ID, Parties: parties(r.VendorID, r.HospitalID), Number: r.Number, Currency: money.Currency(r.Currency),
			IssuedOn: r.IssuedOn, NetMinor: r.NetMinor, ImportedAt: instant(r.ImportedAt),
		},
		VendorName: r.VendorName, HospitalName: r.HospitalName, Lines: r.Lines, Open: r.Open, PayableMinor: r.PayableMinor,
	}
}

const claimColumns = `claims.id, claims.vendor_id, claims.hospital_id, claims.number, claims.currency, claims.issued_on, claims.net_minor,
	claims.imported_at, v.name AS vendor_name, h.name AS hospital_name,
	(SELECT COUNT(*) FROM claim_lines x WHERE x.claim_id = claims.id) AS lines,
	(SELECT COUNT(*) FROM claim_lines x WHERE x.claim_id = claims.id AND x.outcome NOT IN ('matched', 'within_tolerance')) AS open,
	(SELECT CAST(COALESCE(SUM(x.net_minor), 0) AS BIGINT) FROM claim_lines x WHERE x.claim_id = claims.id AND x.outcome IN ('matched', 'within_tolerance')) AS payable_minor`

// Claims lists the scope's claims, newest first.
func (q Queries) Claims(page Page) (Listed[ClaimRow], error) {
	list, err := page.before(q.from("claims").Select(claimColumns).Joins("JOIN organisations v ON v.id = claims.vendor_id").
		Joins("JOIN organisations h ON h.id = claims.hospital_id").Order("claims.id DESC"), "claims.id")
	if err != nil {
		return Listed[ClaimRow]{}, err
	}
	var records []claimRecord
	if err := list.Find(&records).Error; err != nil {
		return Listed[ClaimRow]{}, err
	}
	part := cut(page, records, func(r claimRecord) []any { return []any{r.ID} })
	out := Listed[ClaimRow]{Next: part.Next}
	for _, r := range part.Rows {
		out.Rows = append(out.Rows, r.row())
	}
	return out, nil
}

// Claim returns one claim of the scope.
func (q Queries) Claim(id string) (ClaimRow, error) {
	r, err := first[claimRecord](q.from("claims").Select(claimColumns).Joins("JOIN organisations v ON v.id = claims.vendor_id").
		Joins("JOIN organisations h ON h.id = claims.hospital_id").Where("claims.id = ?", id), "invoice of the vendor")
	return r.row(), err
}

// ClaimLines returns the lines of a claim in their order.
func (q Queries) ClaimLines(id string) ([]ClaimLineRow, error) {
	var records []struct {
		ID, Di, Lot, Serial, PoNumber, Currency, Outcome, Codes, Sentence, Product string
		Position                                                                   int
		Quantity, UnitMinor, NetMinor, VarianceMinor                               int64
		TaxRateBP                                                                  int `gorm:"column:tax_rate_bp"`
		VendorLineID                                                               *string
	}
	err := q.from("claim_lines").Select("claim_lines.*, c.currency, COALESCE(p.name, '') AS product").
		Joins("JOIN claims c ON c.id = claim_lines.claim_id").
		Joins("LEFT JOIN vendor_lines l ON l.id = claim_lines.vendor_line_id").Joins("LEFT JOIN usages u ON u.id = l.usage_id").
		Joins("LEFT JOIN products p ON p.id = u.product_id").
		Where("claim_lines.claim_id = ?", id).Order("claim_lines.position").Limit(2000).Find(&records).Error
	out := make([]ClaimLineRow, len(records))
	for i, r := range records {
		out[i] = ClaimLineRow{
			ID: r.ID, Position: r.Position, Line: billing.LineID(textOrEmpty(r.VendorLineID)), Product: r.Product,
			Outcome: billing.MatchOutcome(r.Outcome), Codes: r.Codes, Sentence: r.Sentence, Variance: r.VarianceMinor,
			ClaimLine: billing.ClaimLine{
				DI: r.Di, Lot: r.Lot, Serial: r.Serial, PONumber: r.PoNumber, Quantity: r.Quantity, UnitMinor: r.UnitMinor,
				NetMinor: r.NetMinor, TaxRateBP: r.TaxRateBP, Currency: money.Currency(r.Currency),
			},
		}
	}
	return out, err
}

// FactOf finds the one usage that a claim's line is about: of its serial or,
// without one, of its lot and item that no claim bills yet. The latest usage
// counts, its corrected ones last. False when there is none.
func (tx *Tx) FactOf(p billing.Parties, c billing.ClaimLine, claimLine string) (billing.Fact, bool, error) {
	type row struct {
		Line                                                  lineRecord `gorm:"embedded"`
		Di, Lot, PoRule, Pricing, TaxCategory, BilledOn, Kind string
		Quantity                                              int64
		TaxRateBP                                             int `gorm:"column:tax_rate_bp"`
	}
	where, args := "n.serial = ?", []any{c.Serial}
	if c.Serial == "" {
		where, args = "n.lot = ? AND n.di = ? AND n.serial = ''", []any{c.Lot, c.DI}
	} else if c.DI != "" {
		where, args = where+" AND (n.di = ? OR NOT EXISTS (SELECT 1 FROM units o WHERE o.serial = n.serial AND o.di = ? AND o.vendor_id = n.vendor_id))", append(args, c.DI, c.DI)
	}
	var rows []row
	err := tx.bounded().Raw(`SELECT l.*, n.di, n.lot, u.quantity, v.po_rule, v.pricing, v.tax_category, v.tax_rate_bp, COALESCE(k.kind, '') AS kind,
		COALESCE(CASE WHEN i.number = '' THEN '' ELSE i.number END, '') AS billed_on
		FROM usages u JOIN units n ON n.id = u.unit_id JOIN vendor_lines l ON l.usage_id = u.id
		JOIN price_decisions d ON d.id = l.decision_id JOIN agreement_versions v ON v.id = d.agreement_version_id
		LEFT JOIN invoices i ON i.id = l.invoice_id LEFT JOIN usage_corrections k ON k.usage_id = u.id
		WHERE u.vendor_id = ? AND u.hospital_id = ? AND `+where+`
		AND NOT EXISTS (SELECT 1 FROM claim_lines x WHERE x.vendor_line_id = l.id AND x.id <> ?)
		ORDER BY CASE WHEN l.state = 'cancelled' OR k.id IS NOT NULL THEN 1 ELSE 0 END, u.recorded_at, u.id LIMIT 1`,
		append(append([]any{string(p.Vendor), string(p.Hospital)}, args...), claimLine)...).Scan(&rows).Error
	if err != nil || len(rows) == 0 {
		return billing.Fact{}, false, err
	}
	r := rows[0]
	return billing.Fact{
		Line: r.Line.line(), DI: r.Di, Lot: r.Lot, Quantity: r.Quantity, TaxRateBP: r.TaxRateBP, Rule: consign.PORule(r.PoRule),
		Tolerance: pricingOf(r.Pricing).Tolerance, BilledOn: r.BilledOn, Corrected: r.Kind == string(usage.Reversed) || r.Kind == string(usage.Undone),
	}, true, nil
}

// ClaimNumbered reports whether an invoice of that number, however written,
// came in already.
func (q Queries) ClaimNumbered(p billing.Parties, number string) (bool, error) {
	var ids []string
	err := q.from("claims").Where("vendor_id = ? AND hospital_id = ? AND number_key = ?", string(p.Vendor), string(p.Hospital),
		billing.CleanDocumentNumber(number)).Limit(1).Pluck("id", &ids).Error
	return len(ids) > 0, err
}

// ClaimedSerial returns the number of the claim that bills a serial of an item.
func (q Queries) ClaimedSerial(vendor access.OrganisationID, di, serial string) (string, error) {
	var numbers []string
	err := q.from("claim_lines").Select("c.number").Joins("JOIN claims c ON c.id = claim_lines.claim_id").
		Where("claim_lines.vendor_id = ? AND claim_lines.di = ? AND claim_lines.serial = ?", string(vendor), di, serial).Limit(1).Scan(&numbers).Error
	if err != nil || len(numbers) == 0 {
		return "", err
	}
	return numbers[0], nil
}

// NotInvoiced lists lines, of one other side where it is named, that were used
// before an instant and that neither an invoice of ours nor a claim of the
// vendor's bills: what to ask about before a month is closed.
func (q Queries) NotInvoiced(vendor, hospital access.OrganisationID, before time.Time, page Page) (Listed[LineRow], error) {
	return linePage(LineFilter{Vendor: vendor, Hospital: hospital, To: before}.apply(q.lineRows()).Where(`
		vendor_lines.state NOT IN ('cancelled', 'no_charge', 'invoiced', 'collected')
		AND NOT EXISTS (SELECT 1 FROM claim_lines x WHERE x.vendor_line_id = vendor_lines.id)`), page)
}
