package gs1

import (
	"strings"
	"time"

	"trueward/internal/standard/civil"
)

// Date is a calendar date as labels carry it.
type Date = civil.Date

// Element is one application identifier with its value.
type Element struct{ AI, Value string }

// Message is a set of elements that are valid together, in the order in which
// they were read. Only the parsers of this package and [New] make one that
// holds elements.
type Message struct {
	Elements []Element
	Warnings []Warning

	path int // how many elements stood in the path of the Digital Link read
}

// New checks elements and makes a message of them. The offset of an error is
// the number of the element.
func New(elements ...Element) (Message, error) {
	var r reader
	for i, e := range elements {
		if err := r.full(i); err != nil {
			return Message{}, err
		}
		row := exactRow(e.AI)
		if row == nil {
			return Message{}, refuse(CodeUnsupported, "", i, "unknown AI")
		}
		if f := checkValue(row, e.Value); f != nil {
			return Message{}, refuse(f.code, e.AI, i, f.detail)
		}
		r.add(e, row, i)
	}
	m, err := r.finish(0)
	m.Warnings = nil // their offsets belong to text
	return m, err
}

// Value returns the value of an AI and whether the message has it.
func (m Message) Value(ai string) (string, bool) {
	for _, e := range m.Elements {
		if e.AI == ai {
			return e.Value, true
		}
	}
	return "", false
}

func (m Message) value(ai string) string {
	v, _ := m.Value(ai)
	return v
}

// GTIN returns the 14 digits of AI 01, or the empty string.
func (m Message) GTIN() string { return m.value("01") }

// Lot returns AI 10, or the empty string.
func (m Message) Lot() string { return m.value("10") }

// Serial returns AI 21, or the empty string.
func (m Message) Serial() string { return m.value("21") }

// Expiry returns the last day on which the product may be used, of AI 17. Day
// 00 is read as the last of the month; the century is chosen nearest to now
// (GS1 General Specifications, sections 3.4.7 and 7.12). It reports false if
// there is no AI 17.
func (m Message) Expiry(now time.Time) (Date, bool) { return m.date("17", now) }

// Manufactured returns the production date of AI 11, read like [Message.Expiry].
func (m Message) Manufactured(now time.Time) (Date, bool) { return m.date("11", now) }

func (m Message) date(ai string, now time.Time) (Date, bool) {
	v, ok := m.Value(ai)
	if !ok {
		return Date{}, false
	}
	d, err := ParseDate(v, now)
	return d.End(), err == nil
}

// ParseDate reads YYMMDD. Day 00 gives a date without day, see [civil.Date.End].
func ParseDate(yymmdd string, now time.Time) (Date, error) {
	if f := checkDateOrMonth(yymmdd); f != nil {
		return Date{}, refuse(f.code, "date", f.offset, f.detail)
	}
	d := Date{
		Year:  civil.FullYear(number(yymmdd[:2]), now),
		Month: time.Month(number(yymmdd[2:4])),
		Day:   number(yymmdd[4:]),
	}
	// 29 February of a year 00 passes the check above, but 1900 and 2100 had none.
	if !d.Valid() {
		return Date{}, refuse(CodeRange, "date", 4, "no such day in this month")
	}
	return d, nil
}

// Strict returns an error if the data were readable only by tolerance: a stray
// separator. Readers that must agree with the reference engine call it.
func (m Message) Strict() error {
	for _, w := range m.Warnings {
		if w.Code == WarnStraySeparator {
			return refuse(CodeMalformed, w.Field, w.Offset, "stray separator")
		}
	}
	return nil
}

// ElementString returns the bracketed form, such as (01)09506000134352(10)A. An
// opening bracket inside a value is written \(.
func (m Message) ElementString() string {
	var b strings.Builder
	b.Grow(m.size() + 2*len(m.Elements))
	for _, e := range m.Elements {
		b.WriteByte('(')
		b.WriteString(e.AI)
		b.WriteByte(')')
		writeEscaped(&b, e.Value)
	}
	return b.String()
}

// String is [Message.ElementString].
func (m Message) String() string { return m.ElementString() }

func writeEscaped(b *strings.Builder, value string) {
	for {
		i := strings.IndexByte(value, '(')
		if i < 0 {
			b.WriteString(value)
			return
		}
		b.WriteString(value[:i])
		b.WriteString(`\(`)
		value = value[i+1:]
	}
}

// Unbracketed returns the element string with ^ for FNC1: one in front, and one
// after every value that is not of predefined length and not the last.
func (m Message) Unbracketed() string { return m.join('^') }

// ScanData returns the element string as a scanner sends it behind the symbology
// identifier: without FNC1 in front, with GS (1Dh) as separator.
func (m Message) ScanData() string {
	s := m.join(groupSeparator)
	if s == "" {
		return ""
	}
	return s[1:]
}

func (m Message) join(fnc1 byte) string {
	var b strings.Builder
	b.Grow(m.size() + len(m.Elements))
	needs := true
	for _, e := range m.Elements {
		if needs {
			b.WriteByte(fnc1)
		}
		b.WriteString(e.AI)
		b.WriteString(e.Value)
		r := exactRow(e.AI)
		needs = r == nil || !r.predefined
	}
	return b.String()
}

func (m Message) size() int {
	n := 0
	for _, e := range m.Elements {
		n += len(e.AI) + len(e.Value)
	}
	return n
}
