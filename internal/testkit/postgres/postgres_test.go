package postgres

import (
	"context"
	"os"
	"testing"

	"github.com/jackc/pgx/v5"
)

func TestMain(m *testing.M) {
	code := m.Run()
	Stop()
	os.Exit(code)
}

func TestEveryDatabaseIsItsOwn(t *testing.T) {
	if !Wanted(t) {
		return
	}
	build := func(url string) error { return run(url, "CREATE TABLE colours (name TEXT)") }
	first, second := StartFrom(t, "colours", build), StartFrom(t, "colours", build)
	if err := run(first, "INSERT INTO colours VALUES ('red')"); err != nil {
		t.Fatal(err)
	}
	if err := run(second, "DELETE FROM colours"); err != nil {
		t.Fatalf("the copy has no table: %v", err)
	}
	if n := count(t, first, "SELECT count(*) FROM colours"); n != 1 {
		t.Fatalf("the first database has %d rows, want its own 1", n)
	}
	if err := run(Start(t), "DELETE FROM colours"); err == nil {
		t.Fatal("an empty database has the template's table")
	}
}

func TestServerIsDurable(t *testing.T) {
	if !Wanted(t) {
		return
	}
	url := Start(t)
	conn, err := pgx.Connect(context.Background(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	for _, setting := range []string{"fsync", "synchronous_commit", "full_page_writes"} {
		var value string
		if err := conn.QueryRow(context.Background(), "SHOW "+setting).Scan(&value); err != nil || value != "on" {
			t.Errorf("%s is %q (%v), want on", setting, value, err)
		}
	}
}

func run(url, statement string) error {
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	_, err = conn.Exec(ctx, statement)
	return err
}

func count(t *testing.T, url, query string) (n int) {
	t.Helper()
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(ctx)
	if err := conn.QueryRow(ctx, query).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}
