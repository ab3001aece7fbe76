package store

import (
	"fmt"
	"strings"

	"gorm.io/gorm"

	"trueward/internal/domain/access"
)

// tenancy says, for a table that belongs to tenants, which rows a hospital and
// which rows a vendor may reach. In the conditions @ stands for the table and
// each ? for the organisation's id; an empty condition means: no row at all.
type tenancy struct {
	hospital string
	vendor   string
	site     string // column that narrows a hospital's person to their sites
}

const (
	sellers = "SELECT vendor_id FROM agreements WHERE hospital_id = ?"
	buyers  = "SELECT hospital_id FROM agreements WHERE vendor_id = ?"
)

var (
	// both is the rule of a row that names its hospital and its vendor.
	both = tenancy{hospital: "@.hospital_id = ?", vendor: "@.vendor_id = ?"}
	// ofVendor is the rule of a vendor's own rows, which the hospitals it
	// serves may see too.
	ofVendor = tenancy{hospital: "@.vendor_id IN (" + sellers + ")", vendor: "@.vendor_id = ?"}
	// vendorsOwn is the rule of a vendor's rows that no hospital sees.
	vendorsOwn = tenancy{vendor: "@.vendor_id = ?"}
	// ofRecalls is the rule of recalls: a vendor's own concerns every hospital
	// it serves, a hospital's own is known to it and to the vendor.
	ofRecalls = tenancy{
		hospital: "(@.hospital_id = ? OR @.hospital_id IS NULL AND @.vendor_id IN (" + sellers + "))", vendor: "@.vendor_id = ?",
	}
	// own is the rule of rows that are one organisation's alone.
	own = tenancy{hospital: "@.organisation_id = ?", vendor: "@.organisation_id = ?"}
)

func bothAt(site string) tenancy {
	return tenancy{both.hospital, both.vendor, site}
}

// tenancies lists every table that holds tenants' rows. A table that is not
// here is the installation's own (sessions, chains, series) and is reached
// only by code that says what it wants by key.
var tenancies = map[string]tenancy{
	"organisations": {hospital: "@.id = ? OR @.id IN (" + sellers + ")", vendor: "@.id = ? OR @.id IN (" + buyers + ")"},
	"sites":         {hospital: "@.hospital_id = ?", vendor: "@.hospital_id IN (" + buyers + ")", site: "id"},
	// A trunk is known to its own vendor and to the hospital it stands at.
	"places": {
		hospital: "@.hospital_id = ?", site: "site_id",
		vendor: "@.hospital_id IN (" + buyers + ") AND (@.vendor_id IS NULL OR @.vendor_id = ?)",
	},
	"people":               own,
	"products":             ofVendor,
	"product_levels":       ofVendor,
	"list_prices":          ofVendor,
	"agreements":           both,
	"agreement_versions":   both,
	"agreement_prices":     both,
	"tier_counters":        both,
	"true_ups":             both,
	"true_up_shares":       both,
	"purchase_orders":      both,
	"po_lines":             both,
	"po_attachments":       both,
	"claims":               both,
	"claim_lines":          both,
	"tax_certificates":     both,
	"reprice_proposals":    both,
	"charge_codes":         {hospital: "@.hospital_id = ?"},
	"charge_lines":         {hospital: "@.hospital_id = ?", site: "site_id"},
	"units":                bothAt("site_id"),
	"holdings":             bothAt("site_id"),
	"movements":            bothAt("site_id"),
	"holds":                both,
	"tag_profiles":         ofVendor,
	"tags":                 both,
	"tap_events":           both,
	"tag_epochs":           ofVendor,
	"tag_runs":             both,
	"tag_jobs":             both,
	"tag_labels":           {vendor: "@.vendor_id = ?"},
	"handovers":            own,
	"kiosks":               {hospital: "@.hospital_id = ?", site: "site_id"},
	"badges":               own,
	"saved_views":          own,
	"passkeys":             own,
	"outside_identities":   own,
	"alerts":               both,
	"cases":                {hospital: "@.hospital_id = ?", vendor: "@.id IN (SELECT case_id FROM usages WHERE vendor_id = ?)", site: "site_id"},
	"case_scans":           {hospital: "@.hospital_id = ?"},
	"kept_scans":           {hospital: "@.hospital_id = ?", site: "site_id"},
	"usages":               bothAt("site_id"),
	"usage_corrections":    both,
	"incidents":            bothAt("site_id"),
	"vendor_notices":       both,
	"price_decisions":      both,
	"vendor_lines":         bothAt("site_id"),
	"invoices":             both,
	"invoice_lines":        both,
	"renders":              both,
	"payments":             both,
	"journal_entries":      both,
	"credit_notes":         both,
	"credit_lines":         both,
	"sheet_marks":          both,
	"bank_changes":         own,
	"credit_renders":       both,
	"invoice_requests":     both,
	"disputes":             both,
	"approvals":            both,
	"approval_limits":      own,
	"approval_delegations": own,
	"periods":              own,
	"accruals":             own,
	"export_runs":          own,
	"export_parts":         own,
	"render_parties":       both,
	"export_jobs":          own,
	"party_details":        {hospital: "@.organisation_id = ? OR @.organisation_id IN (" + sellers + ")", vendor: "@.organisation_id = ? OR @.organisation_id IN (" + buyers + ")"},
	"stripe_connections":   vendorsOwn,
	"stripe_customers":     vendorsOwn,
	"stripe_invoices":      both,
	"stripe_ops":           vendorsOwn,
	"stripe_events":        vendorsOwn,
	"stripe_movements":     vendorsOwn,
	"stripe_findings":      vendorsOwn,
	"agreement_proposals":  both,
	"ship_notices":         bothAt("site_id"),
	"ship_notice_units":    both,
	"receipt_differences":  bothAt("site_id"),
	"recalls":              ofRecalls,
}

