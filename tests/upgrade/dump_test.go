// Package upgrade takes databases of former versions to the present one. The
// dumps under testdata are whole databases of the sample, made by the program
// of their time; testdata/README.md says how.
package upgrade

import (
	"context"
	"database/sql"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	_ "github.com/jackc/pgx/v5/stdlib"
	"github.com/klauspost/compress/zstd"
	_ "modernc.org/sqlite"

	"trueward/cmd/trueward/product"
	"trueward/internal/adapter/store"
	"trueward/internal/testkit/postgres"
)

// storeOf is what verify walks.
type storeOf = *store.Store

// password is everybody's in the sample.
const password = "sample-ward-2026"

func TestMain(m *testing.M) {
	code := m.Run()
	postgres.Stop()
	os.Exit(code)
}

// dump is an unpacked database of a former version and what belongs to it.
type dump struct {
	cfg         product.Config
	driver, dsn string
	listTables  string
	listColumns string // with the table's name to put in
	suspend     string // makes an append-only table of that name yield
}

func eachDump(t *testing.T, story func(*testing.T, *dump)) {
	t.Run("sqlite", func(t *testing.T) {
		d := &dump{
			cfg: product.In(t.TempDir()), driver: "sqlite",
			listTables:  "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'",
			listColumns: "SELECT name FROM pragma_table_info('%s')",
			suspend:     "DROP TRIGGER %s_no_delete",
		}
		d.dsn = "file:" + d.cfg.SQLitePath
		d.unpack(t, "sqlite")
		story(t, d)
	})
	if !postgres.Wanted(t) {
		return
	}
	t.Run("postgres", func(t *testing.T) {
		d := &dump{
			cfg: product.In(t.TempDir()), driver: "pgx",
			listTables:  "SELECT tablename FROM pg_tables WHERE schemaname = 'public'",
			listColumns: "SELECT column_name FROM information_schema.columns WHERE table_schema = 'public' AND table_name = '%s'",
			suspend:     "ALTER TABLE %s DISABLE TRIGGER USER",
		}
		d.dsn = postgres.Start(t)
		d.cfg.PostgresURL = d.dsn
		d.unpack(t, "postgres")
		story(t, d)
	})
}

// unpack fills the database and puts the vault of then beside it.
func (d *dump) unpack(t *testing.T, dialect string) {
	t.Helper()
	folder := filepath.Join("testdata", "version8", dialect)
	for name, target := range map[string]string{"vault.keyset": d.cfg.VaultPath, "key-encryption.key": d.cfg.KeyPath} {
		content, err := os.ReadFile(filepath.Join(folder, name))
		if err == nil {
			err = os.WriteFile(target, content, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	packed, err := os.Open(filepath.Join(folder, "dump.sql.zst"))
	if err != nil {
		t.Fatal(err)
	}
	defer packed.Close()
	reader, err := zstd.NewReader(packed)
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	script, err := io.ReadAll(reader)
	if err != nil {
		t.Fatal(err)
	}
	if d.driver == "sqlite" {
		_, err = d.raw(t).ExecContext(t.Context(), string(script))
	} else {
		err = runScript(t.Context(), d.dsn, string(script))
	}
	if err != nil {
		t.Fatal(err)
	}
}

func runScript(ctx context.Context, address, script string) error {
	conn, err := pgx.Connect(ctx, address)
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	_, err = conn.PgConn().Exec(ctx, script).ReadAll()
	return err
}

// raw opens the database past the product until the test ends.
func (d *dump) raw(t *testing.T) *sql.DB {
	t.Helper()
	db, err := sql.Open(d.driver, d.dsn)
	if err != nil {
		t.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	t.Cleanup(func() { _ = db.Close() })
	return db
}

// exec changes the database as its owner can; frozen names a table whose
// triggers stand in the way.
func (d *dump) exec(t *testing.T, statement, frozen string) {
	t.Helper()
	db := d.raw(t)
	if frozen != "" {
		statement = strings.ReplaceAll(d.suspend, "%s", frozen) + ";" + statement
	}
	for one := range strings.SplitSeq(statement, ";") {
		if _, err := db.ExecContext(t.Context(), one); err != nil {
			t.Fatalf("%s: %v", one, err)
		}
	}
}

// open starts the present product on the database, which migrates it.
func (d *dump) open(t *testing.T) *product.Product {
	t.Helper()
	d.cfg.Unlimited = true
	p, err := product.Open(t.Context(), d.cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	})
	return p
}

var address = regexp.MustCompile(`href="(/[a-z0-9/?=&;._-]*)"`)

// visit signs a person of then in and follows the links of their pages, two
// steps deep. Every one of them answers.
func (d *dump) visit(t *testing.T, p *product.Product, email string) int {
	t.Helper()
	server := httptest.NewServer(p.Web)
	defer server.Close()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	person := &http.Client{Jar: jar}
	response, err := person.PostForm(server.URL+"/sign-in", url.Values{"email": {email}, "password": {password}, "next": {"/"}})
	if err != nil {
		t.Fatal(err)
	}
	home := text(t, response)
	if response.StatusCode != http.StatusOK || !strings.Contains(home, "/sign-out") {
		t.Fatalf("%s cannot sign in: %d\n%s", email, response.StatusCode, home)
	}
	seen := map[string]bool{"/": true, "/live": true}
	follow := func(page string) (found []string) {
		for _, m := range address.FindAllStringSubmatch(page, -1) {
			path := strings.ReplaceAll(m[1], "&amp;", "&")
			if seen[path] || strings.HasPrefix(path, "/static") || len(seen) > 40 {
				continue
			}
			seen[path] = true
			response, err := person.Get(server.URL + path)
			if err != nil {
				t.Fatal(err)
			}
			found = append(found, text(t, response))
			if response.StatusCode >= http.StatusInternalServerError || response.StatusCode == http.StatusNotFound {
				t.Errorf("%s asks for %s and gets %d", email, path, response.StatusCode)
			}
		}
		return found
	}
	for _, page := range follow(home) {
		follow(page)
	}
	if len(seen) < 10 {
		t.Errorf("%s found only %d pages", email, len(seen))
	}
	return len(seen)
}

func text(t *testing.T, response *http.Response) string {
	t.Helper()
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}
