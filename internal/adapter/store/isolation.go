package store

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"gorm.io/gorm"

	"trueward/internal/adapter/store/engine"
	"trueward/internal/domain/access"
	"trueward/internal/fault"
)

// The second wall between tenants: on PostgreSQL the database itself holds the
// rules of tenancies, as policies that bind the application's role. A query
// whose author forgot the scope, or got it wrong, then still returns nothing
// of others.

// tenantOf translates a scope to what the database is told.
func tenantOf(scope access.Scope) engine.Tenant {
	t := engine.Tenant{Organisation: string(scope.Organisation)}
	if scope.ReachesAll() {
		return engine.Tenant{Reach: "all"}
	}
	if _, ok := scope.Hospital(); ok {
		t.Reach = "hospital"
		ids := make([]string, len(scope.Sites))
		for i, site := range scope.Sites {
			ids[i] = string(site)
		}
		t.Sites = strings.Join(ids, ",")
	} else if _, ok := scope.Vendor(); ok {
		t.Reach = "vendor"
	} else if scope.Organisation != "" {
		t.Reach = "operator"
	}
	return t
}

// onBehalf makes statements run on behalf of a scope where the database asks.
func (s *Store) onBehalf(db *gorm.DB, scope access.Scope) *gorm.DB {
	if s.db.Dialect() == engine.SQLite {
		return db
	}
	return db.WithContext(engine.WithTenant(db.Statement.Context, tenantOf(scope)))
}

// whole starts a statement that is beyond its asker's scope, and whose author
// answers for what becomes of the rows: who is signing in, whether an address
// is taken.
func (q Queries) whole() *gorm.DB {
	db := q.bounded()
	if !q.postgres() {
		return db
	}
	return db.WithContext(engine.WithTenant(db.Statement.Context, tenantOf(access.Everything())))
}

// policies returns the statements that bind every tenants' table to the
// application's role, and give that role what it needs and no more. They may
// be run again.
func policies() []string {
	out := []string{
		`GRANT USAGE ON SCHEMA public TO ` + engine.AppRole,
		`GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO ` + engine.AppRole,
		`REVOKE ALL ON goose_db_version FROM ` + engine.AppRole,
		`GRANT SELECT ON goose_db_version TO ` + engine.AppRole,
		`GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO ` + engine.AppRole,
	}
	for _, table := range slices.Sorted(maps.Keys(tenancies)) {
		out = append(out,
			fmt.Sprintf(`ALTER TABLE %s ENABLE ROW LEVEL SECURITY`, table),
			fmt.Sprintf(`ALTER TABLE %s FORCE ROW LEVEL SECURITY`, table),
			fmt.Sprintf(`DROP POLICY IF EXISTS tenants ON %s`, table),
			fmt.Sprintf(`CREATE POLICY tenants ON %s TO %s USING (%s) WITH CHECK (true)`, table, engine.AppRole, policyOf(table)))
	}
	return out
}

// Each setting is read once a statement, not once a row.
const (
	toldReach = `(SELECT current_setting('trueward.reach', true))`
	toldOrg   = `(SELECT current_setting('trueward.organisation', true))`
	toldSites = `(SELECT current_setting('trueward.sites', true))`
)

// A policy hides rows and does not stop new ones: a fact writes for both
// sides, and which ones is decided by its use case.

// policyOf writes the rule of a table as a condition on the session's settings.
func policyOf(table string) string {
	rule := tenancies[table]
	told := func(condition string) string {
		return "(" + strings.ReplaceAll(strings.ReplaceAll(condition, "@", table), "?", toldOrg) + ")"
	}
	alternatives := []string{toldReach + " = 'all'"}
	if rule.hospital != "" {
		hospital := toldReach + " = 'hospital' AND " + told(rule.hospital)
		if rule.site != "" {
			hospital += fmt.Sprintf(" AND (%s = '' OR %s.%s = ANY (string_to_array(%s, ',')))", toldSites, table, rule.site, toldSites)
		}
		alternatives = append(alternatives, hospital)
	}
	if rule.vendor != "" {
		alternatives = append(alternatives, toldReach+" = 'vendor' AND "+told(rule.vendor))
	}
	if operatorsToo[table] {
		alternatives = append(alternatives, toldReach+" = 'operator' AND "+told(rule.hospital))
	}
	return strings.Join(alternatives, " OR ")
}

// CheckIsolation reports whether the database holds the second wall: what this
// program runs as neither owns tables nor passes row-level security by.
// SQLite's file is the program's own, and has none.
func (s *Store) CheckIsolation(ctx context.Context) error {
	if s.db.Dialect() == engine.SQLite {
		return nil
	}
	var open []string
	err := s.db.Read(ctx).Raw(`SELECT rolname FROM pg_roles WHERE rolname = current_user AND (rolsuper OR rolbypassrls)
		UNION ALL SELECT tableowner FROM pg_tables WHERE schemaname = 'public' AND tableowner = current_user LIMIT 1`).Scan(&open).Error
	if err != nil {
		return err
	}
	if len(open) > 0 {
		return fault.Newf(fault.Invalid, "The database role %s owns the tables or is a superuser, so PostgreSQL would not keep hospitals and vendors apart. Migrate with this program first, or grant the role %s.", open[0], engine.AppRole)
	}
	return nil
}
