package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

type example struct {
	ID       string          `json:"id"`
	Kind     string          `json:"kind"`
	Input    json.RawMessage `json:"input"`
	Expected map[string]any  `json:"expected"`
}

// examples are the published messages: those of TRUEWARD_VECTORS, or the copy
// of package sdm.
func examples(t *testing.T) []example {
	t.Helper()
	dir := os.Getenv("TRUEWARD_VECTORS")
	if dir == "" {
		dir = "../../internal/standard/sdm/testdata"
	}
	raw, err := os.ReadFile(filepath.Join(dir, "ntag424.json"))
	if err != nil {
		t.Fatal(err)
	}
	var file struct{ Vectors []example }
	if err := json.Unmarshal(raw, &file); err != nil {
		t.Fatal(err)
	}
	var out []example
	for _, v := range file.Vectors {
		switch v.Kind {
		case "sun_encrypted", "sun_plain", "negative":
			var line bytes.Buffer
			if err := json.Compact(&line, v.Input); err != nil {
				t.Fatal(err)
			}
			v.Input = line.Bytes()
			out = append(out, v)
		}
	}
	if len(out) < 20 {
		t.Fatalf("only %d messages", len(out))
	}
	return out
}

func answers(t *testing.T, out string) []map[string]any {
	t.Helper()
	var all []map[string]any
	for line := range strings.Lines(out) {
		var a map[string]any
		if err := json.Unmarshal([]byte(line), &a); err != nil {
			t.Fatalf("no JSON: %v", err)
		}
		for _, name := range []string{"verdict", "reason", "uid", "read_ctr", "file_data_hex", "tamper"} {
			if _, ok := a[name]; !ok {
				t.Fatalf("no %s in %s", name, line)
			}
		}
		all = append(all, a)
	}
	return all
}

func TestTagVerifyAnswersEveryPublishedMessage(t *testing.T) {
	all := examples(t)
	var in strings.Builder
	for _, v := range all {
		in.Write(v.Input)
		in.WriteByte('\n')
	}
	out, errs, code := call(t, in.String(), "tag", "verify", "--json")
	if code != 0 {
		t.Fatalf("exit %d: %s", code, errs)
	}
	got := answers(t, out)
	if len(got) != len(all) {
		t.Fatalf("%d answers to %d messages", len(got), len(all))
	}
	for i, v := range all {
		for name, want := range v.Expected {
			have, answered := got[i][name]
			if answered && !sameValue(have, want) {
				t.Errorf("%s: %s is %v, want %v", v.ID, name, have, want)
			}
		}
		if v.Expected["verdict"] == nil {
			t.Errorf("%s expects nothing", v.ID)
		}
	}
}

// sameValue compares hex whatever its case, everything else exactly.
func sameValue(a, b any) bool {
	s, ok := a.(string)
	u, both := b.(string)
	return a == b || ok && both && strings.EqualFold(s, u)
}

func TestTagVerifyRefusesWhatItCannotRead(t *testing.T) {
	const good = `{"mode":"AES","sdm_meta_read_key":"00000000000000000000000000000000","sdm_file_read_key":"00000000000000000000000000000000","picc_data":"EF963FF7828658A599F3041510671E88","cmac":"94EED9EE65337086"`
	bad := []string{
		"", "no JSON", "[]", `{"mode":7}`,
		strings.Replace(good, "AES", "DES", 1) + "}",
		strings.Replace(good, "AES", "LRP", 1) + "}",
		strings.Replace(good, `"sdm_file_read_key":"00`, `"sdm_file_read_key":"`, 1) + "}",
		good + `,"tamper_offset":-1}`,
		good + `,"note":"` + strings.Repeat("x", verifyLine) + `"}`,
	}
	in := strings.Join(bad, "\n") + "\n" + good + "}" // the last line has no end
	out, errs, code := call(t, in, "tag", "verify", "--json")
	if code != 0 {
		t.Fatalf("exit %d: %s", code, errs)
	}
	got := answers(t, out)
	if len(got) != len(bad)+1 {
		t.Fatalf("%d answers to %d lines", len(got), len(bad)+1)
	}
	for i := range bad {
		if got[i]["verdict"] != "invalid" || got[i]["reason"] != "malformed" {
			t.Errorf("line %d: %v", i, got[i])
		}
	}
	if got[len(bad)]["verdict"] != "valid" {
		t.Error("the good line after bad ones is not valid")
	}
}

// tagLines hands out the same line again and again.
type tagLines struct {
	line string
	left int
	rest string
}

func (l *tagLines) Read(p []byte) (int, error) {
	n := 0
	for n < len(p) {
		if l.rest == "" {
			if l.left == 0 {
				break
			}
			l.left, l.rest = l.left-1, l.line
		}
		k := copy(p[n:], l.rest)
		n, l.rest = n+k, l.rest[k:]
	}
	if n == 0 {
		return 0, io.EOF
	}
	return n, nil
}

type lineCount struct{ lines, valid int }

func (c *lineCount) Write(p []byte) (int, error) {
	c.lines += strings.Count(string(p), "\n")
	c.valid += strings.Count(string(p), `"verdict":"valid"`)
	return len(p), nil
}

// TestTagVerifyKeepsNothing: what stays in memory after many lines is what
// stays after few.
func TestTagVerifyKeepsNothing(t *testing.T) {
	line := string(examples(t)[0].Input) + "\n"
	const many = 30_000
	var before, after runtime.MemStats
	run := func(n int, into *runtime.MemStats) lineCount {
		var c lineCount
		if err := (tagVerifyCmd{}).Run(streams{in: &tagLines{line: line, left: n}, out: &c}); err != nil {
			t.Fatal(err)
		}
		runtime.GC()
		runtime.ReadMemStats(into)
		return c
	}
	run(10, &before)
	if c := run(many, &after); c.lines != many || c.valid == 0 {
		t.Errorf("%d answers, %d valid", c.lines, c.valid)
	}
	if after.HeapAlloc > before.HeapAlloc+1<<20 {
		t.Errorf("%d lines leave %d bytes behind", many, after.HeapAlloc-before.HeapAlloc)
	}
}

type brokenInput struct{}

func (brokenInput) Read([]byte) (int, error) { return 0, errors.New("the disk is gone") }

func TestTagVerifySaysThatInputBroke(t *testing.T) {
	if err := (tagVerifyCmd{}).Run(streams{in: brokenInput{}, out: io.Discard}); err == nil {
		t.Error("no error")
	}
}
