package export

import (
	"strconv"
	"strings"
	"time"

	"trueward/internal/standard/money"
)

// cellKind says how a cell is written.
type cellKind byte

const (
	text cellKind = iota // the zero value: text is never anything else
	number
	amount
	day
	instant
)

// Cell is a value of a table: text, which is made harmless, or a number or
// date, which is written as it is. Only this package makes those, so text
// cannot pass for one.
type Cell struct {
	text     string
	kind     cellKind
	money    money.Amount // of an amount
	decimals int          // of a number
}

// Text is a cell of text.
func Text(s string) Cell { return Cell{text: s} }

// Number is a whole number.
func Number(n int64) Cell { return Cell{text: strconv.FormatInt(n, 10), kind: number} }

// Money is an amount with a full stop and all digits of its currency, without
// the currency: that has its own column.
func Money(a money.Amount) Cell { return Cell{text: a.Decimal(), kind: amount, money: a} }

// Percent is basis points as a plain decimal: 2100 is 21, 550 is 5.5.
func Percent(bp int) Cell { return Cell{text: percent(bp), kind: number, decimals: 2} }

// Decimal is a number that is already written as one.
func Decimal(s string) Cell { return Cell{text: s, kind: number, decimals: 6} }

// Day is a date written YYYY-MM-DD; anything else is text.
func Day(date string) Cell {
	if _, err := time.Parse(time.DateOnly, date); err != nil {
		return Text(date)
	}
	return Cell{text: date, kind: day}
}

// Instant is a time in UTC, RFC 3339; empty for no time.
func Instant(t time.Time) Cell {
	if t.IsZero() {
		return Cell{}
	}
	return Cell{text: t.UTC().Format(time.RFC3339), kind: instant}
}

// Heading is a column of a table.
type Heading struct {
	Name string // in CSV
	Sum  bool   // amounts are summed, by currency, where the format has totals
}

// Table is a heading and its rows, which come one at a time. A row may be used
// again by the next.
type Table struct {
	Name    string
	Columns []Heading
	Each    func(row func([]Cell) error) error
}

// Rows makes the rows of a table that is in memory.
func Rows(rows [][]Cell) func(func([]Cell) error) error {
	return func(row func([]Cell) error) error {
		for _, r := range rows {
			if err := row(r); err != nil {
				return err
			}
		}
		return nil
	}
}

// percent writes basis points as a plain decimal.
func percent(bp int) string {
	return strings.TrimSuffix(strings.TrimRight(strconv.FormatFloat(float64(bp)/100, 'f', 2, 64), "0"), ".")
}
