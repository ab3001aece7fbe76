package isbt128

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"trueward/internal/standard/civil"
)

const full = "=/A9999XYZ100T0944=,000025=A99971312345600=>014032=}013032&,1000000000000XYZ123"

// sample is one published structure and what it says.
type sample struct {
	ID, In string
	Want   map[string]string
}

func loadSamples(t testing.TB) []sample {
	t.Helper()
	dir := os.Getenv("TRUEWARD_VECTORS")
	if dir == "" {
		var file struct{ Structures []sample }
		readJSON(t, "testdata/structures.json", &file)
		return file.Structures
	}
	var file struct {
		ICCBBA []struct {
			ID, Input string
			Expected  map[string]string
		}
	}
	readJSON(t, filepath.Join(dir, "hibcc.json"), &file)
	var out []sample
	for _, v := range file.ICCBBA {
		out = append(out, sample{v.ID, v.Input, v.Expected})
	}
	return out
}

func readJSON(t testing.TB, path string, into any) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, into); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
}

func TestVectors(t *testing.T) {
	samples := loadSamples(t)
	for _, s := range samples {
		m, err := Parse(s.In)
		if err != nil {
			t.Errorf("%s: %v", s.ID, err)
			continue
		}
		got := map[string]string{
			"di": m.DI, "serial": m.Serial, "din": m.DonationID, "lot": m.Lot,
			"expiry": m.Expiry.String(), "manufactured": m.Manufactured.String(),
		}
		for key, want := range s.Want {
			if got[key] != want {
				t.Errorf("%s: %s is %q, want %q", s.ID, key, got[key], want)
			}
		}
		if m.String() != s.In {
			t.Errorf("%s: written as %q", s.ID, m.String())
		}
	}
	fmt.Printf("vectors: isbt128 ran %d of %d, skipped 0 ()\n", len(samples), len(samples))
}

func TestParseInAnyOrder(t *testing.T) {
	want := Message{
		DI: "A9999XYZ100T0944", Serial: "000025", DonationID: "A99971312345600", Lot: "000000000000XYZ123",
		Expiry:       Date{Year: 2014, Month: time.February, Day: 1},
		Manufactured: Date{Year: 2013, Month: time.February, Day: 1},
	}
	for _, in := range []string{
		full,
		"=+" + full,
		"=+06000" + full,
		"=+00000" + full,
		"&,1000000000000XYZ123=}013032=>014032=A99971312345600=,000025=/A9999XYZ100T0944",
	} {
		m, err := Parse(in)
		if err != nil || m != want {
			t.Errorf("%q: got %+v, %v", in, m, err)
		}
	}
	if got := want.String(); got != "=+06000"+full {
		t.Errorf("written as %q", got)
	}
	if got := (Message{}).String(); got != "" {
		t.Errorf("nothing written as %q", got)
	}
}

func TestCenturies(t *testing.T) {
	for data, want := range map[string]string{"000001": "2000-01-01", "999365": "1999-12-31", "024366": "2024-12-31", "100001": "2100-01-01"} {
		m, err := Parse("=>" + data)
		if err != nil || m.Expiry.String() != want || m.String() != "=>"+data {
			t.Errorf("%s: got %v as %q, %v", data, m.Expiry, m.String(), err)
		}
	}
}

