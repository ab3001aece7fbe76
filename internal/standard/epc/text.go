package epc

// Character classes, one bit each.
const (
	inCSET82 = 1 << iota // GS1 AI encodable character set 82
	inCSET39             // GS1 AI encodable character set 39: 0-9 A-Z # - /
	inCAGE               // CAGE and DoDAAC codes: no I, no O
	inADI                // part and serial numbers of ADI: 0-9 A-Z - /
	escaped              // written as %XX in EPC URIs
	plain                // unreserved in RFC 3986: stands for itself in a Digital Link
)

// mustEscape lists the characters that EPC URIs write as %XX (TDS 2.3 Annex A;
// "#" occurs in CPI and ADI only).
const mustEscape = "\"#%&/<>?"

var class = func() (t [256]byte) {
	set := func(chars string, bit byte) {
		for i := 0; i < len(chars); i++ {
			t[chars[i]] |= bit
		}
	}
	const digits, upper, lower = "0123456789", "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz"
	set(digits+upper+lower+"!\"%&'()*+,-./:;<=>?_", inCSET82)
	set(digits+upper+"#-/", inCSET39)
	set(digits+"ABCDEFGHJKLMNPQRSTUVWXYZ", inCAGE)
	set(digits+upper+"-/", inADI)
	set(mustEscape, escaped)
	set(digits+upper+lower+"-._~", plain)
	return t
}()

// all says whether every character of s is in the class.
func all(s string, bit byte) bool {
	for i := 0; i < len(s); i++ {
		if class[s[i]]&bit == 0 {
			return false
		}
	}
	return true
}

// maxText is the longest string in any field: 32 characters of an ADI part
// number.
const maxText = 32

// seven reads a field of n bits holding 1 to most characters of 7 bits, then
// zeros to its end (TDS 2.3 §14.3.2 "string").
func (r *reader) seven(name string, n, most int) (string, error) {
	stop := r.pos + n
	if stop > r.end {
		r.short = true
		return "", nil
	}
	var b [maxText]byte
	i := 0
	for ; stop-r.pos >= 7; i++ {
		c := byte(r.take(7))
		if c == 0 {
			break
		}
		if class[c]&inCSET82 == 0 {
			return "", r.fail(CodeMalformed, name)
		}
		if i == most {
			return "", r.fail(CodeRange, name)
		}
		b[i] = c
	}
	if i == 0 || !r.blank(stop-r.pos) {
		return "", r.fail(CodeMalformed, name)
	}
	return string(b[:i]), nil
}

// six reads least to most characters of 6 bits, ended by a zero character
// (TDS 2.3 §14.3.8). Letters are stored without the bit for 64.
func (r *reader) six(name string, least, most int) (string, error) {
	var b [maxText]byte
	for i := 0; ; i++ {
		c := byte(r.take(6))
		if r.short {
			return "", nil
		}
		if c == 0 {
			if i < least {
				return "", r.fail(CodeMalformed, name)
			}
			return string(b[:i]), nil
		}
		if c < 32 {
			c += 64
		}
		if class[c]&inCSET39 == 0 {
			return "", r.fail(CodeMalformed, name)
		}
		if i == most {
			return "", r.fail(CodeRange, name)
		}
		b[i] = c
	}
}
