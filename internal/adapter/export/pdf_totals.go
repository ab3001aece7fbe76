package export

import (
	"cmp"
	"strings"

	"rsc.io/qr"

	"trueward/internal/domain/billing"
	"trueward/internal/standard/money"
)

// totals draws the tax table and, beside it, the sums.
func (s *sheet) totals() {
	table := billing.TaxTable(s.doc.Lines)
	s.keep(18 + 5*float64(max(len(table), 3)))
	s.y += 4
	y, i := s.y, s.doc.Invoice
	s.taxRow(y, [4]string{"Tax category", "Rate", "Net", "Tax"}, bold, 7.5)
	for _, t := range table {
		y += 5
		s.taxRow(y, [4]string{taxWords(t.Category), percent(t.RateBP) + "\u00a0%", i.Amount(t.NetMinor).Format("en"), i.Amount(t.TaxMinor).Format("en")}, regular, 8.5)
	}
	s.y = max(y+5, s.sums(s.y)) + 6
}

func (s *sheet) taxRow(y float64, texts [4]string, face int, size float64) {
	x, c := left, black
	if face == bold {
		c = grey
	}
	for n, w := range []float64{34, 14, 26, 24} {
		s.put(x, y, w, 5, texts[n], n > 0, face, size, c)
		x += w
	}
}

// sums draws net, tax and total and returns where they end.
func (s *sheet) sums(y float64) float64 {
	i := s.doc.Invoice
	x, w := left+108.0, width-108.0
	for _, row := range [][2]string{{"Net", i.Net().Format("en")}, {"Tax", i.Tax().Format("en")}} {
		s.put(x, y, w, 5.5, row[0], false, regular, 9.5, black)
		s.put(x, y, w, 5.5, row[1], true, regular, 9.5, black)
		y += 5.5
	}
	s.Line(x, y+0.7, x+w, y+0.7, 0.2, black)
	words := "Total"
	if s.doc.IsCredit() {
		words = "Total credit"
	}
	s.put(x, y+1.5, w, 7.5, words, false, bold, 12, black)
	s.put(x, y+1.5, w, 7.5, i.Total().Format("en"), true, bold, 12, black)
	return y + 10
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
	case "K":
		return "K · intra-EU supply"
	case "G":
		return "G · export"
	case "O":
		return "O · outside scope"
	}
	return category
}

// payment draws the box that a payer copies from, with its code to scan; on a
// credit note it says what becomes of the amount.
func (s *sheet) payment() {
	i := s.doc.Invoice
	if s.doc.IsCredit() {
		s.box("Credit", [][2]string{{"Amount", i.Total().Format("en")}, {"Taken off", s.correctedNumber()}, {"Credited by", s.doc.Seller.LegalName}}, "", "")
		return
	}
	rows := [][2]string{
		{"Amount", i.Total().Format("en")}, {"Pay until", civilDate(i.DueOn)},
		{"Reference", billing.PaymentReferenceInGroups(i.PaymentReference)},
	}
	if s.doc.Seller.BankAccount != "" {
		rows = append(rows, [2]string{"To account", s.doc.Seller.BankAccount})
	}
	rows = append(rows, [2]string{"Payee", s.doc.Seller.LegalName})
	words, content := "Scan: reference", i.PaymentReference
	if transfer := sepaCode(s.doc); transfer != "" {
		words, content = "Scan: SEPA transfer", transfer
	}
	s.box("Payment", rows, words, content)
}

func (s *sheet) correctedNumber() string {
	if s.doc.Original == nil {
		return "the account"
	}
	return "invoice " + s.doc.Original.Number
}

func (s *sheet) box(title string, rows [][2]string, words, content string) {
	height := 5.2*float64(len(rows)) + 12
	if content != "" {
		height = max(height, 38)
	}
	s.keep(height)
	y := s.y
	s.Frame(left, y, width, height-3, 0.4, brand)
	s.put(left+5, y+3, width-10, 6, title, false, bold, 10, brand)
	at := y + 9
	for _, row := range rows {
		s.put(left+5, at, 26, 5.2, row[0], false, regular, 9, grey)
		s.put(left+31, at, width-70, 5.2, row[1], false, bold, 9.5, black)
		at += 5.2
	}
	if content != "" {
		s.code(left+width-32, y+2, 27, content)
		s.put(left+width-36, y+height-8.5, 31, 4, words, true, regular, 7, grey)
	}
	s.y += height
}

// code draws a QR code of the given size with its quiet zone outside.
func (s *sheet) code(x, y, size float64, content string) {
	symbol, err := qr.Encode(content, qr.M)
	if err != nil {
		return // a text no symbol holds: the box still says everything in words
	}
	n := symbol.Size
	module := size / float64(n)
	var areas [][4]float64
	for row := range n {
		for from := 0; from < n; from++ {
			to := from
			for to < n && symbol.Black(to, row) {
				to++
			}
			if to > from {
				areas = append(areas, [4]float64{x + float64(from)*module, y + float64(row)*module, float64(to-from) * module, module})
				from = to
			}
		}
	}
	s.Fills(areas, black)
}

// sepaCode is the text of a SEPA credit transfer (EPC069-12, version 002:
// without BIC), or nothing where none can be made: euro, an IBAN and an amount
// within the scheme's bounds.
func sepaCode(doc billing.Document) string {
	i := doc.Invoice
	iban := strings.ReplaceAll(doc.Seller.BankAccount, " ", "")
	if i.Currency != "EUR" || !billing.ValidIBAN(iban) || i.TotalMinor <= 0 || i.TotalMinor > 99_999_999_999 {
		return ""
	}
	name := []rune(cmp.Or(doc.Seller.LegalName, doc.Seller.Name))
	amount := "EUR" + money.Amount{Minor: i.TotalMinor, Currency: "EUR"}.Decimal()
	return strings.Join([]string{"BCD", "002", "1", "SCT", "", string(name[:min(len(name), 70)]), iban, amount, "", i.PaymentReference, "", ""}, "\n")
}
