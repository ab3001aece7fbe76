package replica

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	_ "modernc.org/sqlite"

	"trueward/internal/clock"
)

const key = "6f1ded001f5bd70c6f1ded001f5bd70c6f1ded001f5bd70c6f1ded001f5bd70c"

// source is a small installation: a database in write-ahead mode and a vault.
type source struct {
	*sql.DB
	t      *testing.T
	folder string
	rows   int
}

func newSource(t *testing.T) *source {
	t.Helper()
	s := &source{t: t, folder: t.TempDir()}
	path := filepath.Join(s.folder, "trueward.db")
	var err error
	if s.DB, err = sql.Open("sqlite", "file:"+path+"?_pragma=journal_mode(wal)&_pragma=synchronous(full)&_pragma=wal_autocheckpoint(0)&_busy_timeout=10000"); err != nil {
		t.Fatal(err)
	}
	s.SetMaxOpenConns(1)
	s.exec("CREATE TABLE trials (n INTEGER PRIMARY KEY, filling TEXT NOT NULL)")
	if err := os.WriteFile(filepath.Join(s.folder, "vault.keyset"), []byte("sealed keys"), 0o600); err != nil {
		t.Fatal(err)
	}
	return s
}

func (s *source) exec(statement string, args ...any) {
	s.t.Helper()
	if _, err := s.ExecContext(s.t.Context(), statement, args...); err != nil {
		s.t.Fatal(err)
	}
}

// add stores rows in transactions of their own.
func (s *source) add(n int) {
	s.t.Helper()
	for range n {
		s.rows++
		s.exec("INSERT INTO trials VALUES (?, ?)", s.rows, "kestrel "+rand.Text())
	}
}

func (s *source) config(address string) Config {
	return Config{
		Address: address, Database: filepath.Join(s.folder, "trueward.db"), Vault: filepath.Join(s.folder, "vault.keyset"),
		Key: key, Log: slog.New(slog.DiscardHandler), Clock: clock.System{},
	}
}

// replicate starts and sends what there is, in several files.
func (s *source) replicate(address string, parts int) *Replica {
	s.t.Helper()
	r, err := Start(s.t.Context(), s.config(address))
	if err != nil {
		s.t.Fatal(err)
	}
	for range parts {
		s.add(5)
		if err := r.db.SyncAndWait(s.t.Context()); err != nil {
			s.t.Fatal(err)
		}
	}
	return r
}

// end closes in the order of the product.
func (s *source) end(r *Replica) {
	s.t.Helper()
	if err := errors.Join(s.Close(), r.Close()); err != nil {
		s.t.Fatal(err)
	}
}

// restore returns how many rows came back, each in its place.
func restore(t *testing.T, address, key string) (int, error) {
	t.Helper()
	return restoreAt(t, address, key, time.Time{})
}

func restoreAt(t *testing.T, address, key string, at time.Time) (int, error) {
	t.Helper()
	folder := t.TempDir()
	database, vault := filepath.Join(folder, "new.db"), filepath.Join(folder, "new.keyset")
	if err := Restore(t.Context(), address, key, database, vault, at); err != nil {
		return 0, err
	}
	if content, err := os.ReadFile(vault); err != nil || !strings.HasPrefix(string(content), "sealed keys") {
		t.Errorf("the vault came back as %q (%v)", content, err)
	}
	db, err := sql.Open("sqlite", "file:"+database)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var n, last int
	var sound string
	if err := db.QueryRowContext(t.Context(), "SELECT count(*), coalesce(max(n), 0) FROM trials").Scan(&n, &last); err != nil || n != last {
		t.Errorf("%d rows up to %d (%v)", n, last, err)
	}
	if err := db.QueryRowContext(t.Context(), "PRAGMA integrity_check").Scan(&sound); err != nil || sound != "ok" {
		t.Errorf("integrity: %s %v", sound, err)
	}
	return n, nil
}

// TestRestoreIsWhole follows a database in a folder and in a bucket, over a
// stop and a start, and puts it back.
func TestRestoreIsWhole(t *testing.T) {
	fake := newFakeS3(t)
	for name, address := range map[string]string{
		"folder": "file://" + filepath.ToSlash(t.TempDir()) + "/replica",
		"bucket": "s3://" + fakeID + ":" + url.QueryEscape(fakeSecret) + "@ward-replica/one?region=eu-central-1&endpoint=" + url.QueryEscape(fake.URL),
	} {
		t.Run(name, func(t *testing.T) {
			s := newSource(t)
			s.add(10)
			r := s.replicate(address, 3)
			if behind := r.Behind(); behind != 0 {
				t.Errorf("%s behind right after everything was sent", behind)
			}
			s.add(3)
			if n, err := restore(t, address, key); err != nil || n < 25 {
				t.Errorf("beside the running source: %d rows, %v", n, err)
			}
			if err := os.WriteFile(filepath.Join(s.folder, "vault.keyset"), []byte("sealed keys, more of them"), 0o600); err != nil {
				t.Fatal(err)
			}
			s.end(r)
			if n, err := restore(t, address, key); err != nil || n != s.rows {
				t.Errorf("after the end: %d of %d rows, %v", n, s.rows, err)
			}
			if _, err := restore(t, address, strings.Repeat("ab", 32)); !errors.Is(err, ErrKey) {
				t.Errorf("another key answers %v", err)
			}
		})
	}
}

