package export

import (
	"cmp"
	"strconv"
	"strings"
	"time"

	"trueward/internal/domain/billing"
	"trueward/internal/standard/pdf"
)

// account is a statement in the making, on the sheet of its vendor.
type account struct {
	*sheet
	st billing.Statement
}

// Statement renders a statement on the vendor's letterhead. Equal statements
// give equal bytes: the date in the file is the statement's last day.
func (PDF) Statement(st billing.Statement) []byte {
	date, err := time.Parse(time.DateOnly, st.To)
	if err != nil {
		date = time.Unix(0, 0)
	}
	s := account{sheet: &sheet{words: "Statement"}, st: st}
	s.doc.Seller, s.doc.Payer = st.Vendor, st.Hospital
	s.doc.Invoice.Number = civilDate(st.From) + " – " + civilDate(st.To)
	s.doc.Invoice.Currency, s.doc.Invoice.Sample = st.Currency, st.Vendor.Sample
	s.Document = pdf.New(pdf.Info{
		Title: "Statement " + st.From + " to " + st.To + ", " + st.Hospital.LegalName, Author: st.Vendor.LegalName, Language: "en", At: date,
	}, faces()...)
	s.page()
	s.letterhead()
	first := s.block(left, "From", st.Vendor.LegalName, st.Vendor.Address, st.Vendor.TaxID)
	second := s.block(left+width/2+4, "Account of", st.Hospital.LegalName, st.Hospital.Address, st.Hospital.TaxID)
	s.y = max(first, second) + 5
	s.summary()
	s.facts()
	s.items()
	s.aged()
	s.feet()
	return s.Bytes()
}

func (s account) amount(minor int64) string { return s.st.Amount(minor).Format("en") }

// summary is the tinted band with what matters first.
func (s account) summary() {
	cells := [][2]string{
		{"Currency", string(s.st.Currency)}, {"Opening balance", s.amount(s.st.Opening)}, {"Closing balance", s.amount(s.st.Closing)},
	}
	if disputed := s.st.Disputed(); disputed != 0 {
		cells = append(cells, [2]string{"of it disputed", s.amount(disputed)}, [2]string{"undisputed", s.amount(s.st.Closing - disputed)})
	}
	s.band(cells)
	s.y += 5
}

// band writes names over values on a tint, side by side.
func (s account) band(cells [][2]string) {
	w := width / float64(len(cells))
	s.Fill(left, s.y, width, 13, tint)
	for n, c := range cells {
		x := left + 3 + float64(n)*w
		s.put(x, s.y+2, w-3, 4, c[0], false, regular, 7.5, grey)
		s.put(x, s.y+6, w-3, 5, c[1], false, bold, 9.5, black)
	}
	s.y += 13
}

var accountLanes = []lane{{"Date", 24, false}, {"What", 68, false}, {"Due", 24, false}, {"Amount", 28, true}, {"Balance", 30, true}}

// row writes texts into lanes.
func (s account) row(lanes []lane, y float64, face int, size float64, c pdf.Colour, texts ...string) {
	x := left
	for n, text := range texts {
		s.put(x, y, lanes[n].width, 4.5, text, lanes[n].toRight, face, size, c)
		x += lanes[n].width
	}
}

func (s account) heading(lanes []lane) {
	titles := make([]string, len(lanes))
	for n, l := range lanes {
		titles[n] = l.title
	}
	s.row(lanes, s.y, bold, 7.5, grey, titles...)
	s.y += 5.5
	s.rule(s.y, grey)
	s.y += 1.5
}

// balance writes a balance that stands between the facts.
func (s account) balance(date, words string, minor int64, face int) {
	s.row(accountLanes, s.y, face, 9, black, date, words, "", "", s.amount(minor))
	s.y += 7
}

