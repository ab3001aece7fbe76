package export

import (
	"fmt"
	"strings"
	"sync"
	"time"

	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/goregular"

	"trueward/internal/domain/billing"
	"trueward/internal/standard/pdf"
)

// Renderer names what made a PDF. It changes with every change of the layout,
// so that a stored document is never compared with another layout's.
const Renderer = "trueward-pdf/2"

// PDF renders invoices and credit notes on A4 pages in the Go fonts, which are
// embedded as far as they are used.
type PDF struct{}

// Name returns Renderer.
func (PDF) Name() string { return Renderer }

// The sheet, in millimetres.
const (
	left, right, top, bottom = 18.0, 18.0, 16.0, 22.0
	width                    = pdf.PageWidth - left - right
	lowest                   = pdf.PageHeight - bottom
)

// The faces, by their place in a document.
const (
	regular = iota
	bold
)

// faces are parsed once for the process.
var faces = sync.OnceValue(func() []*pdf.Face {
	return []*pdf.Face{regular: parsed("GoRegular", goregular.TTF), bold: parsed("GoBold", gobold.TTF)}
})

func parsed(name string, font []byte) *pdf.Face {
	f, err := pdf.Parse(name, font)
	if err != nil {
		panic(err) // the fonts are part of the program
	}
	return f
}

var (
	black  = pdf.Colour{R: 24, G: 32, B: 40}
	grey   = pdf.Colour{R: 92, G: 104, B: 116}
	faint  = pdf.Colour{R: 214, G: 220, B: 226}
	tint   = pdf.Colour{R: 241, G: 245, B: 247}
	brand  = pdf.Colour{R: 12, G: 84, B: 96}
	marked = pdf.Colour{R: 176, G: 42, B: 32}
	ghost  = pdf.Colour{R: 238, G: 240, B: 242}
)

// sheet is a document in the making; y is where it goes on.
type sheet struct {
	*pdf.Document
	doc   billing.Document
	words string // the title, where it is neither an invoice's nor a credit note's
	y     float64
}

// Invoice renders an invoice or credit note. Equal documents give equal bytes:
// the dates in the file are the document's own.
func (PDF) Invoice(doc billing.Document) ([]byte, error) {
	date, err := time.Parse(time.DateOnly, doc.Invoice.IssuedOn)
	if err != nil {
		date = doc.Invoice.CreatedAt
	}
	s := &sheet{doc: doc}
	s.Document = pdf.New(pdf.Info{Title: s.title() + " " + doc.Invoice.Number, Author: doc.Seller.LegalName, Language: "en", At: date}, faces()...)
	s.page()
	s.letterhead()
	s.parties()
	s.facts()
	s.lines()
	s.totals()
	s.payment()
	s.feet()
	return s.Bytes(), nil
}

func (s *sheet) title() string {
	if s.words != "" {
		return s.words
	}
	if s.doc.IsCredit() {
		return "Credit note"
	}
	return "Invoice"
}

// page begins a page; those of sample organisations are marked.
func (s *sheet) page() {
	s.AddPage()
	s.y = top
	if s.doc.Invoice.Sample {
		s.Type(bold, 110, ghost)
		s.Slanted(62, 235, 52, "SAMPLE")
	}
}

// put draws a text in a box of the given height from x, y; it ends at the
// box's right side if told so.
func (s *sheet) put(x, y, w, h float64, text string, toRight bool, face int, size float64, c pdf.Colour) {
	s.Type(face, size, c)
	if toRight {
		x += w - s.Width(text)
	}
	s.Text(x, y+h/2+0.3*size*25.4/72, text)
}

func (s *sheet) rule(y float64, c pdf.Colour) { s.Line(left, y, left+width, y, 0.2, c) }

// feet writes the foot of every page once their number is known.
func (s *sheet) feet() {
	text := s.doc.Seller.LegalName
	if s.doc.Seller.TaxID != "" {
		text += " · Tax ID " + s.doc.Seller.TaxID
	}
	if s.doc.Invoice.Sample {
		text += " · SAMPLE: no goods were sold and nothing is owed"
	}
	for n := 1; n <= s.Pages(); n++ {
		s.Turn(n)
		y := pdf.PageHeight - 14
		s.rule(y-2, faint)
		s.put(left, y, width, 5, text, false, regular, 7.5, grey)
		s.put(left, y, width, 5, fmt.Sprintf("%s · page %d of %d", s.doc.Invoice.Number, n, s.Pages()), true, regular, 7.5, grey)
	}
}

