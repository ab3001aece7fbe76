package store

import (
	"time"

	"trueward/internal/domain/access"
	"trueward/internal/domain/billing"
	"trueward/internal/domain/consign"
	"trueward/internal/standard/money"
)

// AgeSum is what waits in one bucket of days, of one partner and currency.
type AgeSum struct {
	Bucket   billing.AgeBucket
	Party    string // the other side's name
	Currency money.Currency
	Count    int64
	Minor    int64
}

// Ageing sums what was used and is on no issued invoice, by the days since its
// use in the calendar of its site. One statement per time zone of the scope.
func (q Queries) Ageing(now time.Time) ([]AgeSum, error) {
	var zones []string
	err := q.from("sites").Distinct("sites.time_zone").Order("sites.time_zone").Limit(100).Pluck("sites.time_zone", &zones).Error
	if err != nil {
		return nil, err
	}
	var out []AgeSum
	for _, name := range zones {
		zone, err := time.LoadLocation(name)
		if err != nil {
			continue // the site's line cannot be invoiced either; the queue says so
		}
		sums, err := q.ageingIn(name, billing.AgeBounds(now, zone))
		if err != nil {
			return nil, err
		}
		out = append(out, sums...)
	}
	return out, nil
}

func (q Queries) ageingIn(zone string, bounds [4]time.Time) ([]AgeSum, error) {
	var rows []struct {
		Party, Currency    string
		C0, C1, C2, C3, C4 int64
		M0, M1, M2, M3, M4 int64
	}
	party, join := "v.name", "JOIN organisations v ON v.id = vendor_lines.vendor_id"
	if _, vendor := q.scope.Vendor(); vendor {
		party, join = "v.name", "JOIN organisations v ON v.id = vendor_lines.hospital_id"
	}
	b := [4]int64{micros(bounds[0]), micros(bounds[1]), micros(bounds[2]), micros(bounds[3])}
	at := "vendor_lines.effective_at"
	err := q.from("vendor_lines").Joins("JOIN sites s ON s.id = vendor_lines.site_id "+join+" LEFT JOIN invoices i ON i.id = vendor_lines.invoice_id").
		Select(party+` AS party, vendor_lines.currency,
		SUM(CASE WHEN `+at+` >= ? THEN 1 ELSE 0 END) AS c0, SUM(CASE WHEN `+at+` < ? AND `+at+` >= ? THEN 1 ELSE 0 END) AS c1,
		SUM(CASE WHEN `+at+` < ? AND `+at+` >= ? THEN 1 ELSE 0 END) AS c2, SUM(CASE WHEN `+at+` < ? AND `+at+` >= ? THEN 1 ELSE 0 END) AS c3,
		SUM(CASE WHEN `+at+` < ? THEN 1 ELSE 0 END) AS c4,
		CAST(SUM(CASE WHEN `+at+` >= ? THEN vendor_lines.net_minor ELSE 0 END) AS BIGINT) AS m0,
		CAST(SUM(CASE WHEN `+at+` < ? AND `+at+` >= ? THEN vendor_lines.net_minor ELSE 0 END) AS BIGINT) AS m1,
		CAST(SUM(CASE WHEN `+at+` < ? AND `+at+` >= ? THEN vendor_lines.net_minor ELSE 0 END) AS BIGINT) AS m2,
		CAST(SUM(CASE WHEN `+at+` < ? AND `+at+` >= ? THEN vendor_lines.net_minor ELSE 0 END) AS BIGINT) AS m3,
		CAST(SUM(CASE WHEN `+at+` < ? THEN vendor_lines.net_minor ELSE 0 END) AS BIGINT) AS m4`,
			b[0], b[0], b[1], b[1], b[2], b[2], b[3], b[3], b[0], b[0], b[1], b[1], b[2], b[2], b[3], b[3]).
		Where("s.time_zone = ? AND vendor_lines.state IN "+unbilled+" AND (i.id IS NULL OR i.state NOT IN ('open', 'sent', 'paid', 'void', 'uncollectible'))", zone).
		Group("v.name, vendor_lines.currency").Order("v.name, vendor_lines.currency").Find(&rows).Error
	var out []AgeSum
	for _, r := range rows {
		counts, minors := [5]int64{r.C0, r.C1, r.C2, r.C3, r.C4}, [5]int64{r.M0, r.M1, r.M2, r.M3, r.M4}
		for n, bucket := range billing.AgeBuckets() {
			if counts[n] > 0 {
				out = append(out, AgeSum{bucket, r.Party, money.Currency(r.Currency), counts[n], minors[n]})
			}
		}
	}
	return out, err
}

