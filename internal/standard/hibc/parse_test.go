package hibc

import (
	"errors"
	"strings"
	"testing"
	"time"
)

// signed appends the check character.
func signed(t testing.TB, s string) string {
	t.Helper()
	c, ok := CheckCharacter(s)
	if !ok {
		t.Fatalf("%q has no check character", s)
	}
	return s + string(rune(c))
}

const primary = "+A123BJC5D6E71"

func TestForms(t *testing.T) {
	cases := []struct{ in, lot, serial, expiry string }{
		{primary, "", "", ""},
		{primary + "/$LOT1", "LOT1", "", ""},
		{primary + "/$+SN1", "", "SN1", ""},
		{primary + "/28031LOT1", "LOT1", "", "2028-01-31"},
		{primary + "/28366", "", "", "2028-12-31"},
		{primary + "/$$0128LOT1", "LOT1", "", "2028-01"},
		{primary + "/$$1228", "", "", "2028-12"},
		{primary + "/$$2013128LOT1", "LOT1", "", "2028-01-31"},
		{primary + "/$$3280131LOT1", "LOT1", "", "2028-01-31"},
		{primary + "/$$428013123LOT1", "LOT1", "", "2028-01-31T23"},
		{primary + "/$$528031LOT1", "LOT1", "", "2028-01-31"},
		{primary + "/$$62803100LOT1", "LOT1", "", "2028-01-31T00"},
		{primary + "/$$7LOT1", "LOT1", "", ""},
		{primary + "/$$+0128SN1", "", "SN1", "2028-01"},
		{primary + "/$$+7SN1", "", "SN1", ""},
		{primary + "/$$3280131LOT1/SSN1", "LOT1", "SN1", "2028-01-31"},
		{primary + "/SSN1/14D20280131", "", "SN1", "2028-01-31"},
		{primary + "/$$0128LOT1/14D20280115", "LOT1", "", "2028-01-15"},
		{primary + "/$$3280115LOT1/14D20280115", "LOT1", "", "2028-01-15"},
		{primary + "/$$3770101L", "L", "", "1977-01-01"},
		{primary + "/$A-B.C%", "A-B.C%", "", ""},
		{"+28031LOT1Z", "LOT1", "", "2028-01-31"},
		{"+$$0128LOT1/SSN1Z", "LOT1", "SN1", "2028-01"},
		{"+$L/", "L", "", ""}, // the link character is a slash
	}
	for _, c := range cases {
		m, err := Parse(signed(t, c.in))
		if err != nil {
			t.Errorf("%s: %v", c.in, err)
			continue
		}
		if m.Lot != c.lot || m.Serial != c.serial || m.ExpiryText(clock) != c.expiry {
			t.Errorf("%s: got lot %q, serial %q, expiry %q", c.in, m.Lot, m.Serial, m.ExpiryText(clock))
		}
		if m.HasPrimary() == (m.Link != 0) {
			t.Errorf("%s: primary %v with link %q", c.in, m.HasPrimary(), m.Link)
		}
	}
}

func TestQuantities(t *testing.T) {
	for in, want := range map[string]int{
		"/$$824": 24, "/$$8240128": 24, "/$$8247LOT": 24, "/$$9001000128LOT": 100, "/$$999999": 99999,
		"/$LOT/Q500": 500, "/$$824/Q24": 24, "/$LOT": 0,
	} {
		m, err := Parse(signed(t, primary+in))
		if err != nil || m.Quantity != want {
			t.Errorf("%s: got %d, %v, want %d", in, m.Quantity, err, want)
		}
	}
}

