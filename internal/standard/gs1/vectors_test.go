package gs1

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// message is one input with the verdict of the reference engine. OK without
// Elements means that the input is not AI data.
type message struct {
	ID       string  `json:"id"`
	Form     string  `json:"form"`
	In       string  `json:"in"`
	OK       bool    `json:"ok"`
	Elements string  `json:"elements"`
	Raw      *string `json:"raw"`
	Link     string  `json:"link"`
	Stem     string  `json:"stem"`
	StemLink string  `json:"stemLink"`
}

// contentCheck is one input of a linter; Marked is empty if it is accepted,
// else the input with the fault between asterisks.
type contentCheck struct{ Name, In, Marked string }

// vectorFolder names a folder with files of the shared shape, or "".
func vectorFolder() string { return os.Getenv("TRUEWARD_VECTORS") }

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

func loadVectors(t testing.TB) ([]message, []contentCheck) {
	t.Helper()
	if dir := vectorFolder(); dir != "" {
		return loadShared(t, filepath.Join(dir, "gs1.json"))
	}
	var messages struct{ Cases []message }
	readJSON(t, "testdata/messages.json", &messages)
	var checks struct{ Cases [][]string }
	readJSON(t, "testdata/checks.json", &checks)
	out := make([]contentCheck, len(checks.Cases))
	for i, c := range checks.Cases {
		out[i] = contentCheck{Name: c[0], In: c[1]}
		if len(c) > 2 {
			out[i].Marked = c[2]
		}
	}
	return messages.Cases, out
}

func loadShared(t testing.TB, path string) ([]message, []contentCheck) {
	t.Helper()
	var file struct {
		Vectors []struct {
			ID, Format, Input string
			Stem              string `json:"dl_stem"`
			StemLink          string `json:"expected_digital_link"`
			API               struct {
				Valid    bool
				Elements string  `json:"element_string"`
				Raw      *string `json:"unbracketed"`
				Link     string  `json:"digital_link"`
			} `json:"public_api"`
		}
		Linters []struct {
			Linter, Input, Markup string
			Valid                 bool `json:"expected_valid"`
		} `json:"linter_vectors"`
	}
	readJSON(t, path, &file)
	forms := map[string]string{"bracketed": "bracketed", "caret": "text", "dl": "text", "scan": "scan"}
	var messages []message
	for _, v := range file.Vectors {
		m := message{v.ID, forms[v.Format], v.Input, v.API.Valid, v.API.Elements, v.API.Raw, v.API.Link, v.Stem, v.StemLink}
		if v.Format == "dl" {
			m.Raw = nil // the reference gives the link itself
		}
		messages = append(messages, m)
	}
	var checks []contentCheck
	for _, v := range file.Linters {
		c := contentCheck{Name: strings.TrimPrefix(v.Linter, "gs1_lint_"), In: v.Input}
		if !v.Valid {
			c.Marked = v.Markup
		}
		checks = append(checks, c)
	}
	return messages, checks
}

// readStrictly reads an input as the reference engine does.
func readStrictly(m message) (Scan, error) {
	var scan Scan
	var err error
	switch m.Form {
	case "bracketed":
		scan.Message, err = ParseBracketed(m.In)
	case "scan":
		scan, err = ParseScan(m.In)
	case "text":
		scan, err = ParseText(m.In)
	default:
		return Scan{}, fmt.Errorf("unknown form %q", m.Form)
	}
	if err == nil {
		err = scan.Message.Strict()
	}
	return scan, err
}

func TestVectorsMessages(t *testing.T) {
	messages, _ := loadVectors(t)
	for _, m := range messages {
		scan, err := readStrictly(m)
		if (err == nil) != m.OK {
			t.Errorf("%s: got %v, want ok %v", m.ID, err, m.OK)
			continue
		}
		if !m.OK {
			wellFormedError(t, m.ID, m.In, err)
		} else {
			compareMessage(t, m, scan)
		}
	}
	fmt.Printf("vectors: gs1 messages ran %d of %d, skipped 0 ()\n", len(messages), len(messages))
}

