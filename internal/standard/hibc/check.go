package hibc

import "strings"

// alphabet lists the characters in the order of their values.
const alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-. $/+%"

// values holds the value of each byte, or -1 outside of the alphabet.
var values = buildValues()

func buildValues() *[256]int8 {
	v := new([256]int8)
	for c := range v {
		v[c] = int8(strings.IndexByte(alphabet, byte(c)))
	}
	return v
}

// CheckCharacter returns the character that belongs behind s, which includes the
// leading plus sign: the sum of all values modulo 43. It reports false for
// characters outside the alphabet.
func CheckCharacter(s string) (byte, bool) {
	sum := 0
	for i := range len(s) {
		v := values[s[i]]
		if v < 0 {
			return 0, false
		}
		sum += int(v)
	}
	return alphabet[sum%43], true
}

func isDigit(c byte) bool { return c-'0' <= 9 }

func isLetter(c byte) bool { return c-'A' <= 'Z'-'A' }

// firstOther returns the position of the first byte that is neither letter nor
// digit, or -1.
func firstOther(s string) int {
	for i := range len(s) {
		if !isDigit(s[i]) && !isLetter(s[i]) {
			return i
		}
	}
	return -1
}

// number reads decimal digits and reports whether s is nothing else.
func number(s string) (int, bool) {
	n := 0
	for i := range len(s) {
		if !isDigit(s[i]) {
			return 0, false
		}
		n = n*10 + int(s[i]-'0')
	}
	return n, s != ""
}
