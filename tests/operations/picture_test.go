package operations

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"trueward/internal/testkit/browser"
)

// pictureBytes bounds the picture at the top of the README.
const pictureBytes = 200 << 10

// TestReadmePicture holds the README to a picture of a bearable size.
// TRUEWARD_UPDATE=1 takes it anew: a nurse's scan of a sample unit.
func TestReadmePicture(t *testing.T) {
	picture := filepath.Join("..", "..", "docs", "images", "scan.png")
	if os.Getenv("TRUEWARD_UPDATE") == "1" {
		takePicture(t, picture)
	}
	info, err := os.Stat(picture)
	if err != nil || info.Size() > pictureBytes {
		t.Errorf("no picture of at most %d bytes: %v", pictureBytes, err)
	}
	readme, err := os.ReadFile(filepath.Join("..", "..", "README.md"))
	if err != nil || !strings.Contains(string(readme), "docs/images/scan.png") {
		t.Errorf("the README does not show the picture (%v)", err)
	}
}

func takePicture(t *testing.T, path string) {
	t.Helper()
	b, ok := browser.Start(t, nil)
	if !ok {
		t.Fatal("no browser to take the picture with")
	}
	p := start(t, "demo", "--data", t.TempDir())
	p.out.waitFor("genuine")
	_, tap, _ := strings.Cut(p.out.String(), "genuine")
	tap = strings.Fields(tap)[0]
	enter(t, b, p.url, "amy@brannoc.example", demoPassword)
	t.Run("picture", func(t *testing.T) {
		page := b.Open(t, p.url+"/scan", browser.Look{Width: 1080, Height: 1090})
		page.Do(t, chromedp.SetValue(chromedp.CSS("#scan"), tap), chromedp.Click(chromedp.CSS("#scan-form button[type=submit]")))
		page.WaitFor(t, `document.querySelector("#scan-result .verdict, #scan-result section, #scan-result [data-sound]")`)
		page.Do(t, chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error { // what a window shows, not the whole page
			png, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
			if err != nil {
				return err
			}
			return os.WriteFile(path, png, 0o644)
		}))
	})
}
