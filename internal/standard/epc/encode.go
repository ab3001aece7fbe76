package epc

import (
	"math/big"
	"strings"
)

// Hex is the EPC in upper-case hexadecimal digits, filled with zero bits to
// whole words of 16 bits as a tag stores it. It is "" for the zero Tag.
func (t *Tag) Hex() string {
	var b [2 * maxBytes]byte
	return string(t.AppendHex(b[:0]))
}

// AppendHex appends what Hex returns.
func (t *Tag) AppendHex(dst []byte) []byte {
	if t.l == nil {
		return dst
	}
	var w writer
	t.encode(&w)
	w.pad()
	return appendHex(dst, w.b[:w.n])
}

// AppendBytes appends the EPC as it stands in the EPC bank from bit 20h on, in
// whole words of 16 bits.
func (t *Tag) AppendBytes(dst []byte) []byte {
	if t.l == nil {
		return dst
	}
	var w writer
	t.encode(&w)
	w.pad()
	return append(dst, w.b[:w.n]...)
}

// Bits is the length of the EPC without word padding.
func (t *Tag) Bits() int {
	if t.l == nil {
		return 0
	}
	var w writer
	t.encode(&w)
	return w.bits()
}

// ProtocolControl is the protocol control word of a Gen2 tag that holds this
// EPC and nothing else: its length in words in the five high bits, all other
// bits zero (TDS 2.3 §9.3).
func (t *Tag) ProtocolControl() uint16 {
	return uint16((t.Bits()+15)/16) << 11
}

func (t *Tag) encode(w *writer) {
	w.put(uint64(t.l.header), 8)
	switch {
	case t.l.plus != 0:
		t.encodePlus(w)
	case t.l.kind == gid:
		w.put(t.gcp, 28)
		w.put(t.ref, 24)
		w.put(t.num, 36)
	case t.l.kind == usdod:
		w.put(uint64(t.filter), 4)
		w.cage(t.part, 8)
		w.put(t.num, 36)
	case t.l.kind == adi:
		cage, part, _ := strings.Cut(t.part, ".")
		w.put(uint64(t.filter), 6)
		w.cage(cage, 6)
		w.six(part)
		w.six(t.text)
	default:
		t.encodePartitioned(w)
	}
}

func (t *Tag) encodePartitioned(w *writer) {
	m := int(prefixBits[t.prefixLen])
	w.put(uint64(t.filter), 3)
	w.put(uint64(12-t.prefixLen), 3)
	w.put(t.gcp, m)
	switch t.l.ref {
	case seven:
		w.seven(t.part, int(t.l.refBits)-m)
	case six:
		w.six(t.part)
	default:
		w.wide(t.ref, int(t.l.refBits)-m)
	}
	if t.l.kind == itip {
		w.put(uint64(t.piece), 7)
		w.put(uint64(t.total), 7)
	}
	switch n := int(t.l.serialBits); t.l.serial {
	case seven:
		w.seven(t.text, n)
	case oneled:
		v, _ := number("1" + t.text)
		w.put(v, n)
	default:
		w.put(t.num, n) // zeros where there is no serial
	}
}

// seven writes 7-bit characters and fills the field of n bits with zeros.
func (w *writer) seven(s string, n int) {
	for i := 0; i < len(s); i++ {
		w.put(uint64(s[i]), 7)
	}
	w.zeros(n - 7*len(s))
}

// six writes 6-bit characters and the zero that ends them.
func (w *writer) six(s string) {
	for i := 0; i < len(s); i++ {
		w.put(uint64(s[i]), 6)
	}
	w.put(0, 6)
}

func (w *writer) cage(s string, n int) {
	if len(s) == 5 {
		w.put(' ', n)
	}
	for i := 0; i < len(s); i++ {
		w.put(uint64(s[i]), n)
	}
}