// MonthSpend is what was invoiced, less what was credited, in a month.
type MonthSpend struct {
	Month    billing.Month
	Currency money.Currency
	Minor    int64 // net
}

// Spend returns the scope's months of issue, oldest first, from a month on.
func (q Queries) Spend(from billing.Month) ([]MonthSpend, error) {
	invoices, args := q.condition("invoices", "i")
	credits, more := q.condition("credit_notes", "c")
	if invoices == "" {
		invoices, credits = "1 = 1", "1 = 1"
	}
	var out []MonthSpend
	statement := `SELECT month, currency, CAST(SUM(minor) AS BIGINT) AS minor FROM (
		SELECT SUBSTR(i.issued_on, 1, 7) AS month, i.currency, i.net_minor AS minor FROM invoices i
		WHERE ` + invoices + ` AND i.state IN ` + issued + ` AND i.issued_on >= ?
		UNION ALL SELECT SUBSTR(c.issued_on, 1, 7), c.currency, -c.net_minor FROM credit_notes c
		WHERE ` + credits + ` AND c.state = 'issued' AND c.issued_on >= ?) x GROUP BY month, currency ORDER BY month, currency`
	args = append(append(append(args, string(from)), more...), string(from))
	err := q.bounded().Raw(statement, args...).Scan(&out).Error
	return out, err
}

// CaseCost is what the usages of one case come to.
type CaseCost struct {
	Pseudonym string
	TimeZone  string // of its site
	Currency  money.Currency
	Count     int64
	Minor     int64
	Invoiced  int64 // of it, on an invoice
	LastAt    int64
}

// At is when the case's last usage happened.
func (c CaseCost) At() time.Time { return instant(c.LastAt) }

// CaseCosts returns what the scope's latest cases cost, newest first, at most limit.
func (q Queries) CaseCosts(since time.Time, limit int) ([]CaseCost, error) {
	var out []CaseCost
	err := q.from("vendor_lines").Joins("JOIN cases c ON c.id = vendor_lines.case_id JOIN sites s ON s.id = c.site_id").
		Select(`c.pseudonym, MAX(s.time_zone) AS time_zone, vendor_lines.currency, COUNT(*) AS count, CAST(SUM(vendor_lines.net_minor) AS BIGINT) AS minor,
			CAST(SUM(CASE WHEN vendor_lines.state = 'invoiced' THEN vendor_lines.net_minor ELSE 0 END) AS BIGINT) AS invoiced,
			MAX(vendor_lines.effective_at) AS last_at`).
		Where("vendor_lines.state NOT IN ('cancelled', 'no_charge') AND vendor_lines.effective_at >= ?", micros(since)).
		Group("c.pseudonym, vendor_lines.currency").Order("last_at DESC, c.pseudonym").Limit(limit).Find(&out).Error
	return out, err
}

// DueSum is what is due of issued invoices, by how late it is.
type DueSum struct {
	Currency                       money.Currency
	Soon, Late30, Late60, LateMore int64
	Disputed                       int64
}

