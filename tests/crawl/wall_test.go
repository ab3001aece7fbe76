//go:build trueward_unscoped

package crawl_test

import (
	"slices"
	"strings"
	"testing"

	"trueward/cmd/trueward/product"
	"trueward/internal/domain/access"
	"trueward/internal/testkit/postgres"
)

// In this build the product's own scopes are switched off: what still keeps
// hospitals and vendors apart is PostgreSQL's row-level security alone.
// Run it with: go test -tags trueward_unscoped ./tests/crawl -run Unscoped

func TestUnscopedPostgreSQLKeepsTenantsApart(t *testing.T) {
	if !postgres.Wanted(t) {
		return
	}
	cfg := product.In(t.TempDir())
	cfg.PostgresURL = postgres.Start(t)
	v := openOn(t, cfg, nil)
	v.actors = slices.DeleteFunc(v.actors, func(a actor) bool { return !walled[a.role] && a.name != "" })
	if err := v.product.Store.CheckIsolation(t.Context()); err != nil {
		t.Fatal(err)
	}
	found, calls, _ := v.crawl(t)
	t.Logf("%d routes, %d callers, %d calls", len(v.routes), len(v.actors), calls)
	report(t, found)
}

// walled are the roles that ask here: of each side those who see the most.
var walled = map[access.Role]bool{access.Nurse: true, access.Finance: true, access.VendorOffice: true}

// TestUnscopedSQLiteLeaks is the control: without scopes and without policies
// the same crawl must find foreign rows.
func TestUnscopedSQLiteLeaks(t *testing.T) {
	v := open(t, nil)
	v.actors = slices.DeleteFunc(v.actors, func(a actor) bool { return !walled[a.role] })
	found, _, _ := v.crawl(t)
	leaks := 0
	for _, f := range found {
		if strings.Contains(f, "shows zq") {
			leaks++
		}
	}
	if leaks < 10 {
		t.Fatalf("only %d pages leaked in a build without scopes: the scopes are not off", leaks)
	}
}
