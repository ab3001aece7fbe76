package pdf

import (
	"math"
	"strconv"
	"strings"
	"time"
)

// Info is what a file says of itself.
type Info struct {
	Title, Author, Language string
	At                      time.Time // creation and change
}

// Colour is red, green and blue, 0 to 255.
type Colour struct{ R, G, B byte }

// A4 in millimetres.
const (
	PageWidth  = 210.0
	PageHeight = 297.0
)

// point is a millimetre's length in the unit of PDF.
const point = 72 / 25.4

// Document is a file in the making. Places are millimetres from the upper left
// corner; sizes of type are points.
type Document struct {
	info  Info
	faces []*Face
	used  []map[rune]bool
	pages []*page
	now   *page
	face  int
	size  float64
	ink   Colour
}

type page struct{ text []piece }

// piece is a part of a page: operators, or text whose glyphs get their numbers
// when it is known which of them the document uses.
type piece struct {
	operators string
	face      int
	text      string
}

// New begins a document with the faces it may use.
func New(info Info, faces ...*Face) *Document {
	d := &Document{info: info, faces: faces}
	for range faces {
		d.used = append(d.used, map[rune]bool{})
	}
	return d
}

// AddPage begins a page.
func (d *Document) AddPage() {
	d.now = &page{}
	d.pages = append(d.pages, d.now)
}

// Pages is how many pages there are; Turn goes back to one of them (1 for the
// first), to add what only the whole document tells.
func (d *Document) Pages() int { return len(d.pages) }

// Turn goes to a page.
func (d *Document) Turn(page int) { d.now = d.pages[page-1] }

// Type sets the face (by its place in New), its size in points and its colour.
func (d *Document) Type(face int, size float64, ink Colour) { d.face, d.size, d.ink = face, size, ink }

// Width is how many millimetres wide a text is in the type that is set.
func (d *Document) Width(text string) float64 { return d.faces[d.face].Width(text) * d.size / point }

// Text draws a text whose baseline begins at x, y.
func (d *Document) Text(x, y float64, text string) { d.draw("1 0 0 1 "+at(x, y), text) }

// Slanted draws a text from x, y, turned against the clock by degrees.
func (d *Document) Slanted(x, y, degrees float64, text string) {
	sin, cos := math.Sincos(degrees * math.Pi / 180)
	d.draw(num(cos)+" "+num(sin)+" "+num(-sin)+" "+num(cos)+" "+at(x, y), text)
}

func (d *Document) draw(matrix, text string) {
	text = strings.Map(func(r rune) rune {
		if r < ' ' {
			return ' '
		}
		return r
	}, text)
	if text == "" {
		return
	}
	for _, r := range text {
		d.used[d.face][r] = true
	}
	d.put("BT " + fill(d.ink) + " /F" + strconv.Itoa(d.face+1) + " " + num(d.size) + " Tf " + matrix + " Tm ")
	d.now.text = append(d.now.text, piece{face: d.face, text: text})
	d.put(" Tj ET\n")
}

// Line draws a line of a width in millimetres.
func (d *Document) Line(x1, y1, x2, y2, width float64, c Colour) {
	d.put(colour(c) + " RG " + num(width*point) + " w " + at(x1, y1) + " m " + at(x2, y2) + " l S\n")
}

// Frame draws the border of a rectangle, Fill its area.
func (d *Document) Frame(x, y, w, h, width float64, c Colour) {
	d.put(colour(c) + " RG " + num(width*point) + " w " + at(x, y+h) + " " + num(w*point) + " " + num(h*point) + " re S\n")
}

// Fill fills a rectangle.
func (d *Document) Fill(x, y, w, h float64, c Colour) {
	d.put(fill(c) + " " + at(x, y+h) + " " + num(w*point) + " " + num(h*point) + " re f\n")
}

// Fills fills many rectangles (x, y, width, height) at once, as a code needs.
func (d *Document) Fills(areas [][4]float64, c Colour) {
	var b strings.Builder
	b.WriteString(fill(c) + "\n")
	for _, a := range areas {
		b.WriteString(at(a[0], a[1]+a[3]) + " " + num(a[2]*point) + " " + num(a[3]*point) + " re\n")
	}
	d.put(b.String() + "f\n")
}

func (d *Document) put(operators string) {
	if n := len(d.now.text); n > 0 && d.now.text[n-1].text == "" {
		d.now.text[n-1].operators += operators
		return
	}
	d.now.text = append(d.now.text, piece{operators: operators})
}

func colour(c Colour) string {
	return num(float64(c.R)/255) + " " + num(float64(c.G)/255) + " " + num(float64(c.B)/255)
}

func fill(c Colour) string { return colour(c) + " rg" }

func at(x, y float64) string { return num(x*point) + " " + num((PageHeight-y)*point) }

// num writes a number with three decimals at most.
func num(v float64) string {
	text := strconv.FormatFloat(v, 'f', 3, 64)
	text = strings.TrimRight(strings.TrimRight(text, "0"), ".")
	if text == "-0" || text == "" {
		return "0"
	}
	return text
}

// Wrap breaks a text into rows of at most width millimetres, at blanks where
// there are some.
func (d *Document) Wrap(text string, width float64) []string {
	var rows []string
	row := ""
	for word := range strings.FieldsSeq(text) {
		switch joined := strings.TrimLeft(row+" "+word, " "); {
		case d.Width(joined) <= width:
			row = joined
			continue
		case row != "":
			rows = append(rows, row)
		}
		for d.Width(word) > width {
			n := d.fits(word, width)
			rows, word = append(rows, word[:n]), word[n:]
		}
		row = word
	}
	if row != "" {
		rows = append(rows, row)
	}
	return rows
}

// fits is how many bytes of a word fit into the width, one sign at least.
func (d *Document) fits(word string, width float64) int {
	n := 0
	for i, r := range word {
		if i > 0 && d.Width(word[:i+len(string(r))]) > width {
			break
		}
		n = i + len(string(r))
	}
	return n
}
