package symbol_test

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"os/exec"
	"strings"
	"testing"

	"trueward/web/symbol"
)

// paint fills the rectangles of a path, so many pixels a module.
func paint(t *testing.T, s symbol.Symbol, scale int) []byte {
	t.Helper()
	picture := image.NewGray(image.Rect(0, 0, s.Width*scale, s.Height*scale))
	for i := range picture.Pix {
		picture.Pix[i] = 255
	}
	for stroke := range strings.SplitSeq(strings.TrimSuffix(s.Path, "z"), "z") {
		var x, y, wide, tall, back int
		if _, err := fmt.Sscanf(stroke, "M%d %dh%dv%dh-%d", &x, &y, &wide, &tall, &back); err != nil || wide != back {
			t.Fatalf("stroke %q: %v", stroke, err)
		}
		for py := y * scale; py < (y+tall)*scale; py++ {
			for px := x * scale; px < (x+wide)*scale; px++ {
				picture.SetGray(px, py, color.Gray{})
			}
		}
	}
	var out bytes.Buffer
	if err := png.Encode(&out, picture); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// reader decodes a PNG with ZXing and prints symbology identifier and text.
const reader = `
import { readBarcodes, prepareZXingModule } from "zxing-wasm/reader";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
const wasm = createRequire(import.meta.url).resolve("zxing-wasm/reader/zxing_reader.wasm");
prepareZXingModule({ overrides: { wasmBinary: readFileSync(wasm).buffer } });
const found = await readBarcodes(new Blob([readFileSync(0)]), { formats: ["DataMatrix", "QRCode", "Code128"], textMode: "Plain" });
process.stdout.write(found.map((f) => f.symbologyIdentifier + f.text).join("\n"));`

// TestReadersReadThem has an independent reader decode each picture.
func TestReadersReadThem(t *testing.T) {
	node, err := exec.LookPath("node")
	if err != nil {
		t.Log("not judged: node is missing")
		return
	}
	const elements = "0109506000134352" + "17281231" + "10LT4471\u001d" + "21SN90313A"
	for name, c := range map[string]struct {
		draw       func(string) (symbol.Symbol, error)
		text, want string
	}{
		"QR":         {symbol.QR, "https://ward.example/cases?place=0197f3d0-0000-7000-8000-000000000000", "]Q1https://ward.example/cases?place=0197f3d0-0000-7000-8000-000000000000"},
		"DataMatrix": {symbol.GS1DataMatrix, elements, "]d2" + elements},
		"GS1-128":    {symbol.GS1128, elements, "]C1" + elements},
	} {
		s, err := c.draw(c.text)
		if err != nil {
			t.Fatal(err)
		}
		run := exec.Command(node, "--input-type=module", "-e", reader)
		run.Dir, run.Stdin = "../..", bytes.NewReader(paint(t, s, 4))
		out, err := run.Output()
		if err != nil || string(out) != c.want {
			t.Errorf("%s: read %q (%v), want %q", name, out, err, c.want)
		}
	}
}

// TestQuietZones: no ink comes nearer to the edge than readers bear.
func TestQuietZones(t *testing.T) {
	for name, c := range map[string]struct {
		draw  func(string) (symbol.Symbol, error)
		quiet int
	}{"QR": {symbol.QR, 4}, "DataMatrix": {symbol.GS1DataMatrix, 2}, "GS1-128": {symbol.GS1128, 10}} {
		s, err := c.draw("0109506000134352")
		if err != nil {
			t.Fatal(err)
		}
		for stroke := range strings.SplitSeq(strings.TrimSuffix(s.Path, "z"), "z") {
			var x, y, wide int
			if _, err := fmt.Sscanf(stroke, "M%d %dh%d", &x, &y, &wide); err != nil || x < c.quiet || x+wide > s.Width-c.quiet {
				t.Errorf("%s: ink at %d–%d of %d (%v)", name, x, x+wide, s.Width, err)
			}
		}
	}
}

func TestTooLong(t *testing.T) {
	for name, draw := range map[string]func(string) (symbol.Symbol, error){"QR": symbol.QR, "DataMatrix": symbol.GS1DataMatrix, "GS1-128": symbol.GS1128} {
		if _, err := draw(strings.Repeat("x", 8000)); err == nil {
			t.Errorf("%s takes 8,000 characters", name)
		}
	}
}
