package crawl_test

import (
	"fmt"
	"log/slog"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"trueward/cmd/trueward/product"
	"trueward/internal/app/signin"
	"trueward/internal/clock"
	"trueward/internal/domain/access"
	"trueward/web"
	"trueward/web/route"
	"trueward/web/session"
)

// present is when the crawl happens; its clock stands still.
var present = time.Date(2026, time.November, 20, 15, 30, 0, 0, time.UTC)

const password = "four plain wooden doors"

// town is the running product over the sample story, with a mark of its owner
// in every text that people wrote.
type town struct {
	product *product.Product
	server  *httptest.Server
	db      *database // to look behind the product's back
	routes  []route.Route
	actors  []actor
	sides   sides
	ids     map[string][]owned // rows by table
}

// actor is somebody who calls URLs; the zero actor is nobody.
type actor struct {
	name         string
	email        string
	organisation string
	kind         access.OrganisationKind
	role         access.Role
}

func (a actor) access() access.Actor {
	if a.name == "" {
		return access.Actor{}
	}
	return access.Actor{
		Person: access.PersonID(a.name), Organisation: access.OrganisationID(a.organisation), Kind: a.kind,
		Grants: []access.Grant{{Role: a.role}},
	}
}

// open builds the town on SQLite and serves it, with further routes if given.
func open(t *testing.T, extra func(*product.Product) []route.Route) *town {
	t.Helper()
	return openOn(t, product.In(t.TempDir()), extra)
}

// openOn builds the town on the database of cfg.
func openOn(t *testing.T, cfg product.Config, extra func(*product.Product) []route.Route) *town {
	t.Helper()
	cfg.Clock, cfg.Unlimited = clock.NewFake(present), true
	cfg.Strength = signin.Strength{MemoryKiB: 64, Iterations: 1, Lanes: 1, AtOnce: 4, Waiting: 64}
	hash := loadSample(t, cfg)
	v := &town{ids: map[string][]owned{}}
	v.mark(t, cfg, hash)
	var err error
	if v.product, err = product.Open(t.Context(), cfg); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { check(t, v.product.Close()) })
	v.routes = v.product.Web.Routes()
	if extra != nil {
		v.routes = append(v.routes, extra(v.product)...)
	}
	sessions := session.New(v.product.Store, v.product.SignIn, cfg.Clock, session.Limits{})
	edge, err := web.New(web.Config{Clock: cfg.Clock, Log: failures(t), Sessions: sessions, Unlimited: true}, v.routes)
	if err != nil {
		t.Fatal(err)
	}
	v.server = httptest.NewServer(edge)
	t.Cleanup(v.server.Close)
	v.db = openDatabase(t, cfg)
	t.Cleanup(func() { check(t, v.db.Close()) })
	v.readIDs(t)
	return v
}

// failures logs what the product could not do, for whoever reads a failed crawl.
func failures(t *testing.T) *slog.Logger {
	return slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelError}))
}

// loadSample tells the sample's story into a fresh database. On SQLite the story
// is told once per process and its files are copied.
func loadSample(t *testing.T, cfg product.Config) (hash string) {
	t.Helper()
	if cfg.PostgresURL != "" {
		return tellSample(t, cfg)
	}
	folder := filepath.Dir(cfg.SQLitePath)
	if told.hash == "" {
		told.hash = tellSample(t, cfg)
		told.files = map[string][]byte{}
		for _, path := range []string{cfg.SQLitePath, cfg.VaultPath, cfg.KeyPath} {
			content, err := os.ReadFile(path)
			check(t, err)
			told.files[filepath.Base(path)] = content
		}
	}
	for name, content := range told.files {
		check(t, os.WriteFile(filepath.Join(folder, name), content, 0o600))
	}
	return told.hash
}

func tellSample(t *testing.T, cfg product.Config) (hash string) {
	t.Helper()
	p, err := product.Open(t.Context(), cfg)
	check(t, err)
	check(t, p.LoadSample(t.Context(), password, "http://localhost", nil))
	disagree(t, p)
	hash, err = p.SignIn.Hash(t.Context(), password)
	check(t, err)
	check(t, p.Close())
	return hash
}

var told struct {
	hash  string
	files map[string][]byte
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (v *town) readIDs(t *testing.T) {
	t.Helper()
	for table, owners := range v.owners(t) {
		v.ids[table] = v.rows(t, table, owners)
	}
}

// owned is a row and whose it is; empty means no hospital, or no vendor.
type owned struct{ id, hospital, vendor string }

// rows reads a few rows of each owner of a table.
func (v *town) rows(t *testing.T, table string, o ownership) []owned {
	t.Helper()
	from := table
	if table == "people" { // whoever crawls is not acted upon
		from = "(SELECT * FROM people WHERE email LIKE 'object.%') AS people"
	}
	rows, err := v.db.Query(fmt.Sprintf(`SELECT id, h, v FROM (SELECT id, %s AS h, %s AS v,
		ROW_NUMBER() OVER (PARTITION BY %s, %s ORDER BY id DESC) AS n FROM %s) ranked WHERE n <= 2`,
		o.hospital, o.vendor, o.hospital, o.vendor, from))
	check(t, err)
	defer rows.Close()
	var out []owned
	for rows.Next() {
		var r owned
		check(t, rows.Scan(&r.id, &r.hospital, &r.vendor))
		out = append(out, r)
	}
	check(t, rows.Err())
	return out
}

func (v *town) version(t *testing.T) int64 { t.Helper(); return v.db.version(t) }

func (v *town) audited(t *testing.T) int64 {
	t.Helper()
	return v.db.number(t, "SELECT COUNT(*) FROM audit_entries")
}

// facts counts the changes of business rows so far.
func (v *town) facts(t *testing.T) int64 { t.Helper(); return v.db.number(t, "SELECT n FROM facts") }

// url fills a route's path. Where a path names a unit of a case, it is one that
// was scanned into it, if there is one.
func (v *town) url(t *testing.T, r route.Route, id string) string {
	t.Helper()
	parts := strings.Split(r.Path, "/")
	for i, part := range parts {
		switch {
		case part == ":unit":
			parts[i] = id
			if scanned := v.db.column(t, "SELECT unit_id FROM case_scans WHERE case_id = ? AND state = 'waiting' LIMIT 1", id); len(scanned) > 0 {
				parts[i] = scanned[0]
			}
		case strings.HasPrefix(part, ":"):
			parts[i] = id
		case part == "*":
			parts[i] = "icons/favicon.svg"
		}
	}
	return v.server.URL + strings.Join(parts, "/")
}
