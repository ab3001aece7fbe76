// Package postgres gives tests a real PostgreSQL of their own: one private
// server per test process, one fresh database per call.
//
// The server listens on a Unix socket in a private folder only, keeps fsync on
// so that durability is the real thing, and dies with the test process, however
// that ends. Its programs are found by PATH, pg_config and the usual folders;
// nothing is downloaded. Tests only.
package postgres

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5"
)

// RequireAll is the environment variable that, set to 1, turns a missing
// PostgreSQL from something left out into a failure.
const RequireAll = "TRUEWARD_REQUIRE_ALL"

// shared is this process's server and what was made in it.
var shared struct {
	start     sync.Once
	server    *server
	err       error
	databases atomic.Int64

	mu        sync.Mutex
	templates map[string]*template
}

// template is a database that others are copied from, built once.
type template struct {
	once sync.Once
	name string
	err  error
}

// Available reports whether PostgreSQL's programs are on this machine.
func Available() bool { return programs() != "" }

// Wanted decides whether the PostgreSQL half of a test runs. Where the programs
// are missing it fails t if TRUEWARD_REQUIRE_ALL is 1, and says in the test's
// output that the half is left out if not.
func Wanted(t testing.TB) bool {
	t.Helper()
	if Available() {
		return true
	}
	if os.Getenv(RequireAll) == "1" {
		t.Fatal("PostgreSQL's programs (initdb, postgres) were not found in PATH, by pg_config or in /usr/lib/postgresql: install PostgreSQL 15 or later")
	}
	fmt.Printf("%s: PostgreSQL is not installed, its half is left out\n", t.Name())
	return false
}

// Start returns the URL of a fresh, empty database. It is dropped when t ends.
func Start(t testing.TB) string {
	t.Helper()
	return fresh(t, "template1")
}

// StartFrom is Start with a database that build has filled. build runs once per
// process and key on a database of its own, which is then copied; it must leave
// no connection open.
func StartFrom(t testing.TB, key string, build func(url string) error) string {
	t.Helper()
	s := running(t)
	shared.mu.Lock()
	if shared.templates == nil {
		shared.templates = map[string]*template{}
	}
	tpl := shared.templates[key]
	if tpl == nil {
		tpl = &template{name: nextName("template")}
		shared.templates[key] = tpl
	}
	shared.mu.Unlock()
	tpl.once.Do(func() {
		if tpl.err = s.admin("CREATE DATABASE " + tpl.name); tpl.err == nil {
			tpl.err = build(s.url(tpl.name))
		}
	})
	if tpl.err != nil {
		t.Fatalf("template database %q: %v", key, tpl.err)
	}
	return fresh(t, tpl.name)
}

// Stop ends this process's server and removes its files. A TestMain calls it
// after its tests; without it the server is killed with the process and its
// files are removed by the next start.
func Stop() {
	if shared.server != nil {
		shared.server.stop()
	}
}

func fresh(t testing.TB, from string) string {
	t.Helper()
	s := running(t)
	name := nextName("test")
	if err := s.admin("CREATE DATABASE " + name + " TEMPLATE " + from); err != nil {
		t.Fatalf("create a test database: %v", err)
	}
	t.Cleanup(func() {
		if err := s.admin("DROP DATABASE " + name + " WITH (FORCE)"); err != nil {
			t.Errorf("drop the test database: %v", err)
		}
	})
	return s.url(name)
}

func nextName(kind string) string {
	return fmt.Sprintf("trueward_%s_%d", kind, shared.databases.Add(1))
}

func running(t testing.TB) *server {
	t.Helper()
	shared.start.Do(func() { shared.server, shared.err = launch(programs()) })
	if shared.err != nil {
		t.Fatalf("start PostgreSQL: %v", shared.err)
	}
	return shared.server
}

// url names one of the server's databases.
func (s *server) url(database string) string {
	u := url.URL{
		Scheme:   "postgres",
		User:     url.User("postgres"),
		Path:     "/" + database,
		RawQuery: url.Values{"host": {s.dir}, "port": {port}}.Encode(),
	}
	return u.String()
}

// admin runs one statement on the server's own database.
func (s *server) admin(statement string) error {
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, s.url("postgres"))
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	_, err = conn.Exec(ctx, statement)
	return err
}