// operatorsToo are tables of which the operator's people have rows of their own.
var operatorsToo = map[string]bool{"people": true, "passkeys": true, "outside_identities": true}

const scopedSetting = "trueward:scoped"

// from starts a statement on a tenants' table, bounded by the scope. It is the
// only way to reach such a table with the query builder; raw statements on
// them write the bound themselves and say so with bounded.
func (q Queries) from(table string) *gorm.DB {
	return q.bounded().Table(table).Scopes(func(db *gorm.DB) *gorm.DB {
		return q.narrow(db, table)
	})
}

// bounded marks a statement whose author has written the bound into it.
func (q Queries) bounded() *gorm.DB { return q.db.Set(scopedSetting, true) }

// narrow adds the scope's condition for a table to a statement.
func (q Queries) narrow(db *gorm.DB, table string) *gorm.DB {
	condition, args := q.condition(table, table)
	if condition == "" {
		return db
	}
	return db.Where(condition, args...)
}

// condition returns the SQL condition of the scope on a table known by alias
// in the statement, and its arguments; it is empty for a scope without bound.
func (q Queries) condition(table, alias string) (string, []any) {
	rule, known := tenancies[table]
	switch {
	case !known:
		panic(fmt.Sprintf("store: %s is no tenants' table", table))
	case q.scope.ReachesAll(), unscoped:
		return "", nil
	}
	var sql string
	if _, ok := q.scope.Hospital(); ok {
		sql = rule.hospital
	} else if _, ok := q.scope.Vendor(); ok {
		sql = rule.vendor
	} else if operatorsToo[table] {
		sql = rule.hospital // an operator's people are bounded by their organisation too
	}
	if sql == "" {
		return "1 = 0", nil
	}
	args := make([]any, 0, 2)
	for range strings.Count(sql, "?") {
		args = append(args, string(q.scope.Organisation))
	}
	sql = "(" + strings.ReplaceAll(sql, "@", alias) + ")"
	if rule.site != "" && len(q.scope.Sites) > 0 {
		sql += " AND " + alias + "." + rule.site + " IN ?"
		args = append(args, q.scope.Sites)
	}
	return sql, args
}

// refuseUnscoped is the engine's guard: it refuses a statement on a tenants'
// table that was not bounded.
func refuseUnscoped(table string, stmt *gorm.Statement) error {
	if _, isTenants := tenancies[table]; !isTenants {
		return nil
	}
	if _, ok := stmt.Get(scopedSetting); ok {
		return nil
	}
	return fmt.Errorf("store: statement on %s without a scope", table)
}

// Reaches reports whether the scope covers an organisation's own rows.
func (q Queries) Reaches(organisation access.OrganisationID) bool {
	return q.scope.ReachesAll() || q.scope.Organisation == organisation
}
