// Package label prints a unit's label: a GS1 DataMatrix symbol (ISO/IEC 16022,
// GS1 General Specifications §5.6) and, on paper, what it says in words.
//
// It promises that the symbol holds the message's element string with FNC1 in
// front and between, and a quiet zone around. It does not look at what is
// printed: a label is read again before it is trusted.
package label

import (
	"bytes"
	"errors"
	"image"
	"image/color"
	"image/png"
	"strings"
	"sync"

	"github.com/boombuler/barcode"
	"github.com/boombuler/barcode/datamatrix"
	"golang.org/x/image/font/gofont/goregular"

	"trueward/internal/standard/gs1"
	"trueward/internal/standard/pdf"
)

// ErrTooLong: the message does not fit into a symbol.
var ErrTooLong = errors.New("label: too much for one symbol")

// quiet is the quiet zone in modules: one is demanded, hand scanners like more.
const quiet = 3

// symbol encodes a message. ScanData of a message separates with GS, which a
// symbol writes as FNC1.
func symbol(m gs1.Message) (barcode.Barcode, error) {
	fnc1 := string([]byte{datamatrix.FNC1})
	text := strings.TrimPrefix(m.ScanData(), "]d2")
	code, err := datamatrix.Encode(fnc1 + strings.ReplaceAll(text, "\x1d", fnc1))
	if err != nil {
		return nil, ErrTooLong
	}
	return code, nil
}

func dark(code barcode.Barcode, x, y int) bool {
	return color.GrayModel.Convert(code.At(x, y)).(color.Gray).Y < 128
}

// PNG draws the symbol alone; a module is scale pixels wide, from 1 to 40.
func PNG(m gs1.Message, scale int) ([]byte, error) {
	code, err := symbol(m)
	if err != nil {
		return nil, err
	}
	scale = min(max(scale, 1), 40)
	size := code.Bounds().Dx()
	side := (size + 2*quiet) * scale
	picture := image.NewGray(image.Rect(0, 0, side, side))
	for i := range picture.Pix {
		picture.Pix[i] = 255
	}
	for y := range side {
		for x := range side {
			at, row := x/scale-quiet, y/scale-quiet
			if at >= 0 && row >= 0 && at < size && row < size && dark(code, at, row) {
				picture.SetGray(x, y, color.Gray{})
			}
		}
	}
	var out bytes.Buffer
	err = png.Encode(&out, picture)
	return out.Bytes(), err
}

var face = sync.OnceValues(func() (*pdf.Face, error) { return pdf.Parse("GoRegular", goregular.TTF) })

// Label is one label of a sheet.
type Label struct {
	Name    string // of the product
	Message gs1.Message
}

// The sheet: A4 with 3 × 8 labels of 70 by 37 mm, and the symbol on a label.
const (
	columns, rows = 3, 8
	width, height = 70.0, 37.0
	module        = 0.5 // millimetres, GS1 healthcare recommends 0.254 to 0.990
	margin        = 4.0
)

// PDF prints labels on sheets of 24, ready for self-adhesive paper of 70 by
// 37 mm.
func PDF(labels []Label) ([]byte, error) {
	f, err := face()
	if err != nil {
		return nil, err
	}
	d := pdf.New(pdf.Info{Title: "Labels"}, f)
	for i, l := range labels {
		at := i % (columns * rows)
		if at == 0 {
			d.AddPage()
		}
		if err := draw(d, l, float64(at%columns)*width, float64(at/columns)*height); err != nil {
			return nil, err
		}
	}
	return d.Bytes(), nil
}

func draw(d *pdf.Document, l Label, x, y float64) error {
	code, err := symbol(l.Message)
	if err != nil {
		return err
	}
	size := code.Bounds().Dx()
	var areas [][4]float64
	for row := range size {
		for at := range size {
			if dark(code, at, row) {
				areas = append(areas, [4]float64{x + margin + float64(at)*module, y + margin + float64(row)*module, module, module})
			}
		}
	}
	d.Fills(areas, pdf.Colour{})
	right := x + margin + float64(size+quiet)*module
	d.Type(0, 8, pdf.Colour{})
	line := y + margin + 3
	for _, text := range append(d.Wrap(l.Name, width-(right-x)-margin), elements(l.Message)...) {
		d.Text(right, line, text)
		line += 3.6
	}
	return nil
}

// elements are what the symbol says, as people read it under it.
func elements(m gs1.Message) []string {
	var out []string
	for _, e := range m.Elements {
		out = append(out, "("+e.AI+") "+e.Value)
	}
	return out
}