func TestAccessors(t *testing.T) {
	m, err := Parse("+A99912345/$$52001510X3/16D20111212/S77DE1G45-")
	if err != nil {
		t.Fatal(err)
	}
	if m.DI() != "A99912345" || !m.HasPrimary() {
		t.Errorf("DI %q", m.DI())
	}
	expiry, ok := m.Expiry(clock)
	if !ok || expiry.String() != "2020-01-15" {
		t.Errorf("expiry %v", expiry)
	}
	made, ok := m.Manufactured()
	if !ok || made.String() != "2011-12-12" {
		t.Errorf("manufactured %v", made)
	}
	var none Message
	if none.DI() != "" || none.HasPrimary() || none.ExpiryText(clock) != "" {
		t.Error("something out of nothing")
	}
	if _, ok := none.Expiry(clock); ok {
		t.Error("expiry out of nothing")
	}
	if _, ok := none.Manufactured(); ok {
		t.Error("manufacture out of nothing")
	}
}

// A month means its last day; the same digits mean another century later.
func TestExpiryNeedsTheClock(t *testing.T) {
	m, err := Parse(signed(t, primary+"/$$0200LOT"))
	if err != nil {
		t.Fatal(err)
	}
	for year, want := range map[int]string{2026: "2000-02-29", 2055: "2100-02-28"} {
		got, _ := m.Expiry(time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC))
		if got.String() != want {
			t.Errorf("in %d: %v, want %s", year, got, want)
		}
	}
	leap, err := Parse(signed(t, primary+"/$$3000229LOT"))
	if err != nil {
		t.Fatal(err)
	}
	if got, _ := leap.Expiry(time.Date(2055, 1, 1, 0, 0, 0, 0, time.UTC)); got.String() != "2100-02-28" {
		t.Errorf("29 February 2100: %v", got)
	}
}

func TestLink(t *testing.T) {
	p, err := Parse(signed(t, primary))
	if err != nil {
		t.Fatal(err)
	}
	mine, err := Parse(signed(t, "+$LOT1G"))
	if err != nil {
		t.Fatal(err)
	}
	other, err := Parse(signed(t, "+$LOT1H"))
	if err != nil {
		t.Fatal(err)
	}
	if !p.Belongs(mine) || p.Belongs(other) || p.Belongs(p) || mine.Belongs(mine) {
		t.Errorf("links: %v %v %v %v", p.Belongs(mine), p.Belongs(other), p.Belongs(p), mine.Belongs(mine))
	}
}

