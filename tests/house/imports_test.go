// Package house checks the direction of imports: code on a floor imports only
// floors below it, and each outside library has one door.
package house

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// file is a Go source file with what it imports. path is slash-separated and
// relative to the repository.
type file struct {
	path    string
	imports []string
}

func (f file) test() bool { return strings.HasSuffix(f.path, "_test.go") }

// wrongArrows returns a sentence per import that the plan of the house forbids.
func wrongArrows(f file) []string {
	var wrong []string
	for _, imp := range f.imports {
		if reason := refuse(f, imp); reason != "" {
			wrong = append(wrong, f.path+" imports "+imp+": "+reason)
		}
	}
	return wrong
}

func refuse(f file, imp string) string {
	if reason := refuseLibrary(f, imp); reason != "" {
		return reason
	}
	target, ours := strings.CutPrefix(imp, "trueward/")
	if !ours || f.test() {
		return ""
	}
	if strings.HasPrefix(target, "internal/testkit") && !strings.HasPrefix(f.path, "internal/testkit") &&
		!strings.HasPrefix(f.path, "internal/adapter/store/storetest/") {
		return "testkit is for tests"
	}
	for _, floor := range floors {
		if strings.HasPrefix(f.path, floor.room) {
			return floor.refuse(f.path, target)
		}
	}
	return ""
}

// doors names, for an outside library, the folder that may import it.
var doors = map[string]string{
	"gorm.io/":                        "internal/adapter/store/",
	"github.com/labstack/echo":        "web/",
	"github.com/stripe/stripe-go":     "internal/adapter/stripe/",
	"github.com/nats-io/":             "internal/adapter/bus/",
	"go.bug.st/serial":                "internal/adapter/serialport/",
	"github.com/alecthomas/kong":      "cmd/",
	"github.com/bojanz/currency":      "internal/standard/money/",
	"github.com/tink-crypto/tink-go":  "internal/adapter/vault/",
	"github.com/xuri/excelize/v2":     "internal/adapter/export/",
	"rsc.io/qr":                       "internal/adapter/export/",
	"github.com/alexedwards/argon2id": "internal/app/signin/",
	"github.com/benbjohnson/":         "internal/adapter/replica/",
}

func refuseLibrary(f file, imp string) string {
	for library, door := range doors {
		if strings.HasPrefix(imp, library) && !strings.HasPrefix(f.path, door) && !f.test() {
			return "its only door is " + door
		}
	}
	return ""
}

// floor says which of our own packages a room may import.
type floor struct {
	room  string
	allow []string
}

// floors is read from the top: the first room that holds a file decides.
var floors = []floor{
	{"internal/fault/", nil},
	{"internal/clock/", nil},
	{"internal/wording/", nil},
	{"internal/standard/", []string{"internal/standard/"}},
	{"internal/domain/", []string{"internal/domain/", "internal/standard/", "internal/fault"}},
	{"internal/adapter/store/", []string{"internal/adapter/store", "internal/domain/", "internal/standard/", "internal/fault", "internal/clock", "migrations", "internal/testkit"}},
	{"internal/adapter/reader/", []string{"internal/adapter/reader", "internal/adapter/serialport", "internal/domain/", "internal/standard/", "internal/fault", "internal/clock"}},
	{"internal/adapter/", []string{"internal/domain/", "internal/standard/", "internal/fault", "internal/clock"}},
	{"internal/app/", []string{"internal/adapter/store", "internal/domain/", "internal/standard/", "internal/fault", "internal/clock"}},
	{"internal/edge/", []string{"internal/edge", "internal/domain/device", "internal/standard/", "internal/fault", "internal/clock"}},
	{"templates/", []string{"templates/", "internal/domain/", "internal/standard/", "static"}},
	{"web/", []string{"web/", "internal/app/", "templates/", "static", "internal/domain/", "internal/standard/", "internal/fault", "internal/clock", "internal/wording", "internal/adapter/store"}},
	{"static/", nil},
	{"migrations/", nil},
}

