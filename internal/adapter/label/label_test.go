package label_test

import (
	"bytes"
	"errors"
	"fmt"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"trueward/internal/adapter/label"
	"trueward/internal/standard/gs1"
)

func message(t *testing.T, serial string) gs1.Message {
	t.Helper()
	m, err := gs1.New(gs1.Element{AI: "01", Value: "09506000134352"}, gs1.Element{AI: "17", Value: "280131"},
		gs1.Element{AI: "10", Value: "LT4471"}, gs1.Element{AI: "21", Value: serial})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// reader decodes a PNG with ZXing and prints symbology identifier and text.
const reader = `
import { readBarcodes, prepareZXingModule } from "zxing-wasm/reader";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
const wasm = createRequire(import.meta.url).resolve("zxing-wasm/reader/zxing_reader.wasm");
prepareZXingModule({ overrides: { wasmBinary: readFileSync(wasm).buffer } });
const found = await readBarcodes(new Blob([readFileSync(0)]), { formats: ["DataMatrix"], maxNumberOfSymbols: 255 });
console.log(found.map((f) => f.symbologyIdentifier + f.text).join("\n"));`

// TestScannersReadTheSymbol has an independent reader decode the picture, and
// our own parser read what it says.
func TestScannersReadTheSymbol(t *testing.T) {
	node, err := exec.LookPath("node")
	if err != nil {
		t.Log("node is missing: the symbol is not decoded")
		return
	}
	want := message(t, "SN90313A")
	picture, err := label.PNG(want, 6)
	if err != nil {
		t.Fatal(err)
	}
	c := exec.Command(node, "--input-type=module", "-e", reader)
	c.Dir, c.Stdin = "../../..", bytes.NewReader(picture)
	out, err := c.Output()
	if err != nil {
		t.Fatalf("the reader failed: %v", err)
	}
	// ]d2 says that FNC1 stands in front; the reader shows elements in brackets.
	if got := strings.TrimSpace(string(out)); got != "]d2"+want.ElementString() {
		t.Errorf("read %q, want %q", got, want.ElementString())
	}
}

// TestScannersReadTheSheet prints labels, as many as go over one sheet, and has
// an independent reader find each of them on the paper.
func TestScannersReadTheSheet(t *testing.T) {
	node, err := exec.LookPath("node")
	printer, missing := exec.LookPath("pdftoppm")
	if err != nil || missing != nil {
		t.Log("node or pdftoppm is missing: the sheet is not decoded")
		return
	}
	want := map[string]bool{}
	var labels []label.Label
	for i := range 26 {
		m := message(t, fmt.Sprintf("SN%05dA", i))
		labels, want["]d2"+m.ElementString()] = append(labels, label.Label{Name: "Norvane coronary stent, 3.0 × 18 mm", Message: m}), true
	}
	paper, err := label.PDF(labels)
	if err != nil {
		t.Fatal(err)
	}
	c := exec.Command(printer, "-png", "-gray", "-r", "120", "-", filepath.Join(t.TempDir(), "sheet"))
	c.Stdin = bytes.NewReader(paper)
	if out, err := c.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	sheets, _ := filepath.Glob(c.Args[len(c.Args)-1] + "*.png")
	if len(sheets) != 2 {
		t.Fatalf("%d sheets, want 2", len(sheets))
	}
	for _, sheet := range sheets {
		picture, err := os.ReadFile(sheet)
		if err != nil {
			t.Fatal(err)
		}
		c := exec.Command(node, "--input-type=module", "-e", reader)
		c.Dir, c.Stdin = "../../..", bytes.NewReader(picture)
		out, err := c.Output()
		if err != nil {
			t.Fatalf("the reader failed: %v", err)
		}
		for line := range strings.Lines(string(out)) {
			delete(want, strings.TrimSpace(line))
		}
	}
	if len(want) > 0 {
		t.Errorf("%d of 26 labels are not read: %v", len(want), want)
	}
}

func TestPicture(t *testing.T) {
	raw, err := label.PNG(message(t, "A"), 1)
	if err != nil {
		t.Fatal(err)
	}
	picture, err := png.Decode(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	side := picture.Bounds().Dx()
	inked := 0
	for y := range side {
		for x := range side {
			if r, _, _, _ := picture.At(x, y).RGBA(); r == 0 {
				inked++
				if x < 3 || y < 3 || x >= side-3 || y >= side-3 {
					t.Fatal("ink in the quiet zone")
				}
			}
		}
	}
	if inked < 50 {
		t.Errorf("%d dark modules", inked)
	}
	small, err := label.PNG(message(t, "B"), 1)
	if err != nil || bytes.Equal(small, raw) {
		t.Error("two messages have one picture")
	}
}

func TestSheets(t *testing.T) {
	var labels []label.Label
	for range 25 {
		labels = append(labels, label.Label{Name: "Norvane coronary stent 3.0 × 18 mm", Message: message(t, "S1")})
	}
	paper, err := label.PDF(labels)
	if err != nil || !bytes.HasPrefix(paper, []byte("%PDF-")) || !bytes.Contains(paper, []byte("/Count 2")) {
		t.Errorf("no two sheets: %v", err)
	}
}

func TestTooLong(t *testing.T) {
	var elements []gs1.Element
	for ai := range 9 {
		elements = append(elements, gs1.Element{AI: string([]byte{'9', byte('1' + ai)}), Value: strings.Repeat("b", 90)})
	}
	for range 2 {
		elements = append(elements, gs1.Element{AI: "240", Value: strings.Repeat("c", 30)})
	}
	long, err := gs1.New(append([]gs1.Element{{AI: "01", Value: "09506000134352"}}, elements...)...)
	if err != nil {
		t.Fatal(err)
	}
	for len(long.ScanData()) < 1600 { // more than the largest symbol holds
		long.Elements = append(long.Elements, long.Elements...)
	}
	if _, err := label.PNG(long, 1); !errors.Is(err, label.ErrTooLong) {
		t.Errorf("%d characters: %v", len(long.ScanData()), err)
	}
}
