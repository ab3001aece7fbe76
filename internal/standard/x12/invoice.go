package x12

import (
	"strconv"
	"strings"

	"trueward/internal/standard/money"
)

// Kind is BIG07.
type Kind string

// The kinds.
const (
	Debit  Kind = "DI" // invoice
	Credit Kind = "CR" // credit memo
)

// Invoice is one transaction set 810. Dates are YYYY-MM-DD; amounts are minor
// units and, of a credit memo, positive.
type Invoice struct {
	Kind             Kind
	Number           string
	IssuedOn         string
	DueOn            string
	Days             int // until DueOn
	Order            string
	Original         string // number of the invoice that a credit memo corrects
	PaymentReference string
	BuyerReference   string
	Currency         money.Currency
	Seller, Buyer    Party
	Lines            []Line
	Taxes            []Tax
	Total            int64
}

// Party is N1 to N4.
type Party struct {
	Name, GLN                             string
	Street, City, Region, Postal, Country string
	TaxID                                 string
}

// Line is one IT1 loop.
type Line struct {
	Position          int
	Quantity          int64
	Unit              string // EA when empty
	Net               int64
	Price             string // decimal, of one unit
	Item              string
	GTIN              bool // Item is a GTIN-14
	Name              string
	Lot, Serial, Case string
	UsedOn            string
}

// Tax is one TXI.
type Tax struct {
	Amount, Net int64
	RateBP      int
	Exempt      bool
}

func (w *writer) document(control string, d Invoice) {
	w.count = 0
	w.segment("ST", "810", control)
	w.segment("BIG", day(d.IssuedOn), w.text("BIG", "02", d.Number, 22), "", w.text("BIG", "04", d.Order, 22), "", "", string(d.Kind))
	w.segment("CUR", "SE", string(d.Currency))
	w.reference("OI", d.Original, "")
	w.reference("4N", d.PaymentReference, "")
	w.reference("CR", d.BuyerReference, "")
	w.name("SE", d.Seller)
	w.name("BT", d.Buyer)
	if d.DueOn != "" {
		w.segment("ITD", "01", "3", "", "", "", day(d.DueOn), positive(d.Days))
	}
	for _, l := range d.Lines {
		w.line(d, l)
	}
	w.segment("TDS", w.implied("TDS", "01", d.Currency, d.Total))
	for _, t := range d.Taxes {
		exempt := ""
		if t.Exempt {
			exempt = "1"
		}
		w.segment("TXI", or(w.partner.TaxCode, "VA"), amount(d.Currency, t.Amount), percent(t.RateBP), "", "", exempt, "", amount(d.Currency, t.Net))
	}
	w.segment("CTT", strconv.Itoa(len(d.Lines)))
	w.segment("SE", strconv.Itoa(w.count+1), control)
}

func (w *writer) reference(qualifier, value, words string) {
	if value = w.text("REF", "02", value, 30); value != "" {
		w.segment("REF", qualifier, value, w.free(words, 80))
	}
}

func (w *writer) name(entity string, p Party) {
	qualifier := ""
	if p.GLN != "" {
		qualifier = "UL"
	}
	w.segment("N1", entity, w.free(p.Name, 60), qualifier, w.text("N1", "04", p.GLN, 80))
	if p.Street != "" {
		w.segment("N3", w.free(p.Street, 55))
	}
	region := p.Region
	if len(region) != 2 {
		region = ""
	}
	if p.City != "" || p.Postal != "" || p.Country != "" {
		w.segment("N4", w.free(p.City, 30), w.free(region, 2), w.free(strings.ReplaceAll(p.Postal, " ", ""), 15), w.free(p.Country, 3))
	}
	w.reference("TJ", p.TaxID, "")
}

func (w *writer) line(d Invoice, l Line) {
	qualifier, item := "", w.text("IT1", "07", l.Item, 48)
	switch {
	case item == "":
	case l.GTIN:
		qualifier = or(w.partner.GTINQualifier, "UK")
	default:
		qualifier = or(w.partner.ItemQualifier, "VP")
	}
	w.segment("IT1", strconv.Itoa(l.Position), strconv.FormatInt(l.Quantity, 10), or(l.Unit, "EA"), l.Price, "", qualifier, item)
	w.segment("PAM", "", "", "", "1", amount(d.Currency, l.Net))
	if name := w.free(l.Name, 80); name != "" {
		w.segment("PID", "F", "", "", "", name)
	}
	w.reference("LT", l.Lot, "")
	w.reference("SE", l.Serial, "")
	w.reference("ZZ", l.Case, "CASE")
	if l.UsedOn != "" {
		w.segment("DTM", "472", day(l.UsedOn))
	}
}

// implied writes an amount with two decimals and no point (type N2).
func (w *writer) implied(segment, element string, c money.Currency, minor int64) string {
	switch c.Digits() {
	case 0:
		return strconv.FormatInt(minor, 10) + "00"
	case 3:
		if minor%10 != 0 {
			w.fail(segment, element, "It has two decimals; this amount has three.")
		}
		return strconv.FormatInt(minor/10, 10)
	}
	return strconv.FormatInt(minor, 10)
}

func amount(c money.Currency, minor int64) string {
	return money.Amount{Minor: minor, Currency: c}.Decimal()
}

func percent(bp int) string {
	return strings.TrimSuffix(strings.TrimRight(amount("EUR", int64(bp)), "0"), ".")
}

func day(date string) string { return strings.ReplaceAll(date, "-", "") }

func positive(n int) string {
	if n <= 0 {
		return ""
	}
	return strconv.Itoa(n)
}

func or(text, fallback string) string {
	if text != "" {
		return text
	}
	return fallback
}