func compareMessage(t *testing.T, m message, scan Scan) {
	t.Helper()
	got := scan.Message
	if got.ElementString() != m.Elements {
		t.Errorf("%s: elements %q, want %q", m.ID, got.ElementString(), m.Elements)
	}
	if m.Raw != nil && referenceRaw(scan) != strings.TrimSuffix(*m.Raw, "^") {
		t.Errorf("%s: raw %q, want %q", m.ID, referenceRaw(scan), *m.Raw)
	}
	link, err := got.DigitalLink()
	if link != m.Link || (err == nil) != (m.Link != "") {
		t.Errorf("%s: link %q, %v, want %q", m.ID, link, err, m.Link)
	}
	if m.Stem == "" {
		return
	}
	if link, _ := got.DigitalLinkAt(m.Stem); link != m.StemLink {
		t.Errorf("%s: link with stem %q, want %q", m.ID, link, m.StemLink)
	}
}

// referenceRaw writes a scan as the reference engine does: plain text whose ^
// could be taken for FNC1 gets a backslash.
func referenceRaw(scan Scan) string {
	raw := scan.Text
	if strings.HasPrefix(strings.TrimLeft(raw, `\`), "^") {
		raw = `\` + raw
	}
	if scan.Kind == KindLink || len(scan.Message.Elements) == 0 {
		return raw
	}
	if raw != "" {
		raw += "|"
	}
	return raw + scan.Message.Unbracketed()
}

func wellFormedError(t *testing.T, id, in string, err error) {
	t.Helper()
	e, ok := err.(*Error)
	if !ok || e.Code == "" || e.Detail == "" || e.Offset < 0 || e.Offset > len(in) {
		t.Errorf("%s: not a well formed error: %#v", id, err)
	}
}

// byName finds a content check by the name that the Syntax Dictionary gives it.
func byName(name string) (func(string) *fault, bool) {
	switch name {
	case "cset82":
		return func(s string) *fault { return checkCharset(cset82, s) }, true
	case "cset39":
		return func(s string) *fault { return checkCharset(cset39, s) }, true
	case "cset64":
		return lintBase64, true
	case "csetnumeric":
		return checkDigits, true
	}
	l, ok := map[string]linter{
		"csum": lintCsum, "csumalpha": lintCsumalpha, "couponcode": lintCouponcode, "couponposoffer": lintCouponposoffer,
		"gcppos1": lintGcppos1, "gcppos2": lintGcppos2, "hasnondigit": lintHasnondigit, "hh": lintHh, "hhmi": lintHhmi,
		"hyphen": lintHyphen, "iban": lintIban, "importeridx": lintImporteridx, "iso3166": lintIso3166,
		"iso3166999": lintIso3166999, "iso3166alpha2": lintIso3166alpha2, "iso4217": lintIso4217, "iso5218": lintIso5218,
		"latitude": lintLatitude, "longitude": lintLongitude, "mediatype": lintMediatype, "mi": lintMi,
		"nonzero": lintNonzero, "nozeroprefix": lintNozeroprefix, "packagetype": lintPackagetype, "pcenc": lintPcenc,
		"pieceoftotal": lintPieceoftotal, "posinseqslash": lintPosinseqslash, "ss": lintSs, "winding": lintWinding,
		"yesno": lintYesno, "yymmd0": lintYymmd0, "yymmdd": lintYymmdd, "yyyymmd0": lintYyyymmd0,
		"yyyymmdd": lintYyyymmdd, "zero": lintZero,
	}[name]
	return l.check, ok
}

// The verdict is the gate. Where a fault begins is compared for our own copy
// only: the reference marks some faults, such as data that end too early, from
// the start of the value.
func TestVectorsChecks(t *testing.T) {
	_, checks := loadVectors(t)
	for _, c := range checks {
		check, ok := byName(c.Name)
		if !ok {
			t.Errorf("no check %q", c.Name)
			continue
		}
		f := check(c.In)
		if (f == nil) != (c.Marked == "") {
			t.Errorf("%s(%q): got %+v, want %q", c.Name, c.In, f, c.Marked)
			continue
		}
		if c.Marked != "" && vectorFolder() == "" && markable(c) && !strings.HasPrefix(c.Marked, c.In[:f.offset]+"*") {
			t.Errorf("%s(%q): fault at %d, want %q", c.Name, c.In, f.offset, c.Marked)
		}
	}
	fmt.Printf("vectors: gs1 checks ran %d of %d, skipped 0 ()\n", len(checks), len(checks))
}

// markable leaves out the marks of one check that lost their slash on the way
// into the vector file.
func markable(c contentCheck) bool {
	return c.Name != "posinseqslash" || strings.Contains(c.Marked, "/")
}
