package gs1

import (
	"slices"
	"strings"
)

// link walks over the parts of a Digital Link URI.
type link struct {
	reader
	uri string
}

// ParseDigitalLink reads an uncompressed GS1 Digital Link URI (GS1 Digital Link
// Standard: URI Syntax, section 4) of any host and path stem. It never fetches
// the link and never trusts the host. Query keys that are not numeric and the
// fragment are ignored. Text of another scheme, such as javascript:, is
// [CodeUnsupported].
func ParseDigitalLink(uri string) (Message, error) {
	if len(uri) > MaxScan {
		return Message{}, refuse(CodeOversize, "link", MaxScan, "link is too long")
	}
	host := schemeLength(uri)
	if host == 0 {
		return Message{}, refuse(CodeUnsupported, "scheme", 0, "not an http or https link")
	}
	if i := firstOutside(uri, uriChar); i >= 0 {
		return Message{}, refuse(CodeMalformed, "link", i, "character not allowed in a link")
	}
	slash := strings.IndexByte(uri[host:], '/')
	if slash < 1 {
		return Message{}, refuse(CodeMissing, "host", host, "no host and path")
	}
	path := host + slash
	if i := firstOutside(uri[host:path], hostChar); i >= 0 {
		return Message{}, refuse(CodeMalformed, "host", host+i, "character not allowed in a host")
	}
	return parseLinkParts(uri, path)
}

// schemeLength returns the length of the scheme with its slashes, or 0.
func schemeLength(uri string) int {
	for _, scheme := range []string{"https://", "HTTPS://", "http://", "HTTP://"} {
		if strings.HasPrefix(uri, scheme) {
			return len(scheme)
		}
	}
	return 0
}

func parseLinkParts(uri string, path int) (Message, error) {
	l := link{uri: uri}
	end := len(uri)
	if i := strings.IndexByte(uri, '#'); i >= 0 {
		end = i
	}
	query := end
	if i := strings.IndexByte(uri[:end], '?'); i >= 0 {
		query = i
	}
	if end-query > MaxQuery {
		return Message{}, refuse(CodeOversize, "query", query, "query is too long")
	}
	key := findKey(uri[:query], path)
	if key < 0 {
		return Message{}, refuse(CodeMissing, "path", path, "no Digital Link key in the path")
	}
	if err := l.readPath(key, query); err != nil {
		return Message{}, err
	}
	if err := l.readQuery(min(query+1, end), end); err != nil {
		return Message{}, err
	}
	if err := l.checkAttributes(); err != nil {
		return Message{}, err
	}
	return l.finish(len(uri))
}

// findKey walks back from the end of the path over pairs /AI/value until an AI
// is a primary key, and returns the position of its slash, or -1.
func findKey(uri string, path int) int {
	end := len(uri)
	for {
		value := strings.LastIndexByte(uri[path:end], '/')
		if value < 1 {
			return -1
		}
		ai := strings.LastIndexByte(uri[path:path+value], '/') // the path begins with one
		r := exactRow(uri[path+ai+1 : path+value])
		if r == nil {
			return -1
		}
		if r.key {
			return path + ai
		}
		end = path + ai
	}
}

func (l *link) readPath(pos, end int) error {
	for pos < end {
		ai, start, stop := pathPair(l.uri[:end], pos)
		if start == stop {
			return refuse(CodeMissing, ai, start, "no value in the path")
		}
		if err := l.value(ai, pos+1, start, stop, false); err != nil {
			return err
		}
		pos = stop
	}
	l.m.path = len(l.m.Elements)
	if !validPath(l.m.Elements) {
		return refuse(CodeConflict, l.m.Elements[0].AI, int(l.places[0].offset), "not a valid sequence of key and qualifiers")
	}
	return nil
}

// pathPair returns the AI whose slash is at pos and the bounds of its value.
func pathPair(uri string, pos int) (ai string, start, stop int) {
	width := strings.IndexByte(uri[pos+1:], '/')
	ai = uri[pos+1 : pos+1+width]
	start = pos + 2 + width
	stop = len(uri)
	if i := strings.IndexByte(uri[start:], '/'); i >= 0 {
		stop = start + i
	}
	return ai, start, stop
}

