package device

import (
	"strings"

	"trueward/internal/fault"
)

// Address says where a reader is and what it is.
type Address struct {
	Path string // of the port; a name under /dev/serial/by-id survives replugging
	Kind Kind
}

// ParseAddress reads "PATH" or "PATH:KIND", as given on a command line. Paths
// may hold colons themselves (those by-path do): only a last part that is a
// word is taken for a kind. Refusals are fault.Invalid.
func ParseAddress(text string) (Address, error) {
	a := Address{Path: text}
	if i := strings.LastIndexByte(text, ':'); i >= 0 && isWord(text[i+1:]) {
		a.Path, a.Kind = text[:i], Kind(text[i+1:])
	}
	switch {
	case a.Path == "" || strings.ContainsRune(a.Path, 0):
		return Address{}, fault.At("reader", "A reader is given by its port, such as /dev/ttyUSB0 or /dev/ttyUSB0:pn532.")
	case a.Kind != KindFind && !known(a.Kind):
		return Address{}, fault.At("reader", "This kind of reader is not known. Known are "+kindList()+".")
	}
	return a, nil
}

// String is what ParseAddress reads.
func (a Address) String() string {
	if a.Kind == KindFind {
		return a.Path
	}
	return a.Path + ":" + string(a.Kind)
}

func isWord(s string) bool {
	if s == "" || s[0] < 'a' || s[0] > 'z' {
		return false
	}
	for i := range len(s) {
		if c := s[i]; (c < 'a' || c > 'z') && (c < '0' || c > '9') {
			return false
		}
	}
	return true
}

func known(k Kind) bool {
	for _, x := range Kinds() {
		if k == x {
			return true
		}
	}
	return false
}

func kindList() string {
	names := make([]string, 0, len(Kinds()))
	for _, k := range Kinds() {
		names = append(names, string(k))
	}
	return strings.Join(names, ", ")
}
