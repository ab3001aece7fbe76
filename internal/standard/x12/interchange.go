package x12

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Delimiters separate elements, components and segments.
type Delimiters struct {
	Element, Component, Segment byte
	// Break writes a line break behind every segment, for people.
	Break bool
}

// Usual are the delimiters that most partners expect.
func Usual() Delimiters { return Delimiters{Element: '*', Component: '>', Segment: '~'} }

// Address is an interchange address with its qualifier (ISA05, ISA07): 01
// DUNS, 08 UCC communications id, 12 telephone, 30 US federal tax id, ZZ
// mutually defined.
type Address struct{ Qualifier, ID string }

// Partner is what two parties have agreed on.
type Partner struct {
	Delimiters
	Sender, Receiver Address
	Test             bool   // ISA15 T
	GTINQualifier    string // of IT106 for a GTIN-14; UK when empty
	ItemQualifier    string // of IT106 for any other identifier; VP when empty
	TaxCode          string // TXI01; VA (value added tax) when empty
}

// Control are the numbers of an interchange, from the sender's own series.
type Control struct {
	Interchange int64 // 1 to 999,999,999
	Group       int64
	At          time.Time
}

// Error is an element that cannot carry what it was given.
type Error struct{ Segment, Element, Sentence string }

// Error names the element.
func (e *Error) Error() string { return "x12: " + e.Segment + e.Element + ": " + e.Sentence }

// Write returns an interchange with one group of invoices.
func Write(p Partner, c Control, documents []Invoice) ([]byte, error) {
	w := &writer{partner: p}
	if err := w.delimiters(); err != nil {
		return nil, err
	}
	if c.Interchange < 1 || c.Interchange > 999_999_999 || c.Group < 1 || c.Group > 999_999_999 {
		return nil, &Error{"ISA", "13", "A control number has one to nine digits."}
	}
	if len(documents) == 0 || len(documents) > 9_999 {
		return nil, &Error{"GE", "01", "A group holds 1 to 9,999 documents."}
	}
	w.header(c)
	for n, d := range documents {
		w.document(fmt.Sprintf("%04d", n+1), d)
	}
	w.segment("GE", strconv.Itoa(len(documents)), strconv.FormatInt(c.Group, 10))
	w.segment("IEA", "1", fmt.Sprintf("%09d", c.Interchange))
	if w.err != nil {
		return nil, w.err
	}
	return []byte(w.out.String()), nil
}

// writer collects segments; its first error stays.
type writer struct {
	partner Partner
	out     strings.Builder
	count   int // segments of the transaction set
	err     error
}

func (w *writer) delimiters() error {
	d := w.partner.Delimiters
	for _, b := range []byte{d.Element, d.Component, d.Segment} {
		if b < '!' || b > '~' || b >= '0' && b <= '9' || b >= 'A' && b <= 'Z' || b >= 'a' && b <= 'z' || b == '.' || b == '-' {
			if b != '\n' || b != d.Segment {
				return &Error{"ISA", "", "A delimiter is a sign that is neither letter, digit, full stop nor hyphen."}
			}
		}
	}
	if d.Element == d.Component || d.Component == d.Segment || d.Element == d.Segment {
		return &Error{"ISA", "", "The delimiters differ from each other."}
	}
	return nil
}

// header writes ISA, whose elements have fixed widths, and GS.
func (w *writer) header(c Control) {
	p := w.partner
	usage := "P"
	if p.Test {
		usage = "T"
	}
	at := c.At.UTC()
	w.segment("ISA", "00", pad("", 10), "00", pad("", 10), w.qualifier("05", p.Sender), w.party("06", p.Sender), w.qualifier("07", p.Receiver),
		w.party("08", p.Receiver), at.Format("060102"), at.Format("1504"), "U", "00401", fmt.Sprintf("%09d", c.Interchange), "0", usage, "\x00")
	w.segment("GS", "IN", w.text("GS", "02", p.Sender.ID, 15), w.text("GS", "03", p.Receiver.ID, 15), at.Format("20060102"), at.Format("1504"),
		strconv.FormatInt(c.Group, 10), "X", "004010")
}

func (w *writer) qualifier(element string, a Address) string {
	if len(a.Qualifier) != 2 {
		w.fail("ISA", element, "An interchange qualifier has two signs.")
	}
	return a.Qualifier
}

func (w *writer) party(element string, a Address) string {
	id := w.text("ISA", element, a.ID, 15)
	if len(id) < 2 {
		w.fail("ISA", element, "An interchange address has 2 to 15 signs. Set it for the partner.")
	}
	return pad(id, 15)
}

func pad(text string, width int) string { return text + strings.Repeat(" ", max(0, width-len(text))) }

func (w *writer) fail(segment, element, sentence string) {
	if w.err == nil {
		w.err = &Error{segment, element, sentence}
	}
}

// segment writes a segment; elements at its end that are empty are left out.
// "\x00" stands for the component separator, which ISA16 alone holds.
func (w *writer) segment(id string, elements ...string) {
	for len(elements) > 0 && elements[len(elements)-1] == "" {
		elements = elements[:len(elements)-1]
	}
	d := w.partner.Delimiters
	w.out.WriteString(id)
	for _, e := range elements {
		w.out.WriteByte(d.Element)
		if e == "\x00" {
			w.out.WriteByte(d.Component)
		} else {
			w.out.WriteString(e)
		}
	}
	w.out.WriteByte(d.Segment)
	if d.Break && d.Segment != '\n' {
		w.out.WriteByte('\n')
	}
	w.count++
}

// text is an identifying text: written in ASCII without delimiters, refused
// when it is longer than the element.
func (w *writer) text(segment, element, text string, most int) string {
	text = w.plain(text)
	if len(text) > most {
		w.fail(segment, element, fmt.Sprintf("It holds %d signs at most.", most))
	}
	return text
}

// free is text for people: shortened to the element.
func (w *writer) free(text string, most int) string {
	text = w.plain(text)
	return strings.TrimSpace(text[:min(len(text), most)])
}