// TestRestoreOfAnInstant puts back states that a database had. A bucket dates
// its files late, as after an outage: when they were written counts.
func TestRestoreOfAnInstant(t *testing.T) {
	fake := newFakeS3(t)
	shelf := filepath.Join(t.TempDir(), "replica")
	for name, address := range map[string]string{
		"folder": "file://" + filepath.ToSlash(shelf),
		"bucket": "s3://" + fakeID + ":" + url.QueryEscape(fakeSecret) + "@ward-replica/at?region=eu-central-1&endpoint=" + url.QueryEscape(fake.URL),
	} {
		t.Run(name, func(t *testing.T) {
			s := newSource(t)
			before := time.Now()
			r := s.replicate(address, 1)
			instants := map[int]time.Time{}
			for range 4 {
				s.add(5)
				if err := r.db.SyncAndWait(t.Context()); err != nil {
					t.Fatal(err)
				}
				next := time.NewTimer(5 * time.Millisecond) // files are dated by the millisecond
				instants[s.rows] = time.Now().Add(2 * time.Millisecond)
				<-next.C
			}
			s.end(r)
			for rows, at := range instants {
				if n, err := restoreAt(t, address, key, at); err != nil || n != rows {
					t.Errorf("of the instant with %d rows came back %d, %v", rows, n, err)
				}
			}
			if _, err := restoreAt(t, address, key, before.Add(-time.Hour)); !errors.Is(err, ErrTooOld) {
				t.Errorf("an hour before the first row: %v", err)
			}
		})
	}
	at := time.Now()
	files, err := filepath.Glob(filepath.Join(shelf, "ltx", "0", "*"))
	if err != nil || len(files) < 4 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	if err := errors.Join(os.RemoveAll(filepath.Join(shelf, "ltx", "1")), os.Remove(files[len(files)/2])); err != nil {
		t.Fatal(err)
	}
	if n, err := restoreAt(t, "file://"+filepath.ToSlash(shelf), key, at); !errors.Is(err, ErrDamaged) {
		t.Errorf("over a gap came back %d rows, %v", n, err)
	}
}

// TestDamagedReplicaIsRefused flips single bytes and takes single files away,
// anywhere but at the end, each in a copy of its own. What is damaged is refused
// or, where another file holds the same pages, not needed: never is less
// restored than there was.
func TestDamagedReplicaIsRefused(t *testing.T) {
	shelf := filepath.Join(t.TempDir(), "replica")
	s := newSource(t)
	s.end(s.replicate("file://"+filepath.ToSlash(shelf), 4))
	if n, err := restore(t, "file://"+filepath.ToSlash(shelf), key); err != nil || n != s.rows {
		t.Fatalf("undamaged: %d of %d rows, %v", n, s.rows, err)
	}
	files := filesIn(t, shelf)
	if len(files) < 5 {
		t.Fatalf("only %d files: nothing to damage", len(files))
	}
	var refusals atomic.Int64
	t.Cleanup(func() {
		if n := refusals.Load(); n < 4 {
			t.Errorf("only %d of the damaged copies were refused: they were not damaged", n)
		}
	})
	newest := newestIn(t, shelf)
	for _, path := range files {
		content, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(content), "kestrel") {
			t.Errorf("%s can be read without its key", filepath.Base(path))
		}
		half, last := slices.Clone(content), slices.Clone(content)
		half[len(half)/2] ^= 1
		last[len(last)-1] ^= 1
		damage := map[string][]byte{"a flipped byte": half, "a flipped last byte": last, "a missing byte": content[:len(content)-1], "a missing file": nil}
		if path == newest { // taken away, it cannot be told from a replica of a second ago
			delete(damage, "a missing file")
		}
		for what, content := range damage {
			name, err := filepath.Rel(shelf, path)
			if err != nil {
				t.Fatal(err)
			}
			t.Run(what+" in "+filepath.Base(name), func(t *testing.T) {
				if n, err := restoreDamaged(t, shelf, name, content); err != nil {
					refusals.Add(1)
				} else if n != s.rows {
					t.Errorf("%d of %d rows were restored without a word", n, s.rows)
				}
			})
		}
	}
}

// newestIn returns the file of level 0 that nothing follows.
func newestIn(t *testing.T, shelf string) string {
	t.Helper()
	things, err := folder(shelf).list(t.Context(), levelName(0))
	if err != nil || len(things) == 0 {
		t.Fatalf("%d files of level 0 (%v)", len(things), err)
	}
	newest := slices.MaxFunc(things, func(a, b thing) int { return strings.Compare(a.name, b.name) })
	return folder(shelf).path(newest.name)
}

