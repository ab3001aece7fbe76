package ubl

import (
	"encoding/xml"
	"errors"
	"io"
	"strings"
)

// The namespaces of UBL 2.1.
const (
	spaceInvoice    = "urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"
	spaceCreditNote = "urn:oasis:names:specification:ubl:schema:xsd:CreditNote-2"
	spaceAggregate  = "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
	spaceBasic      = "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"
)

// Element is an element of a document. Its name carries the usual prefix: cac
// for aggregates, cbc for values, none for the root.
type Element struct {
	Name     string
	Text     string
	Attrs    [][2]string
	Children []*Element
}

// ErrNotUBL means that bytes are no well-formed UBL invoice or credit note.
var ErrNotUBL = errors.New("ubl: not an invoice or credit note")

// add appends a child, unless it is nothing: UBL has no empty elements.
func (e *Element) add(children ...*Element) *Element {
	for _, c := range children {
		if c != nil && (c.Text != "" || len(c.Children) > 0) {
			e.Children = append(e.Children, c)
		}
	}
	return e
}

func value(name, text string, attrs ...string) *Element {
	e := &Element{Name: "cbc:" + name, Text: clean(text)}
	for i := 0; i+1 < len(attrs); i += 2 {
		if attrs[i+1] != "" {
			e.Attrs = append(e.Attrs, [2]string{attrs[i], attrs[i+1]})
		}
	}
	return e
}

func group(name string, children ...*Element) *Element {
	return (&Element{Name: "cac:" + name}).add(children...)
}

// clean drops what XML cannot carry and blanks at both ends.
func clean(text string) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' && r != '\t' || r == 0xFFFE || r == 0xFFFF || r == 0xFFFD {
			return -1
		}
		return r
	}, text))
}

// Bytes writes the document with its declaration, two blanks per level.
func (e *Element) Bytes() []byte {
	var b strings.Builder
	b.WriteString(xml.Header)
	e.write(&b, 0)
	return []byte(b.String())
}

var escape = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;", "\n", "&#10;", "\t", "&#9;")

func (e *Element) write(b *strings.Builder, depth int) {
	b.WriteString("                "[:2*min(depth, 8)])
	b.WriteByte('<')
	b.WriteString(e.Name)
	for _, a := range e.Attrs {
		b.WriteByte(' ')
		b.WriteString(a[0])
		b.WriteString(`="`)
		_, _ = escape.WriteString(b, a[1]) // a Builder takes everything
		b.WriteByte('"')
	}
	b.WriteByte('>')
	if len(e.Children) == 0 {
		_, _ = escape.WriteString(b, e.Text)
	} else {
		b.WriteByte('\n')
		for _, c := range e.Children {
			c.write(b, depth+1)
		}
		b.WriteString("                "[:2*min(depth, 8)])
	}
	b.WriteString("</")
	b.WriteString(e.Name)
	b.WriteString(">\n")
}

// Parse reads a document into its elements. It fails with ErrNotUBL.
func Parse(document []byte) (*Element, error) {
	d := xml.NewDecoder(strings.NewReader(string(document)))
	var open []*Element
	var root *Element
	for {
		token, err := d.Token()
		switch {
		case errors.Is(err, io.EOF) && root != nil && len(open) == 0:
			return root, nil
		case err != nil:
			return nil, ErrNotUBL
		}
		switch t := token.(type) {
		case xml.StartElement:
			e := started(t)
			if len(open) > 0 {
				parent := open[len(open)-1]
				parent.Children = append(parent.Children, e)
			} else if root = e; t.Name.Space != spaceInvoice && t.Name.Space != spaceCreditNote {
				return nil, ErrNotUBL
			}
			open = append(open, e)
		case xml.EndElement:
			open = open[:len(open)-1]
		case xml.CharData:
			if len(open) > 0 {
				open[len(open)-1].Text += string(t)
			}
		}
	}
}

func started(t xml.StartElement) *Element {
	e := &Element{Name: t.Name.Local}
	switch t.Name.Space {
	case spaceAggregate:
		e.Name = "cac:" + e.Name
	case spaceBasic:
		e.Name = "cbc:" + e.Name
	}
	for _, a := range t.Attr {
		if a.Name.Space != "xmlns" && a.Name.Local != "xmlns" {
			e.Attrs = append(e.Attrs, [2]string{a.Name.Local, a.Value})
		}
	}
	return e
}

// all returns the elements at a path of names below e.
func (e *Element) all(path ...string) []*Element {
	found := []*Element{e}
	for _, name := range path {
		var next []*Element
		for _, f := range found {
			for _, c := range f.Children {
				if c.Name == name {
					next = append(next, c)
				}
			}
		}
		found = next
	}
	return found
}

// has reports whether there is an element at the path.
func (e *Element) has(path ...string) bool { return len(e.all(path...)) > 0 }

// text returns the text of the first element at the path.
func (e *Element) text(path ...string) string {
	if found := e.all(path...); len(found) > 0 {
		return strings.TrimSpace(found[0].Text)
	}
	return ""
}

func (e *Element) attr(name string) string {
	for _, a := range e.Attrs {
		if a[0] == name {
			return a[1]
		}
	}
	return ""
}

// walk visits e and everything below.
func (e *Element) walk(visit func(*Element)) {
	visit(e)
	for _, c := range e.Children {
		c.walk(visit)
	}
}