// facts writes every fact with the balance after it; a page that is full
// carries its balance to the next.
func (s account) facts() {
	s.heading(accountLanes)
	s.balance(civilDate(s.st.From), "Opening balance", s.st.Opening, bold)
	balance := s.st.Opening
	for _, l := range s.st.Lines {
		s.Type(regular, 8, grey)
		notes := s.Wrap(notes(l), accountLanes[1].width+accountLanes[2].width-4) // nothing with notes has a due date
		height := 4.5 + 4*float64(len(notes)) + 2.5
		if s.y+height > lowest-7 {
			s.balance("", "Carried forward", balance, regular)
			s.page()
			s.heading(accountLanes)
			s.balance("", "Brought forward", balance, regular)
		}
		s.row(accountLanes, s.y, regular, 9, black, civilDate(l.Date), heads(l), civilDate(l.DueOn), s.amount(l.Minor), s.amount(l.Balance))
		for n, note := range notes {
			s.put(left+accountLanes[0].width, s.y+4.5+4*float64(n), accountLanes[1].width, 4, note, false, regular, 8, grey)
		}
		s.y += height
		s.rule(s.y-1.2, faint)
		balance = l.Balance
	}
	s.keep(8)
	s.balance(civilDate(s.st.To), "Closing balance", s.st.Closing, bold)
}

// heads says what a fact is; documents by their number.
func heads(l billing.StatementLine) string {
	switch l.Kind {
	case billing.StatementInvoice, billing.StatementVoid, billing.StatementCredit:
		return l.Kind.Word() + " " + l.Document
	case billing.StatementReversed:
		if l.Minor < 0 {
			return "Refund taken back"
		}
		return "Payment taken back"
	}
	return l.Kind.Word() + ", " + strings.ToLower(l.Method.Word())
}

// notes say what a fact belongs to.
func notes(l billing.StatementLine) string {
	switch l.Kind {
	case billing.StatementInvoice, billing.StatementVoid:
		return ""
	case billing.StatementCredit:
		return joined([2]string{"corrects", l.Corrects})
	}
	received := ""
	if l.ReceivedOn != l.Date {
		received = civilDate(l.ReceivedOn)
	}
	return joined([2]string{"for", l.Document}, [2]string{"dated", received}, [2]string{"ref.", l.Reference})
}

var itemLanes = []lane{{"Open document", 52, false}, {"Issued", 24, false}, {"Due", 24, false}, {"Days late", 18, true}, {"Disputed", 26, true}, {"Open", 30, true}}

// items lists what is not settled.
func (s account) items() {
	if len(s.st.Open) == 0 {
		return
	}
	s.keep(24)
	s.y += 3
	s.heading(itemLanes)
	for _, o := range s.st.Open {
		if s.y+6 > lowest {
			s.page()
			s.heading(itemLanes)
		}
		words, disputed := o.Number, ""
		if o.GivenUp {
			words += " (uncollectible)"
		}
		if o.DisputedMinor != 0 {
			disputed = s.amount(o.DisputedMinor)
		}
		s.row(itemLanes, s.y, regular, 9, black, words, civilDate(o.IssuedOn), civilDate(o.DueOn), strconv.Itoa(o.DaysLate), disputed, s.amount(o.OpenMinor))
		s.y += 5.5
	}
	s.y += 3
}

// aged sums what is open by how late it is, and says where to pay.
func (s account) aged() {
	sums := s.st.Aged()
	var cells [][2]string
	for _, b := range billing.LateBuckets() {
		if b != billing.OwedBack || sums[b] != 0 {
			cells = append(cells, [2]string{string(b), s.amount(sums[b])})
		}
	}
	s.keep(26)
	s.band(cells)
	if s.st.Vendor.BankAccount == "" || s.st.Closing <= 0 {
		return
	}
	words := "Pay to " + cmp.Or(s.st.Vendor.LegalName, s.st.Vendor.Name) + ", " + s.st.Vendor.BankAccount + ", with the reference of each invoice."
	s.put(left, s.y+3, width, 5, words, false, regular, 8.5, grey)
}
