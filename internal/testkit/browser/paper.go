package browser

import (
	"bytes"
	"context"
	"os/exec"
	"testing"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// Paper prints the page and returns what stands on the paper. It answers false
// where pdftotext is not installed.
func (p *Page) Paper(t testing.TB) (text string, judged bool) {
	t.Helper()
	program, err := exec.LookPath("pdftotext")
	if err != nil {
		missing(t, "pdftotext")
		return "", false
	}
	var paper []byte
	p.Do(t, chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		printed, err := chromedp.Call(ctx, page.PrintToPDF, page.PrintToPDFParams{})
		paper = printed.Data
		return err
	}))
	c := exec.Command(program, "-layout", "-", "-")
	c.Stdin = bytes.NewReader(paper)
	out, err := c.Output()
	if err != nil {
		t.Fatalf("the paper cannot be read: %v", err)
	}
	return string(out), true
}
