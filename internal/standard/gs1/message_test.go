package gs1

import (
	"errors"
	"strings"
	"testing"
	"time"
)

// clock is the reference time of these tests.
var clock = time.Date(2026, time.November, 23, 12, 0, 0, 0, time.UTC)

func mustParse(t testing.TB, s string) Message {
	t.Helper()
	m, err := ParseElementString(s)
	if err != nil {
		t.Fatalf("%q: %v", s, err)
	}
	return m
}

// wantError checks code, field and offset of an error.
func wantError(t *testing.T, name string, err error, code Code, field string, offset int) {
	t.Helper()
	var e *Error
	if !errors.As(err, &e) {
		t.Errorf("%s: got %v, want %s", name, err, code)
		return
	}
	if e.Code != code || e.Field != field || e.Offset != offset {
		t.Errorf("%s: got %s %q at %d (%s), want %s %q at %d", name, e.Code, e.Field, e.Offset, e.Detail, code, field, offset)
	}
}

func TestElementStringErrors(t *testing.T) {
	many := "^" + strings.Repeat("400A^", maxElements+1)
	cases := []struct {
		name, in string
		code     Code
		field    string
		offset   int
	}{
		{"empty", "", CodeMissing, "", 0},
		{"digits alone are plain data", "010950600013435217261231", CodeUnsupported, "", 0},
		{"only a separator", "^", CodeMissing, "", 1},
		{"only separators", "\x1d\x1d", CodeMissing, "", 2},
		{"unknown AI", "^0109506000134352891", CodeUnsupported, "", 17},
		{"unknown three digit AI", "^239A", CodeUnsupported, "", 1},
		{"unknown four digit AI", "^8999A", CodeUnsupported, "", 1},
		{"half of a three digit AI", "^23", CodeUnsupported, "", 1},
		{"half of a four digit AI", "^800", CodeUnsupported, "", 1},
		{"letter in a three digit AI", "^23A5", CodeUnsupported, "", 1},
		{"letter in a four digit AI", "^80A1", CodeUnsupported, "", 1},
		{"one digit", "^0", CodeUnsupported, "", 1},
		{"check digit", "^0109506000134353", CodeCheckDigit, "01", 16},
		{"letter in a GTIN", "^010950600013435A", CodeMalformed, "01", 16},
		{"cut GTIN", "^010950600", CodeTruncated, "01", 10},
		{"GTIN cut by a separator", "\x1d010950600\x1d10A", CodeTruncated, "01", 10},
		{"month", "^010950600013435217261301", CodeRange, "17", 21},
		{"day", "^010950600013435217260230", CodeRange, "17", 23},
		{"lot too long", "^010950600013435210ABCDEFGHIJKLMNOPQRSTU", CodeOversize, "10", 39},
		{"Unicode digit", "^01０950600013435", CodeMalformed, "01", 3},
		{"lot alone", "^10A", CodeMissing, "10", 1},
		{"GTIN with count", "^01095060001343523712", CodeConflict, "01", 1},
		{"two expiry dates", "^01095060001343521726123117271231", CodeConflict, "17", 17},
		{"two weights of one row", "^010950600013435231001234563101123456", CodeConflict, "3100", 17},
		{"optional part too long", "^800302112345678900ABCDEFGHIJKLMNOPQ", CodeOversize, "8003", 35},
		{"too many elements", many, CodeOversize, "", 1 + 5*maxElements},
		{"too long", "^10" + strings.Repeat("A", MaxScan), CodeOversize, "", MaxScan},
	}
	for _, c := range cases {
		m, err := ParseElementString(c.in)
		wantError(t, c.name, err, c.code, c.field, c.offset)
		if m.Elements != nil || m.Warnings != nil {
			t.Errorf("%s: a partial result beside the error", c.name)
		}
	}
}

func TestBracketedErrors(t *testing.T) {
	cases := []struct {
		name, in string
		code     Code
		field    string
		offset   int
	}{
		{"empty", "", CodeMissing, "", 0},
		{"no bracket", "01", CodeMalformed, "", 0},
		{"open bracket", "(01", CodeMalformed, "", 0},
		{"unknown AI", "(89)A", CodeUnsupported, "", 0},
		{"longer than an AI", "(0109)A", CodeUnsupported, "", 0},
		{"no value", "(10)", CodeTruncated, "10", 4},
		{"no value before another AI", "(10)(11)260101", CodeTruncated, "10", 4},
		{"caret", "(01)09506000134352(10)A^B", CodeMalformed, "10", 23},
		{"too many", strings.Repeat("(400)A", maxElements+1), CodeOversize, "", 6 * maxElements},
		{"too long", strings.Repeat("(", MaxScan+1), CodeOversize, "", MaxScan},
	}
	for _, c := range cases {
		_, err := ParseBracketed(c.in)
		wantError(t, c.name, err, c.code, c.field, c.offset)
	}
}