func (t *Tag) encodePlus(w *writer) {
	var b [20]byte
	toggle := uint64(0)
	if t.aidc {
		toggle = 1
	}
	w.put(toggle, 1)
	w.put(uint64(t.filter), 3)
	if t.l.dated {
		w.put(uint64(t.dateKind), 4)
		w.put(uint64(t.date/10000), 7)
		w.put(uint64(t.date/100%100), 4)
		w.put(uint64(t.date%100), 5)
	}
	if t.l.keyDigits == 0 {
		w.terminated(t.part)
	}
	for _, d := range appendDigits(b[:0], t.ref, int(t.l.keyDigits)) {
		w.put(uint64(d), 4)
	}
	switch t.l.serial {
	case variable:
		w.variable(t.text)
	case numeric:
		w.put(uint64(len(t.text)), 4)
		w.decimal(t.text)
	}
	if t.l.plus == 2 {
		t.encodeHost(w)
	}
	for i := range int(t.extraN) {
		w.put(uint64(t.extra[i>>3])>>(7-i&7), 1)
	}
}

// terminated writes the leading digits as half bytes, then F, or E and the
// rest as a variable field.
func (w *writer) terminated(s string) {
	i := 0
	for ; i < len(s) && s[i]-'0' < 10; i++ {
		w.put(uint64(s[i]), 4)
	}
	if i == len(s) {
		w.put(15, 4)
		return
	}
	w.put(14, 4)
	w.variable(s[i:])
}

// variable writes s by the method that takes the fewest bits; of equal ones by
// the lowest indicator.
func (w *writer) variable(s string) {
	how := shortest(s)
	w.put(uint64(how), 3)
	w.put(uint64(len(s)), 5)
	switch how {
	case asInteger:
		w.decimal(s)
	case asURN40:
		w.urn40(s)
	case asASCII:
		w.seven(s, 7*len(s))
	default:
		alphabet, n := methods[how].alphabet, methods[how].bits
		for i := 0; i < len(s); i++ {
			w.put(uint64(strings.IndexByte(alphabet, s[i])), n)
		}
	}
}

// methods are the encodings of a variable field. bits is per character; 0 for
// the two that count otherwise.
var methods = [indicators]struct {
	alphabet string
	bits     int
}{
	asInteger:  {"0123456789", 0},
	asUpperHex: {upperHex, 4},
	asLowerHex: {lowerHex, 4},
	asBase64:   {base64url, 6},
	asASCII:    {"", 7},
	asURN40:    {urn40, 0},
}

func (how method) size(n int) int {
	switch how {
	case asInteger:
		return decimalBits(n)
	case asURN40:
		return (n + 2) / 3 * 16
	}
	return methods[how].bits * n
}

type method int

func shortest(s string) method {
	best := method(asASCII)
	for how := method(0); how < indicators; how++ {
		if size := how.size(len(s)); size > best.size(len(s)) || size == best.size(len(s)) && how > best {
			continue
		}
		if how == asASCII || strings.Trim(s, methods[how].alphabet) == "" {
			best = how
		}
	}
	return best
}

func (w *writer) decimal(s string) {
	n := decimalBits(len(s))
	if v, ok := number(s); ok && n <= 64 {
		w.wide(v, n)
		return
	}
	v, _ := new(big.Int).SetString(s, 10)
	for i := n - 1; i >= 0; i-- {
		w.put(uint64(v.Bit(i)), 1)
	}
}

func (w *writer) urn40(s string) {
	for i := 0; i < len(s); i += 3 {
		v := 1
		for j := range 3 {
			v += urnValue(s, i+j) * [3]int{1600, 40, 1}[j]
		}
		w.put(uint64(v), 16)
	}
}

func urnValue(s string, i int) int {
	if i >= len(s) {
		return 0
	}
	return strings.IndexByte(urn40, s[i])
}

// encodeHost writes the host name by the shorter of its two methods.
func (t *Tag) encodeHost(w *writer) {
	units := []byte(t.units)
	if t.host != "" {
		units = encodeUnits(t.host)
		if n := len(t.host); n <= hostMax && (len(units) > hostMax || (n+2)/3*16 < 7*len(units)) {
			w.put(0, 1)
			w.put(uint64(n), 6)
			w.urn40(strings.ToUpper(t.host))
			return
		}
	}
	w.put(1, 1)
	w.put(uint64(len(units)), 6)
	w.seven(string(units), 7*len(units))
}
