package gallery

import (
	"bytes"
	"fmt"
	"image/color"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/boombuler/barcode"
	"github.com/boombuler/barcode/datamatrix"
	"github.com/boombuler/barcode/qr"
	"github.com/chromedp/chromedp"

	"trueward/internal/testkit/browser"
)

// The clip's field, in pixels, and the edge of one module of a code in it.
const (
	clipWidth, clipHeight = 640, 480
	module                = 8
)

// clip writes a short film of a code in front of a lens as raw video (YUV4MPEG2,
// 4:2:0), which Chromium plays as its camera.
func clip(t *testing.T, code barcode.Barcode) string {
	t.Helper()
	luma := bytes.Repeat([]byte{235}, clipWidth*clipHeight)
	size := code.Bounds().Dx()
	left, top := (clipWidth-size*module)/2, (clipHeight-size*module)/2
	for y := range size * module {
		for x := range size * module {
			if isDark(code.At(x/module, y/module)) {
				luma[(top+y)*clipWidth+left+x] = 16
			}
		}
	}
	chroma := bytes.Repeat([]byte{128}, clipWidth*clipHeight/2)
	var film bytes.Buffer
	fmt.Fprintf(&film, "YUV4MPEG2 W%d H%d F30:1 Ip A1:1 C420jpeg\n", clipWidth, clipHeight)
	for range 10 {
		film.WriteString("FRAME\n")
		film.Write(luma)
		film.Write(chroma)
	}
	path := filepath.Join(t.TempDir(), "clip.y4m")
	if err := os.WriteFile(path, film.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func isDark(c color.Color) bool {
	r, g, b, _ := c.RGBA()
	return r+g+b < 3*0x8000
}

// TestCamera shows codes to the camera and expects each once on the server.
func TestCamera(t *testing.T) {
	matrix, err := datamatrix.Encode("0109506000134352")
	if err != nil {
		t.Fatal(err)
	}
	fnc1 := string([]byte{datamatrix.FNC1})
	element, err := datamatrix.Encode(fnc1 + "010950600013435217280131" + "10LT4471" + fnc1 + "21SN90313A")
	if err != nil {
		t.Fatal(err)
	}
	square, err := qr.Encode("https://id.example/01/09506000134352/21/SN90313A", qr.M, qr.Auto)
	if err != nil {
		t.Fatal(err)
	}
	cases := []struct {
		name, text, symbology string
		code                  barcode.Barcode
	}{
		{"DataMatrix", "0109506000134352", "]d1", matrix},
		{"GS1 DataMatrix", "010950600013435217280131" + "10LT4471\u001d" + "21SN90313A", "]d2", element},
		{"QR", "https://id.example/01/09506000134352/21/SN90313A", "]Q1", square},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			b, ok := browser.Start(t, map[string]string{
				"use-fake-device-for-media-stream": "", "use-fake-ui-for-media-stream": "", "use-file-for-fake-video-capture": clip(t, c.code),
			})
			if !ok {
				return
			}
			server := newCounter(t)
			p := b.Open(t, server.url+"/scan", browser.Look{})
			p.Do(t, chromedp.Click(chromedp.CSS("[data-camera]")))
			p.WaitFor(t, answers+" === 1")
			got := server.scans()[0]
			if got["scan"] != c.text || got["symbology"] != c.symbology || got["source"] != "camera" {
				t.Errorf("arrived as %q", got)
			}
			pause(t, p, 700*time.Millisecond)
			if n := len(server.scans()); n != 1 {
				t.Errorf("one code held in front of the lens arrived %d times", n)
			}
			p.Do(t, chromedp.Click(chromedp.CSS("[data-camera]")))
			p.WaitFor(t, `document.querySelector("#camera").hidden`)
			for _, line := range p.Said() {
				t.Errorf("console: %s", line)
			}
		})
	}
}
