package gs1

import (
	"strings"
	"testing"
)

func TestLinkErrors(t *testing.T) {
	const base = "https://a/01/09506000134352"
	cases := []struct {
		name, in string
		code     Code
		field    string
		offset   int
	}{
		{"script", "javascript:/01/09506000134352", CodeUnsupported, "scheme", 0},
		{"other scheme", "ftp://a/01/09506000134352", CodeUnsupported, "scheme", 0},
		{"mixed case scheme", "HtTp://a/01/09506000134352", CodeUnsupported, "scheme", 0},
		{"nothing", "", CodeUnsupported, "scheme", 0},
		{"space", "https://a/01/ 9506000134352", CodeMalformed, "link", 13},
		{"no host", "https:///01/09506000134352", CodeMissing, "host", 8},
		{"no path", "https://a", CodeMissing, "host", 8},
		{"user and password", "https://u:p@a/01/09506000134352", CodeMalformed, "host", 11},
		{"no key", "https://a/21/S", CodeMissing, "path", 9},
		{"only a slash", "https://a/", CodeMissing, "path", 9},
		{"slash at the end", base + "/", CodeMissing, "path", 9},
		{"empty qualifier", base + "/10/", CodeMissing, "10", 31},
		{"order", base + "/21/S/10/L", CodeConflict, "01", 10},
		{"mixed alternatives", base + "/235/T/10/L", CodeConflict, "01", 10},
		{"attribute in the path", base + "/17/261231", CodeConflict, "01", 10},
		{"qualifier in the query", base + "?10=L", CodeConflict, "10", 28},
		{"qualifier between", base + "/22/V/21/S?10=L", CodeConflict, "10", 38},
		{"serial in the query", base + "?21=S", CodeConflict, "21", 28},
		{"not an attribute", base + "?8200=x", CodeConflict, "8200", 28},
		{"repeated", base + "?17=261231&17=261231", CodeConflict, "17", 38},
		{"repeated from the path", base + "/10/A?10=A", CodeConflict, "10", 33},
		{"unknown number", base + "?999=1", CodeUnsupported, "query", 28},
		{"no value", base + "?17=", CodeMissing, "17", 31},
		{"null", base + "/10/A%00", CodeMalformed, "10", 32},
		{"null in the query", base + "?17=%00", CodeMalformed, "17", 31},
		{"plus is a space", base + "?240=A+B", CodeMalformed, "240", 33},
		{"fault behind escapes", base + "?240=%41%42+", CodeMalformed, "240", 38},
		{"euro sign", base + "/21/%E2%82%AC", CodeMalformed, "21", 31},
		{"too long", "https://a/" + strings.Repeat("x", MaxScan), CodeOversize, "link", MaxScan},
		{"long query", base + "?" + strings.Repeat("x", MaxQuery), CodeOversize, "query", 27},
		{"too many", base + "?" + strings.Repeat("99=A&", maxElements), CodeOversize, "", 28 + 5*(maxElements-1)},
		{"missing companion", "https://a/00/006141411234567890?02=09506000134352", CodeMissing, "02", 32},
	}
	for _, c := range cases {
		_, err := ParseDigitalLink(c.in)
		wantError(t, c.name, err, c.code, c.field, c.offset)
	}
}

func TestLinkKeepsWhatItDoesNotUnderstand(t *testing.T) {
	for in, want := range map[string]string{
		"https://a/01/09506000134352/10/A%zz":                   "(01)09506000134352(10)A%zz",
		"https://a/01/09506000134352/10/A%4":                    "(01)09506000134352(10)A%4",
		"https://a/01/09506000134352/10/A+B":                    "(01)09506000134352(10)A+B",
		"https://a/01/09506000134352?linkType=x&=1&17=261231&&": "(01)09506000134352(17)261231",
		"https://a/01/09506000134352?#17=261231":                "(01)09506000134352",
		"https://a/01/09506000134352#?17=261231":                "(01)09506000134352",
		"HTTP://A:80/q/01/09506000134352/10/%41":                "(01)09506000134352(10)A",
		"https://a/00/x/00/006141411234567890":                  "(00)006141411234567890",
	} {
		m, err := ParseDigitalLink(in)
		if err != nil || m.ElementString() != want {
			t.Errorf("%s: got %v, %v, want %s", in, m, err, want)
		}
	}
}

