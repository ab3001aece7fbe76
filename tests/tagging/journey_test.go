package tagging_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"trueward/internal/testkit/browser"
)

var (
	phone = browser.Look{Width: 390, Height: 844}
	desk  = browser.Look{Width: 1280, Height: 900}
	looks = []browser.Look{phone, {Width: 1280, Height: 900, Dark: true}} // tests/browser looks at all four
)

// TestOfficeWritesTags is the way of a vendor's office from nothing to a tag
// that a ward can tap.
func TestOfficeWritesTags(t *testing.T) {
	b, ok := browser.Start(t, nil)
	if !ok {
		return
	}
	h := open(t)
	h.browser = b
	p := h.enter(t, b, office, desk)

	p.Go(t, h.url+"/tag-profiles/new")
	h.look(t, p, "new-profile")
	p.Fill(t, "#name", "Stents of 2028")
	p.Follow(t, "Make this profile and its keys")
	h.look(t, p, "profile")
	profile := p.Path(t)

	p.Follow(t, "Write tags")
	p.Fill(t, "#count", "3000")
	p.Follow(t, "Plan tags for these units")
	if !strings.Contains(p.Text(t), "Give a number of tags from 1 to 2000.") {
		t.Error("too many tags are not refused in words")
	}
	p.Choose(t, "#profile-coming", "Stents of 2028")
	p.Fill(t, "#di", h.stent(t))
	p.Fill(t, "#lot", "LT2028")
	browser.Eval[bool](t, p, `(document.querySelector("#expiry").value = "2028-12-31", true)`)
	browser.Eval[bool](t, p, fmt.Sprintf(`(document.querySelector("#serials").value = %q, true)`, serials(40)))
	p.Follow(t, "Plan tags for these serial numbers")
	h.look(t, p, "run-planned")
	run := p.Path(t)

	p = b.Open(t, h.url+run, desk) // a page has a minute
	p.Follow(t, "Start writing")
	p.WaitFor(t, `document.querySelector("#run-done")?.value >= 3`)
	p.Check(t, "run-writing")
	if dir := os.Getenv("TRUEWARD_PICTURES"); dir != "" {
		p.Picture(t, filepath.Join(dir, "run-writing.png"))
	}
	p.WaitFor(t, `document.querySelector("#run-done")?.value === 40`)
	if !strings.Contains(p.Text(t), "40 of 40 tags, 40 waiting for their unit") {
		t.Errorf("the run does not say that it is done: %s", p.Text(t))
	}
	p.Go(t, h.url+run) // loaded again it shows the same
	if n := browser.Eval[int](t, p, `document.querySelector("#run-done").value`); n != 40 {
		t.Errorf("after loading again: %d", n)
	}
	h.look(t, p, "run-done")
	p = b.Open(t, h.url+run, desk)
	tap := browser.Eval[string](t, p, `document.querySelector("#run-progress a[href*='/t/']").href`)

	p.Go(t, h.url+"/tags")
	h.look(t, p, "tags")
	p.Go(t, h.url+"/tag-runs")
	h.look(t, p, "runs")
	h.tapped(t, p, tap)
	p = b.Open(t, h.url+run, desk)
	h.retired(t, p, run)
	h.rotated(t, p, profile)
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
func (h *house) retired(t *testing.T, p *browser.Page, run string) {
	t.Helper()
	p.Go(t, h.url+run)
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
func (h *house) rotated(t *testing.T, p *browser.Page, profile string) {
	t.Helper()
	p.Go(t, h.url+profile)
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
