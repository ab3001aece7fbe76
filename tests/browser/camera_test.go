package browser_test

import (
	"bytes"
	"fmt"
	"image/color"
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/boombuler/barcode"
	"github.com/boombuler/barcode/code128"
	"github.com/boombuler/barcode/datamatrix"
	"github.com/chromedp/chromedp"

	"trueward/internal/adapter/store"
	"trueward/internal/testkit/browser"
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

// shot says how a symbol is held before the lens.
type shot struct {
	module  int     // edge of a module in pixels
	tall    int     // height of a linear symbol's modules; 0: as wide
	degrees float64 // turned
	blur    int     // radius of the box that smears it, in pixels
}

// plainly is how a symbol is held by somebody with time.
var plainly = shot{module: module}

// held is a symbol and how it is held.
type held struct {
	code barcode.Barcode
	shot shot
}

// each is how many frames a symbol stays before the lens, at two a second.
const each = 6

// clip writes a film of symbols before a lens, one after the other, as raw video
// (YUV4MPEG2, 4:2:0), which Chromium plays as its camera, over and over.
func clip(t *testing.T, symbols ...held) string {
	t.Helper()
	var film bytes.Buffer
	fmt.Fprintf(&film, "YUV4MPEG2 W%d H%d F2:1 Ip A1:1 C420jpeg\n", clipWidth, clipHeight)
	for _, s := range symbols {
		luma := smear(picture(s.code, s.shot), s.shot.blur)
		for range each {
			film.WriteString("FRAME\n")
			film.Write(luma)
			film.Write(bytes.Repeat([]byte{128}, clipWidth*clipHeight/2))
		}
	}
	path := filepath.Join(t.TempDir(), "clip.y4m")
	if err := os.WriteFile(path, film.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// picture draws a symbol, turned, in the middle of a white frame.
func picture(code barcode.Barcode, held shot) []byte {
	luma := bytes.Repeat([]byte{235}, clipWidth*clipHeight)
	size, tall := code.Bounds(), max(held.tall, held.module)
	width, height := float64(size.Dx()*held.module), float64(size.Dy()*tall)
	sin, cos := math.Sincos(held.degrees * math.Pi / 180)
	for y := range clipHeight {
		for x := range clipWidth {
			dx, dy := float64(x)-clipWidth/2, float64(y)-clipHeight/2
			u, v := dx*cos+dy*sin+width/2, dy*cos-dx*sin+height/2
			if u >= 0 && v >= 0 && u < width && v < height && dark(code.At(int(u)/held.module, int(v)/tall)) {
				luma[y*clipWidth+x] = 16
			}
		}
	}
	return luma
}

// smear averages each pixel with those around it, along rows and then columns.
func smear(luma []byte, radius int) []byte {
	if radius == 0 {
		return luma
	}
	for _, step := range [][3]int{{1, clipWidth, clipHeight}, {clipWidth, clipHeight, clipWidth}} {
		out := make([]byte, len(luma))
		across := clipWidth + 1 - step[0] // the other direction's step
		for line := range step[2] {
			base := line * across
			for at := range step[1] {
				sum, n := 0, 0
				for near := max(at-radius, 0); near <= min(at+radius, step[1]-1); near++ {
					sum, n = sum+int(luma[base+near*step[0]]), n+1
				}
				out[base+at*step[0]] = byte(sum / n)
			}
		}
		luma = out
	}
	return luma
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
		"use-fake-device-for-media-stream": "", "use-fake-ui-for-media-stream": "", "use-file-for-fake-video-capture": clip(t, held{label(t, u), plainly}),
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

// TestHardImages holds codes before the camera that are hard to read: GS1-128,
// a code held askew, one out of focus. A code that is a grey smear is among them
// and is not read, so that the others are not read by chance.
func TestHardImages(t *testing.T) {
	h, _, ok := open(t, nil)
	if !ok {
		return
	}
	units := h.take(t, 4)
	film := clip(t,
		held{linear(t, units[0]), shot{module: 2, tall: 160, degrees: 7}},
		held{label(t, units[1]), shot{module: 9, degrees: 33}},
		held{label(t, units[2]), shot{module: 10, degrees: -12, blur: 4}},
		held{label(t, units[3]), shot{module: 6, blur: 24}},
	)
	_, b, _ := open(t, map[string]string{
		"use-fake-device-for-media-stream": "", "use-fake-ui-for-media-stream": "", "use-file-for-fake-video-capture": film,
	})
	n := h.work(t, b, kenji)
	n.Do(t, chromedp.Click(chromedp.CSS("[data-camera]")))
	for i, name := range []string{"GS1-128 askew", "turned", "out of focus"} {
		n.WaitFor(t, fmt.Sprintf(`document.querySelector("#waiting")?.innerText.includes(%q)`, units[i].Serial))
		t.Logf("%s is read", name)
	}
	list, err := h.queries(t).Scans(n.openCase())
	if err != nil || len(list) != 3 {
		t.Errorf("the case holds %d units (%v)", len(list), err)
	}
	n.closeCase()
}

// linear is the same as GS1-128, as older boxes have it.
func linear(t *testing.T, u store.UnitRow) barcode.Barcode {
	t.Helper()
	fnc1 := string(code128.FNC1)
	code, err := code128.Encode(fnc1 + "01" + u.DI + "17" + compact(u.Expiry) + "10" + u.Lot + fnc1 + "21" + u.Serial)
	if err != nil {
		t.Fatal(err)
	}
	return code
}

// TestCameraTools: a camera with a light has a button for it, of two cameras one
// is chosen and remembered, and the screen stays on while the camera looks.
func TestCameraTools(t *testing.T) {
	h, b, ok := open(t, map[string]string{"use-fake-device-for-media-stream": "device-count=2", "use-fake-ui-for-media-stream": ""})
	if !ok {
		return
	}
	n := nurse{h, h.enter(t, b, kenji, phone), t}
	n.Go(t, h.url+"/scan")
	browser.Eval[bool](t, n.Page, `(() => {
		window.did = [];
		MediaStreamTrack.prototype.getCapabilities = () => ({ torch: true });
		MediaStreamTrack.prototype.applyConstraints = async (wanted) => did.push("light " + wanted.advanced[0].torch);
		Object.defineProperty(navigator, "wakeLock", { value: { request: async () => (did.push("awake"), { release: () => did.push("asleep") }) } });
		return true;
	})()`)
	n.Press(t, "Use the camera")
	n.WaitFor(t, `did.includes("awake") && document.querySelectorAll("[data-cameras] option").length === 2 && !document.querySelector("[data-torch]").hidden`)
	n.Do(t, chromedp.Click(chromedp.CSS("[data-torch]")))
	n.WaitFor(t, `did.includes("light true") && document.querySelector("[data-torch]").ariaPressed === "true"`)
	n.Check(t, "camera tools")
	other := browser.Eval[string](t, n.Page, `(() => {
		const choice = document.querySelector("[data-cameras]");
		choice.value = [...choice.options].find((o) => o.value !== choice.value).value;
		choice.dispatchEvent(new Event("change"));
		return choice.value;
	})()`)
	n.WaitFor(t, `did.includes("asleep") && !document.querySelector("#camera").hidden && document.querySelector("#camera video").srcObject.getVideoTracks()[0].getSettings().deviceId === "`+other+`"`)
	n.Press(t, "Use the camera")
	n.WaitFor(t, `document.querySelector("#camera").hidden`)
}
