package epc_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"trueward/internal/standard/epc"
)

// vector is one record of testdata/epc.json, or of another epc.json named by
// TRUEWARD_VECTORS, whose records have more fields and say "expected".
type vector struct {
	ID            string  `json:"id"`
	Hex           string  `json:"hex"`
	Valid         bool    `json:"valid"`
	Expected      string  `json:"expected"`
	Note          string  `json:"note"`
	Kind          string  `json:"kind"`
	TagURI        *string `json:"tag_uri"`
	EPCURI        *string `json:"epc_uri"`
	ElementString *string `json:"element_string"`
	DigitalLink   *string `json:"digital_link"`
}

func (v vector) unusable() bool {
	return v.Kind == "unusable" || v.Expected == "unusable" || strings.Contains(strings.ToLower(v.Note), "do not use")
}

func (v vector) valid() bool { return v.Valid || v.Expected == "valid" }

func loadVectors(t testing.TB) []vector {
	t.Helper()
	path := filepath.Join("testdata", "epc.json")
	if dir := os.Getenv("TRUEWARD_VECTORS"); dir != "" {
		path = filepath.Join(dir, "epc.json")
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Vectors []vector `json:"vectors"`
	}
	if err := json.Unmarshal(raw, &file); err != nil {
		t.Fatal(err)
	}
	if len(file.Vectors) == 0 {
		t.Fatal("no vectors")
	}
	return file.Vectors
}

func TestVectors(t *testing.T) {
	all := loadVectors(t)
	ran, skipped := 0, 0
	for _, v := range all {
		if v.unusable() {
			skipped++
			continue
		}
		ran++
		t.Run(v.ID, func(t *testing.T) { checkVector(t, v) })
	}
	fmt.Printf("vectors: epc ran %d of %d, skipped %d (marked unusable)\n", ran, len(all), skipped)
}

func checkVector(t *testing.T, v vector) {
	tag, err := epc.Decode(v.Hex)
	if !v.valid() {
		if err == nil {
			t.Fatalf("accepted as %s", tag.Scheme())
		}
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	want := func(name, got string, want *string) {
		t.Helper()
		if want != nil && got != *want {
			t.Errorf("%s = %q, want %q", name, got, *want)
		}
	}
	want("tag URI", tag.TagURI(), v.TagURI)
	want("EPC URI", tag.EPCURI(), v.EPCURI)
	want("element string", tag.ElementString(), v.ElementString)
	want("Digital Link", tag.DigitalLink(), v.DigitalLink)
	bare := func(s string) string { return strings.TrimRight(s, "0") }
	if got := tag.Hex(); bare(got) != bare(v.Hex) {
		t.Errorf("hex = %s, want %s", got, v.Hex)
	}
}
