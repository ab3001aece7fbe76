package carrier_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"trueward/internal/standard/carrier"
)

func inspectJSON(t *testing.T, line string) string {
	t.Helper()
	i := carrier.Inspect(line, now)
	b, err := i.MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestInspect(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"(01)09506000134352(17)280131(10)LT4471(21)SN90313A",
			`{"input":"(01)09506000134352(17)280131(10)LT4471(21)SN90313A","kind":"gs1","valid":true,"elements":{"01":"09506000134352","17":"280131","10":"LT4471","21":"SN90313A"},"element_string":"(01)09506000134352(17)280131(10)LT4471(21)SN90313A","gtin":"09506000134352","lot":"LT4471","serial":"SN90313A","expiry":"2028-01-31"}`},
		{"3074257BF7194E4000001A85",
			`{"input":"3074257BF7194E4000001A85","kind":"epc_hex","valid":true,"elements":{"01":"80614141123458","21":"6789"},"element_string":"(01)80614141123458(21)6789","gtin":"80614141123458","serial":"6789","epc":{"scheme":"SGTIN-96","tag_uri":"urn:epc:tag:sgtin-96:3.0614141.812345.6789","epc_uri":"urn:epc:id:sgtin:0614141.812345.6789","digital_link":"https://id.gs1.org/01/80614141123458/21/6789"}}`},
		{"F90095201234567891235",
			`{"input":"F90095201234567891235","kind":"epc_hex","valid":true,"elements":{"00":"095201234567891235"},"element_string":"(00)095201234567891235","epc":{"scheme":"SSCC+","digital_link":"https://id.gs1.org/00/095201234567891235"}}`},
		{"9506000134352", `{"input":"9506000134352","kind":"gtin","valid":true,"gtin":"09506000134352"}`},
		{"+A123BJC5D6E71H", `{"input":"+A123BJC5D6E71H","kind":"hibc","valid":false,"error":{"code":"check_digit","message":"hibc: label: wrong check character (check_digit, byte 14)"}}`},
		{"", `{"input":"","kind":"unknown","valid":false,"error":{"code":"missing","message":"carrier: there is nothing to read (missing, byte 0)"}}`},
		{"E28011700000020ABCDEF012", `{"input":"E28011700000020ABCDEF012","kind":"tid","valid":false,"error":{"code":"unsupported","message":"carrier: this is a chip's own number, it names no thing (unsupported, byte 0)"}}`},
		{"]d2\x1d0109506000134352", `{"input":"]d2\u001d0109506000134352","kind":"gs1","valid":false,"error":{"code":"malformed","message":"carrier: a separator stands where none belongs (malformed, byte 0)"}}`},
		{"a\"\\\n\x01\xFF\u00e9", `{"input":"a\"\\\u000a\u0001` + "\uFFFD\u00e9" + `","kind":"unknown","valid":false,"error":{"code":"unsupported","message":"carrier: the text belongs to no known standard (unsupported, byte 0)"}}`},
		{"(01)09506000134352(17)261231(17)261231", `{"input":"(01)09506000134352(17)261231(17)261231","kind":"gs1","valid":true,"elements":{"01":"09506000134352","17":"261231"},"element_string":"(01)09506000134352(17)261231(17)261231","gtin":"09506000134352","expiry":"2026-12-31"}`},
	} {
		if got := inspectJSON(t, c.in); got != c.want {
			t.Errorf("%q:\n got %s\nwant %s", c.in, got, c.want)
		}
	}
}

func TestInspectCutsLongInput(t *testing.T) {
	i := carrier.Inspect(strings.Repeat("x", 3*carrier.MaxScan), now)
	if i.Valid || i.Problem.Code != carrier.CodeOversize || len(i.Input) != carrier.MaxScan {
		t.Errorf("valid %v, %d bytes of input, problem %+v", i.Valid, len(i.Input), i.Problem)
	}
}

// samples are lines of every kind, valid and not.
func samples() []string {
	return []string{
		"(01)09506000134352(17)280131(10)LT4471(21)SN90313A", "3074257BF7194E4000001A85", "9506000134352",
		"]d20109506000134352112501011728013110LT4471\x1d21SN90313A", "https://id.gs1.org/01/09506000134352/21/32a%2Fb",
		"+A99912345/$$52001510X3/16D20111212/S77DE1G45-", "]d1=/A9999XYZ100T0944=,000025=A99971312345600",
		"urn:epc:tag:sgtin-96:3.0614141.812345.6789", "E9395211411234548566CB0AFC525065F1876F0D996D8000",
		"https://tap.example/t/1?p=EF963FF7828658A599F3041510671E88&c=94EED9EE65337086", "04782E21801D80", "not a carrier",
	}
}

