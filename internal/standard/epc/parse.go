package epc

import "strings"

// maxURI is the longest URI that is looked at.
const maxURI = 512

// ParseTagURI reads an EPC Tag URI (TDS 2.3 §12.4), which fixes scheme, filter
// and company prefix length. Scheme names are lower case, as the grammar has
// them.
//
// Errors: CodeOversize, CodeMalformed, CodeUnsupported (no such scheme),
// CodeMissing (too few fields), CodeRange.
func ParseTagURI(s string) (Tag, error) {
	p := parser{s: s}
	if err := p.expect(tagPrefix); err != nil {
		return Tag{}, err
	}
	p.next(':')
	l := byTagURI[s[:p.at]]
	if l == nil {
		return Tag{}, fail(CodeUnsupported, "scheme", len(tagPrefix))
	}
	t := Tag{l: l}
	if l.filterBits != 0 {
		at := p.at
		v, ok := p.integer()
		if !ok || v >= 1<<l.filterBits {
			return Tag{}, fail(CodeRange, "filter", at)
		}
		t.filter = uint8(v)
	}
	if err := t.parseBody(&p); err != nil {
		return Tag{}, err
	}
	return t, nil
}

// ParseEPCURI reads a pure identity EPC URI (TDS 2.3 §6) into the smallest
// classic scheme that holds it, with filter 0.
//
// Errors: as ParseTagURI.
func ParseEPCURI(s string) (Tag, error) {
	p := parser{s: s}
	if err := p.expect(idPrefix); err != nil {
		return Tag{}, err
	}
	name := p.next(':')
	var first error
	for i := range schemeTable {
		l := &schemeTable[i]
		if l.plus != 0 || kindNames[l.kind] != name {
			continue
		}
		t, body := Tag{l: l}, p
		err := t.parseBody(&body)
		if err == nil {
			return t, nil
		}
		first = err // the last and roomiest scheme has the most to say
	}
	if first == nil {
		first = fail(CodeUnsupported, "scheme", len(idPrefix))
	}
	return Tag{}, first
}

// parser walks over the fields of a URI.
type parser struct {
	s  string
	at int
}

func (p *parser) expect(prefix string) error {
	if len(p.s) > maxURI {
		return fail(CodeOversize, "uri", maxURI)
	}
	if !strings.HasPrefix(p.s, prefix) {
		return fail(CodeMalformed, "uri", 0)
	}
	p.at = len(prefix)
	return nil
}

// next returns the text before the next stop, or all that is left.
func (p *parser) next(stop byte) string {
	rest := p.s[p.at:]
	i := strings.IndexByte(rest, stop)
	if i < 0 {
		p.at = len(p.s)
		return rest
	}
	p.at += i + 1
	return rest[:i]
}

// rest returns all that is left: only the last field may hold points.
func (p *parser) rest() string {
	s := p.s[p.at:]
	p.at = len(p.s)
	return s
}

// integer reads the next field as a number without leading zeros.
func (p *parser) integer() (uint64, bool) {
	return canonicalNumber(p.next('.'))
}

func canonicalNumber(s string) (uint64, bool) {
	v, ok := number(s)
	return v, ok && (s[0] != '0' || len(s) == 1)
}

// parseBody reads the fields behind the filter and checks all of them against
// the layout.
func (t *Tag) parseBody(p *parser) error {
	switch t.l.kind {
	case gid:
		return t.parseGID(p)
	case usdod:
		return t.parseUSDOD(p)
	case adi:
		return t.parseADI(p)
	}
	at := p.at
	prefix := p.next('.')
	v, ok := number(prefix)
	if !ok || len(prefix) < 6 || len(prefix) > 12 {
		return fail(CodeMalformed, "company prefix", at)
	}
	t.gcp, t.prefixLen = v, uint8(len(prefix))
	if err := t.parseReference(p); err != nil {
		return err
	}
	if t.l.kind == itip {
		if err := t.parsePieces(p); err != nil {
			return err
		}
	}
	at = p.at
	if t.l.serial == absent {
		if at != len(p.s) {
			return fail(CodeMalformed, "uri", at)
		}
		return nil
	}
	return t.parseSerial(p.rest(), at)
}

func (t *Tag) parseReference(p *parser) error {
	at, last := p.at, t.l.serial == absent
	if at == len(p.s) {
		return fail(CodeMissing, "reference", at)
	}
	field := p.next('.')
	if last {
		p.at = at
		field = p.rest()
	} else if p.s[p.at-1] != '.' {
		return fail(CodeMissing, "serial", p.at)
	}
	if t.l.ref != integer || t.l.unpadded {
		s, ok := unescape(field)
		if !ok {
			return fail(CodeMalformed, "reference", at)
		}
		return t.setReference(s, at)
	}
	if len(field) != t.referenceDigits() {
		return fail(CodeMalformed, "reference", at)
	}
	return t.setReference(field, at)
}

