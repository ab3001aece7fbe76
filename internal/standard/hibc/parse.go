package hibc

import "strings"

const (
	// MaxScan bounds a label, in bytes.
	MaxScan = 4096

	maxPCN  = 18
	maxText = 18 // lot and serial
)

// Parse reads a label as scanned, without symbology identifier: from the plus
// sign to the check character.
func Parse(s string) (Message, error) { return parse(s, true) }

// parse leaves out the comparison of the check character for texts that show
// the structure only.
func parse(s string, verify bool) (Message, error) {
	if len(s) > MaxScan {
		return Message{}, refuse(CodeOversize, "label", MaxScan, "label is too long")
	}
	if s == "" || s[0] != '+' {
		return Message{}, refuse(CodeMissing, "label", 0, "no plus sign")
	}
	if len(s) < 4 {
		return Message{}, refuse(CodeTruncated, "label", len(s), "label is too short")
	}
	if err := checkLabel(s, verify); err != nil {
		return Message{}, err
	}
	p := parser{s: s, end: len(s) - 1}
	if err := p.label(); err != nil {
		return Message{}, err
	}
	return p.m, nil
}

func checkLabel(s string, verify bool) error {
	last := len(s) - 1
	for i := range len(s) {
		if values[s[i]] < 0 {
			return refuse(CodeMalformed, "label", i, "character outside of the alphabet")
		}
	}
	if c, _ := CheckCharacter(s[:last]); verify && c != s[last] {
		return refuse(CodeCheckDigit, "label", last, "wrong check character")
	}
	return nil
}

// parser walks over the fields of a label, which slashes separate.
type parser struct {
	s   string
	end int // where the data end: before the check character, or the link
	m   Message
}

func (p *parser) label() error {
	pos := 1
	if isLetter(p.s[1]) {
		next, err := p.primary()
		if err != nil {
			return err
		}
		pos = next
	} else {
		p.end--
		p.m.Link = p.s[p.end]
		next := p.fieldEnd(pos)
		if err := p.secondary(pos, next); err != nil {
			return err
		}
		pos = next
	}
	first := p.m.HasPrimary()
	for pos < p.end {
		start, next := pos+1, p.fieldEnd(pos+1)
		if err := p.field(start, next, first); err != nil {
			return err
		}
		first, pos = false, next
	}
	return nil
}

// fieldEnd returns where the field from start ends.
func (p *parser) fieldEnd(start int) int {
	if i := strings.IndexByte(p.s[start:p.end], '/'); i >= 0 {
		return start + i
	}
	return p.end
}

// primary reads LIC, PCN and UOM and returns where they end.
func (p *parser) primary() (int, error) {
	end := p.fieldEnd(1)
	data := p.s[1:end]
	switch {
	case len(data) < 6:
		return 0, refuse(CodeTruncated, "primary", end, "primary data are too short")
	case len(data) > 5+maxPCN:
		return 0, refuse(CodeOversize, "primary", 6+maxPCN, "product number is too long")
	}
	if i := firstOther(data); i >= 0 {
		return 0, refuse(CodeMalformed, "primary", 1+i, "neither letter nor digit")
	}
	last := len(data) - 1
	if !isDigit(data[last]) {
		return 0, refuse(CodeMalformed, "unit of measure", 1+last, "not a digit")
	}
	p.m.LIC, p.m.PCN, p.m.UOM = data[:4], data[4:last], int(data[last]-'0')
	return end, nil
}

// field reads one field behind a slash. Only the first one behind primary data
// may be secondary data without a name.
func (p *parser) field(start, end int, first bool) error {
	data := p.s[start:end]
	switch {
	case strings.HasPrefix(data, "14D"):
		return p.expiryField(start+3, end)
	case strings.HasPrefix(data, "16D"):
		return p.manufacturedField(start+3, end)
	case strings.HasPrefix(data, "S"):
		return p.serial(start+1, end)
	case strings.HasPrefix(data, "Q"):
		return p.quantity(start+1, end, 0)
	case data == "":
		return refuse(CodeMissing, "field", start, "empty field")
	case first:
		return p.secondary(start, end)
	}
	return refuse(CodeUnsupported, "field", start, "unknown field")
}

