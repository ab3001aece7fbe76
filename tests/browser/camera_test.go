package browser_test

import (
	"bytes"
	"fmt"
	"image/color"
	"os"
	"path/filepath"
	"testing"

	"github.com/boombuler/barcode"
	"github.com/boombuler/barcode/datamatrix"
	"github.com/chromedp/chromedp"

	"trueward/internal/adapter/store"
)

// The clip's picture, and the edge of one module of the symbol in it, in
// pixels.
const (
	clipWidth, clipHeight = 1280, 720
	module                = 10
)

// label is the GS1 DataMatrix on a unit's box.
func label(t *testing.T, u store.UnitRow) barcode.Barcode {
	t.Helper()
	fnc1 := string([]byte{datamatrix.FNC1})
	code, err := datamatrix.Encode(fnc1 + "01" + u.DI + "17" + compact(u.Expiry) + "10" + u.Lot + fnc1 + "21" + u.Serial)
	if err != nil {
		t.Fatal(err)
	}
	return code
}

// clip writes a film of a symbol in front of a lens as raw video (YUV4MPEG2,
// 4:2:0), which Chromium plays as its camera.
func clip(t *testing.T, code barcode.Barcode) string {
	t.Helper()
	luma := bytes.Repeat([]byte{235}, clipWidth*clipHeight)
	size := code.Bounds().Dx()
	left, top := (clipWidth-size*module)/2, (clipHeight-size*module)/2
	for y := range size * module {
		for x := range size * module {
			if dark(code.At(x/module, y/module)) {
				luma[(top+y)*clipWidth+left+x] = 16
			}
		}
	}
	var film bytes.Buffer
	fmt.Fprintf(&film, "YUV4MPEG2 W%d H%d F30:1 Ip A1:1 C420jpeg\n", clipWidth, clipHeight)
	for range 3 {
		film.WriteString("FRAME\n")
		film.Write(luma)
		film.Write(bytes.Repeat([]byte{128}, clipWidth*clipHeight/2))
	}
	path := filepath.Join(t.TempDir(), "clip.y4m")
	if err := os.WriteFile(path, film.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func dark(c color.Color) bool {
	r, g, b, _ := c.RGBA()
	return r+g+b < 3*0x8000
}

// TestCamera holds a box before the camera of the scan page: its unit comes
// into the case once, and the camera is closed again.
func TestCamera(t *testing.T) {
	h, _, ok := open(t, nil)
	if !ok {
		return
	}
	u := h.take(t, 1)[0]
	_, b, _ := open(t, map[string]string{
		"use-fake-device-for-media-stream": "", "use-fake-ui-for-media-stream": "", "use-file-for-fake-video-capture": clip(t, label(t, u)),
	})
	n := h.work(t, b, kenji)
	n.Do(t, chromedp.Click(chromedp.CSS("[data-camera]")))
	n.answers(u)
	n.says("Identified", "May be used")
	list, err := h.queries(t).Scans(n.openCase())
	if err != nil || len(list) != 1 || list[0].Unit.ID != u.ID || list[0].Source != "camera" {
		t.Errorf("the case holds %+v (%v)", list, err)
	}
	n.Do(t, chromedp.Click(chromedp.CSS("[data-camera]")))
	n.WaitFor(t, `document.querySelector("#camera").hidden`)
	n.closeCase()
	for _, line := range n.Said() {
		t.Errorf("console: %s", line)
	}
}
