package sdm

// digits holds the value of each ASCII hex digit, and more than 15 for every
// other byte: digits of other scripts are not digits here. Lower-case digits
// carry a mark, since only some profiles admit them.
var digits = func() (t [256]byte) {
	for i := range t {
		t[i] = 0xFF
	}
	for i := range byte(10) {
		t['0'+i] = i
	}
	for i := range byte(6) {
		t['A'+i] = 10 + i
		t['a'+i] = lowerMark | (10 + i)
	}
	return t
}()

const lowerMark = 0x40

// nibble is the value of a hex digit, or above 15.
func nibble(c byte, lower bool) byte {
	d := digits[c]
	if lower && d&0xF0 == lowerMark {
		d &= 0x0F
	}
	return d
}

// unhex decodes s into dst, which must be of half its length.
func unhex(dst []byte, s string, lower bool) bool {
	if len(s) != 2*len(dst) {
		return false
	}
	for i := range dst {
		hi, lo := nibble(s[2*i], lower), nibble(s[2*i+1], lower)
		if hi|lo > 15 {
			return false
		}
		dst[i] = hi<<4 | lo
	}
	return true
}

// isHex reports whether all of s are hex digits.
func isHex(s string, lower bool) bool {
	for i := range len(s) {
		if nibble(s[i], lower) > 15 {
			return false
		}
	}
	return true
}