func (s *sheet) letterhead() {
	s.Fill(0, 0, pdf.PageWidth, 4, brand)
	s.put(left, s.y, width, 8, s.doc.Seller.Name, false, bold, 17, brand)
	s.put(left, s.y, width, 8, s.title(), true, bold, 17, black)
	s.put(left, s.y+8, width, 5, oneLine(s.doc.Seller.Address), false, regular, 9, grey)
	s.put(left, s.y+8, width, 5, s.doc.Invoice.Number, true, bold, 10, black)
	s.put(left, s.y+13, width, 5, s.doc.Seller.Email, false, regular, 9, grey)
	if s.doc.Invoice.Sample {
		s.put(left, s.y+13, width, 5, "SAMPLE – not a payable document", true, bold, 9, marked)
	}
	s.y = 40
}

func oneLine(address string) string {
	return strings.Join(strings.FieldsFunc(address, func(r rune) bool { return r == '\n' || r == '\r' }), ", ")
}

func (s *sheet) parties() {
	first := s.block(left, "From", s.doc.Seller.LegalName, s.doc.Seller.Address, s.doc.Seller.TaxID)
	second := s.block(left+width/2+4, s.billTo(), s.doc.Payer.LegalName, s.doc.Payer.Address, s.doc.Payer.TaxID)
	s.y = max(first, second) + 5
}

func (s *sheet) billTo() string {
	if s.doc.IsCredit() {
		return "Credit to"
	}
	return "Bill to"
}

// block writes a party from the present height and returns where it ends.
func (s *sheet) block(x float64, label, name, address, taxID string) float64 {
	w, y := width/2-4, s.y
	s.put(x, y, w, 4.5, strings.ToUpper(label), false, bold, 7.5, grey)
	y += 4.5
	s.Type(bold, 10, black)
	for _, row := range s.Wrap(name, w) {
		s.put(x, y, w, 5, row, false, bold, 10, black)
		y += 5
	}
	for line := range strings.Lines(address) {
		s.put(x, y, w, 4.5, strings.TrimSpace(line), false, regular, 9, black)
		y += 4.5
	}
	if taxID != "" {
		s.put(x, y, w, 4.5, "Tax ID "+taxID, false, regular, 9, grey)
		y += 4.5
	}
	return y
}

// facts are the dates and references in a tinted band.
func (s *sheet) facts() {
	i := s.doc.Invoice
	cells := [][2]string{{"Issued", civilDate(i.IssuedOn)}}
	if !s.doc.IsCredit() {
		cells = append(cells, [2]string{"Due", civilDate(i.DueOn)})
	}
	if s.doc.Original != nil {
		cells = append(cells, [2]string{"Corrects invoice", s.doc.Original.Number}, [2]string{"of", civilDate(s.doc.Original.IssuedOn)})
	} else {
		cells = append(cells, [2]string{"Period", s.period()})
	}
	cells = append(cells, [2]string{"Currency", string(i.Currency)})
	if i.BuyerReference != "" {
		cells = append(cells, [2]string{"Your reference", i.BuyerReference})
	}
	if i.OrderReference != "" {
		cells = append(cells, [2]string{"Your order", i.OrderReference})
	}
	w := width / float64(len(cells))
	s.Fill(left, s.y, width, 13, tint)
	for n, c := range cells {
		x := left + 3 + float64(n)*w
		s.put(x, s.y+2, w-3, 4, c[0], false, regular, 7.5, grey)
		s.put(x, s.y+6, w-3, 5, c[1], false, bold, 9.5, black)
	}
	s.y += 18
}

// period is when the lines were used.
func (s *sheet) period() string {
	first, last := servicePeriod(s.doc.Lines)
	if first == last {
		return civilDate(first)
	}
	return civilDate(first) + " – " + civilDate(last)
}

// civilDate writes YYYY-MM-DD as "31 Dec 2027".
func civilDate(date string) string {
	t, err := time.Parse(time.DateOnly, date)
	if err != nil {
		return date
	}
	return t.Format("2 Jan 2006")
}