// restoreDamaged damages a file of a copy of the shelf and restores from it.
func restoreDamaged(t *testing.T, shelf, name string, content []byte) (int, error) {
	damaged := t.TempDir()
	err := os.CopyFS(damaged, os.DirFS(shelf))
	if err == nil {
		err = os.Remove(filepath.Join(damaged, name))
	}
	if err == nil && content != nil {
		err = os.WriteFile(filepath.Join(damaged, name), content, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Parallel() // a file that does not open is tried again for seconds
	return restore(t, "file://"+filepath.ToSlash(damaged), key)
}

func filesIn(t *testing.T, root string) (paths []string) {
	t.Helper()
	things, err := folder(root).list(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	for _, thing := range things {
		paths = append(paths, folder(root).path(thing.name))
	}
	slices.Sort(paths)
	return paths
}

// TestForeignReplicaIsLeftAlone starts another installation on the same place.
func TestForeignReplicaIsLeftAlone(t *testing.T) {
	address := "file://" + filepath.ToSlash(t.TempDir())
	one := newSource(t)
	one.end(one.replicate(address, 1))
	other := newSource(t)
	defer other.Close()
	if _, err := Start(t.Context(), other.config(address)); !errors.Is(err, ErrForeign) {
		t.Errorf("another installation was answered %v", err)
	}
	if n, err := restore(t, address, key); err != nil || n != one.rows {
		t.Errorf("afterwards: %d of %d rows, %v", n, one.rows, err)
	}
}

// TestUnreachablePlaceIsTold takes the place away: Behind grows, the log says
// so, and what was missed arrives when it is back.
func TestUnreachablePlaceIsTold(t *testing.T) {
	place := filepath.Join(t.TempDir(), "replica")
	s := newSource(t)
	said := &lines{}
	cfg := s.config("file://" + filepath.ToSlash(place))
	cfg.Log = slog.New(slog.NewTextHandler(said, nil))
	r, err := Start(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	s.add(5)
	if err := r.db.SyncAndWait(t.Context()); err != nil {
		t.Fatal(err)
	}
	away := place + ".away"
	if err := errors.Join(os.Rename(place, away), os.WriteFile(place, []byte("not a folder"), 0o600)); err != nil {
		t.Fatal(err)
	}
	s.add(5)
	said.wait(t.Context(), "the replica is behind for a while\" cause=\"monitor error")
	if r.Behind() == 0 {
		t.Error("a replica that cannot be reached is up to date")
	}
	if err := errors.Join(os.Remove(place), os.Rename(away, place)); err != nil {
		t.Fatal(err)
	}
	s.end(r)
	if n, err := restore(t, cfg.Address, key); err != nil || n != s.rows {
		t.Errorf("afterwards: %d of %d rows, %v", n, s.rows, err)
	}
}

// lines is a log that can be waited on.
type lines struct {
	mu   sync.Mutex
	text strings.Builder
	more chan struct{}
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.more != nil {
		close(l.more)
		l.more = nil
	}
	return l.text.Write(p)
}

func (l *lines) wait(ctx context.Context, words string) {
	for {
		l.mu.Lock()
		if strings.Contains(l.text.String(), words) {
			l.mu.Unlock()
			return
		}
		if l.more == nil {
			l.more = make(chan struct{})
		}
		more := l.more
		l.mu.Unlock()
		select {
		case <-more:
		case <-ctx.Done():
			return
		}
	}
}

func TestSealedLengthsAreKnown(t *testing.T) {
	s, err := newSeal(key)
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range []int64{0, 1, chunk - 1, chunk, chunk + 1, 2*chunk - 1, 2 * chunk, 5*chunk + 77} {
		var sealed counter
		if _, err := s.write(&sealed, strings.NewReader(strings.Repeat("x", int(n)))); err != nil {
			t.Fatal(err)
		}
		if got := s.opened(int64(sealed)); got != n {
			t.Errorf("%d bytes are taken for %d", n, got)
		}
	}
}

type counter int64

func (c *counter) Write(p []byte) (int, error) { *c += counter(len(p)); return len(p), nil }

func TestAddressesAreCheckedAndNotRepeated(t *testing.T) {
	for _, bad := range []string{
		"", "trueward", "file://host/folder", "ftp://somewhere/x", "s3://bucket/x", "s3://id:s%65cret@bucket/x",
		"s3://id:hushed@bucket/x?region=eu-central-1&endpoint=http://example.com", "s3://id:hushed@bucket/%zz?region=x",
	} {
		err := Check(bad)
		if err == nil || strings.Contains(fmt.Sprint(err), "hushed") {
			t.Errorf("%q answers %v", bad, err)
		}
	}
	for _, good := range []string{"file:///mnt/replica", "s3://id:hushed@bucket/x?region=eu-central-1"} {
		if err := Check(good); err != nil {
			t.Errorf("%q answers %v", good, err)
		}
	}
}