func leaks(err error, secret string) bool { return strings.Contains(err.Error(), secret) }

// An error says what and where, but never repeats what was read.
func TestErrorTextHoldsNoValue(t *testing.T) {
	const secret = "TOPSECRET"
	for _, in := range []string{"^01" + secret, "^10" + secret, "^" + secret, "(10)" + secret, "(" + secret + ")1"} {
		_, err := ParseElementString(in)
		if err == nil || leaks(err, secret) || !strings.HasPrefix(err.Error(), "gs1: ") {
			t.Errorf("%q: %v", in, err)
		}
	}
	if planted := (&Error{Code: CodeMalformed, Field: "10", Detail: "not " + secret}); !leaks(planted, secret) {
		t.Error("a planted leak was not found")
	}
	err := &Error{Code: CodeRange, Field: "17", Offset: 20, Detail: "no such month"}
	if got := err.Error(); got != "gs1: 17: no such month (range, byte 20)" {
		t.Errorf("got %q", got)
	}
}

func TestAccessors(t *testing.T) {
	m := mustParse(t, "^0109506000134352112501011726020010LOT42^21SN0001")
	if m.GTIN() != "09506000134352" || m.Lot() != "LOT42" || m.Serial() != "SN0001" {
		t.Errorf("got %q %q %q", m.GTIN(), m.Lot(), m.Serial())
	}
	if v, ok := m.Value("30"); ok || v != "" {
		t.Errorf("a value that is not there: %q", v)
	}
	expiry, ok := m.Expiry(clock)
	if !ok || expiry.String() != "2026-02-28" {
		t.Errorf("day 00: got %v, %v", expiry, ok)
	}
	made, ok := m.Manufactured(clock)
	if !ok || made.String() != "2025-01-01" {
		t.Errorf("manufactured: got %v, %v", made, ok)
	}
	udi, ok := m.UDI(clock)
	if want := (UDI{"09506000134352", "LOT42", "SN0001", expiry, made}); !ok || udi != want {
		t.Errorf("got %+v, want %+v", udi, want)
	}
	if m.String() != m.ElementString() || m.ScanData() != "0109506000134352112501011726020010LOT42\x1d21SN0001" {
		t.Errorf("got %s and %q", m, m.ScanData())
	}
}

func TestEmptyMessage(t *testing.T) {
	var m Message
	if d, ok := m.Expiry(clock); ok || !d.IsZero() {
		t.Errorf("expiry %v", d)
	}
	if udi, ok := m.UDI(clock); ok || udi != (UDI{}) {
		t.Errorf("udi %+v", udi)
	}
	if m.ElementString() != "" || m.Unbracketed() != "" || m.ScanData() != "" {
		t.Error("text from nothing")
	}
	_, err := m.DigitalLink()
	wantError(t, "link", err, CodeMissing, "", 0)
}

// The century is the nearest; 29 February needs a leap year in it.
func TestParseDate(t *testing.T) {
	cases := []struct {
		year     int
		in, want string
	}{
		{2026, "261231", "2026-12-31"},
		{2026, "260200", "2026-02"},
		{2026, "760101", "2076-01-01"},
		{2026, "770101", "1977-01-01"},
		{2050, "000101", "2100-01-01"},
		{2050, "000228", "2100-02-28"},
		{2026, "000229", "2000-02-29"},
	}
	for _, c := range cases {
		got, err := ParseDate(c.in, time.Date(c.year, 6, 1, 0, 0, 0, 0, time.UTC))
		if err != nil || got.String() != c.want {
			t.Errorf("%s in %d: got %v, %v, want %s", c.in, c.year, got, err, c.want)
		}
	}
	_, err := ParseDate("000229", time.Date(2050, 6, 1, 0, 0, 0, 0, time.UTC))
	wantError(t, "2100-02-29", err, CodeRange, "date", 4)
	for in, code := range map[string]Code{"": CodeTruncated, "26123": CodeTruncated, "2612311": CodeOversize, "26a231": CodeMalformed, "260001": CodeRange} {
		_, err := ParseDate(in, clock)
		var e *Error
		if !errors.As(err, &e) || e.Code != code {
			t.Errorf("%q: got %v, want %s", in, err, code)
		}
	}
}

