package export

import (
	"strconv"
	"strings"

	"trueward/internal/domain/billing"
	"trueward/internal/standard/pdf"
)

// lane is one column of the line table.
type lane struct {
	title   string
	width   float64
	toRight bool
}

var lanes = []lane{{"#", 8, false}, {"Description", 94, false}, {"Qty", 12, true}, {"Unit price", 28, true}, {"Net", 32, true}}

const describing = left + 8.0 // where descriptions begin

func (s *sheet) head() {
	x := left
	for _, l := range lanes {
		s.put(x, s.y, l.width, 6, l.title, l.toRight, bold, 7.5, grey)
		x += l.width
	}
	s.y += 6
	s.rule(s.y, grey)
	s.y += 1.5
}

// lines draws the table. What does not fit on a page is carried to the next
// with its sum.
func (s *sheet) lines() {
	s.head()
	var carried int64
	for n, l := range s.doc.Lines {
		block := s.prepare(l)
		if s.y+block.height > lowest-6 && n > 0 {
			s.carry("Carried forward", carried)
			s.page()
			s.head()
			s.carry("Brought forward", carried)
		}
		s.line(l, block)
		carried += l.NetMinor
	}
}

func (s *sheet) carry(words string, minor int64) {
	text := words + "  " + s.doc.Invoice.Amount(minor).Format("en")
	s.put(left, s.y, width, 4.5, text, true, regular, 8, grey)
	s.y += 6
}

// rows are the texts of a line, broken to its width.
type rows struct {
	title, identity, reason []string
	height                  float64
}

func (s *sheet) prepare(l billing.InvoiceLine) rows {
	var r rows
	text := lanes[1].width - 4
	s.Type(regular, 8, grey)
	for _, row := range identityOf(l) {
		r.identity = append(r.identity, s.Wrap(row, text)...)
	}
	r.reason = s.Wrap(l.PriceSentence, text)
	s.Type(bold, 9, black)
	r.title = s.Wrap(l.Description, text)
	r.height = 4.5*float64(max(1, len(r.title))) + 4*float64(len(r.identity)+len(r.reason)) + 3
	return r
}

// line draws one line: what it was, what identifies it, and why it costs what
// it costs. It never breaks over pages.
func (s *sheet) line(l billing.InvoiceLine, r rows) {
	i, y := s.doc.Invoice, s.y
	s.put(left, y, lanes[0].width, 4.5, strconv.Itoa(l.Position), false, regular, 9, grey)
	at := s.stack(y, 4.5, r.title, bold, 9, black)
	at = s.stack(at, 4, r.identity, regular, 8, grey)
	s.stack(at, 4, r.reason, regular, 8, grey)
	x := describing + lanes[1].width
	s.put(x, y, lanes[2].width, 4.5, strconv.FormatInt(l.Quantity, 10), true, regular, 9, black)
	x += lanes[2].width
	s.put(x, y, lanes[3].width, 4.5, i.Amount(l.UnitMinor).Format("en"), true, regular, 9, black)
	x += lanes[3].width
	s.put(x, y, lanes[4].width, 4.5, i.Amount(l.NetMinor).Format("en"), true, bold, 9, black)
	s.rule(y+r.height-1.5, faint)
	s.y = y + r.height
}

func (s *sheet) stack(y, height float64, texts []string, face int, size float64, c pdf.Colour) float64 {
	for _, row := range texts {
		s.put(describing, y, lanes[1].width, height, row, false, face, size, c)
		y += height
	}
	return y
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

// keep begins a new page when fewer than height millimetres are left.
func (s *sheet) keep(height float64) {
	if s.y+height > lowest {
		s.page()
	}
}
