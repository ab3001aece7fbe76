package epc

const notHex = 0xFF

var hexValue = func() (t [256]byte) {
	for i := range t {
		t[i] = notHex
	}
	for i := byte(0); i < 10; i++ {
		t['0'+i] = i
	}
	for i := byte(0); i < 6; i++ {
		t['A'+i], t['a'+i] = 10+i, 10+i
	}
	return t
}()

// unhex writes the digits of s into b. It returns the place of the first
// character that is no hexadecimal digit, or -1. An odd digit fills the high
// half of the last byte.
func unhex(b *bank, s string) int {
	n := len(s) &^ 1
	var bad byte // notHex once any digit was none
	for i := 0; i < n && i < 2*len(b); i += 2 {
		high, low := hexValue[s[i]], hexValue[s[i+1]]
		bad |= high | low
		b[i>>1] = high<<4 | low
	}
	if n < len(s) {
		high := hexValue[s[n]]
		bad |= high
		b[n>>1] = high << 4
	}
	if bad > 15 {
		return firstNotHex(s)
	}
	return -1
}

func firstNotHex(s string) int {
	for i := 0; i < len(s); i++ {
		if hexValue[s[i]] == notHex {
			return i
		}
	}
	return -1
}

const upperHex = "0123456789ABCDEF"

func appendHex(dst, b []byte) []byte {
	for _, c := range b {
		dst = append(dst, upperHex[c>>4], upperHex[c&15])
	}
	return dst
}
