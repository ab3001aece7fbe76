package engine

import (
	"context"
	"database/sql"
	"sync"

	"gorm.io/gorm"
)

// prepared is a pool of SQLite readers that keeps its statements: parsing and
// planning one costs SQLite more than most statements' work. database/sql
// prepares a kept statement once on each connection.
type prepared struct {
	*sql.DB
	mu   sync.Mutex
	kept map[string]*keptStatement
}

// keptStatement is closed when it was dropped and nobody is about to run it.
type keptStatement struct {
	stmt    *sql.Stmt
	users   int
	dropped bool
}

var (
	_ gorm.ConnPool       = (*prepared)(nil)
	_ gorm.TxBeginner     = (*prepared)(nil)
	_ gorm.GetDBConnector = (*prepared)(nil)
)

func newPrepared(pool *sql.DB) *prepared {
	return &prepared{DB: pool, kept: map[string]*keptStatement{}}
}

// GetDBConn implements gorm.GetDBConnector.
func (p *prepared) GetDBConn() (*sql.DB, error) { return p.DB, nil }

// QueryContext runs a query by its kept statement. Rows outlive the use of it:
// database/sql closes a statement behind the last of them.
func (p *prepared) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	k, err := p.take(ctx, query)
	if err != nil {
		return nil, err
	}
	defer p.release(k)
	return k.stmt.QueryContext(ctx, args...)
}

// take returns the statement of a text, for one use.
func (p *prepared) take(ctx context.Context, query string) (*keptStatement, error) {
	p.mu.Lock()
	k := p.kept[query]
	if k != nil {
		k.users++
	}
	p.mu.Unlock()
	if k != nil {
		return k, nil
	}
	stmt, err := p.DB.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	return p.keep(query, stmt), nil
}

// keep stores a fresh statement. When there are too many, all others are
// dropped: texts with lists of every length would otherwise pile up.
func (p *prepared) keep(query string, stmt *sql.Stmt) *keptStatement {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.kept) >= statementsKept {
		for _, k := range p.kept {
			k.drop()
		}
		clear(p.kept)
	}
	if old := p.kept[query]; old != nil { // another was faster
		old.drop()
	}
	k := &keptStatement{stmt: stmt, users: 1}
	p.kept[query] = k
	return k
}

func (p *prepared) release(k *keptStatement) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if k.users--; k.dropped {
		k.drop()
	}
}

// drop closes the statement, or leaves that to its last user.
func (k *keptStatement) drop() {
	if k.dropped = true; k.users == 0 {
		_ = k.stmt.Close()
	}
}