func TestErrors(t *testing.T) {
	cases := []struct {
		name, in string
		code     Code
		field    string
		offset   int
	}{
		{"no plus", "A123BJC5D6E71G", CodeMissing, "label", 0},
		{"empty", "", CodeMissing, "label", 0},
		{"cut", "+A1", CodeTruncated, "label", 3},
		{"lower case", "+a123BJC5D6E71G", CodeMalformed, "label", 1},
		{"Unicode", "+A123é", CodeMalformed, "label", 5},
		{"check character", "+A123BJC5D6E71H", CodeCheckDigit, "label", 14},
		{"too long", "+" + strings.Repeat("A", MaxScan), CodeOversize, "label", MaxScan},
		{"short primary", signed(t, "+A1231"), CodeTruncated, "primary", 6},
		{"long primary", signed(t, "+A123"+strings.Repeat("B", 19)+"1"), CodeOversize, "primary", 24},
		{"space in primary", signed(t, "+A123B C1"), CodeMalformed, "primary", 6},
		{"letter as unit", signed(t, "+A123BCD"), CodeMalformed, "unit of measure", 7},
		{"empty field", signed(t, primary+"/"), CodeMissing, "field", 15},
		{"unknown field", signed(t, primary+"/$L/X1"), CodeUnsupported, "field", 18},
		{"lot twice over", signed(t, primary+"/$L/$L"), CodeUnsupported, "field", 18},
		{"unknown secondary", signed(t, primary+"/XYZ"), CodeUnsupported, "secondary", 15},
		{"empty lot", signed(t, primary+"/$"), CodeMissing, "lot", 16},
		{"empty serial", signed(t, primary+"/$+"), CodeMissing, "serial", 17},
		{"empty dated", signed(t, primary+"/$$"), CodeMissing, "secondary", 17},
		{"flag 7 without lot", signed(t, primary+"/$$7"), CodeMissing, "lot", 18},
		{"letter as flag", signed(t, primary+"/$$X"), CodeMalformed, "expiry", 17},
		{"day 367", signed(t, primary+"/$$528367L"), CodeRange, "expiry", 18},
		{"day 366 of a common year", signed(t, primary+"/$$527366L"), CodeRange, "expiry", 18},
		{"day 0", signed(t, primary+"/$$527000L"), CodeRange, "expiry", 18},
		{"month 13", signed(t, primary+"/$$1328L"), CodeRange, "expiry", 17},
		{"day 00", signed(t, primary+"/$$3280100L"), CodeRange, "expiry", 18},
		{"30 February", signed(t, primary+"/$$3280230L"), CodeRange, "expiry", 18},
		{"hour 24", signed(t, primary+"/$$428013124L"), CodeRange, "expiry", 18},
		{"letter in a date", signed(t, primary+"/$$328A131L"), CodeMalformed, "expiry", 18},
		{"cut date", signed(t, primary+"/$$32801"), CodeTruncated, "expiry", 18},
		{"cut quantity", signed(t, primary+"/$$82"), CodeTruncated, "quantity", 19},
		{"letter in a quantity", signed(t, primary+"/$$8A1"), CodeMalformed, "quantity", 18},
		{"zero quantity", signed(t, primary+"/$$800"), CodeRange, "quantity", 18},
		{"long quantity", signed(t, primary+"/Q123456"), CodeOversize, "quantity", 16},
		{"two quantities", signed(t, primary+"/$$824/Q25"), CodeConflict, "quantity", 22},
		{"long lot", signed(t, primary+"/$"+strings.Repeat("L", 19)), CodeOversize, "lot", 34},
		{"dollar in a lot", signed(t, primary+"/$A$B"), CodeMalformed, "lot", 17},
		{"two serials", signed(t, primary+"/$+A/SB"), CodeConflict, "serial", 20},
		{"two expiry dates", signed(t, primary+"/$$3280131L/14D20280130"), CodeConflict, "expiry", 29},
		{"two dates of manufacture", signed(t, primary+"/16D20280131/16D20280130"), CodeConflict, "manufactured", 30},
		{"no date of manufacture", signed(t, primary+"/16D20281331"), CodeRange, "manufactured", 18},
		{"short date of manufacture", signed(t, primary+"/16D2028"), CodeTruncated, "manufactured", 18},
		{"no such 14D", signed(t, primary+"/14D20280100"), CodeRange, "expiry", 18},
		{"bad secondary alone", signed(t, "+$$XZ"), CodeMalformed, "expiry", 3},
	}
	for _, c := range cases {
		m, err := Parse(c.in)
		var e *Error
		if !errors.As(err, &e) {
			t.Errorf("%s: got %+v, %v", c.name, m, err)
			continue
		}
		if e.Code != c.code || e.Field != c.field || e.Offset != c.offset {
			t.Errorf("%s: got %v, want %s %q at %d", c.name, e, c.code, c.field, c.offset)
		}
		if m != (Message{}) {
			t.Errorf("%s: a partial result", c.name)
		}
	}
	want := "hibc: expiry: no such date (range, byte 18)"
	if got := (&Error{CodeRange, "expiry", 18, "no such date"}).Error(); got != want {
		t.Errorf("got %q", got)
	}
}

func TestCheckCharacter(t *testing.T) {
	for in, want := range map[string]byte{"+A123BJC5D6E71": 'G', "+A99912345/$$52001510X3/16D20111212/S77DE1G45": '-', "": '0'} {
		if got, ok := CheckCharacter(in); !ok || got != want {
			t.Errorf("%s: got %c", in, got)
		}
	}
	if _, ok := CheckCharacter("+a"); ok {
		t.Error("lower case has a check character")
	}
}
