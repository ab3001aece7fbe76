// Package symbol draws bar codes for pages and paper as one SVG path each, in
// units of modules with the quiet zone that readers need. It promises the text
// it is given and nothing about what the text means.
package symbol

import (
	"fmt"
	"image/color"
	"strings"

	"github.com/boombuler/barcode"
	"github.com/boombuler/barcode/code128"
	"github.com/boombuler/barcode/datamatrix"
	"github.com/boombuler/barcode/qr"
)

// Quiet zones in modules: QR code 4 (ISO/IEC 18004), Code 128 10 (GS1 General
// Specifications 5.4), Data Matrix 2, of which 1 is needed (ISO/IEC 16022).
const (
	quietQR     = 4
	quietLinear = 10
	quietMatrix = 2
)

// linearHeight is how tall a linear symbol is drawn, in modules.
const linearHeight = 40

// Symbol is a drawn code.
type Symbol struct {
	Path          string // dark runs, one stroke each
	Width, Height int    // in modules, quiet zone included
}

// QR draws a text as a QR code that survives 15 % of damage.
func QR(text string) (Symbol, error) {
	code, err := qr.Encode(text, qr.M, qr.Auto)
	if err != nil {
		return Symbol{}, err
	}
	return draw(code, quietQR, 1), nil
}

// GroupSeparator ends an element of variable length inside a GS1 text.
const GroupSeparator = '\u001d'

// GS1DataMatrix draws a GS1 element string as a GS1 DataMatrix; FNC1 is put
// first and for each separator.
func GS1DataMatrix(elements string) (Symbol, error) {
	fnc1 := string([]byte{datamatrix.FNC1})
	code, err := datamatrix.Encode(fnc1 + strings.ReplaceAll(elements, string(GroupSeparator), fnc1))
	if err != nil {
		return Symbol{}, err
	}
	return draw(code, quietMatrix, 1), nil
}

// GS1128 draws a GS1 element string as GS1-128.
func GS1128(elements string) (Symbol, error) {
	fnc1 := string(code128.FNC1)
	code, err := code128.Encode(fnc1 + strings.ReplaceAll(elements, string(GroupSeparator), fnc1))
	if err != nil {
		return Symbol{}, err
	}
	return draw(code, quietLinear, linearHeight), nil
}

// draw writes the dark runs of a code; each row is tall modules high.
func draw(code barcode.Barcode, quiet, tall int) Symbol {
	size := code.Bounds()
	var path strings.Builder
	for y := range size.Dy() {
		for x := 0; x < size.Dx(); {
			run := 0
			for x+run < size.Dx() && dark(code.At(x+run, y)) {
				run++
			}
			if run > 0 {
				fmt.Fprintf(&path, "M%d %dh%dv%dh-%dz", x+quiet, y*tall+quiet, run, tall, run)
			}
			x += max(run, 1)
		}
	}
	return Symbol{Path: path.String(), Width: size.Dx() + 2*quiet, Height: size.Dy()*tall + 2*quiet}
}

func dark(c color.Color) bool {
	r, _, _, _ := c.RGBA()
	return r < 0x8000
}
