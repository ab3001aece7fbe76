package main

import (
	"context"
	"database/sql"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// few is the small world of B2 and B3.
const few = 1000

// sizes runs what is about the number of rows: B2 beside the peer in a small
// world, B3 the small beside a large one of ours.
func (r *report) sizes(ctx context.Context, o options) error {
	small := o
	small.units, small.folder = few, filepath.Join(o.folder, "few")
	w, err := prepare(ctx, small)
	if err != nil {
		return fmt.Errorf("prepare: %w", err)
	}
	if o.wants("B2") {
		if err := r.compare(o, lists(w, "B2", 1.5)); err != nil {
			return err
		}
	}
	if !o.wants("B3") {
		return nil
	}
	large := small
	large.folder, large.peer = filepath.Join(o.folder, "many"), ""
	l, err := prepare(ctx, large)
	if err != nil {
		return fmt.Errorf("prepare: %w", err)
	}
	if err := l.multiply(ctx, o.many); err != nil {
		return fmt.Errorf("prepare: %w", err)
	}
	for _, flat := range []workload{
		{what: "a list page of many units beside one of few", ours: l.pageSide("many units", ""), peers: []side{w.pageSide("few units", "")}, demands: []float64{0.8}},
		{what: "the last list page beside the first", ours: l.pageSide("last page", l.lastPage(o.many)), peers: []side{l.pageSide("first page", "")}, demands: []float64{0.85}},
	} {
		flat.name, flat.alone = fmt.Sprintf("B3 (%d and %d units)", o.many, few), true
		if err := r.compare(o, flat); err != nil {
			return err
		}
	}
	return nil
}

// pageSide asks for one list page over and over.
func (w *world) pageSide(name, query string) side {
	side := lists(w, "").ours
	side.name, side.launch = name, w.launchInPlace
	side.enter = func(p *process) ([]func(int) []byte, error) {
		cookie, err := signIn(p.address, repEmail)
		request := message("GET", "/vendor/stock"+query, p.address, "", cookie)
		var asks []func(int) []byte
		for range clients {
			asks = append(asks, func(int) []byte { return request })
		}
		return asks, err
	}
	return side
}

// copied is the id of a unit that multiply made; they rise with n.
const copied = "7fffffff-0000-7000-8000-%012x"

// lastPage is the query of the list's last fifty units.
func (w *world) lastPage(units int) string {
	cursor, err := json.Marshal([]string{"2035-01-31", fmt.Sprintf(copied, units-51)})
	if err != nil {
		panic("bench: a cursor of two texts: " + err.Error())
	}
	return "?after=" + base64.RawURLEncoding.EncodeToString(cursor)
}

// multiply copies the first unit until there are so many, and counts them in
// the totals. It writes past the product: a list page asks neither for the
// movements nor for the audit entries that such units would have.
func (w *world) multiply(ctx context.Context, units int) (err error) {
	done := filepath.Join(filepath.Dir(w.Folder), fmt.Sprintf("many-%d", units))
	if _, err := os.Stat(done); err == nil {
		return nil
	}
	db, err := sql.Open("sqlite", filepath.Join(w.Folder, "trueward.db")+"?_pragma=synchronous(off)&_pragma=cache_size(-200000)")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	db.SetMaxOpenConns(1)
	columns, values, err := copyOf(ctx, db)
	if err != nil {
		return err
	}
	for made := few; made < units; made += 100_000 {
		until := min(made+100_000, units)
		_, err := db.ExecContext(ctx, `WITH RECURSIVE n(i) AS (SELECT ? UNION ALL SELECT i + 1 FROM n WHERE i + 1 < ?)
			INSERT INTO units (`+columns+`) SELECT `+values+` FROM n JOIN (SELECT * FROM units ORDER BY id LIMIT 1) t`, made, until)
		if err != nil {
			return err
		}
	}
	if _, err := db.ExecContext(ctx, `UPDATE totals SET value = value + ? WHERE name LIKE 'units/available%'`, units-few); err != nil {
		return err
	}
	return os.WriteFile(done, nil, 0o600)
}

// copyOf spells the columns of a unit and the values of its n-th copy.
func copyOf(ctx context.Context, db *sql.DB) (columns, values string, err error) {
	rows, err := db.QueryContext(ctx, "SELECT name FROM pragma_table_info('units')")
	if err != nil {
		return "", "", err
	}
	defer rows.Close()
	var names, copies []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return "", "", err
		}
		value := "t." + name
		switch name {
		case "id":
			value = "printf('" + copied + "', n.i)"
		case "serial":
			value = "printf('SN%07d', n.i)"
		}
		names, copies = append(names, name), append(copies, value)
	}
	return strings.Join(names, ", "), strings.Join(copies, ", "), rows.Err()
}
