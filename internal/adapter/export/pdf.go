package export

import (
	"bytes"
	"fmt"
	"strings"
	"time"

	"github.com/go-pdf/fpdf"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/goregular"

	"trueward/internal/domain/billing"
)

// Renderer names what made a PDF. It changes with every change of the layout,
// so that a stored document is never compared with another layout's.
const Renderer = "trueward-pdf/1"

// PDF renders invoices on A4 pages in the Go fonts, which are embedded.
type PDF struct{}

// Name returns Renderer.
func (PDF) Name() string { return Renderer }

// The sheet, in millimetres.
const (
	left, right, top, bottom = 18.0, 18.0, 16.0, 22.0
	width                    = 210 - left - right
	face                     = "go"
)

type ink struct{ r, g, b int }

var (
	black  = ink{24, 32, 40}
	grey   = ink{92, 104, 116}
	faint  = ink{214, 220, 226}
	tint   = ink{241, 245, 247}
	brand  = ink{12, 84, 96}
	marked = ink{176, 42, 32}
)

// sheet is a page description in the making.
type sheet struct {
	*fpdf.Fpdf
	doc billing.Document
}

// Invoice renders a document. Equal documents give equal bytes: the dates in
// the file are the document's own.
func (PDF) Invoice(doc billing.Document) ([]byte, error) {
	s := &sheet{fpdf.New("P", "mm", "A4", ""), doc}
	s.set()
	s.AddPage()
	s.letterhead()
	s.parties()
	s.facts()
	s.lines()
	s.totals()
	s.payment()
	var b bytes.Buffer
	if err := s.Output(&b); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

func (s *sheet) set() {
	date, err := time.Parse(time.DateOnly, s.doc.Invoice.IssuedOn)
	if err != nil {
		date = s.doc.Invoice.CreatedAt
	}
	s.SetCreationDate(date.UTC())
	s.SetModificationDate(date.UTC())
	s.SetCatalogSort(true)
	s.SetProducer("Trueward", true)
	s.SetTitle("Invoice "+s.doc.Invoice.Number, true)
	s.SetAuthor(s.doc.Seller.LegalName, true)
	s.SetLang("en")
	s.AddUTF8FontFromBytes(face, "", goregular.TTF)
	s.AddUTF8FontFromBytes(face, "B", gobold.TTF)
	s.SetMargins(left, top, right)
	s.SetAutoPageBreak(false, bottom)
	s.SetCellMargin(0)
	s.AliasNbPages("{pages}")
	s.SetHeaderFunc(s.watermark)
	s.SetFooterFunc(s.foot)
}

func (s *sheet) write(style string, size float64, c ink) {
	s.SetFont(face, style, size)
	s.SetTextColor(c.r, c.g, c.b)
}

func (s *sheet) rule(y float64, c ink) {
	s.SetDrawColor(c.r, c.g, c.b)
	s.SetLineWidth(0.2)
	s.Line(left, y, left+width, y)
}

// watermark marks documents of sample organisations on every page.
func (s *sheet) watermark() {
	if !s.doc.Invoice.Sample {
		return
	}
	s.SetFont(face, "B", 110)
	s.SetTextColor(238, 240, 242)
	s.TransformBegin()
	s.TransformRotate(52, 105, 160)
	s.Text(105-s.GetStringWidth("SAMPLE")/2, 172, "SAMPLE")
	s.TransformEnd()
}

func (s *sheet) foot() {
	s.SetY(-14)
	s.rule(s.GetY()-2, faint)
	s.write("", 7.5, grey)
	text := s.doc.Seller.LegalName
	if s.doc.Seller.TaxID != "" {
		text += " · Tax ID " + s.doc.Seller.TaxID
	}
	if s.doc.Invoice.Sample {
		text += " · SAMPLE: no goods were sold and nothing is owed"
	}
	s.CellFormat(width-40, 5, text, "", 0, "L", false, 0, "")
	// The alias is replaced when the file is written; the place is measured
	// with a figure in its stead, so that the text ends at the margin.
	page := fmt.Sprintf("%s · page %d of {pages}", s.doc.Invoice.Number, s.PageNo())
	s.SetX(left + width - s.GetStringWidth(strings.Replace(page, "{pages}", "00", 1)))
	s.CellFormat(40, 5, page, "", 0, "L", false, 0, "")
}

func (s *sheet) letterhead() {
	s.SetFillColor(brand.r, brand.g, brand.b)
	s.Rect(0, 0, 210, 4, "F")
	s.SetXY(left, top)
	s.write("B", 17, brand)
	s.CellFormat(width*0.6, 8, s.doc.Seller.Name, "", 0, "L", false, 0, "")
	s.write("B", 17, black)
	s.CellFormat(width*0.4, 8, "Invoice", "", 1, "R", false, 0, "")
	s.write("", 9, grey)
	s.CellFormat(width*0.6, 5, oneLine(s.doc.Seller.Address), "", 0, "L", false, 0, "")
	s.write("B", 10, black)
	s.CellFormat(width*0.4, 5, s.doc.Invoice.Number, "", 1, "R", false, 0, "")
	if s.doc.Invoice.Sample {
		s.write("B", 9, marked)
		s.CellFormat(width, 5, "SAMPLE – not a payable document", "", 1, "R", false, 0, "")
	}
	s.SetY(max(s.GetY(), 32) + 6)
}

func oneLine(address string) string {
	return strings.Join(strings.FieldsFunc(address, func(r rune) bool { return r == '\n' || r == '\r' }), ", ")
}

func (s *sheet) parties() {
	y := s.GetY()
	first := s.block(left, y, "From", s.doc.Seller.LegalName, s.doc.Seller.Address, s.doc.Seller.TaxID)
	second := s.block(left+width/2+4, y, "Bill to", s.doc.Payer.LegalName, s.doc.Payer.Address, s.doc.Payer.TaxID)
	s.SetY(max(first, second) + 5)
}

func (s *sheet) block(x, y float64, label, name, address, taxID string) float64 {
	w := width/2 - 4
	s.SetXY(x, y)
	s.write("B", 7.5, grey)
	s.CellFormat(w, 4.5, strings.ToUpper(label), "", 2, "L", false, 0, "")
	s.write("B", 10, black)
	s.CellFormat(w, 5, name, "", 2, "L", false, 0, "")
	s.write("", 9, black)
	for line := range strings.Lines(address) {
		s.CellFormat(w, 4.5, strings.TrimSpace(line), "", 2, "L", false, 0, "")
	}
	if taxID != "" {
		s.write("", 9, grey)
		s.CellFormat(w, 4.5, "Tax ID "+taxID, "", 2, "L", false, 0, "")
	}
	return s.GetY()
}

// facts are the dates and references in a tinted band.
func (s *sheet) facts() {
	i := s.doc.Invoice
	cells := [][2]string{
		{"Issued", civilDate(i.IssuedOn)}, {"Due", civilDate(i.DueOn)}, {"Period", s.period()}, {"Currency", string(i.Currency)},
	}
	if i.BuyerReference != "" {
		cells = append(cells, [2]string{"Your reference", i.BuyerReference})
	}
	y, w := s.GetY(), width/float64(len(cells))
	s.SetFillColor(tint.r, tint.g, tint.b)
	s.Rect(left, y, width, 13, "F")
	for n, c := range cells {
		s.SetXY(left+3+float64(n)*w, y+2)
		s.write("", 7.5, grey)
		s.CellFormat(w-3, 4, c[0], "", 2, "L", false, 0, "")
		s.write("B", 9.5, black)
		s.CellFormat(w-3, 5, c[1], "", 2, "L", false, 0, "")
	}
	s.SetY(y + 18)
}

// period is the span of the lines' service dates.
func (s *sheet) period() string {
	first, last := "", ""
	for _, l := range s.doc.Lines {
		if first == "" || l.ServiceDate < first {
			first = l.ServiceDate
		}
		last = max(last, l.ServiceDate)
	}
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