func TestLinkAt(t *testing.T) {
	m := mustParse(t, "^010950600013435210A/B")
	for stem, want := range map[string]string{
		"https://example.com":    "https://example.com/01/09506000134352/10/A%2FB",
		"https://example.com/":   "https://example.com/01/09506000134352/10/A%2FB",
		"http://a/some/where":    "http://a/some/where/01/09506000134352/10/A%2FB",
		"HTTPS://EXAMPLE.COM/X/": "HTTPS://EXAMPLE.COM/X/01/09506000134352/10/A%2FB",
	} {
		got, err := m.DigitalLinkAt(stem)
		if err != nil || got != want {
			t.Errorf("%s: got %q, %v", stem, got, err)
		}
	}
	for _, stem := range []string{"", "https://", "javascript:x", "https://a?b", "https://a#b", "https://a b"} {
		_, err := m.DigitalLinkAt(stem)
		wantError(t, stem, err, CodeMalformed, "stem", 0)
	}
}

func TestScanErrors(t *testing.T) {
	cases := []struct {
		name, in string
		code     Code
		field    string
		offset   int
	}{
		{"no identifier", "0109506000134352", CodeMissing, "symbology", 0},
		{"cut identifier", "]d", CodeMissing, "symbology", 0},
		{"HIBC's symbology", "]C0+A123BJC5D6E71G", CodeUnsupported, "symbology", 0},
		{"no data", "]d2", CodeMissing, "", 3},
		{"caret in a scan", "]C10109506000134352^10A", CodeUnsupported, "", 19},
		{"short EAN", "]E0123456789012", CodeTruncated, "EAN", 3},
		{"long EAN", "]E012345678901234", CodeOversize, "EAN", 16},
		{"EAN check digit", "]E02112345678901", CodeCheckDigit, "EAN", 15},
		{"EAN letter", "]E412ABC678", CodeMalformed, "EAN", 5},
		{"composite without identifier", "]E402345673|99A", CodeMalformed, "composite", 12},
		{"bad composite", "]E402345673|]e0", CodeMissing, "", 15},
		{"bad link", "]Q1https://a/01/09506000134353", CodeCheckDigit, "01", 29},
		{"too long", "]d1" + strings.Repeat("x", MaxScan), CodeOversize, "", MaxScan},
	}
	for _, c := range cases {
		_, err := ParseScan(c.in)
		wantError(t, c.name, err, c.code, c.field, c.offset)
	}
}

func TestText(t *testing.T) {
	cases := []struct {
		in   string
		kind Kind
		gtin string
	}{
		{"", KindPlain, ""},
		{"09506000134352", KindPlain, ""},
		{"javascript:/01/09506000134352", KindPlain, ""},
		{"(01)09506000134352", KindElements, "09506000134352"},
		{"^0109506000134352", KindElements, "09506000134352"},
		{"010950600013435210A\x1d17261231", KindElements, "09506000134352"},
		{"https://a/01/09506000134352", KindLink, "09506000134352"},
		{"]E00614141123452", KindRetail, "00614141123452"},
		{"]E402345673", KindRetail, "00000002345673"},
		{"]Q1", KindPlain, ""},
	}
	for _, c := range cases {
		scan, err := ParseText(c.in)
		if err != nil || scan.Kind != c.kind || scan.GTIN != c.gtin {
			t.Errorf("%q: got %+v, %v", c.in, scan, err)
		}
	}
	for _, in := range []string{"(01)1", "^01", "https://a/b", "]X", "1\x1d", strings.Repeat("x", MaxScan+1)} {
		if scan, err := ParseText(in); err == nil {
			t.Errorf("%.10q: %+v", in, scan)
		}
	}
}
