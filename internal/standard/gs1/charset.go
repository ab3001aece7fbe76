package gs1

// charset is an alphabet of the GS1 General Specifications, section 7.11.
type charset uint8

const (
	numeric charset = 1 << iota
	cset82
	cset39
	cset64
	unreserved // RFC 3986, section 2.3
	uriChar    // RFC 3986, section 2: reserved, unreserved and %
	hostChar   // what the host and port of a link may hold
	cset32     // check characters
)

const (
	digits = "0123456789"
	upper  = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	lower  = "abcdefghijklmnopqrstuvwxyz"

	// In the order of the values used by the alphanumeric check characters.
	alphabet82 = "!\"%&'()*+,-./" + digits + ":;<=>?" + upper + "_" + lower
	alphabet32 = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
)

// charsets holds the alphabets of every byte.
var charsets = buildCharsets()

func buildCharsets() *[256]charset {
	t := new([256]charset)
	for set, members := range map[charset]string{
		numeric:    digits,
		cset82:     alphabet82,
		cset39:     "#-/" + digits + upper,
		cset64:     "-_" + digits + upper + lower,
		unreserved: "-._~" + digits + upper + lower,
		uriChar:    "-._~:/?#[]@!$&'()*+,;=%" + digits + upper + lower,
		hostChar:   "-.:[]" + digits + upper + lower,
		cset32:     alphabet32,
	} {
		for i := range len(members) {
			t[members[i]] |= set
		}
	}
	return t
}

func isDigit(c byte) bool { return c-'0' <= 9 }

// firstOutside returns the position of the first byte of s outside the set, or -1.
func firstOutside(s string, set charset) int {
	for i := range len(s) {
		if charsets[s[i]]&set == 0 {
			return i
		}
	}
	return -1
}

func allDigits(s string) bool { return s != "" && firstOutside(s, numeric) < 0 }
