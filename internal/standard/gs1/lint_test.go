package gs1

import (
	"strings"
	"testing"
)

// Checks that the vector files touch little or not at all: what each accepts and
// refuses, after the code lists and formats that it names.
func TestContentChecks(t *testing.T) {
	const offer = "0123456123456" // company prefix of 6 digits, offer code
	const coupon = offer + "11" + "11" + "0" + "123"
	cases := []struct {
		name      string
		good, bad []string
	}{
		{"hh", []string{"00", "23"}, []string{"", "1", "24", "1x", "123"}},
		{"mi", []string{"00", "59"}, []string{"60", "5"}},
		{"ss", []string{"00", "59"}, []string{"60", "x0"}},
		{"hhmi", []string{"0000", "2359"}, []string{"2400", "2360", "00000", "ab00"}},
		{"iban", []string{"DE89370400440532013000", "GB29NWBK60161331926819", "NO9386011117947", "MT84MALT011000012345MTLCAST001S"},
			[]string{"", "DE89370400440532013001", "XX89370400440532013000", "DE8937040044053201300o", "NO93860111", strings.Repeat("D", 35)}},
		{"iso4217", []string{"978", "840", "756"}, []string{"000", "97", "9780", "97x", "979x"}},
		{"iso3166999", []string{"276", "999"}, []string{"998", "000", ""}},
		{"iso3166alpha2", []string{"DE", "US"}, []string{"", "XX", "de", "D", " DE", "DE ", "AD AE"}},
		{"iso5218", []string{"0", "1", "2", "9"}, []string{"", "3", "11"}},
		{"latitude", []string{"0000000000", "1800000000"}, []string{"1800000001", "180000000", "18000000000", "18000x0000"}},
		{"longitude", []string{"0000000000", "3600000000"}, []string{"3600000001", "36000000000"}},
		{"mediatype", []string{"01", "10", "80", "99"}, []string{"00", "11", "79", "1", "001", "a1"}},
		{"packagetype", []string{"200", "8", "ZZ", "1A", "APE"}, []string{"", "0", "zz", "1A 1B", " 8"}},
		{"winding", []string{"0", "1", "9"}, []string{"2", "", "00"}},
		{"yesno", []string{"0", "1"}, []string{"2", "", "01"}},
		{"zero", []string{"0", "00"}, []string{"", "1", "01"}},
		{"nozeroprefix", []string{"", "1", "10"}, []string{"0", "01", "1A"}},
		{"hyphen", []string{"-", "--"}, []string{"", "X", "-X"}},
		{"cset64", []string{"", "12", "12=", "1==", "ABC_-z"}, []string{"===", "123=", "1===", "A B", "A=B"}},
		{"csetnumeric", []string{"", "0123456789"}, []string{"12a", "१"}},
		{"gcppos1", []string{"0200", "1234A"}, []string{"123", "12A4"}},
		{"gcppos2", []string{"X1234"}, []string{"", "X", "X123", "X12A4"}},
		{"csum", []string{"0"}, []string{"", "1"}},
		{"csumalpha", []string{"22"}, []string{"", "2", strings.Repeat("1", maxPair+1)}},
		{"couponcode",
			[]string{
				coupon,
				coupon + "1" + "0" + "11" + "0" + "123" + "0123456",
				coupon + "1" + "3" + "11" + "9" + "123" + "9",
				coupon + "2" + "11" + "4" + "123" + "6123456789012",
				coupon + "3" + "261231" + "4" + "260101",
				coupon + "4260101", coupon + "5" + "0123456", coupon + "6" + "11234567", coupon + "9" + "0101",
				coupon + "3261231" + "50123456" + "611234567" + "96291",
			},
			[]string{
				"", "7", "01", "x", offer, offer + "0", offer + "6", offer + "11" + "0", offer + "11" + "115", coupon[:20],
				coupon + "0", coupon + "1", coupon + "14", coupon + "10", coupon + "10115", coupon + "10110123" + "7",
				coupon + "2", coupon + "2110123" + "8", coupon + "3" + "261331", coupon + "326", coupon + "4" + "260230",
				coupon + "3" + "260101" + "4" + "261231", coupon + "5", coupon + "5012345", coupon + "6", coupon + "68",
				coupon + "60", coupon + "9", coupon + "93", coupon + "903", coupon + "900", coupon + "9000", coupon + "90002",
			}},
		{"couponposoffer", []string{"001234561234560123456", "1612345678901212345691234567890123456"[:36]},
			[]string{"", "2", "0", "07", "0012345", "00123456", "00123456123456", "001234561234560", "0012345612345601234567", "0a"}},
	}
	for _, c := range cases {
		check, ok := byName(c.name)
		if !ok {
			t.Errorf("no check %s", c.name)
			continue
		}
		for _, s := range c.good {
			if f := check(s); f != nil {
				t.Errorf("%s refuses %q: %+v", c.name, s, f)
			}
		}
		for _, s := range c.bad {
			f := check(s)
			if f == nil {
				t.Errorf("%s accepts %q", c.name, s)
			} else if f.offset < 0 || f.offset > len(s) || f.detail == "" {
				t.Errorf("%s(%q): %+v", c.name, s, f)
			}
		}
	}
}

// Each check that an AI uses stands behind its name in the dispatch table.
func TestLinterTableIsComplete(t *testing.T) {
	for l, check := range linters {
		if check == nil {
			t.Errorf("linter %d has no check", l)
		}
	}
	if len(linters) != int(lintZero)+1 {
		t.Errorf("%d linters, want %d", len(linters), lintZero+1)
	}
}

func TestCheckDigitAndPair(t *testing.T) {
	for in, want := range map[string]byte{"0950600013435": '2', "1234567890123": '1', "0": '0', "0234567": '3', "12345678901234567": '5'} {
		if got, ok := CheckDigit(in); !ok || got != want {
			t.Errorf("%s: got %c, want %c", in, got, want)
		}
	}
	for _, in := range []string{"", "12a"} {
		if _, ok := CheckDigit(in); ok {
			t.Errorf("%q has a check digit", in)
		}
	}
	// GS1 General Specifications, section 7.9.5, example.
	if got, ok := CheckPair("1987654Ad4X4bL5ttr2310c"); !ok || got != "2K" {
		t.Errorf("got %q", got)
	}
	for _, in := range []string{"a b", strings.Repeat("1", maxPair)} {
		if _, ok := CheckPair(in); ok {
			t.Errorf("%q has check characters", in)
		}
	}
}
