package engine

import (
	"context"
	"database/sql"
	"errors"

	"gorm.io/gorm"
)

// statementsKept bounds the cache: texts with IN lists of every length would
// otherwise pile up.
const statementsKept = 512

// statements is one connection's cache of prepared statements, keyed by SQL
// text. Parsing costs SQLite more than most statements' work.
type statements struct {
	conn *sql.Conn
	kept map[string]*sql.Stmt
}

var _ gorm.ConnPool = (*statements)(nil)

func newStatements(conn *sql.Conn) *statements {
	return &statements{conn: conn, kept: map[string]*sql.Stmt{}}
}

// PrepareContext returns the cached statement; the cache owns it.
func (s *statements) PrepareContext(ctx context.Context, query string) (*sql.Stmt, error) {
	if stmt, ok := s.kept[query]; ok {
		return stmt, nil
	}
	stmt, err := s.conn.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	if len(s.kept) >= statementsKept {
		s.close()
	}
	s.kept[query] = stmt
	return stmt, nil
}

func (s *statements) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	if passing(query) {
		return s.conn.ExecContext(ctx, query, args...)
	}
	stmt, err := s.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	return stmt.ExecContext(ctx, args...)
}

func (s *statements) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	stmt, err := s.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	return stmt.QueryContext(ctx, args...)
}

func (s *statements) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	return s.conn.QueryRowContext(ctx, query, args...)
}

// close forgets every statement. Those of a connection that is closed already
// are left alone: database/sql does not track statements of a single
// connection, and the driver would reach for memory that is gone.
func (s *statements) close() {
	if errors.Is(s.conn.Raw(func(any) error { return nil }), sql.ErrConnDone) {
		clear(s.kept)
		return
	}
	for _, stmt := range s.kept {
		_ = stmt.Close()
	}
	clear(s.kept)
}

// passing recognises the ORM's nested savepoints, whose names are random: a
// cache would never meet them again.
func passing(query string) bool {
	return hasFold(query, "SAVEPOINT sp") || hasFold(query, "ROLLBACK TO SAVEPOINT ")
}