func TestErrors(t *testing.T) {
	cases := []struct {
		name, in string
		code     Code
		field    string
		offset   int
	}{
		{"empty", "", CodeMissing, "scan", 0},
		{"header alone", "=+00000", CodeMissing, "scan", 7},
		{"fewer than announced", "=+02000=,000025", CodeMissing, "scan", 15},
		{"more than announced", "=+01000=,000025=>014032", CodeMalformed, "compound", 2},
		{"cut header", "=+01", CodeMalformed, "compound", 4},
		{"bare header", "=+", CodeMalformed, "compound", 2},
		{"letter in the header", "=+01A00=,000025", CodeMalformed, "compound", 4},
		{"too long", strings.Repeat("=", MaxScan+1), CodeOversize, "scan", MaxScan},
		{"blood group", "=%5100", CodeUnsupported, "structure", 0},
		{"unknown behind known", "=,000025=<E0001000", CodeUnsupported, "structure", 8},
		{"another lot structure", "&,2000000000000XYZ123", CodeUnsupported, "structure", 0},
		{"plain text", "ABC", CodeUnsupported, "structure", 0},
		{"short DI", "=/A9999", CodeMalformed, "di", 2},
		{"short serial", "=,00002", CodeMalformed, "serial", 2},
		{"only the identifier", "=", CodeMalformed, "donation", 1},
		{"short donation", "=A9997131234560", CodeMalformed, "donation", 1},
		{"letters in a donation year", "=A9997A312345600", CodeMalformed, "donation", 1},
		{"space in a donation", "=A999 1312345600", CodeMalformed, "donation", 1},
		{"lower case", "=,00002a", CodeMalformed, "serial", 2},
		{"short lot", "&,1ABC", CodeMalformed, "lot", 3},
		{"letter in a date", "=>01403A", CodeMalformed, "expiry", 2},
		{"day 366 of a common year", "=>014366", CodeRange, "expiry", 2},
		{"day 0", "=}014000", CodeRange, "manufactured", 2},
		{"repeated", "=,000025=,000025", CodeConflict, "serial", 8},
		{"repeated date", "=>014032=>014032", CodeConflict, "expiry", 8},
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
	if got := (&Error{CodeRange, "expiry", 2, "no such day in this year"}).Error(); got != "isbt128: expiry: no such day in this year (range, byte 2)" {
		t.Errorf("got %q", got)
	}
}

// What is written is read back as it was.
func TestRoundTrip(t *testing.T) {
	text := func(rt *rapid.T, label string, n int) string {
		const letters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
		return string(rapid.SliceOfN(rapid.SampledFrom([]byte(letters)), n, n).Draw(rt, label))
	}
	date := func(rt *rapid.T, label string) Date {
		year := rapid.IntRange(1900, 2899).Draw(rt, label)
		d, _ := civil.OrdinalDay(year, rapid.IntRange(1, 365).Draw(rt, label+" day"))
		return d
	}
	rapid.Check(t, func(rt *rapid.T) {
		m := Message{
			DI: text(rt, "di", 16), Serial: text(rt, "serial", 6), Lot: text(rt, "lot", 18),
			DonationID:   text(rt, "facility", 5) + "26123456" + text(rt, "flags", 2),
			Manufactured: date(rt, "made"),
		}
		if rapid.Bool().Draw(rt, "expires") {
			m.Expiry = date(rt, "expiry")
		}
		back, err := Parse(m.String())
		if err != nil || back != m {
			rt.Fatalf("%q: got %+v, %v", m.String(), back, err)
		}
	})
}

func FuzzISBT(f *testing.F) {
	for _, s := range loadSamples(f) {
		f.Add(s.In)
	}
	f.Add("=+06000" + full)
	f.Fuzz(func(t *testing.T, in string) {
		m, err := Parse(in)
		if err != nil {
			e, ok := err.(*Error)
			if !ok || e.Offset < 0 || e.Offset > len(in) || m != (Message{}) {
				t.Fatalf("not a well formed refusal: %v, %+v", err, m)
			}
			return
		}
		if back, err := Parse(m.String()); err != nil || back != m {
			t.Fatalf("%q became %q: %+v, %v", in, m.String(), back, err)
		}
	})
}

func BenchmarkParse(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Parse(full); err != nil {
			b.Fatal(err)
		}
	}
}

func TestAllocations(t *testing.T) {
	n := testing.AllocsPerRun(200, func() {
		if _, err := Parse(full); err != nil {
			t.Fatal(err)
		}
	})
	if n > 0 {
		t.Errorf("%v allocations", n)
	}
}
