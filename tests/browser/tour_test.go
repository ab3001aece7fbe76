package browser_test

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"trueward/internal/testkit/browser"
)

// stop is a picture of docs/tour.md: ![heading](images/tour/file.png "who
// width path"), and the words in bold between it and the picture before.
type stop struct {
	heading, file, who, path string
	width                    int64
	bold                     []string
}

var (
	pictured = regexp.MustCompile(`!\[([^\]]+)\]\(images/tour/([a-z0-9-]+\.png) "([a-z]+) (\d+) ([^"]+)"\)`)
	inBold   = regexp.MustCompile(`\*\*([^*]+)\*\*`)
)

// stops reads the tour.
func stops(text string) (all []stop) {
	before := 0
	for _, at := range pictured.FindAllStringSubmatchIndex(text, -1) {
		part := func(n int) string { return text[at[2*n]:at[2*n+1]] }
		s := stop{heading: part(1), file: part(2), who: part(3), path: part(5)}
		_, _ = fmt.Sscan(part(4), &s.width) // the expression admits digits alone
		for _, m := range inBold.FindAllStringSubmatch(text[before:at[0]], -1) {
			s.bold = append(s.bold, m[1])
		}
		before = at[1]
		all = append(all, s)
	}
	return all
}

// TestTour goes the way of docs/tour.md as each of its people: every page is
// there under its heading, and shows what the text tells the reader to press.
// TRUEWARD_UPDATE=1 takes the pictures anew.
func TestTour(t *testing.T) {
	docs := filepath.Join("..", "..", "docs")
	text, err := os.ReadFile(filepath.Join(docs, "tour.md"))
	if err != nil {
		t.Fatal(err)
	}
	all := stops(string(text))
	picturesAreKept(t, filepath.Join(docs, "images", "tour"), all)
	h, b, ok := open(t, nil)
	if !ok {
		return
	}
	var page *browser.Page
	who := ""
	for _, s := range all {
		if s.who != who {
			page, who = h.guide(t, b.Apart(t), s), s.who
		}
		page.Look(t, lookOf(s))
		if status := page.Go(t, h.url+s.path); status != http.StatusOK {
			t.Errorf("%s meets %d at %s", s.who, status, s.path)
			continue
		}
		for _, stale := range stale(t, page, s) {
			t.Error(stale)
		}
		if os.Getenv("TRUEWARD_UPDATE") == "1" {
			page.Shot(t, filepath.Join(docs, "images", "tour", s.file))
		}
	}
	if page != nil {
		wrong := stop{heading: "No such page", path: all[len(all)-1].path, bold: []string{"No such button"}}
		if len(stale(t, page, wrong)) != 2 {
			t.Error("a heading and a button that are not there are not noticed")
		}
	}
}

func lookOf(s stop) browser.Look {
	if s.width < 600 {
		return browser.Look{Width: s.width, Height: 1180, Touch: true} // a phone, with some of what is below its edge
	}
	return browser.Look{Width: s.width, Height: 800}
}

// guide signs a person in. The nurse has a case with a product in it, so that
// there is something to see.
func (h *house) guide(t *testing.T, b *browser.Browser, s stop) *browser.Page {
	t.Helper()
	email := s.who + "@brannoc.example"
	switch s.who {
	case "amy":
		n := h.work(t, b, email)
		unit := h.take(t, 1)[0]
		n.typed(bracketed(unit))
		n.answers(unit)
		return n.Page
	case "lars":
		email = s.who + "@norvane.example"
	}
	return h.enter(t, b, email, lookOf(s))
}

// stale says what the text promises and the page does not show.
func stale(t *testing.T, page *browser.Page, s stop) (found []string) {
	t.Helper()
	heading := browser.Eval[string](t, page, `document.querySelector("h1")?.innerText.trim() ?? ""`)
	if heading != s.heading {
		found = append(found, fmt.Sprintf("%s: the page is headed %q, the tour says %q", s.path, heading, s.heading))
	}
	said := browser.Eval[string](t, page, `[...document.querySelectorAll("body *")].map((e) => [e.innerText ?? "", e.ariaLabel ?? "", e.value ?? "", e.placeholder ?? ""].join(" ")).join(" ").replace(/\s+/g, " ")`)
	for _, words := range s.bold {
		if !strings.Contains(said, words) {
			found = append(found, fmt.Sprintf("%s shows no %q", s.path, words))
		}
	}
	return found
}

// picturesAreKept compares the pictures with the text and bounds their size.
func picturesAreKept(t *testing.T, folder string, all []stop) {
	t.Helper()
	const budget = 2 << 20
	if len(all) < 12 {
		t.Errorf("the tour has only %d pictures", len(all))
	}
	files, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	total := int64(0)
	for _, f := range files {
		info, err := f.Info()
		if err != nil {
			t.Fatal(err)
		}
		total += info.Size()
		if !slices.ContainsFunc(all, func(s stop) bool { return s.file == f.Name() }) {
			t.Errorf("%s is in no place of the tour", f.Name())
		}
	}
	if total > budget {
		t.Errorf("the pictures take %d bytes, over %d", total, budget)
	}
	if os.Getenv("TRUEWARD_UPDATE") == "1" {
		return
	}
	for _, s := range all {
		if !slices.ContainsFunc(files, func(f os.DirEntry) bool { return f.Name() == s.file }) {
			t.Errorf("the tour shows %s, which is not there: TRUEWARD_UPDATE=1 takes it", s.file)
		}
	}
}
