package main

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const sample = `
# a comment
01         *?  N14,csum,gcppos2   ex=255,37 dlpkey=22,10,21|235   # GTIN
10          ?  X..20              req=01,02+37                    # BATCH/LOT
3100-3105  *?  N6                 req=01 ex=310n                  # NET WEIGHT (kg)
8003        ?  N1,zero N13,csum [X..16]  dlpkey                   # GRAI
8030        !  Z..90
`

func TestRenderSample(t *testing.T) {
	rows, err := parseDictionary(sample)
	if err != nil {
		t.Fatal(err)
	}
	got, err := render(rows)
	if err != nil {
		t.Fatal(err)
	}
	want := header + `	{lo: 1, hi: 1, width: 2, predefined: true, attribute: true, key: true, min: 14, max: 14, parts: []part{{kind: numeric, min: 14, max: 14, lints: []linter{lintCsum, lintGcppos2}}}, excludes: []string{"255", "37"}, qualifiers: [][]string{{"22", "10", "21"}, {"235"}}, title: "GTIN"},
	{lo: 10, hi: 10, width: 2, attribute: true, min: 1, max: 20, parts: []part{{kind: cset82, min: 1, max: 20}}, requires: [][]string{{"01"}, {"02", "37"}}, title: "BATCH/LOT"},
	{lo: 3100, hi: 3105, width: 4, predefined: true, attribute: true, min: 6, max: 6, parts: []part{{kind: numeric, min: 6, max: 6}}, requires: [][]string{{"01"}}, excludes: []string{"310"}, title: "NET WEIGHT (kg)"},
	{lo: 8003, hi: 8003, width: 4, attribute: true, key: true, min: 14, max: 30, parts: []part{{kind: numeric, min: 1, max: 1, lints: []linter{lintZero}}, {kind: numeric, min: 13, max: 13, lints: []linter{lintCsum}}, {kind: cset82, min: 1, max: 16, optional: true}}, title: "GRAI"},
	{lo: 8030, hi: 8030, width: 4, min: 1, max: 90, parts: []part{{kind: cset64, min: 1, max: 90}}, title: ""},
}
`
	if string(got) != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestParseRefuses(t *testing.T) {
	for name, text := range map[string]string{
		"nothing":             "# only a comment",
		"one field":           "01",
		"letters in the AI":   "0A N14",
		"range upside down":   "3105-3100 N6",
		"range of two widths": "31-3105 N6",
		"no component":        "01 * req=02 ",
		"unknown component":   "01 * Q14",
		"open bracket":        "01 * [N14",
		"closed bracket":      "01 * N14]",
		"two requirements":    "10 X..20 req=01 req=02",
		"bad requirement":     "10 X..20 req=a",
		"bad exclusion":       "10 X..20 ex=",
		"bad attribute":       "10 X..20 foo=1",
	} {
		if rows, err := parseDictionary(text); err == nil {
			t.Errorf("%s: accepted as %+v", name, rows)
		}
	}
}

func TestRun(t *testing.T) {
	dir := t.TempDir()
	in, out := filepath.Join(dir, "in.txt"), filepath.Join(dir, "out.go")
	if err := os.WriteFile(in, []byte(sample), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := run([]string{"-dictionary", in, "-out", out}, io.Discard); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(out)
	if err != nil || !strings.HasPrefix(string(text), header) {
		t.Errorf("wrote %.40q, %v", text, err)
	}
	broken := filepath.Join(dir, "broken.txt")
	if err := os.WriteFile(broken, []byte("01"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{
		{"-nonsense"}, {"-dictionary", filepath.Join(dir, "absent")}, {"-dictionary", broken, "-out", out},
		{"-dictionary", in, "-out", filepath.Join(dir, "no", "folder")},
	} {
		if err := run(args, io.Discard); err == nil {
			t.Errorf("%v: no error", args)
		}
	}
}

// With the dictionary at hand, the committed table is what the generator makes
// of it today.
func TestCommittedTableIsCurrent(t *testing.T) {
	dir := os.Getenv("TRUEWARD_VECTORS")
	path := filepath.Join(dir, "gs1-syntax-dictionary.txt")
	if _, err := os.Stat(path); dir == "" || err != nil {
		t.Log("not judged: the dictionary is not at hand")
		return
	}
	out := filepath.Join(t.TempDir(), "aitable.go")
	if err := run([]string{"-dictionary", path, "-out", out}, io.Discard); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	want, err := os.ReadFile("../aitable.go")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Error("aitable.go is not what the generator makes of the dictionary")
	}
}
