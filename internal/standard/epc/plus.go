package epc

import (
	"math/big"
	"math/bits"
)

// decodePlus reads a "+" or "++" scheme: AIDC toggle, filter, date of a DSGTIN,
// key, serial, host name (TDS 2.3 §14.6).
func (t *Tag) decodePlus(r *reader) error {
	t.aidc = r.take(1) == 1
	t.filter = uint8(r.take(3))
	if t.l.dated {
		if err := t.decodeDate(r); err != nil {
			return err
		}
	}
	if err := t.decodeKey(r); err != nil {
		return err
	}
	if err := t.decodePlusSerial(r); err != nil {
		return err
	}
	if t.l.plus == 2 {
		if err := t.decodeHost(r); err != nil {
			return err
		}
		// A reference may stand on a full tag in some bits less than the rules
		// for writing it give, so that it could not be written again.
		if t.l.keyDigits == 0 && r.pos > maxBytes*8-32 && !r.short && t.Bits() > maxBytes*8 {
			return fail(CodeRange, "reference", 3)
		}
	}
	if t.aidc && !r.short {
		t.keepExtra(r)
	}
	return nil
}

func (t *Tag) decodePlusSerial(r *reader) (err error) {
	switch t.l.serial {
	case variable:
		t.text, err = r.variable("serial", int(t.l.serialMax), inCSET82)
	case numeric:
		var n int
		if n = int(r.take(4)); n == 0 && !r.short {
			return r.fail(CodeMalformed, "serial")
		}
		if n > int(t.l.serialMax) {
			return r.fail(CodeRange, "serial")
		}
		t.text, err = r.decimal("serial", n)
	}
	return err
}

// dateAIs lists the application identifiers of the date types 0 to 6
// (TDS 2.3 §14.5.9 "prioritised date").
var dateAIs = [...]string{"11", "13", "15", "16", "17", "7006", "7007"}

func (t *Tag) decodeDate(r *reader) error {
	t.dateKind = uint8(r.take(4))
	if int(t.dateKind) >= len(dateAIs) {
		return r.fail(CodeUnsupported, "date type")
	}
	y, m, d := r.take(7), r.take(4), r.take(5)
	if !r.short && !validDate(y, m, d) {
		return r.fail(CodeRange, "date")
	}
	t.date = uint32(y*10000 + m*100 + d)
	return nil
}

// validDate checks YY, MM and DD. Day 0 means no day is given. Every fourth
// year is a leap year: of the years that YY can mean, 2000 is one.
func validDate(y, m, d uint64) bool {
	if y > 99 || m < 1 || m > 12 {
		return false
	}
	last := [...]uint64{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31}[m-1]
	if m == 2 && y%4 == 0 {
		last = 29
	}
	return d <= last
}

// decodeKey reads the digits of the key, half a byte each, and checks its
// check digit.
func (t *Tag) decodeKey(r *reader) (err error) {
	switch {
	case t.l.keyDigits != 0:
		for range t.l.keyDigits {
			d := r.take(4)
			if d > 9 {
				return r.fail(CodeMalformed, "key")
			}
			t.ref = t.ref*10 + d
		}
		return t.checkKey(r)
	case t.l.kind == cpi:
		t.part, err = r.terminated("reference", inCSET39)
	default:
		t.part, err = r.terminated("reference", inCSET82)
	}
	return err
}

func (t *Tag) checkKey(r *reader) error {
	key := t.ref
	if t.l.kind == itip {
		key /= 10000
	}
	if t.l.kind == grai && key >= pow10[13] {
		return r.fail(CodeMalformed, "key") // the first digit of a GRAI's 14 is 0
	}
	if checkDigit(key/10) != key%10 {
		return r.fail(CodeCheckDigit, "key")
	}
	return nil
}

// referenceMax is the longest GIAI and CPI (AIs 8004 and 8010).
const referenceMax = 30

// terminated reads digits of half a byte, ended by Fh, or by Eh with the rest
// as a variable field behind (TDS 2.3 §14.5.14).
func (r *reader) terminated(name string, set byte) (string, error) {
	var b [referenceMax]byte
	for i := 0; ; i++ {
		d := r.take(4)
		switch {
		case r.short:
			return "", nil
		case d == 15 && i == 0:
			return "", r.fail(CodeMalformed, name)
		case d == 15:
			return string(b[:i]), nil
		case d == 14:
			rest, err := r.variable(name, referenceMax-i, set)
			return string(b[:i]) + rest, err
		case d > 9:
			return "", r.fail(CodeMalformed, name)
		case i == referenceMax:
			return "", r.fail(CodeRange, name)
		}
		b[i] = '0' + byte(d)
	}
}