func TestInspectLines(t *testing.T) {
	var in, want bytes.Buffer
	for i := range 6000 {
		line := samples()[i%len(samples())]
		in.WriteString(line + "\n")
		want.WriteString(inspectJSON(t, line) + "\n")
	}
	for name, r := range map[string]io.Reader{
		"whole":        bytes.NewReader(in.Bytes()),
		"half reads":   iotest.HalfReader(bytes.NewReader(in.Bytes())),
		"data and EOF": iotest.DataErrReader(bytes.NewReader(in.Bytes())),
	} {
		var out bytes.Buffer
		valid, err := carrier.InspectLines(r, &out, now)
		if err != nil || valid {
			t.Errorf("%s: all valid %v, %v", name, valid, err)
		}
		if !bytes.Equal(out.Bytes(), want.Bytes()) {
			t.Errorf("%s: output differs", name)
		}
	}
}

func TestInspectLinesEdges(t *testing.T) {
	long := strings.Repeat("x", carrier.MaxScan+10)
	for _, c := range []struct {
		name, in string
		lines    int
		valid    bool
	}{
		{"nothing", "", 0, true},
		{"one without an end", "9506000134352", 1, true},
		{"line ends of a PC", "9506000134352\r\n9506000134352\r\n", 2, true},
		{"empty line", "9506000134352\n\n9506000134352\n", 3, false},
		{"line of 60 KiB", strings.Repeat("y", 60<<10) + "\n9506000134352", 2, false},
		{"just too long", long + "\n", 1, false},
	} {
		var out bytes.Buffer
		valid, err := carrier.InspectLines(iotest.OneByteReader(strings.NewReader(c.in)), &out, now)
		if err != nil || valid != c.valid {
			t.Errorf("%s: all valid %v, %v", c.name, valid, err)
		}
		lines := strings.SplitAfter(out.String(), "\n")
		if len(lines)-1 != c.lines {
			t.Errorf("%s: %d lines, want %d", c.name, len(lines)-1, c.lines)
		}
		for _, l := range lines[:len(lines)-1] {
			if !json.Valid([]byte(l)) || len(l) > 3*carrier.MaxScan {
				t.Errorf("%s: %.80s", c.name, l)
			}
		}
	}
}

var errBroken = errors.New("broken")

func TestInspectLinesReadError(t *testing.T) {
	var out bytes.Buffer
	r := io.MultiReader(strings.NewReader("9506000134352\n(01)0950"), iotest.ErrReader(errBroken))
	_, err := carrier.InspectLines(r, &out, now)
	if !errors.Is(err, errBroken) {
		t.Errorf("error %v", err)
	}
	if !strings.HasPrefix(out.String(), `{"input":"9506000134352"`) {
		t.Errorf("what was read before the error is missing: %s", out.String())
	}
}

type brokenWriter struct{ left int }

func (w *brokenWriter) Write(p []byte) (int, error) {
	if w.left--; w.left < 0 {
		return 0, errBroken
	}
	return len(p), nil
}

// endless gives lines for ever.
type endless struct{}

func (endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = "9506000134352\n"[i%14]
	}
	return len(p), nil
}

func TestInspectLinesWriteError(t *testing.T) {
	valid, err := carrier.InspectLines(endless{}, &brokenWriter{left: 3}, now)
	if !errors.Is(err, errBroken) || valid {
		t.Errorf("valid %v, error %v", valid, err)
	}
}

// FuzzCarrier: one answer or one error, and JSON that encoding/json reads.
func FuzzCarrier(f *testing.F) {
	for _, s := range samples() {
		f.Add(s)
	}
	f.Add("010950600013435210LOT4217261231")
	f.Fuzz(func(t *testing.T, s string) {
		a, err := carrier.Identify(s, options())
		if (err == nil) == (a.Kind == "") {
			t.Fatalf("answer %+v and error %v", a, err)
		}
		i := carrier.Inspect(s, now)
		if i.Valid && err != nil || i.Valid == (i.Problem != nil) {
			t.Fatalf("inspection %+v, error %v", i, err)
		}
		var back struct {
			Input string
			Kind  carrier.Kind
			Valid bool
		}
		b := i.AppendJSON(nil)
		if bytes.IndexByte(b, '\n') >= 0 {
			t.Fatalf("a line break in %s", b)
		}
		if err := json.Unmarshal(b, &back); err != nil || back.Kind != i.Kind || back.Valid != i.Valid {
			t.Fatalf("%s: %v", b, err)
		}
		if want := strings.ToValidUTF8(i.Input, ""); strings.ReplaceAll(back.Input, "\uFFFD", "") != strings.ReplaceAll(want, "\uFFFD", "") {
			t.Fatalf("input %q came back as %q", i.Input, back.Input)
		}
	})
}
