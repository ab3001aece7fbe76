package tagging_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"trueward/internal/testkit/browser"
)

var (
	phone = browser.Look{Width: 390, Height: 844}
	desk  = browser.Look{Width: 1280, Height: 900}
	looks = []browser.Look{phone, {Width: 1280, Height: 900, Dark: true}} // tests/browser looks at all four
)

// TestOfficeWritesTags is the way of a vendor's office from nothing to a tag
// that a ward can tap. Each part has a tab of its own, since a browser has six
// connections to a server and each open page listens on one.
func TestOfficeWritesTags(t *testing.T) {
	b, ok := browser.Start(t, nil)
	if !ok {
		return
	}
	h := open(t)
	h.browser = b
	var profile, run, tap string
	part := func(name, address string, do func(t *testing.T, p *browser.Page)) {
		t.Run(name, func(t *testing.T) { do(t, b.Open(t, h.url+address, desk)) })
	}
	t.Run("sign in", func(t *testing.T) { h.enter(t, b, office, desk) })
	part("profile", "/tag-profiles/new", func(t *testing.T, p *browser.Page) {
		h.look(t, p, "new-profile")
		p.Fill(t, "#name", "Stents of 2028")
		p.Follow(t, "Make this profile")
		profile = p.Path(t)
		h.look(t, p, "profile")
	})
	part("plan", "/tag-runs/new", func(t *testing.T, p *browser.Page) { run = h.planned(t, p) })
	part("write", run, h.written)
	part("written", run, func(t *testing.T, p *browser.Page) { // loaded again it shows the same
		if n := browser.Eval[int](t, p, `document.querySelector("#run-done").value`); n != rolls {
			t.Errorf("after loading again: %d", n)
		}
		h.look(t, p, "run-done")
		tap = browser.Eval[string](t, p, `document.querySelector("#run-progress a[href*='/t/']").href`)
	})
	part("lists", "/tags", func(t *testing.T, p *browser.Page) {
		h.look(t, p, "tags")
		p.Go(t, h.url+"/tag-runs")
		h.look(t, p, "runs")
	})
	part("tap", "/tags", func(t *testing.T, p *browser.Page) { h.tapped(t, p, tap) })
	part("retire", run, h.retired)
	part("rotate", profile, h.rotated)
	part("files of tags", "/tag-files", h.tagFile)
	part("files of keys", "/key-files", h.keyFile)
}

// rolls is how many tags the journey writes: a whole roll in the soak.
var rolls = func() int {
	if os.Getenv("TRUEWARD_SOAK") != "" {
		return 1000
	}
	return 20
}()

// planned is refused once, and then plans tags for units to come.
func (h *house) planned(t *testing.T, p *browser.Page) string {
	t.Helper()
	p.Fill(t, "#count", "3000")
	p.Follow(t, "Plan tags for these units")
	if !strings.Contains(p.Text(t), "Give a number of tags from 1 to 2000.") {
		t.Error("too many tags are not refused in words")
	}
	p.Choose(t, "#profile-coming", "Stents of 2028")
	p.Fill(t, "#di", h.stent(t))
	p.Fill(t, "#lot", "LT2028")
	browser.Eval[bool](t, p, `(document.querySelector("#expiry").value = "2028-12-31", true)`)
	browser.Eval[bool](t, p, fmt.Sprintf(`(document.querySelector("#serials").value = %q, true)`, serials(rolls)))
	p.Follow(t, "Plan tags for these serial numbers")
	h.look(t, p, "run-planned")
	return p.Path(t)
}

// written watches the reader write, without loading the page again.
func (h *house) written(t *testing.T, p *browser.Page) {
	t.Helper()
	p.Follow(t, "Start writing")
	p.WaitFor(t, `document.querySelector("#run-done")?.value >= 3`)
	p.Check(t, "run-writing")
	picture(t, p, "run-writing")
	begun := time.Now()
	for n := 5; n <= rolls; n += 5 { // the bar goes on all the time
		p.WaitFor(t, fmt.Sprintf(`document.querySelector("#run-done")?.value >= %d`, n))
	}
	t.Logf("%d tags were written and shown in %s", rolls, time.Since(begun).Round(100*time.Millisecond))
	if !strings.Contains(p.Text(t), fmt.Sprintf("%d of %[1]d tags, %[1]d waiting for their unit", rolls)) {
		t.Errorf("the run does not say that it is done: %s", p.Text(t))
	}
}

func picture(t *testing.T, p *browser.Page, name string) {
	t.Helper()
	if dir := os.Getenv("TRUEWARD_PICTURES"); dir != "" {
		p.Picture(t, filepath.Join(dir, name+".png"))
	}
}