// Encoding indicators of a variable field (TDS 2.3 Table 14-4).
const (
	asInteger = iota
	asUpperHex
	asLowerHex
	asBase64
	asASCII
	asURN40
	indicators
)

const (
	lowerHex  = "0123456789abcdef"
	base64url = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	urn40     = "\x00ABCDEFGHIJKLMNOPQRSTUVWXYZ-.:0123456789"
)

// variable reads an encoding indicator of 3 bits, a length of 5 bits and 1 to
// most characters of the set (TDS 2.3 §14.5.6).
func (r *reader) variable(name string, most int, set byte) (string, error) {
	how, n := int(r.take(3)), int(r.take(5))
	switch {
	case r.short:
		return "", nil
	case how >= indicators:
		return "", r.fail(CodeUnsupported, name)
	case n == 0:
		return "", r.fail(CodeMalformed, name)
	case n > most:
		return "", r.fail(CodeRange, name)
	}
	var s string
	var err error
	switch how {
	case asInteger:
		s, err = r.decimal(name, n)
	case asURN40:
		s, err = r.urn40(name, n)
	default:
		s = r.characters(how, n)
	}
	if err == nil && !r.short && !all(s, set) {
		err = r.fail(CodeMalformed, name)
	}
	return s, err
}

// characters reads n characters of 4, 6 or 7 bits.
func (r *reader) characters(how, n int) string {
	var b [maxText]byte
	for i := range n {
		switch how {
		case asUpperHex:
			b[i] = upperHex[r.take(4)]
		case asLowerHex:
			b[i] = lowerHex[r.take(4)]
		case asBase64:
			b[i] = base64url[r.take(6)]
		case asASCII:
			b[i] = byte(r.take(7))
		}
	}
	return string(b[:n])
}

// urn40 reads n characters, three in 16 bits; unused places of the last three
// hold the pad value 0 (TDS 2.3 §14.5.6.5).
func (r *reader) urn40(name string, n int) (string, error) {
	b := make([]byte, 0, 64)
	for len(b) < n {
		v := r.take(16)
		if r.short {
			return "", nil
		}
		v-- // 0 wraps round and is refused as well
		if v >= 40*40*40 {
			return "", r.fail(CodeMalformed, name)
		}
		for _, c := range [3]uint64{v / 1600, v / 40 % 40, v % 40} {
			if (c == 0) != (len(b) >= n) {
				return "", r.fail(CodeMalformed, name)
			}
			if c != 0 {
				b = append(b, urn40[c])
			}
		}
	}
	return string(b), nil
}

// decimalBits is the number of bits that hold n decimal digits.
func decimalBits(n int) int {
	if n < len(pow10) {
		return bits.Len64(pow10[n] - 1)
	}
	return bigPow10(n).BitLen()
}

func bigPow10(n int) *big.Int {
	return new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(n)), nil)
}

// decimal reads an integer of n digits in as few bits as hold them.
func (r *reader) decimal(name string, n int) (string, error) {
	if n >= len(pow10) {
		return r.longDecimal(name, n)
	}
	v := r.wide(decimalBits(n))
	if v >= pow10[n] {
		return "", r.fail(CodeRange, name)
	}
	var b [20]byte
	return string(appendDigits(b[:0], v, n)), nil
}

// longDecimal reads 20 to 30 digits, which do not fit 64 bits.
func (r *reader) longDecimal(name string, n int) (string, error) {
	size := decimalBits(n)
	v := new(big.Int).SetUint64(r.take(size - 56))
	v.Lsh(v, 56).Or(v, new(big.Int).SetUint64(r.take(56)))
	if v.Cmp(bigPow10(n)) >= 0 {
		return "", r.fail(CodeRange, name)
	}
	return padded(v.String(), n), nil
}

func padded(digits string, n int) string {
	b := make([]byte, 0, maxText)
	for range n - len(digits) {
		b = append(b, '0')
	}
	return string(append(b, digits...))
}

// keepExtra keeps the bits behind the EPC, so that the tag can be written
// again unchanged.
func (t *Tag) keepExtra(r *reader) {
	n := r.end - r.pos
	t.extraN = uint16(n)
	var w writer
	for ; n > 32; n -= 32 {
		w.put(r.take(32), 32)
	}
	w.put(r.take(n), n)
	w.put(0, -w.bits()&7)
	t.extra = string(w.b[:w.n])
}
