package export

import (
	"strconv"
	"strings"

	"trueward/internal/domain/billing"
)

// column is one column of the line table.
type column struct {
	title string
	width float64
	align string
}

var columns = []column{
	{"#", 8, "L"}, {"Description", 94, "L"}, {"Qty", 12, "R"}, {"Unit price", 28, "R"}, {"Net", 32, "R"},
}

// foot of the printable area
const lowest = 297 - bottom

func (s *sheet) head() {
	s.write("B", 7.5, grey)
	for _, c := range columns {
		s.CellFormat(c.width, 6, c.title, "", 0, c.align, false, 0, "")
	}
	s.Ln(6)
	s.rule(s.GetY(), grey)
	s.SetY(s.GetY() + 1.5)
}

func (s *sheet) lines() {
	s.head()
	for _, l := range s.doc.Lines {
		s.line(l)
	}
}

// line draws one line: what it was, what identifies it, and why it costs what
// it costs. It never breaks over pages.
func (s *sheet) line(l billing.InvoiceLine) {
	i := s.doc.Invoice
	text := columns[1].width - 4
	s.write("", 8, grey)
	var identity []string
	for _, row := range identityOf(l) {
		identity = append(identity, s.SplitText(row, text)...)
	}
	reason := s.SplitText(l.PriceSentence, text)
	s.write("B", 9, black)
	title := s.SplitText(l.Description, text)
	height := 4.5*float64(len(title)) + 4*float64(len(identity)+len(reason)) + 3
	s.room(height)
	y := s.GetY()
	s.write("", 9, grey)
	s.CellFormat(columns[0].width, 4.5, strconv.Itoa(l.Position), "", 0, "L", false, 0, "")
	s.column(title, 4.5, "B", 9, black)
	s.column(identity, 4, "", 8, grey)
	s.column(reason, 4, "", 8, grey)
	s.SetXY(left+columns[0].width+columns[1].width, y)
	s.write("", 9, black)
	s.CellFormat(columns[2].width, 4.5, strconv.FormatInt(l.Quantity, 10), "", 0, "R", false, 0, "")
	s.CellFormat(columns[3].width, 4.5, i.Amount(l.UnitMinor).Format("en"), "", 0, "R", false, 0, "")
	s.write("B", 9, black)
	s.CellFormat(columns[4].width, 4.5, i.Amount(l.NetMinor).Format("en"), "", 0, "R", false, 0, "")
	s.rule(y+height-1.5, faint)
	s.SetXY(left, y+height)
}

func (s *sheet) column(rows []string, height float64, style string, size float64, c ink) {
	s.write(style, size, c)
	for _, row := range rows {
		s.SetX(left + columns[0].width)
		s.CellFormat(columns[1].width, height, row, "", 2, "L", false, 0, "")
	}
}

// identityOf is everything that says which unit it was and when it was used;
// no patient.
func identityOf(l billing.InvoiceLine) []string {
	return []string{
		joined([2]string{"DI", l.DI}, [2]string{"Lot", l.Lot}, [2]string{"Serial", l.Serial}),
		joined([2]string{"Case", l.Case}, [2]string{"Used", civilDate(l.ServiceDate)}),
	}
}

func joined(pairs ...[2]string) string {
	var parts []string
	for _, p := range pairs {
		if p[1] != "" {
			parts = append(parts, p[0]+"\u00a0"+p[1])
		}
	}
	return strings.Join(parts, " · ")
}

// room begins a new page when fewer than height millimetres are left.
func (s *sheet) room(height float64) {
	if s.GetY()+height <= lowest {
		return
	}
	s.AddPage()
	s.SetY(top)
	s.head()
}

// keep begins a new page without a table head.
func (s *sheet) keep(height float64) {
	if s.GetY()+height > lowest {
		s.AddPage()
		s.SetY(top)
	}
}

// totals draws the tax table and, beside it, the sums.
func (s *sheet) totals() {
	table := billing.TaxTable(s.doc.Lines)
	s.keep(14 + 5*float64(max(len(table), 3)))
	y := s.GetY() + 4
	s.SetXY(left, y)
	s.write("B", 7.5, grey)
	s.cells(5, [5]string{"Tax category", "Rate", "Net", "Tax", ""}, "LRRR")
	for _, t := range table {
		s.SetX(left)
		s.write("", 8.5, black)
		i := s.doc.Invoice
		s.cells(5, [5]string{taxWords(t.Category), strings.TrimSpace(percent(t.RateBP)) + "\u00a0%", i.Amount(t.NetMinor).Format("en"), i.Amount(t.TaxMinor).Format("en"), ""}, "LRRR")
	}
	end := s.GetY()
	s.sums(y)
	s.SetY(max(end, s.GetY()) + 6)
}

func (s *sheet) cells(height float64, texts [5]string, aligns string) {
	for n, w := range []float64{34, 14, 26, 24} {
		s.CellFormat(w, height, texts[n], "", 0, aligns[n:n+1], false, 0, "")
	}
	s.Ln(height)
}

func (s *sheet) sums(y float64) {
	i := s.doc.Invoice
	x, w := left+108.0, width-108.0
	for _, row := range [][2]string{{"Net", i.Net().Format("en")}, {"Tax", i.Tax().Format("en")}} {
		s.SetXY(x, y)
		s.write("", 9.5, black)
		s.CellFormat(w/2, 5.5, row[0], "", 0, "L", false, 0, "")
		s.CellFormat(w/2, 5.5, row[1], "", 0, "R", false, 0, "")
		y += 5.5
	}
	s.SetDrawColor(black.r, black.g, black.b)
	s.Line(x, y+0.7, x+w, y+0.7)
	s.SetXY(x, y+1.5)
	s.write("B", 12, black)
	s.CellFormat(w/2, 7.5, "Total", "", 0, "L", false, 0, "")
	s.CellFormat(w/2, 7.5, i.Total().Format("en"), "", 0, "R", false, 0, "")
	s.SetY(y + 10)
}

// taxWords names a UNCL5305 duty or tax category.
func taxWords(category string) string {
	switch category {
	case "S":
		return "S · standard rate"
	case "Z":
		return "Z · zero rate"
	case "E":
		return "E · exempt"
	case "AE":
		return "AE · reverse charge"
	case "O":
		return "O · outside scope"
	}
	return category
}

// payment draws the box that a payer copies from.
func (s *sheet) payment() {
	i := s.doc.Invoice
	rows := [][2]string{
		{"Amount", i.Total().Format("en")}, {"Pay until", civilDate(i.DueOn)},
		{"Reference", billing.PaymentReferenceInGroups(i.PaymentReference)},
	}
	if s.doc.Seller.BankAccount != "" {
		rows = append(rows, [2]string{"To account", s.doc.Seller.BankAccount})
	}
	rows = append(rows, [2]string{"Payee", s.doc.Seller.LegalName})
	height := 5.2*float64(len(rows)) + 14
	s.keep(height)
	y := s.GetY()
	s.SetDrawColor(brand.r, brand.g, brand.b)
	s.SetLineWidth(0.4)
	s.Rect(left, y, width, height-3, "D")
	s.SetXY(left+5, y+3)
	s.write("B", 10, brand)
	s.CellFormat(width-10, 6, "Payment", "", 2, "L", false, 0, "")
	for _, row := range rows {
		s.SetX(left + 5)
		s.write("", 9, grey)
		s.CellFormat(26, 5.2, row[0], "", 0, "L", false, 0, "")
		s.write("B", 9.5, black)
		s.CellFormat(width-36, 5.2, row[1], "", 1, "L", false, 0, "")
	}
}
