package house_test

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// attacks are how many cases the specification of the tag layer lists.
const attacks = 25

// TestEveryAttackHasItsTest finds a test by name for each attack on tags.
func TestEveryAttackHasItsTest(t *testing.T) {
	seen, err := attackTests(os.DirFS(filepath.Join("..", "..")), "internal")
	if err != nil {
		t.Fatal(err)
	}
	for n := 1; n <= attacks; n++ {
		if number := fmt.Sprintf("%02d", n); !seen[number] {
			t.Errorf("no test is named after attack %s", number)
		}
	}
	if seen["00"] || seen["26"] {
		t.Error("a test is named after an attack that nobody lists")
	}
}

var (
	attackName   = regexp.MustCompile(`(?m)^func TestAttack([0-9]{2}(?:And[0-9]{2})*)`)
	attackNumber = regexp.MustCompile(`[0-9]{2}`)
)

// attackTests gathers the numbers in the names of attack tests below a folder.
func attackTests(root fs.FS, folder string) (map[string]bool, error) {
	seen := map[string]bool{}
	err := fs.WalkDir(root, folder, func(path string, _ fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		text, err := fs.ReadFile(root, path)
		if err != nil {
			return err
		}
		for _, name := range attackName.FindAllSubmatch(text, -1) {
			for _, number := range attackNumber.FindAllString(string(name[1]), -1) {
				seen[number] = true
			}
		}
		return nil
	})
	return seen, err
}
