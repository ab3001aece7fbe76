package faults_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// required are the rows of the catalogue that have to have a test.
var required = []int{
	1, 3, 13, 14, 15, 16, 17, 18, 39, 40, 41, 42, 48, 49, 50, 51, 54, 55, 56, 57, 58, 59, 60, 62, 63, 66, 69, 70, 72, 77, 78, 79, 80, 89, 90, 91, 92, 93,
}

// TestCatalogueNamesTestsThatExist reads CATALOGUE.md: every row that is
// required is there, and every test it names is in the folder it names.
func TestCatalogueNamesTestsThatExist(t *testing.T) {
	text, err := os.ReadFile("CATALOGUE.md")
	if err != nil {
		t.Fatal(err)
	}
	rows, missing := readCatalogue(t, string(text))
	for _, name := range missing {
		t.Errorf("there is no %s", name)
	}
	for _, row := range required {
		if !slices.Contains(rows, row) {
			t.Errorf("row %d names no test", row)
		}
	}
	twin := strings.Replace(string(text), "TestKillLosesAndDoublesNothing", "TestThatNobodyWrote", 1)
	if _, missing := readCatalogue(t, twin); len(missing) != 1 {
		t.Errorf("a test that nobody wrote is not missed: %v", missing)
	}
}

var (
	rowOf    = regexp.MustCompile(`^\| (\d+) \|`)
	folderOf = regexp.MustCompile(`^ ?([a-z0-9/]+): `)
	testOf   = regexp.MustCompile(`\bTest\w+`)
)

// readCatalogue returns the rows that name tests, and the tests that are not
// where they are said to be.
func readCatalogue(t *testing.T, text string) (rows []int, missing []string) {
	t.Helper()
	for line := range strings.Lines(text) {
		number := rowOf.FindStringSubmatch(line)
		if number == nil {
			continue
		}
		cells := strings.Split(line, "|")
		found := 0
		folder := ""
		for part := range strings.SplitSeq(cells[3], ";") {
			if named := folderOf.FindStringSubmatch(part); named != nil {
				folder = named[1]
			}
			for _, test := range testOf.FindAllString(part, -1) {
				if found++; !defines(t, folder, test) {
					missing = append(missing, folder+": "+test)
				}
			}
		}
		if row, err := strconv.Atoi(number[1]); err == nil && found > 0 {
			rows = append(rows, row)
		}
	}
	return rows, missing
}

// defines reports whether a folder's tests have a function of the name.
func defines(t *testing.T, folder, name string) bool {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("..", "..", folder, "*_test.go"))
	if err != nil {
		t.Fatal(err)
	}
	return slices.ContainsFunc(files, func(path string) bool {
		content, err := os.ReadFile(path)
		return err == nil && strings.Contains(string(content), "\nfunc "+name+"(t *testing.T)")
	})
}
