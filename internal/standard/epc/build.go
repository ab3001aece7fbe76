package epc

import (
	"strings"

	"trueward/internal/standard/gs1"
)

// Options say what a GS1 element string leaves open about the tag to write.
type Options struct {
	// Scheme to write. Empty means the smallest classic scheme that holds the
	// serial, of the identity that the elements name.
	Scheme Scheme
	// PrefixLength is the number of digits of the GS1 company prefix, 6 to 12.
	// Classic schemes need it; "+" and "++" schemes ignore it.
	PrefixLength int
	// Filter value, 0 to 7 (TDS 2.3 §10).
	Filter int
	// Host name of a "++" scheme, which needs one. Others ignore it.
	Host string
}

// FromElements writes the identity that GS1 elements name as an EPC. Elements
// which the scheme cannot carry, such as a lot, are left out: an EPC identifies
// one thing and says nothing else about it.
//
// Errors: CodeMissing (no key, no serial, no date for a DSGTIN, no host),
// CodeConflict (two keys), CodeUnsupported (scheme does not fit the key),
// CodeMalformed, CodeRange, CodeCheckDigit. Field names the AI or the option at
// fault; Offset is 0.
func FromElements(elements []Element, o Options) (Tag, error) {
	if o.Filter < 0 || o.Filter > 7 {
		return Tag{}, fail(CodeRange, "filter", 0)
	}
	id, err := identify(elements)
	if err != nil {
		return Tag{}, err
	}
	if o.Scheme != "" {
		l := byScheme[o.Scheme]
		if l == nil || l.kind != id.kind {
			return Tag{}, fail(CodeUnsupported, "scheme", 0)
		}
		return id.in(l, o)
	}
	for i := range schemeTable {
		l := &schemeTable[i]
		if l.kind != id.kind || l.plus != 0 {
			continue
		}
		t, err2 := id.in(l, o)
		if err2 == nil {
			return t, nil
		}
		err = err2
	}
	return Tag{}, err
}

// FromElementString is FromElements for a bracketed GS1 element string. Errors
// of the text itself are those of package gs1.
func FromElementString(s string, o Options) (Tag, error) {
	m, err := gs1.ParseBracketed(s)
	if err != nil {
		return Tag{}, err
	}
	return FromElements(m.Elements, o)
}

// FromDigitalLink is FromElements for a GS1 Digital Link. With a "++" scheme
// and no host in the options, the host of the link is written. Errors of the
// link itself are those of package gs1.
func FromDigitalLink(uri string, o Options) (Tag, error) {
	m, err := gs1.ParseDigitalLink(uri)
	if err != nil {
		return Tag{}, err
	}
	if o.Host == "" {
		_, rest, _ := strings.Cut(uri, "://")
		o.Host, _, _ = strings.Cut(rest, "/")
	}
	return FromElements(m.Elements, o)
}

// EncodeSGTIN96 writes a GTIN of 12 to 14 digits and a serial as an SGTIN-96.
// The serial must be a number below 2^38 without leading zeros: others need
// SGTIN-198 or SGTIN+.
//
// Errors: as FromElements.
func EncodeSGTIN96(gtin, serial string, prefixLength, filter int) (Tag, error) {
	if n := len(gtin); n == 12 || n == 13 {
		gtin = "00"[:14-n] + gtin
	}
	return FromElements([]Element{{AI: "01", Value: gtin}, {AI: "21", Value: serial}},
		Options{Scheme: SGTIN96, PrefixLength: prefixLength, Filter: filter})
}

// identity is what elements name: a key, perhaps a serial and a date.
type identity struct {
	kind     kind
	key      string
	serial   string
	date     string
	dateKind uint8
}

// identify finds the key among the elements and what belongs to it.
func identify(elements []Element) (id identity, err error) {
	for _, e := range elements {
		for k := sgtin; k < gid; k++ {
			if keyAIs[k].key != e.AI {
				continue
			}
			if id.kind != 0 && (id.kind != k || id.key != e.Value) {
				return id, fail(CodeConflict, e.AI, 0)
			}
			id.kind, id.key = k, e.Value
		}
	}
	if id.kind == 0 {
		return id, fail(CodeMissing, "key", 0)
	}
	for _, e := range elements {
		if e.AI == keyAIs[id.kind].serial {
			if id.serial != "" && id.serial != e.Value {
				return id, fail(CodeConflict, e.AI, 0)
			}
			id.serial = e.Value
		}
		for i, ai := range dateAIs {
			if ai == e.AI && (id.date == "" || ai == "17") {
				id.date, id.dateKind = e.Value, uint8(i)
			}
		}
	}
	return id, id.check()
}

