package hibc

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// clock is the reference time of these tests.
var clock = time.Date(2026, time.November, 23, 12, 0, 0, 0, time.UTC)

// label is a published or derived label. Bad is why it must be refused.
type label struct {
	ID, In, Bad   string
	StructureOnly bool
	Want          map[string]any
}

func loadLabels(t testing.TB) (labels []label, skipped []string) {
	t.Helper()
	if dir := os.Getenv("TRUEWARD_VECTORS"); dir != "" {
		return loadShared(t, filepath.Join(dir, "hibcc.json"))
	}
	var file struct{ Labels []label }
	readJSON(t, "testdata/labels.json", &file)
	return file.Labels, nil
}

func loadShared(t testing.TB, path string) (labels []label, skipped []string) {
	t.Helper()
	var file struct {
		HIBC []struct {
			ID, Input, Note string
			Real            bool `json:"check_char_real"`
			Expected        map[string]any
		}
	}
	readJSON(t, path, &file)
	for _, v := range file.HIBC {
		if strings.Contains(strings.ToLower(v.Note), "do not use") {
			skipped = append(skipped, v.ID+" marked unusable")
			continue
		}
		l := label{ID: v.ID, In: v.Input, StructureOnly: !v.Real, Want: v.Expected}
		if v.Expected["verdict"] == "invalid" {
			l.Bad = fmt.Sprint(v.Expected["reason"])
		}
		labels = append(labels, l)
	}
	return labels, skipped
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
	labels, skipped := loadLabels(t)
	for _, l := range labels {
		if l.Bad != "" {
			if m, err := Parse(l.In); err == nil {
				t.Errorf("%s: accepted as %+v, want %s", l.ID, m, l.Bad)
			}
			continue
		}
		m, err := parse(l.In, !l.StructureOnly)
		if err != nil {
			t.Errorf("%s: %v", l.ID, err)
			continue
		}
		compare(t, l, m)
	}
	fmt.Printf("vectors: hibc ran %d of %d, skipped %d (%s)\n", len(labels), len(labels)+len(skipped), len(skipped), strings.Join(skipped, ", "))
}

func compare(t *testing.T, l label, m Message) {
	t.Helper()
	made, _ := m.Manufactured()
	got := map[string]any{
		"lic": m.LIC, "pcn": m.PCN, "uom": float64(m.UOM), "lot": m.Lot, "serial": m.Serial, "qty": float64(m.Quantity),
		"expiry": m.ExpiryText(clock), "manufactured": made.String(), "link": string(rune(m.Link)), "check": l.In[len(l.In)-1:],
	}
	for key, want := range l.Want {
		if key == "note" {
			continue
		}
		if got[key] != want {
			t.Errorf("%s: %s is %v, want %v", l.ID, key, got[key], want)
		}
	}
}