func (l *link) readQuery(pos, end int) error {
	for pos < end {
		stop := end
		if i := strings.IndexByte(l.uri[pos:end], '&'); i >= 0 {
			stop = pos + i
		}
		if err := l.readParameter(pos, stop); err != nil {
			return err
		}
		pos = stop + 1
	}
	return nil
}

func (l *link) readParameter(pos, stop int) error {
	name, _, found := strings.Cut(l.uri[pos:stop], "=")
	if !found || !allDigits(name) {
		return nil
	}
	start := pos + len(name) + 1
	if exactRow(name) == nil {
		return refuse(CodeUnsupported, "query", pos, "unknown AI")
	}
	if start == stop {
		return refuse(CodeMissing, name, start, "no value in the query")
	}
	return l.value(name, pos, start, stop, true)
}

// value decodes and checks a value and adds the element.
func (l *link) value(ai string, at, start, stop int, query bool) error {
	if err := l.full(at); err != nil {
		return err
	}
	value, bad := unescape(l.uri[start:stop], query)
	if bad >= 0 {
		return refuse(CodeMalformed, ai, start+bad, "null character")
	}
	row := exactRow(ai)
	if f := checkValue(row, value); f != nil {
		return refuse(f.code, ai, start+rawOffset(l.uri[start:stop], f.offset), f.detail)
	}
	l.add(Element{AI: ai, Value: value}, row, at)
	return nil
}

// checkAttributes applies the rules for AIs in the query: no repetition, only
// those allowed there, none that belongs into the path.
func (l *link) checkAttributes() error {
	for i := l.m.path; i < len(l.m.Elements); i++ {
		ai, at := l.m.Elements[i].AI, int(l.places[i].offset)
		for _, earlier := range l.m.Elements[:i] {
			if earlier.AI == ai {
				return refuse(CodeConflict, ai, at, "AI is repeated")
			}
		}
		if !exactRow(ai).attribute {
			return refuse(CodeConflict, ai, at, "AI is not allowed in the query")
		}
		if belongsIntoPath(l.m.Elements[:l.m.path], ai) {
			return refuse(CodeConflict, ai, at, "AI belongs into the path")
		}
	}
	return nil
}

// validPath reports whether elements are a key followed by some of its
// qualifiers in the order of one alternative.
func validPath(path []Element) bool {
	for _, sequence := range exactRow(path[0].AI).qualifiers {
		rest := path[1:]
		for _, ai := range sequence {
			if len(rest) > 0 && rest[0].AI == ai {
				rest = rest[1:]
			}
		}
		if len(rest) == 0 {
			return true
		}
	}
	return len(path) == 1
}

// belongsIntoPath reports whether ai is a qualifier that the path lacks: one of
// an alternative to which all its qualifiers belong.
func belongsIntoPath(path []Element, ai string) bool {
next:
	for _, sequence := range exactRow(path[0].AI).qualifiers {
		for _, e := range path[1:] {
			if !slices.Contains(sequence, e.AI) {
				continue next
			}
		}
		if slices.Contains(sequence, ai) {
			return true
		}
	}
	return false
}

// unescape decodes percent sequences. A percent sign without two hexadecimal
// digits stays as it is. In the query, + is a space. It returns the position of
// a null character, or -1.
func unescape(s string, query bool) (string, int) {
	if !strings.ContainsAny(s, "%+") {
		return s, -1
	}
	out := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		switch c, ok := escaped(s, i); {
		case ok && c == 0:
			return "", i
		case ok:
			out = append(out, c)
			i += 2
		case query && s[i] == '+':
			out = append(out, ' ')
		default:
			out = append(out, s[i])
		}
	}
	return string(out), -1
}

// escaped decodes the percent sequence at s[i].
func escaped(s string, i int) (byte, bool) {
	if s[i] != '%' || i+2 >= len(s) {
		return 0, false
	}
	high, low := unhex(s[i+1]), unhex(s[i+2])
	if high < 0 || low < 0 {
		return 0, false
	}
	return byte(high<<4 | low), true
}

// rawOffset turns a position in a decoded value into one in the escaped text.
func rawOffset(s string, decoded int) int {
	i := 0
	for ; decoded > 0 && i < len(s); decoded-- {
		if _, ok := escaped(s, i); ok {
			i += 2
		}
		i++
	}
	return i
}
