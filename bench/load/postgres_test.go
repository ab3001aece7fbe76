package main

import (
	"context"
	"encoding/binary"
	"fmt"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgconn"

	"trueward/internal/testkit/postgres"
)

func TestMain(m *testing.M) {
	code := m.Run()
	postgres.Stop()
	os.Exit(code)
}

// BenchmarkPostgres is B11: uses of units on PostgreSQL by sixteen connections,
// through the whole product, and the statements that one such use was overheard
// to send through nothing but pgx, for other units:
//
//	go test -run xxx -bench Postgres -benchtime 2000x ./bench/load
func BenchmarkPostgres(b *testing.B) {
	if !postgres.Wanted(b) {
		return
	}
	b.Run("product", func(b *testing.B) {
		database := postgres.Start(b)
		l := furnishedIn(b, database, database, max(clients, b.N))
		cookies := l.nurses(b)
		costed(b, func() {
			together(b.N, func(worker, i int) bool { return l.use(b, cookies[worker], l.Units[i]) })
		})
	})
	b.Run("raw", func(b *testing.B) {
		database := postgres.Start(b)
		ear, overheard := listenIn(b, database)
		l := furnishedIn(b, database, overheard, b.N+clients)
		nurse := l.nurses(b)[0]
		for i := range 3 { // the first one prepares, two tell what changes
			l.use(b, nurse, l.Units[i])
		}
		play := newReplay(b, database, ear.uses[1], ear.uses[2], string(l.Units[1]))
		costed(b, func() {
			together(b.N, func(worker, i int) bool { return play.use(b, worker, string(l.Units[3+i])) })
		})
	})
}

// replay sends one overheard transaction again and again, for other units.
type replay struct {
	statements []statement
	own        []string // ids of that use alone
	unit       string
	conns      []*pgconn.PgConn
}

var anID = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`)

// ids are those in a transaction's values.
func ids(transaction []statement) map[string]bool {
	found := map[string]bool{}
	for _, s := range transaction {
		for _, v := range s.values {
			for _, id := range anID.FindAllString(string(v), -1) {
				found[id] = true
			}
		}
	}
	return found
}

func newReplay(b *testing.B, database string, use, other []statement, unit string) *replay {
	b.Helper()
	p := &replay{statements: use, unit: unit}
	common := ids(other)
	for id := range ids(use) {
		if !common[id] && id != unit {
			p.own = append(p.own, id)
		}
	}
	for range clients {
		conn, err := pgconn.Connect(b.Context(), database)
		if err != nil {
			b.Fatal(err)
		}
		b.Cleanup(func() { _ = conn.Close(context.WithoutCancel(b.Context())) })
		for n, s := range use {
			if _, err := conn.Prepare(b.Context(), name(n), s.text, nil); err != nil {
				b.Fatalf("%s: %v", s.text, err)
			}
		}
		p.conns = append(p.conns, conn)
	}
	return p
}

func name(n int) string { return "s" + strconv.Itoa(n) }

// use replays the transaction for a unit, with ids of its own and the next
// numbers of the audit chain.
func (p *replay) use(b *testing.B, worker int, unit string) bool {
	fresh := []string{p.unit, unit}
	for _, id := range p.own {
		fresh = append(fresh, id, uuid.NewString())
	}
	if err := p.send(b.Context(), p.conns[worker], strings.NewReplacer(fresh...)); err != nil {
		b.Error(err)
		return false
	}
	return true
}

func (p *replay) send(ctx context.Context, conn *pgconn.PgConn, fresh *strings.Replacer) error {
	if err := conn.Exec(ctx, "begin").Close(); err != nil {
		return err
	}
	seq := int64(0)
	for n, s := range p.statements {
		values := make([][]byte, len(s.values))
		for i, v := range s.values {
			if values[i] = v; v != nil && (i >= len(s.formats) || s.formats[i] == 0) {
				values[i] = []byte(fresh.Replace(string(v)))
			}
		}
		if strings.HasPrefix(s.text, "INSERT INTO audit_") && len(values) > 1 && len(values[1]) == 8 {
			if strings.HasPrefix(s.text, "INSERT INTO audit_entries") {
				seq++
			}
			values[1] = binary.BigEndian.AppendUint64(nil, uint64(seq))
		}
		result := conn.ExecPrepared(ctx, name(n), values, s.formats, nil).Read()
		if result.Err != nil {
			return fmt.Errorf("%.60s: %w", s.text, result.Err)
		}
		if strings.Contains(s.text, "FROM audit_heads") && len(result.Rows) == 1 {
			seq, _ = strconv.ParseInt(string(result.Rows[0][0]), 10, 64)
		}
	}
	return conn.Exec(ctx, "commit").Close()
}
