package engine

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"fmt"
	"net/url"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
)

// move is one running move; tx is the transaction that all of it happens in.
type move struct {
	from    *source
	tx      pgx.Tx
	told    func(Moved)
	protect func() []string
	bonds   []bond
}

// bond is a foreign key as PostgreSQL spells it.
type bond struct{ table, name, definition string }

// run loosens the rules that hold between rows, which arrive table by table,
// copies and compares them, and puts the rules back.
func (m *move) run(ctx context.Context) error {
	if err := m.loosen(ctx); err != nil {
		return err
	}
	if err := empty(ctx, m.tx, m.from.tables); err != nil { // nobody writes from here on
		return err
	}
	for _, table := range m.from.tables {
		rows, err := m.copyTable(ctx, table)
		if err != nil {
			return err
		}
		m.told(Moved{table, rows})
	}
	return m.bind(ctx)
}

// loosen takes foreign keys, triggers and row-level security away from the
// tables, which also locks them until the end. It waits ten seconds for a lock.
func (m *move) loosen(ctx context.Context) error {
	rows, err := m.tx.Query(ctx, `SELECT conrelid::regclass::text, conname::text, pg_get_constraintdef(oid) FROM pg_constraint
		WHERE contype = 'f' AND connamespace = 'public'::regnamespace ORDER BY 1, 2`)
	if err != nil {
		return translate(err)
	}
	m.bonds, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (b bond, err error) {
		err = row.Scan(&b.table, &b.name, &b.definition)
		return b, err
	})
	if err != nil {
		return translate(err)
	}
	statements := []string{`SET LOCAL lock_timeout = '10s'`}
	for _, table := range m.from.tables {
		statements = append(statements, `ALTER TABLE `+quoted(table)+` DISABLE TRIGGER USER, DISABLE ROW LEVEL SECURITY`)
	}
	for _, b := range m.bonds {
		statements = append(statements, `ALTER TABLE `+b.table+` DROP CONSTRAINT `+quoted(b.name))
	}
	return m.exec(ctx, statements)
}

// bind puts the rules back. PostgreSQL checks all rows against each foreign key.
func (m *move) bind(ctx context.Context) error {
	var statements []string
	for _, b := range m.bonds {
		statements = append(statements, `ALTER TABLE `+b.table+` ADD CONSTRAINT `+quoted(b.name)+` `+b.definition)
	}
	for _, table := range m.from.tables {
		statements = append(statements, `ALTER TABLE `+quoted(table)+` ENABLE TRIGGER USER`)
	}
	if m.protect != nil {
		statements = append(statements, m.protect()...)
	}
	return m.exec(ctx, statements)
}

func (m *move) exec(ctx context.Context, statements []string) error {
	for _, statement := range statements {
		if _, err := m.tx.Exec(ctx, statement); err != nil {
			return fmt.Errorf("engine: move: %w", translate(err))
		}
	}
	return nil
}

// copyTable sends the rows of one table, reads them back and compares.
func (m *move) copyTable(ctx context.Context, table string) (int64, error) {
	fields, err := m.fields(ctx, table)
	if err != nil {
		return 0, err
	}
	names := make([]string, len(fields))
	for i, f := range fields {
		names[i] = f.Name
	}
	rows, err := m.from.pool.QueryContext(ctx, `SELECT `+quoted(names...)+` FROM `+quoted(table)) // #nosec G202 -- names of our own schema
	if err != nil {
		return 0, fmt.Errorf("engine: read table %s: %w", table, err)
	}
	defer rows.Close()
	var sent tally
	_, err = m.tx.CopyFrom(ctx, pgx.Identifier{table}, names, pgx.CopyFromFunc(func() ([]any, error) {
		if !rows.Next() {
			return nil, rows.Err()
		}
		row, err := scanRow(rows, fields)
		sent.add(row)
		return row, err
	}))
	if err != nil {
		return 0, fmt.Errorf("engine: table %s: %w", table, translate(err))
	}
	arrived, err := m.readBack(ctx, table, fields)
	if err == nil && sent != arrived {
		err = &AlteredError{table, sent.rows, arrived.rows}
	}
	return sent.rows, err
}

// fields are the columns of a table of the target, without rows.
func (m *move) fields(ctx context.Context, table string) ([]fieldOf, error) {
	rows, err := m.tx.Query(ctx, `SELECT * FROM `+quoted(table)+` LIMIT 0`)
	if err != nil {
		return nil, translate(err)
	}
	defer rows.Close()
	var fields []fieldOf
	for _, d := range rows.FieldDescriptions() {
		fields = append(fields, fieldOf{table, d.Name, d.DataTypeOID})
	}
	rows.Close()
	return fields, translate(rows.Err())
}