func (fl floor) refuse(from, target string) string {
	own := from[:strings.LastIndexByte(from, '/')]
	if target == own || within(target, own) {
		return ""
	}
	if reason := sideways(from, target); reason != "" {
		return reason
	}
	for _, allowed := range fl.allow {
		if within(target, strings.TrimSuffix(allowed, "/")) {
			return ""
		}
	}
	return "not on a floor below"
}

// sideways refuses neighbours on one floor that must not know each other.
func sideways(from, target string) string {
	for _, rule := range []struct{ floor, reason string }{
		{"internal/app/", "use cases do not import each other"},
		{"internal/adapter/", "adapters do not import each other"},
	} {
		a, fromHere := strings.CutPrefix(from, rule.floor)
		b, toHere := strings.CutPrefix(target, rule.floor)
		if fromHere && toHere && room(a) != room(b) && !(room(a) == "reader" && room(b) == "serialport") {
			return rule.reason
		}
	}
	if within(from, "internal/domain") && within(target, "internal/domain") {
		return domainArrow(room(strings.TrimPrefix(from, "internal/domain/")), room(strings.TrimPrefix(target, "internal/domain/")))
	}
	return ""
}

// domainBelow lists the domain rooms each room may look down to; access is the
// ground all of them stand on.
var domainBelow = map[string]string{
	"access": "", "audit": "", "authentic": "access", "alert": "access authentic", "device": "access",
	"catalog": "access", "consign": "access catalog",
	"custody": "access catalog consign authentic",
	"usage":   "access catalog consign custody authentic",
	"remote":  "access catalog consign custody authentic usage billing",
	"billing": "access catalog consign custody authentic usage",
}

func domainArrow(from, to string) string {
	below, known := domainBelow[from]
	switch {
	case from == to:
		return ""
	case !known:
		return "this room has no place in the plan yet: add it to domainBelow"
	case !strings.Contains(" "+below+" ", " "+to+" "):
		return "domain rooms look downwards only"
	}
	return ""
}

func room(path string) string {
	name, _, _ := strings.Cut(path, "/")
	return name
}

func within(path, folder string) bool {
	return path == folder || strings.HasPrefix(path, folder+"/")
}

func TestImportsGoDownTheFloors(t *testing.T) {
	files := sources(t, "../..")
	if len(files) < 50 {
		t.Fatalf("only %d files found: the walk is broken", len(files))
	}
	for _, f := range files {
		for _, wrong := range wrongArrows(f) {
			t.Error(wrong)
		}
	}
}

// TestWrongArrowsAreFound plants one file per rule that must be refused.
func TestWrongArrowsAreFound(t *testing.T) {
	planted := []file{
		{"internal/standard/gs1/x.go", []string{"trueward/internal/domain/custody"}},
		{"internal/domain/custody/x.go", []string{"trueward/internal/adapter/store"}},
		{"internal/domain/catalog/x.go", []string{"trueward/internal/domain/custody"}},
		{"internal/adapter/bus/x.go", []string{"trueward/internal/adapter/store"}},
		{"internal/app/using/x.go", []string{"trueward/internal/app/pricing"}},
		{"internal/app/using/x.go", []string{"trueward/web/route"}},
		{"internal/app/using/x.go", []string{"gorm.io/gorm"}},
		{"internal/app/using/x.go", []string{"trueward/internal/testkit/postgres"}},
		{"templates/ward/x.go", []string{"trueward/internal/app/using"}},
		{"web/ward/x.go", []string{"gorm.io/gorm"}},
		{"internal/app/live/x.go", []string{"github.com/labstack/echo/v4"}},
		{"static/x.go", []string{"trueward/internal/fault"}},
	}
	for _, f := range planted {
		if len(wrongArrows(f)) == 0 {
			t.Errorf("%s importing %s was not refused", f.path, f.imports[0])
		}
	}
}

func sources(t *testing.T, root string) []file {
	t.Helper()
	var files []file
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "node_modules" || d.Name() == ".git" || d.Name() == "testdata") {
			return filepath.SkipDir
		}
		if !strings.HasSuffix(path, ".go") {
			return nil
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		f := file{path: filepath.ToSlash(rel)}
		for _, imp := range parsed.Imports {
			name, err := strconv.Unquote(imp.Path.Value)
			if err != nil {
				return err
			}
			f.imports = append(f.imports, name)
		}
		files = append(files, f)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}