func TestStraySeparatorsAreToleratedAndNamed(t *testing.T) {
	cases := []struct {
		in    string
		stray []int
	}{
		{"]d2\x1d0109506000134352", []int{3}},
		{"]d2010950600013435210A\x1d\x1d17261231", []int{23}},
		{"]C1\x1d\x1d0109506000134352\x1d", []int{3, 4}},
		{"]d2010950600013435210A\x1d17261231\x1d\x1d", []int{32}},
		{"]d2010950600013435210A\x1d17261231\x1d", nil},
		{"]d20109506000134352\x1d10A", nil},
	}
	for _, c := range cases {
		scan, err := ParseScan(c.in)
		if err != nil {
			t.Errorf("%q: %v", c.in, err)
			continue
		}
		var got []int
		for _, w := range scan.Message.Warnings {
			if w.Code == WarnStraySeparator {
				got = append(got, w.Offset)
			}
		}
		if len(got) != len(c.stray) {
			t.Errorf("%q: stray at %v, want %v", c.in, got, c.stray)
			continue
		}
		strict := scan.Message.Strict()
		if len(c.stray) == 0 {
			if strict != nil {
				t.Errorf("%q: strict %v", c.in, strict)
			}
			continue
		}
		if got[0] != c.stray[0] {
			t.Errorf("%q: stray at %v, want %v", c.in, got, c.stray)
		}
		wantError(t, c.in, strict, CodeMalformed, "", c.stray[0])
	}
}

func TestPossibleSwallowedAI(t *testing.T) {
	cases := []struct {
		in     string
		field  string
		offset int
	}{
		{"^010950600013435210LOT4217261231", "10", 24},
		{"^010950600013435210LOT4211260100", "10", 24},
		{"^010950600013435221SN17261231", "21", 21},
		{"^010950600013435210LOT4217261331", "", 0},
		{"^010950600013435210LOT4218261231", "", 0},
		{"^010950600013435210LOT42 7261231"[:20], "", 0},
		{"^01095060001343521726123110LOT4217261231", "", 0},
		{"^010950600013435210A17261231", "10", 20},
		{"^01095060001343521017261231", "", 0},
		{"^0109506000134352240LOT4217261231", "", 0},
	}
	for _, c := range cases {
		m := mustParse(t, c.in)
		switch {
		case c.field == "" && len(m.Warnings) != 0:
			t.Errorf("%q: %+v", c.in, m.Warnings)
		case c.field != "" && (len(m.Warnings) != 1 || m.Warnings[0] != Warning{WarnPossibleSwallowedAI, c.field, c.offset}):
			t.Errorf("%q: %+v, want %s at %d", c.in, m.Warnings, c.field, c.offset)
		}
		if m.Strict() != nil {
			t.Errorf("%q: a doubt became an error", c.in)
		}
	}
}

func TestNew(t *testing.T) {
	m, err := New(Element{"01", "09506000134352"}, Element{"10", "A(B"})
	if err != nil || m.ElementString() != `(01)09506000134352(10)A\(B` {
		t.Errorf("got %v, %v", m, err)
	}
	back, err := ParseBracketed(m.ElementString())
	if err != nil || back.Lot() != "A(B" {
		t.Errorf("got %v, %v", back, err)
	}
	_, err = New()
	wantError(t, "nothing", err, CodeMissing, "", 0)
	_, err = New(Element{"01", "09506000134352"}, Element{"1", "A"})
	wantError(t, "unknown", err, CodeUnsupported, "", 1)
	_, err = New(Element{"01", "09506000134352"}, Element{"10", ""})
	wantError(t, "empty", err, CodeTruncated, "10", 1)
	_, err = New(Element{"10", "A"})
	wantError(t, "alone", err, CodeMissing, "10", 0)
	_, err = New(make([]Element, maxElements+1)...)
	wantError(t, "zero elements", err, CodeUnsupported, "", 0)
	many := make([]Element, maxElements+1)
	for i := range many {
		many[i] = Element{"400", "A"}
	}
	_, err = New(many...)
	wantError(t, "many", err, CodeOversize, "", maxElements)
	m, err = New(Element{"01", "09506000134352"}, Element{"10", "LOT4217261231"})
	if err != nil || m.Warnings != nil {
		t.Errorf("got %+v, %v", m, err)
	}
}

func TestTitle(t *testing.T) {
	for ai, want := range map[string]string{"01": "GTIN", "10": "BATCH/LOT", "3102": "NET WEIGHT (kg)", "95": "INTERNAL"} {
		if got, ok := Title(ai); !ok || got != want {
			t.Errorf("%s: %q, want %q", ai, got, want)
		}
	}
	for _, ai := range []string{"", "0", "011", "89", "310"} {
		if got, ok := Title(ai); ok {
			t.Errorf("%q: %q", ai, got)
		}
	}
}