// keyDigits is the length of a key with its check digit; 0 for those without.
var keyDigits = [...]int{sgtin: 14, sscc: 18, sgln: 13, grai: 14, giai: 0, gsrn: 18, gsrnp: 18,
	gdti: 13, sgcn: 13, itip: 18, cpi: 0, adi: 0}

// check verifies digits and check digit of the key, and takes a serial that
// belongs to the key's AI off it.
func (id *identity) check() error {
	ai, n := keyAIs[id.kind], keyDigits[id.kind]
	if n == 0 {
		return nil
	}
	if len(id.key) < n {
		return fail(CodeMalformed, ai.key, 0)
	}
	switch id.kind {
	case grai, gdti, sgcn:
		id.serial = id.key[n:]
	default:
		if len(id.key) > n {
			return fail(CodeMalformed, ai.key, 0)
		}
	}
	id.key = id.key[:n]
	v, ok := number(id.key)
	if !ok || id.kind == grai && id.key[0] != '0' {
		return fail(CodeMalformed, ai.key, 0)
	}
	if id.kind == itip {
		v /= 10000
	}
	if checkDigit(v/10) != v%10 {
		return fail(CodeCheckDigit, ai.key, 0)
	}
	if id.kind == sgln && id.serial == "" {
		id.serial = "0" // the extension that means none
	}
	return nil
}

// in writes the identity in one scheme.
func (id *identity) in(l *layout, o Options) (Tag, error) {
	t := Tag{l: l, filter: uint8(o.Filter)}
	var err error
	if l.plus != 0 {
		err = id.plus(&t, o)
	} else {
		err = id.classic(&t, o)
	}
	if err == nil && l.serial != absent {
		field := keyAIs[l.kind].serial
		if field == "" {
			field = keyAIs[l.kind].key
		}
		if err = t.setSerial(id.serial, 0); err != nil {
			err.(*Error).Field = field
		}
	}
	if err == nil && l.plus == 2 && t.Bits() > maxBytes*8 {
		err = fail(CodeRange, "host", 0)
	}
	if err != nil {
		return Tag{}, err
	}
	return t, nil
}

// classic splits the key at the end of the company prefix.
func (id *identity) classic(t *Tag, o Options) error {
	n, key := o.PrefixLength, id.key
	if n < 6 || n > 12 {
		return fail(CodeRange, "prefix length", 0)
	}
	t.prefixLen = uint8(n)
	indicator := ""
	switch id.kind {
	case sgtin, sscc:
		indicator, key = key[:1], key[1:len(key)-1]
	case itip:
		t.piece, t.total = two(key[14:]), two(key[16:])
		indicator, key = key[:1], key[1:13]
	case grai:
		key = key[1 : len(key)-1]
	case giai, cpi:
		if len(key) <= n {
			return fail(CodeTruncated, keyAIs[id.kind].key, 0)
		}
	default:
		key = key[:len(key)-1]
	}
	v, ok := number(key[:n])
	if !ok {
		return fail(CodeMalformed, "company prefix", 0)
	}
	t.gcp = v
	return t.setReference(indicator+key[n:], 0)
}

func two(s string) uint8 { return (s[0]-'0')*10 + s[1] - '0' }

func (id *identity) plus(t *Tag, o Options) error {
	if t.l.keyDigits != 0 {
		t.ref, _ = number(id.key)
	} else {
		set := byte(inCSET82)
		if id.kind == cpi {
			set = inCSET39
		}
		if id.key == "" || len(id.key) > referenceMax || !all(id.key, set) {
			return fail(CodeMalformed, keyAIs[id.kind].key, 0)
		}
		t.part = id.key
	}
	if t.l.dated {
		if err := id.dated(t); err != nil {
			return err
		}
	}
	if t.l.plus == 2 {
		host := strings.ToLower(o.Host)
		if host == "" {
			return fail(CodeMissing, "host", 0)
		}
		if !validHost(host) {
			return fail(CodeMalformed, "host", 0)
		}
		if len(host) > hostMax && len(encodeUnits(host)) > hostMax {
			return fail(CodeRange, "host", 0)
		}
		t.host = host
	}
	return nil
}

func (id *identity) dated(t *Tag) error {
	if id.date == "" {
		return fail(CodeMissing, "date", 0)
	}
	v, ok := number(id.date)
	if !ok || len(id.date) != 6 || !validDate(v/10000, v/100%100, v%100) {
		return fail(CodeRange, dateAIs[id.dateKind], 0)
	}
	t.date, t.dateKind = uint32(v), id.dateKind
	return nil
}