// Receivables sums what is due by days after the due date: not yet, up to 30,
// up to 60, more. today is a civil date of the asker.
func (q Queries) Receivables(today time.Time) ([]DueSum, error) {
	day := func(back int) string { return today.AddDate(0, 0, -back).Format(time.DateOnly) }
	due := "(total_minor - paid_minor - credited_minor)"
	var out []DueSum
	err := q.from("invoices").Where("state IN ('open', 'sent')").Select(`currency,
		CAST(SUM(CASE WHEN due_on >= ? THEN `+due+` ELSE 0 END) AS BIGINT) AS soon,
		CAST(SUM(CASE WHEN due_on < ? AND due_on >= ? THEN `+due+` ELSE 0 END) AS BIGINT) AS late30,
		CAST(SUM(CASE WHEN due_on < ? AND due_on >= ? THEN `+due+` ELSE 0 END) AS BIGINT) AS late60,
		CAST(SUM(CASE WHEN due_on < ? THEN `+due+` ELSE 0 END) AS BIGINT) AS late_more,
		CAST(SUM(disputed_minor) AS BIGINT) AS disputed`, day(0), day(0), day(30), day(30), day(60), day(60)).
		Group("currency").Order("currency").Find(&out).Error
	return out, err
}

// SeriesNumber is one number of a seller's series and what became of it.
type SeriesNumber struct {
	ID       string
	Document string // "invoice" or "credit_note"
	Number   string
	State    string
	Reason   string // why it is void
	IssuedOn string
	Currency money.Currency
	Minor    int64 // total
	Invoice  billing.InvoiceID
}

// Series returns the numbers that a vendor gave, newest first, at most limit;
// voidOnly keeps those without an invoice that is owed.
func (q Queries) Series(vendor access.OrganisationID, voidOnly bool, limit int) ([]SeriesNumber, error) {
	if !q.Reaches(vendor) {
		return nil, absent("series")
	}
	condition := ""
	if voidOnly {
		condition = " WHERE x.state IN ('void', 'uncollectible')"
	}
	var out []SeriesNumber
	err := q.bounded().Raw(`SELECT x.* FROM (
		SELECT i.id, 'invoice' AS document, i.number, i.state, i.void_reason AS reason, i.issued_on, i.currency, i.total_minor AS minor, i.id AS invoice
		FROM invoices i WHERE i.vendor_id = ? AND i.number <> ''
		UNION ALL SELECT c.id, 'credit_note', c.number, c.state, '', c.issued_on, c.currency, c.total_minor, c.invoice_id
		FROM credit_notes c WHERE c.vendor_id = ? AND c.number <> '') x`+condition+` ORDER BY x.number DESC LIMIT ?`,
		string(vendor), string(vendor), limit).Scan(&out).Error
	return out, err
}

// SeriesState is how far a series of numbers has come and whether it is whole.
type SeriesState struct {
	Document   string
	FiscalYear int
	Prefix     string
	Given      int64 // numbers given
	Found      int64 // documents that bear one
}

// SeriesStates returns a vendor's series.
func (q Queries) SeriesStates(vendor access.OrganisationID) ([]SeriesState, error) {
	if !q.Reaches(vendor) {
		return nil, absent("series")
	}
	var out []SeriesState
	err := q.bounded().Raw(`SELECT s.document, s.fiscal_year, s.prefix, s.next - 1 AS given,
		CASE s.document WHEN 'invoice' THEN (SELECT COUNT(*) FROM invoices i WHERE i.vendor_id = s.vendor_id
		    AND i.number LIKE s.prefix || '-' || CAST(s.fiscal_year AS TEXT) || '-%')
		  ELSE (SELECT COUNT(*) FROM credit_notes c WHERE c.vendor_id = s.vendor_id
		    AND c.number LIKE s.prefix || '-' || CAST(s.fiscal_year AS TEXT) || '-%') END AS found
		FROM number_series s WHERE s.vendor_id = ? ORDER BY s.fiscal_year DESC, s.document`, string(vendor)).Scan(&out).Error
	return out, err
}

// TierProgress is how far a window of a tier has come.
type TierProgress struct {
	Tier, WindowKey      string
	Quantity, SpendMinor int64
}

// TierProgress lists the windows of an agreement's tiers, the latest first.
func (q Queries) TierProgress(agreement consign.AgreementID) ([]TierProgress, error) {
	var out []TierProgress
	err := q.from("tier_counters").Select("tier, window_key, quantity, spend_minor").Where("agreement_id = ?", string(agreement)).
		Order("window_key DESC, tier, scope_key").Limit(100).Find(&out).Error
	return out, err
}