func (m *move) readBack(ctx context.Context, table string, fields []fieldOf) (tally, error) {
	var arrived tally
	names := make([]string, len(fields))
	for i, f := range fields {
		names[i] = f.Name
	}
	rows, err := m.tx.Query(ctx, `SELECT `+quoted(names...)+` FROM `+quoted(table))
	if err != nil {
		return arrived, translate(err)
	}
	defer rows.Close()
	for rows.Next() {
		row, err := rows.Values()
		for i := range row {
			if err == nil {
				row[i], err = fields[i].value(row[i])
			}
		}
		if err != nil {
			return arrived, err
		}
		arrived.add(row)
	}
	return arrived, translate(rows.Err())
}

// fieldOf is a column of the target and the type it keeps.
type fieldOf struct {
	table, Name string
	oid         uint32
}

// value brings what a driver returned into the one form that is compared and
// sent. A value that the column cannot keep is an error that does not repeat it.
func (f fieldOf) value(v any) (any, error) {
	if v == nil {
		return nil, nil
	}
	switch f.oid {
	case pgtype.TextOID:
		if s, ok := v.(string); ok {
			return s, nil
		}
	case pgtype.ByteaOID:
		if b, ok := v.([]byte); ok {
			return b, nil
		}
	case pgtype.BoolOID:
		switch b := v.(type) {
		case bool:
			return b, nil
		case int64:
			return b != 0, nil
		}
	case pgtype.Int8OID, pgtype.Int4OID:
		switch n := v.(type) {
		case int64:
			return n, nil
		case int32:
			return int64(n), nil
		}
	}
	return nil, fmt.Errorf("engine: %s.%s holds a %T, which its column in PostgreSQL cannot keep", f.table, f.Name, v)
}

func scanRow(rows *sql.Rows, fields []fieldOf) ([]any, error) {
	row, targets := make([]any, len(fields)), make([]any, len(fields))
	for i := range row {
		targets[i] = &row[i]
	}
	err := rows.Scan(targets...)
	for i := range row {
		if err == nil {
			row[i], err = fields[i].value(row[i])
		}
	}
	return row, err
}

// tally is the number of rows of a table and a digest of them that does not
// depend on their order: the sum of the digests of the rows.
type tally struct {
	rows int64
	sum  [4]uint64
}

func (t *tally) add(row []any) {
	h := sha256.New()
	var size [8]byte
	for _, v := range row {
		text := fmt.Append(nil, v)
		if b, ok := v.([]byte); ok {
			text = b
		}
		binary.BigEndian.PutUint64(size[:], uint64(len(text)))
		if v == nil {
			binary.BigEndian.PutUint64(size[:], ^uint64(0))
			text = nil
		}
		_, _ = h.Write(size[:]) // a hash takes everything
		_, _ = h.Write(text)
	}
	sum := h.Sum(nil)
	for i := range t.sum {
		t.sum[i] += binary.BigEndian.Uint64(sum[8*i:])
	}
	t.rows++
}

// source is the SQLite file, which nobody else has open meanwhile.
type source struct {
	pool   *sql.DB
	tables []string
}

// openSource opens the file for this program alone. A file in write-ahead mode
// that another program has open cannot be locked so.
func openSource(ctx context.Context, path string) (*source, error) {
	pool, err := sql.Open("sqlite", sqliteDSN(path, url.Values{
		"mode": {"rw"}, "_busy_timeout": {"1000"}, "_query_only": {"1"}, "_pragma": {"locking_mode(exclusive)"},
	}))
	if err != nil {
		return nil, fmt.Errorf("engine: open the database file: %w", err)
	}
	pool.SetMaxOpenConns(1)
	s := &source{pool: pool}
	s.tables, err = firstColumn(ctx, pool, `SELECT name FROM sqlite_master WHERE type = 'table'
		AND name NOT LIKE 'sqlite\_%' ESCAPE '\' AND name NOT LIKE '\_litestream\_%' ESCAPE '\' AND name <> 'goose_db_version' ORDER BY name`)
	switch {
	case err == nil:
		return s, nil
	case IsBusy(err):
		err = fmt.Errorf("%w: %w", ErrInUse, err)
	default:
		err = fmt.Errorf("engine: read the database file: %w", err)
	}
	_ = pool.Close()
	return nil, err
}

func (s *source) close() { _ = s.pool.Close() }
