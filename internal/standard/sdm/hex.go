package sdm

// nibble is the value of an ASCII hex digit, or above 15. Only bytes are
// looked at: digits of other scripts are not digits here.
func nibble(c byte, lower bool) byte {
	switch {
	case '0' <= c && c <= '9':
		return c - '0'
	case 'A' <= c && c <= 'F':
		return c - 'A' + 10
	case lower && 'a' <= c && c <= 'f':
		return c - 'a' + 10
	}
	return 0xFF
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
