package engine

import (
	"context"
	"database/sql/driver"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
)

// Tenant says on whose behalf a statement runs. PostgreSQL's row-level security
// reads it from the session's settings trueward.reach, trueward.organisation
// and trueward.sites; SQLite, which has no such thing, ignores it. The zero
// value is nobody, who reaches no tenant's row.
type Tenant struct {
	Reach        string // "hospital", "vendor", "operator", "all"; empty: nothing
	Organisation string
	Sites        string // ids joined by commas; empty: all of a hospital's
}

type tenantKey struct{}

// WithTenant returns a context whose statements run on behalf of t.
func WithTenant(ctx context.Context, t Tenant) context.Context {
	return context.WithValue(ctx, tenantKey{}, t)
}

func tenantOf(ctx context.Context) Tenant {
	t, _ := ctx.Value(tenantKey{}).(Tenant)
	return t
}

// AppRole is the role that statements run as: it owns nothing and is no
// superuser, so that row-level security binds it. Migrate makes it.
const AppRole = "trueward_app"

// tenantConnector makes connections that tell PostgreSQL the tenant of each
// statement before they run it.
type tenantConnector struct{ driver.Connector }

func newTenantConnector(config pgx.ConnConfig) driver.Connector {
	return tenantConnector{stdlib.GetConnector(config)}
}

// takeRole becomes the application's role where the schema has made it. Before
// the first migration there is none, and nothing to protect.
const takeRole = `SELECT set_config('role', rolname, false) FROM pg_roles
	WHERE rolname = '` + AppRole + `' AND pg_has_role(session_user, oid, 'MEMBER')`

// Connect implements driver.Connector.
func (c tenantConnector) Connect(ctx context.Context) (driver.Conn, error) {
	inner, err := c.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	conn := &tenantConn{Conn: inner.(*stdlib.Conn)}
	if _, err := conn.Conn.ExecContext(ctx, takeRole, nil); err != nil {
		_ = inner.Close()
		return nil, err
	}
	return conn, nil
}

// tenantConn remembers which tenant its session was told.
type tenantConn struct {
	*stdlib.Conn
	told Tenant
}

const tell = `SELECT set_config('trueward.reach', $1, false), set_config('trueward.organisation', $2, false), set_config('trueward.sites', $3, false)`

// face tells the session the tenant of ctx if it knows another one.
func (c *tenantConn) face(ctx context.Context) error {
	t := tenantOf(ctx)
	if t == c.told {
		return nil
	}
	_, err := c.Conn.ExecContext(ctx, tell, []driver.NamedValue{
		{Ordinal: 1, Value: t.Reach}, {Ordinal: 2, Value: t.Organisation}, {Ordinal: 3, Value: t.Sites},
	})
	if err == nil {
		c.told = t
	}
	return err
}

// forget notes that the session's settings may have gone back to what they
// were before: a rollback takes them along. No tenant equals this one, so the
// next statement tells its own.
func (c *tenantConn) forget() { c.told = Tenant{Reach: "?"} }

// ExecContext implements driver.ExecerContext.
func (c *tenantConn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	if strings.HasPrefix(strings.ToUpper(query[:min(8, len(query))]), "ROLLBACK") {
		defer c.forget()
		return c.Conn.ExecContext(ctx, query, args)
	}
	if err := c.face(ctx); err != nil {
		return nil, err
	}
	return c.Conn.ExecContext(ctx, query, args)
}

// QueryContext implements driver.QueryerContext.
func (c *tenantConn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	if err := c.face(ctx); err != nil {
		return nil, err
	}
	return c.Conn.QueryContext(ctx, query, args)
}

// PrepareContext implements driver.ConnPrepareContext. A prepared statement
// runs as the tenant it was prepared for; the pools of PostgreSQL keep none.
func (c *tenantConn) PrepareContext(ctx context.Context, query string) (driver.Stmt, error) {
	if err := c.face(ctx); err != nil {
		return nil, err
	}
	return c.Conn.PrepareContext(ctx, query)
}

// BeginTx implements driver.ConnBeginTx.
func (c *tenantConn) BeginTx(ctx context.Context, options driver.TxOptions) (driver.Tx, error) {
	tx, err := c.Conn.BeginTx(ctx, options)
	if err != nil {
		return nil, err
	}
	return tenantTx{tx, c}, nil
}

type tenantTx struct {
	driver.Tx
	conn *tenantConn
}

// Rollback implements driver.Tx.
func (t tenantTx) Rollback() error {
	t.conn.forget()
	return t.Tx.Rollback()
}

// Commit implements driver.Tx. A COMMIT that is refused rolls back.
func (t tenantTx) Commit() error {
	err := t.Tx.Commit()
	if err != nil {
		t.conn.forget()
	}
	return err
}
