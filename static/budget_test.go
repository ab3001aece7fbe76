package static

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// gzipped is the size over the wire of the named files together, gzip-ed.
func gzipped(names ...string) int {
	sum := 0
	for _, name := range names {
		sum += len(compress(library().byName[name].body))
	}
	return sum
}

func TestBudgets(t *testing.T) {
	cases := []struct {
		name  string
		limit int
		files []string
	}{
		{"style", 20 << 10, []string{"css/app.css"}},
		{"scripts of a first load", 35 << 10, []string{"js/htmx.js", "js/app.js", "js/scan.js", "js/wedge.js", "js/live.js", "js/keys.js", "js/palette.js", "js/sounds.js", "js/outbox.js", "js/replay.js", "vendor/idb/index.js"}},
		{"scripts of the scan page", 20 << 10, []string{"js/saved-box.js", "js/saved.js", "js/scan-tools.js", "js/awake.js", "js/camera.js", "js/camera-worker.js", "vendor/zxing-wasm/reader.js"}},
		{"decoder", 420 << 10, []string{"vendor/zxing-wasm/zxing_reader.wasm"}},
	}
	for _, c := range cases {
		got := gzipped(c.files...)
		t.Logf("%s: %d of %d bytes", c.name, got, c.limit)
		if got > c.limit {
			t.Errorf("%s: %d bytes gzip-ed, the budget is %d", c.name, got, c.limit)
		}
	}
}

// physical finds properties that name a side of the page instead of a side of
// the text; they break a page that is written from right to left.
var physical = regexp.MustCompile(`(?m)(^|[{;\s])((margin|padding|border)-(left|right)[\w-]*|left|right|border-(top|bottom)-(left|right)-radius)\s*:|text-align:\s*(left|right)|float:\s*(left|right)`)

func TestStyleNamesSidesOfTheText(t *testing.T) {
	sources, err := filepath.Glob("src/*.css")
	if err != nil || len(sources) == 0 {
		t.Fatalf("no style sources (%v)", err)
	}
	for _, name := range sources {
		body, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, hit := range physical.FindAllString(string(body), -1) {
			t.Errorf("%s: %s", name, strings.TrimSpace(hit))
		}
	}
	for _, planted := range []string{"a{margin-left:1px}", "a { text-align: right; }", "a{ right: 0 }"} {
		if !physical.MatchString(planted) {
			t.Errorf("planted %q is not found", planted)
		}
	}
}

func TestOwnFilesCallNobodyElse(t *testing.T) {
	foreign := regexp.MustCompile(`https?://[^\s"'` + "`" + `)]+`)
	banner := regexp.MustCompile(`(?s)/\*!.*?\*/`)
	for name, a := range library().byName {
		if strings.HasPrefix(name, "vendor/") || name == "js/htmx.js" {
			continue
		}
		// Licence banners name their projects; a comment calls nobody.
		for _, hit := range foreign.FindAllString(banner.ReplaceAllString(string(a.body), ""), -1) {
			if hit != "http://www.w3.org/2000/svg" {
				t.Errorf("%s mentions %s", name, hit)
			}
		}
	}
}