// secondary reads lot or serial with quantity and expiry.
func (p *parser) secondary(start, end int) error {
	data := p.s[start:end]
	switch {
	case strings.HasPrefix(data, "$$+"):
		return p.dated(start+3, end, "serial", &p.m.Serial)
	case strings.HasPrefix(data, "$$"):
		return p.dated(start+2, end, "lot", &p.m.Lot)
	case strings.HasPrefix(data, "$+"):
		return p.serial(start+2, end)
	case strings.HasPrefix(data, "$"):
		return p.text("lot", &p.m.Lot, start+1, end)
	case data != "" && isDigit(data[0]):
		return p.stamped(formJulian, start, end, "lot", &p.m.Lot)
	}
	return refuse(CodeUnsupported, "secondary", start, "unknown form of secondary data")
}

// dated reads quantity, date flag and date; what remains is the named field.
func (p *parser) dated(start, end int, field string, into *string) error {
	if start == end {
		return refuse(CodeMissing, "secondary", end, "no secondary data")
	}
	if width := quantityWidth(p.s[start]); width > 0 {
		stop := min(start+1+width, end)
		if err := p.quantity(start+1, stop, width); err != nil {
			return err
		}
		if start = stop; start == end {
			return nil
		}
	}
	switch flag := p.s[start]; flag {
	case '0', '1':
		return p.stamped(formMonth, start, end, field, into)
	case '2', '3', '4', '5', '6':
		return p.stamped(form(flag), start+1, end, field, into)
	case flagNoDate:
		return p.text(field, into, start+1, end)
	}
	return refuse(CodeMalformed, "expiry", start, "unknown date flag")
}

// quantityWidth returns the digits that follow a quantity flag, or 0.
func quantityWidth(flag byte) int {
	switch flag {
	case flagShortSize:
		return 2
	case flagLongSize:
		return 5
	}
	return 0
}

// stamped reads an expiry date in a form; what remains is the named field.
func (p *parser) stamped(f form, start, end int, field string, into *string) error {
	stop := min(start+f.width(), end)
	if err := p.setExpiry(f, start, stop); err != nil {
		return err
	}
	if stop == end {
		return nil
	}
	return p.text(field, into, stop, end)
}

func (p *parser) setExpiry(f form, start, stop int) error {
	w, code := readStamp(f, p.s[start:stop])
	if code != "" {
		return refuse(code, "expiry", start, "no such date")
	}
	if p.m.expiry.form != formNone {
		if !w.agrees(p.m.expiry) {
			return refuse(CodeConflict, "expiry", start, "second expiry date")
		}
		if p.m.expiry.date.Day != 0 {
			return nil // nothing more precise can follow
		}
	}
	p.m.expiry = w
	return nil
}

// expiryField reads the field 14D.
func (p *parser) expiryField(start, end int) error { return p.setExpiry(formDated, start, end) }

// manufacturedField reads the field 16D.
func (p *parser) manufacturedField(start, end int) error {
	w, code := readStamp(formDated, p.s[start:end])
	if code != "" {
		return refuse(code, "manufactured", start, "no such date")
	}
	if !p.m.manufactured.IsZero() && p.m.manufactured != w.date {
		return refuse(CodeConflict, "manufactured", start, "second date of manufacture")
	}
	p.m.manufactured = w.date
	return nil
}

// quantity reads exactly width digits, or up to five if width is 0.
func (p *parser) quantity(start, end, width int) error {
	const field = "quantity"
	data := p.s[start:end]
	if len(data) < max(width, 1) {
		return refuse(CodeTruncated, field, end, "quantity is too short")
	}
	n, ok := number(data)
	switch {
	case !ok:
		return refuse(CodeMalformed, field, start, "not a number")
	case len(data) > 5:
		return refuse(CodeOversize, field, start, "quantity is too long")
	case n == 0:
		return refuse(CodeRange, field, start, "quantity is zero")
	case p.m.Quantity != 0 && p.m.Quantity != n:
		return refuse(CodeConflict, field, start, "second quantity")
	}
	p.m.Quantity = n
	return nil
}

func (p *parser) serial(start, end int) error { return p.text("serial", &p.m.Serial, start, end) }

// text reads a lot or serial: letters, digits and - . %, the characters of the
// alphabet that have no other meaning.
func (p *parser) text(field string, into *string, start, end int) error {
	data := p.s[start:end]
	switch {
	case data == "":
		return refuse(CodeMissing, field, start, "empty")
	case len(data) > maxText:
		return refuse(CodeOversize, field, start+maxText, "longer than 18 characters")
	case *into != "" && *into != data:
		return refuse(CodeConflict, field, start, "stated twice")
	}
	if i := strings.IndexAny(data, " $+"); i >= 0 {
		return refuse(CodeMalformed, field, start+i, "character not allowed")
	}
	*into = data
	return nil
}