// setReference puts an unescaped reference into its field.
func (t *Tag) setReference(s string, at int) error {
	k := t.referenceDigits()
	if t.l.ref != integer {
		set := byte(inCSET82)
		if t.l.ref == six {
			set = inCSET39
		}
		if s == "" || !all(s, set) {
			return fail(CodeMalformed, "reference", at)
		}
		if len(s) > k {
			return fail(CodeRange, "reference", at)
		}
		t.part = s
		return nil
	}
	if k == 0 && s == "" {
		return nil
	}
	v, ok := number(s)
	if !ok || t.l.unpadded && s[0] == '0' && len(s) > 1 {
		return fail(CodeMalformed, "reference", at)
	}
	room := t.l.refBits - prefixBits[t.prefixLen]
	if len(s) > k || v>>room != 0 {
		return fail(CodeRange, "reference", at)
	}
	t.ref = v
	return nil
}

func (t *Tag) parsePieces(p *parser) (err error) {
	if t.piece, err = p.piece(); err == nil {
		t.total, err = p.piece()
	}
	return err
}

// piece reads a number of exactly two digits.
func (p *parser) piece() (uint8, error) {
	at := p.at
	s := p.next('.')
	v, ok := number(s)
	if !ok || len(s) != 2 {
		return 0, fail(CodeMalformed, "piece", at)
	}
	return uint8(v), nil
}

func (t *Tag) parseSerial(field string, at int) error {
	s, ok := unescape(field)
	if !ok {
		return fail(CodeMalformed, "serial", at)
	}
	return t.setSerial(s, at)
}

// setSerial puts an unescaped serial into its field.
func (t *Tag) setSerial(s string, at int) error {
	if s == "" {
		return fail(CodeMissing, "serial", at)
	}
	switch t.l.serial {
	case integer:
		v, ok := canonicalNumber(s)
		if !ok {
			return fail(CodeMalformed, "serial", at)
		}
		if v>>t.l.serialBits != 0 || len(s) > int(t.l.serialMax) {
			return fail(CodeRange, "serial", at)
		}
		t.num = v
		return nil
	case oneled, numeric:
		if _, ok := number(s); !ok {
			return fail(CodeMalformed, "serial", at)
		}
	default:
		if !all(s, inCSET82) {
			return fail(CodeMalformed, "serial", at)
		}
	}
	if len(s) > int(t.l.serialMax) {
		return fail(CodeRange, "serial", at)
	}
	t.text = s
	return nil
}

func (t *Tag) parseGID(p *parser) (err error) {
	if t.gcp, err = p.bounded("manager", 28); err != nil {
		return err
	}
	if t.ref, err = p.bounded("class", 24); err != nil {
		return err
	}
	if t.num, err = p.bounded("serial", 36); err != nil {
		return err
	}
	return p.finished()
}

// bounded reads a number that fits so many bits.
func (p *parser) bounded(name string, bits uint) (uint64, error) {
	at := p.at
	v, ok := p.integer()
	if !ok {
		return 0, fail(CodeMalformed, name, at)
	}
	if v>>bits != 0 {
		return 0, fail(CodeRange, name, at)
	}
	return v, nil
}

// finished says whether all is read and the text does not end in a divider.
func (p *parser) finished() error {
	if p.at != len(p.s) || p.s[p.at-1] == '.' {
		return fail(CodeMalformed, "uri", p.at)
	}
	return nil
}

func validCAGE(s string) bool { return (len(s) == 5 || len(s) == 6) && all(s, inCAGE) }

func (t *Tag) parseUSDOD(p *parser) error {
	at := p.at
	if t.part = p.next('.'); !validCAGE(t.part) {
		return fail(CodeMalformed, "cage", at)
	}
	at = p.at
	v, ok := canonicalNumber(p.rest())
	if !ok {
		return fail(CodeMalformed, "serial", at)
	}
	if v>>36 != 0 {
		return fail(CodeRange, "serial", at)
	}
	t.num = v
	return nil
}

func (t *Tag) parseADI(p *parser) error {
	at := p.at
	cage := p.next('.')
	if !validCAGE(cage) {
		return fail(CodeMalformed, "cage", at)
	}
	at = p.at
	part, ok := unescape(p.next('.'))
	if !ok {
		return fail(CodeMalformed, "part", at)
	}
	if len(part) > adiPartMax {
		return fail(CodeRange, "part", at)
	}
	at = p.at
	serial, ok := unescape(p.rest())
	if !ok || !validADI(part, serial) {
		return fail(CodeMalformed, "serial", at)
	}
	t.part, t.text = cage+"."+part, serial
	return nil
}

// unescape undoes %XX. A character that URIs must escape may not stand for
// itself.
func unescape(s string) (string, bool) {
	if !strings.ContainsAny(s, mustEscape) {
		return s, true
	}
	b := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case c == '%':
			if i+2 >= len(s) || hexValue[s[i+1]]|hexValue[s[i+2]] == notHex {
				return "", false
			}
			c = hexValue[s[i+1]]<<4 | hexValue[s[i+2]]
			i += 2
		case class[c]&escaped != 0:
			return "", false
		}
		b = append(b, c)
	}
	return string(b), true
}
