package house_test

import (
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// levels are the requirements of ASVS 5.0.0 at level 1 and 2, by section, and
// the four of level 3 that the product adopts (OWASP; ids only, their text is
// not part of this repository).
const levels = `1.1:1,2 1.2:1,2,3,4,5,6,7,8,9 1.3:1,2,3,4,5,6,7,8,9,10,11 1.4:1,2,3 1.5:1,2 2.1:1,2,3 2.2:1,2,3 2.3:1,2,3,4,5 2.4:1
3.2:1,2 3.3:1,2,3,4 3.4:1,2,3,4,5,6,7 3.5:1,2,3,4,5 3.7:1,2 4.1:1,2,3 4.2:1 4.3:1,2 4.4:1,2,3,4 5.1:1 5.2:1,2,3 5.3:1,2 5.4:1,2,3
6.1:1,2,3 6.2:1,2,3,4,5,6,7,8,9,10,11,12 6.3:1,2,3,4 6.4:1,2,3,4 6.5:1,2,3,4,5 6.6:1,2,3 6.8:1,2,3,4 7.1:1,2,3 7.2:1,2,3,4 7.3:1,2
7.4:1,2,3,4,5 7.5:1,2 7.6:1,2 8.1:1,2 8.2:1,2,3 8.3:1,2 8.4:1 9.1:1,2,3 9.2:1,2,3,4 10.1:1,2 10.2:1,2 10.3:1,2,3,4
10.4:1,2,3,4,5,6,7,8,9,10,11 10.5:1,2,3,4,5 10.6:1,2 10.7:1,2,3 11.1:1,2 11.2:1,2,3 11.3:1,2,3 11.4:1,2,3,4 11.5:1 11.6:1 12.1:1,2,3
12.2:1,2 12.3:1,2,3,4 13.1:1 13.2:1,2,3,4,5 13.3:1,2 13.4:1,2,3,4,5 14.1:1,2 14.2:1,2,3,4 14.3:1,2,3 15.1:1,2,3 15.2:1,2,3
15.3:1,2,3,4,5,6,7 16.1:1 16.2:1,2,3,4,5 16.3:1,2,3,4 16.4:1,2,3 16.5:1,2,3,4 17.1:1 17.2:1,2,3,4 17.3:1,2`

func ids() (out []string) {
	for section := range strings.FieldsSeq(levels) {
		name, numbers, _ := strings.Cut(section, ":")
		for number := range strings.SplitSeq(numbers, ",") {
			out = append(out, "V"+name+"."+number)
		}
	}
	return out
}

// TestSecurityRequirementsPointSomewhere reads docs/asvs.csv: every id is there
// once, what is shown by a test names one that exists, what is written down
// names a document and a section of it, and what does not apply says why.
func TestSecurityRequirementsPointSomewhere(t *testing.T) {
	rows := readRequirements(t)
	for _, complaint := range complaints(t, rows) {
		t.Error(complaint)
	}
	counts := map[string]int{}
	for _, r := range rows {
		counts[r[1]]++
	}
	t.Logf("%v of %d", counts, len(rows))
	// The control: each of these is noticed.
	for name, twin := range map[string][]string{
		"a test nobody wrote":     {rows[0][0], "test", "web: TestThatNobodyWrote"},
		"a section that is not":   {rows[0][0], "document", "docs/operations.md#Nothing of the kind"},
		"a document that is not":  {rows[0][0], "document", "docs/nothing.md"},
		"no reason":               {rows[0][0], "n/a", ""},
		"a state that is none":    {rows[0][0], "done", ""},
		"an id that is not asked": {"V99.9.9", "open", ""},
	} {
		changed := slices.Clone(rows)
		changed[0] = twin
		if len(complaints(t, changed)) == 0 {
			t.Errorf("%s is not noticed", name)
		}
	}
}

func readRequirements(t *testing.T) [][]string {
	t.Helper()
	file, err := os.Open(filepath.Join("..", "..", "docs", "asvs.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	rows, err := csv.NewReader(file).ReadAll()
	if err != nil || len(rows) < 2 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	return rows[1:]
}

func complaints(t *testing.T, rows [][]string) (out []string) {
	t.Helper()
	seen := map[string]int{}
	for _, r := range rows {
		seen[r[0]]++
		if !slices.Contains(ids(), r[0]) {
			out = append(out, r[0]+" is not asked for")
		}
		if what := complaint(t, r[1], r[2]); what != "" {
			out = append(out, fmt.Sprintf("%s: %s: %s", r[0], what, r[2]))
		}
	}
	for _, id := range ids() {
		if seen[id] != 1 {
			out = append(out, fmt.Sprintf("%s stands there %d times", id, seen[id]))
		}
	}
	return out
}

// complaint says what is wrong with where a requirement points; empty when
// nothing is.
func complaint(t *testing.T, state, where string) string {
	t.Helper()
	switch state {
	case "open":
		return ""
	case "n/a":
		if where == "" {
			return "no reason"
		}
		return ""
	case "test":
		folder, name, _ := strings.Cut(where, ": ")
		if !writes(t, folder, "*_test.go", "\nfunc "+name+"(t *testing.T)") {
			return "no such test"
		}
		return ""
	case "document":
		file, section, named := strings.Cut(where, "#")
		if named && !writes(t, "", file, "# "+section+"\n") || !named && !writes(t, "", file, "") {
			return "no such section"
		}
		return ""
	}
	return "no such state"
}

// writes reports whether a file of a folder holds a text.
func writes(t *testing.T, folder, pattern, text string) bool {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("..", "..", folder, pattern))
	if err != nil {
		t.Fatal(err)
	}
	return slices.ContainsFunc(files, func(path string) bool {
		content, err := os.ReadFile(path)
		return err == nil && strings.Contains(string(content), text)
	})
}
