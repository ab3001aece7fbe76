package store

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"

	"gorm.io/gorm"

	"trueward/internal/fault"
)

// Page asks for one part of a list: what comes after a cursor that an earlier
// part returned (the beginning when empty), at most Limit rows.
type Page struct {
	After string
	Limit int // 0: 50; never over 200
	// Reverse turns the list round as a whole; a cursor is good for one way.
	Reverse bool
}

// Listed is one part of a list and the cursor of the next, empty at the end.
type Listed[T any] struct {
	Rows []T
	Next string
}

const (
	pageDefault = 50
	pageMax     = 200
)

func (p Page) limit() int {
	if p.Limit <= 0 {
		return pageDefault
	}
	return min(p.Limit, pageMax)
}

// after bounds an ordered statement to the rows behind the page's cursor.
// columns are those of its ORDER BY, all rising, the last one unique; one row
// more than the limit is read, so that the end of the list is known.
func (p Page) after(list *gorm.DB, columns string) (*gorm.DB, error) {
	return p.seek(list, columns, ">")
}

// before is after for lists whose columns all fall (newest first).
func (p Page) before(list *gorm.DB, columns string) (*gorm.DB, error) {
	return p.seek(list, columns, "<")
}

func (p Page) seek(list *gorm.DB, columns, sign string) (*gorm.DB, error) {
	list = list.Limit(p.limit() + 1)
	if p.Reverse {
		list, sign = turned(list, columns, sign)
	}
	if p.After == "" {
		return list, nil
	}
	keys, err := decodeCursor(p.After)
	if err != nil || len(keys) != strings.Count(columns, ",")+1 {
		return nil, fault.New(fault.Invalid, "This part of the list cannot be found. Start again at its beginning.")
	}
	return list.Where("("+columns+") "+sign+" ("+strings.TrimSuffix(strings.Repeat("?,", len(keys)), ",")+")", keys...), nil
}

// turned is a statement ordered the other way round, and the sign that goes
// with it.
func turned(list *gorm.DB, columns, sign string) (*gorm.DB, string) {
	other, way := "<", " DESC"
	if sign == "<" {
		other, way = ">", ""
	}
	delete(list.Statement.Clauses, "ORDER BY")
	return list.Order(strings.ReplaceAll(columns, ",", way+",") + way), other
}

// cut returns the rows of the page and the cursor behind them. key returns a
// row's values of the columns given to after: strings and int64 alone.
func cut[R any](p Page, rows []R, key func(R) []any) Listed[R] {
	if len(rows) <= p.limit() {
		return Listed[R]{Rows: rows}
	}
	rows = rows[:p.limit()]
	return Listed[R]{Rows: rows, Next: encodeCursor(key(rows[len(rows)-1]))}
}

// encodeCursor writes keys as opaque text. A cursor is no secret and no right:
// the scope bounds what stands behind it.
func encodeCursor(keys []any) string {
	text, err := json.Marshal(keys)
	if err != nil {
		panic("store: a cursor's keys are strings and integers: " + err.Error())
	}
	return base64.RawURLEncoding.EncodeToString(text)
}

func decodeCursor(cursor string) ([]any, error) {
	text, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil {
		return nil, err
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	var keys []any
	if err := decoder.Decode(&keys); err != nil {
		return nil, err
	}
	for i, k := range keys {
		switch k := k.(type) {
		case string:
		case json.Number:
			if keys[i], err = k.Int64(); err != nil {
				return nil, err
			}
		default:
			return nil, errCursor
		}
	}
	return keys, nil
}

var errCursor = errors.New("store: a cursor holds strings and integers")

// containing is the LIKE pattern (ESCAPE '\') of text anywhere in a lower-case
// column.
func containing(text string) string {
	return "%" + likeEscape.Replace(strings.ToLower(strings.TrimSpace(text))) + "%"
}

var likeEscape = strings.NewReplacer(`\`, `\\`, "%", `\%`, "_", `\_`)
