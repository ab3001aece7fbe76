package epc

import "strings"

// hostMax is what the 6-bit length of a host name can count.
const hostMax = 63

// hostWords are the 7-bit units that stand for more than one character
// (TDS 2.3 Table 14-11).
var hostWords = [128]string{
	30: "qr.", 31: "www.", 32: "id.",
	91: ".com", 92: ".org", 93: ".net", 94: ".int", 96: ".edu",
	123: ".gov", 124: ".mil", 125: ".biz", 126: ".eco", 127: ".med",
}

// decodeHost reads the host name at the end of a "++" scheme (TDS 2.3
// §14.5.16).
func (t *Tag) decodeHost(r *reader) error {
	ascii, n := r.take(1) == 1, int(r.take(6))
	if r.short {
		return nil
	}
	if n == 0 {
		return r.fail(CodeMalformed, "host")
	}
	if ascii {
		return t.decodeUnits(r, n)
	}
	s, err := r.urn40("host", n)
	if err != nil || r.short {
		return err
	}
	return t.setHost(r, strings.ToLower(s))
}

func (t *Tag) decodeUnits(r *reader, n int) error {
	var units [hostMax]byte
	for i := range n {
		units[i] = byte(r.take(7))
	}
	if r.short {
		return nil
	}
	host, known, ok := readUnits(units[:n])
	if !ok {
		return r.fail(CodeMalformed, "host")
	}
	if !known {
		t.units = string(units[:n])
		return nil
	}
	return t.setHost(r, host)
}

// readUnits spells out a host name. known is false if it uses a top-level
// domain from the tables of 14-bit values; ok is false if it uses reserved
// values.
func readUnits(units []byte) (host string, known, ok bool) {
	b := make([]byte, 0, 2*hostMax)
	for i := 0; i < len(units); i++ {
		c := units[i]
		switch word := hostWords[c&127]; {
		case word != "":
			b = append(b, word...)
		case c < 4:
			i++
			return "", false, i < len(units)
		case class[c]&inCSET82 != 0 || c == '#':
			if c >= 'A' && c <= 'Z' {
				c += 'a' - 'A'
			}
			b = append(b, c)
		default:
			return "", false, false
		}
	}
	return string(b), true, true
}

func (t *Tag) setHost(r *reader, host string) error {
	if !validHost(host) {
		return r.fail(CodeMalformed, "host")
	}
	t.host = host
	return nil
}

// validHost accepts dot-separated labels of a-z, 0-9 and inner hyphens: what a
// host name may hold (RFC 1123 §2.1), so that no character of it can end the
// authority part of a URI.
func validHost(s string) bool {
	if s == "" || len(s) > 253 {
		return false
	}
	for label := range strings.SplitSeq(s, ".") {
		if label == "" || len(label) > 63 || label[0] == '-' || label[len(label)-1] == '-' {
			return false
		}
		for i := 0; i < len(label); i++ {
			if c := label[i]; c != '-' && (c < '0' || c > '9') && (c < 'a' || c > 'z') {
				return false
			}
		}
	}
	return true
}

// encodeUnits is the shortest run of 7-bit units for a valid host name, found
// from its end: fewest[i] counts the units of host[i:].
func encodeUnits(host string) []byte {
	var fewest [254]uint8
	var unit [254]byte
	for i := len(host) - 1; i >= 0; i-- {
		fewest[i], unit[i] = fewest[i+1]+1, host[i]
		for u, word := range hostWords {
			if word != "" && strings.HasPrefix(host[i:], word) && fewest[i+len(word)]+1 < fewest[i] {
				fewest[i], unit[i] = fewest[i+len(word)]+1, byte(u)
			}
		}
	}
	b := make([]byte, 0, fewest[0])
	for i := 0; i < len(host); i += max(1, len(hostWords[unit[i]])) {
		b = append(b, unit[i])
	}
	return b
}