// tagFile takes in a file of tags, after one with a fault.
func (h *house) tagFile(t *testing.T, p *browser.Page) {
	t.Helper()
	h.look(t, p, "tag-files")
	browser.Eval[bool](t, p, `(document.querySelector("#file").value = "technology,uid\nnfc,04AABBCCDDEE02\nnfc,04", true)`)
	p.Follow(t, "Check this file")
	if text := p.Text(t); !strings.Contains(text, "Nothing was taken in") {
		t.Errorf("a wrong line is not named: %s", text)
	}
	p.Check(t, "tag-files.faults")
	picture(t, p, "tag-files-faults")
	browser.Eval[bool](t, p, `(document.querySelector("#file").value = "technology,uid\nnfc,04AABBCCDDEE02", true)`)
	p.Follow(t, "Check this file")
	p.Follow(t, "Take in 1 tags")
	if !strings.Contains(p.Text(t), "1 tags were taken in") {
		t.Error("a good file is not taken in")
	}
}

// keyFile makes the office's keys and a file.
func (h *house) keyFile(t *testing.T, p *browser.Page) {
	t.Helper()
	p.Follow(t, "Make our keys")
	h.look(t, p, "key-files")
	p.Fill(t, "#name", "St. Brannoc's")
	p.Fill(t, "#receiver", browser.Eval[string](t, p, `document.querySelector("#own-receiver").value`))
	p.Follow(t, "Make the key file")
	if !browser.Eval[bool](t, p, `document.querySelector("#sealed")?.value.includes("AGE ENCRYPTED FILE")`) {
		t.Error("no key file is shown")
	}
	p.Check(t, "key-files.sealed")
	picture(t, p, "key-files-sealed")
}

func serials(n int) string {
	var lines []string
	for i := range n {
		lines = append(lines, fmt.Sprintf("Y28-%04d", i))
	}
	return strings.Join(lines, "\n")
}

// tapped taps the made-up tag: genuine once, seen before after.
func (h *house) tapped(t *testing.T, p *browser.Page, tap string) {
	t.Helper()
	p.Go(t, tap)
	if text := p.Text(t); !strings.Contains(text, "Genuine") {
		t.Errorf("the tag is not genuine: %s", text)
	}
	p.Go(t, tap)
	if text := p.Text(t); !strings.Contains(text, "Seen before") && !strings.Contains(text, "Genuine") {
		t.Errorf("the copy is neither refused nor the same person's own: %s", text)
	}
}

// retired looks at one tag, and retires it.
func (h *house) retired(t *testing.T, p *browser.Page) {
	t.Helper()
	tag := browser.Eval[string](t, p, `document.querySelector("a[href^='/tags/']").getAttribute("href")`)
	p.Go(t, h.url+tag)
	h.look(t, p, "tag")
	p.Fill(t, "#reason", "torn label")
	p.Follow(t, "Retire this tag")
	if !strings.Contains(p.Text(t), "The tag is retired") {
		t.Error("the tag is not retired")
	}
	h.look(t, p, "tag-retired")
}

// rotated opens a new epoch and closes the old one.
func (h *house) rotated(t *testing.T, p *browser.Page) {
	t.Helper()
	p.Follow(t, "Open a new epoch")
	h.look(t, p, "profile-rotated")
	p.Follow(t, "Close epoch 1")
	if text := p.Text(t); !strings.Contains(text, "Epoch 1 is closed") {
		t.Errorf("epoch 1 is not closed: %s", text)
	}
	h.look(t, p, "profile-closed")
}

// look holds the page to the rules in every look, in tabs of its own, and takes
// pictures if asked.
func (h *house) look(t *testing.T, p *browser.Page, name string) {
	t.Helper()
	address := h.url + p.Path(t)
	t.Run(name, func(t *testing.T) {
		for _, l := range looks {
			tab := h.browser.Open(t, address, l)
			tab.Check(t, name)
			if strings.Contains(tab.Text(t), "There is a problem") {
				t.Errorf("%s speaks of a problem that nobody has", name)
			}
			if dir := os.Getenv("TRUEWARD_PICTURES"); dir != "" {
				tab.Picture(t, filepath.Join(dir, fmt.Sprintf("%s-%d-%v.png", name, l.Width, l.Dark)))
			}
		}
	})
}

// stent is a product number of the vendor's.
func (h *house) stent(t *testing.T) string {
	t.Helper()
	q := h.queries(t)
	list, err := q.Products("stent", onePage)
	if err != nil || len(list.Rows) == 0 {
		t.Fatal("no stent", err)
	}
	return list.Rows[0].DI
}
