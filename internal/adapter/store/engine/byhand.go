package engine

import (
	"database/sql"
	"errors"
	"reflect"
	"strconv"
	"strings"

	"gorm.io/gorm"
)

// Each runs a query that was built with the ORM and calls scan for each row,
// past the ORM's mapping: for fifty rows that takes several times as long as
// the database does. scan reads its row and runs no statement.
func Each(list *gorm.DB, scan func(*sql.Rows) error) error {
	built := list.Session(&gorm.Session{DryRun: true}).Find(&[]map[string]any{})
	if built.Error != nil {
		return built.Error
	}
	return each(list, built.Statement.SQL.String(), built.Statement.Vars, scan)
}

// Query runs a hand-written query of a hot path; like Exec it is not shown to
// the guard, so its author bounds it. Each ? stands for a value, or for a list
// in brackets where the value is a slice. scan is as for Each.
func Query(tx *gorm.DB, statement string, args []any, scan func(*sql.Rows) error) error {
	if err := attending(tx).before(); err != nil {
		return err
	}
	statement, args = expand(tx, statement, args)
	return each(tx, statement, args, scan)
}

// Exec runs a hand-written statement of a hot path inside Write and returns how
// many rows it changed. It is not told to Observe.
func Exec(tx *gorm.DB, statement string, args ...any) (int64, error) {
	h, ok := tx.Statement.ConnPool.(*handle)
	if !ok {
		return 0, ErrReadOnly
	}
	if err := attending(tx).before(); err != nil {
		return 0, err
	}
	statement, args = expand(tx, statement, args)
	result, err := h.ExecContext(tx.Statement.Context, statement, args...)
	if err != nil {
		return 0, translate(err)
	}
	if err := attending(tx).after(); err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

func each(tx *gorm.DB, statement string, args []any, scan func(*sql.Rows) error) error {
	rows, err := tx.Statement.ConnPool.QueryContext(tx.Statement.Context, statement, args...)
	if err != nil {
		return translate(err)
	}
	defer rows.Close() // a second time without effect; the first when scan panics
	for err == nil && rows.Next() {
		err = scan(rows)
	}
	err = errors.Join(err, rows.Err(), rows.Close())
	if h, ok := tx.Statement.ConnPool.(*handle); ok && err != nil && fromDatabase(err) {
		h.note(err)
	}
	return translate(err)
}

// expand writes slices as lists and, for PostgreSQL, numbers the values.
func expand(tx *gorm.DB, statement string, args []any) (string, []any) {
	numbered := tx.Name() == string(PostgreSQL)
	if !numbered && !anySlice(args) {
		return statement, args
	}
	var text strings.Builder
	flat := make([]any, 0, len(args))
	value := func(arg any) {
		flat = append(flat, arg)
		if numbered {
			text.WriteString("$" + strconv.Itoa(len(flat)))
		} else {
			text.WriteByte('?')
		}
	}
	for i, part := range strings.Split(statement, "?") {
		if i > 0 {
			arg := any(nil)
			if i <= len(args) {
				arg = args[i-1]
			}
			list(&text, arg, value)
		}
		text.WriteString(part)
	}
	return text.String(), flat
}

// list writes one argument, or each of a slice's.
func list(text *strings.Builder, arg any, value func(any)) {
	if !isSlice(arg) {
		value(arg)
		return
	}
	items := reflect.ValueOf(arg)
	text.WriteByte('(')
	for i := range items.Len() {
		if i > 0 {
			text.WriteByte(',')
		}
		value(items.Index(i).Interface())
	}
	if items.Len() == 0 {
		text.WriteString("NULL")
	}
	text.WriteByte(')')
}

func anySlice(args []any) bool {
	for _, arg := range args {
		if isSlice(arg) {
			return true
		}
	}
	return false
}

func isSlice(arg any) bool {
	switch arg.(type) {
	case nil, string, int64, int, bool, []byte, *string, *int64:
		return false
	}
	return reflect.TypeOf(arg).Kind() == reflect.Slice
}
