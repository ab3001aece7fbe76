package gs1

import "strings"

// CanonicalStem is the stem of canonical Digital Links.
const CanonicalStem = "https://id.gs1.org"

// DigitalLink returns the canonical Digital Link URI of the message: the first
// key with its qualifiers in the path; then, in the query, the other elements of
// predefined length and the rest, each in message order. It fails if the message has
// no key ([CodeMissing]) or an element that a link cannot carry
// ([CodeConflict]).
func (m Message) DigitalLink() (string, error) { return m.DigitalLinkAt(CanonicalStem) }

// DigitalLinkAt is [Message.DigitalLink] with another stem: scheme, host and any
// path prefix.
func (m Message) DigitalLinkAt(stem string) (string, error) {
	n := schemeLength(stem)
	if n == 0 || len(stem) == n || firstOutside(stem, uriChar) >= 0 || strings.ContainsAny(stem, "?#") {
		return "", refuse(CodeMalformed, "stem", 0, "stem is no http or https link")
	}
	path := m.pathElements()
	if path == nil {
		return "", refuse(CodeMissing, "", 0, "no Digital Link key")
	}
	b := make([]byte, 0, len(stem)+m.size()+8*len(m.Elements))
	b = append(b, strings.TrimSuffix(stem, "/")...)
	for _, e := range path {
		b = append(b, '/')
		b = append(b, e.AI...)
		b = append(b, '/')
		b = appendEscaped(b, e.Value)
	}
	return m.appendQuery(b, path)
}

// pathElements returns the key and its qualifiers in path order, or nil.
func (m Message) pathElements() []Element {
	if m.path > 0 {
		return m.Elements[:m.path]
	}
	for _, e := range m.Elements {
		r := exactRow(e.AI)
		if r == nil || !r.key {
			continue
		}
		best := []Element{e}
		for _, sequence := range r.qualifiers {
			if path := m.pick(e, sequence); len(path) > len(best) {
				best = path
			}
		}
		return best
	}
	return nil
}

// pick returns the key and those qualifiers of a sequence that the message has.
func (m Message) pick(key Element, sequence []string) []Element {
	path := []Element{key}
	for _, ai := range sequence {
		if v, ok := m.Value(ai); ok {
			path = append(path, Element{AI: ai, Value: v})
		}
	}
	return path
}

// appendQuery writes the elements that are not in the path: those of predefined
// length first.
func (m Message) appendQuery(b []byte, path []Element) (string, error) {
	separator := byte('?')
	for _, predefined := range []bool{true, false} {
		for i, e := range m.Elements {
			r := exactRow(e.AI)
			if r.predefined != predefined || hasAI(path, e.AI) || hasAI(m.Elements[:i], e.AI) {
				continue
			}
			if !r.attribute {
				return "", refuse(CodeConflict, e.AI, 0, "AI is not allowed in a link")
			}
			b = append(b, separator)
			b = append(b, e.AI...)
			b = append(b, '=')
			b = appendEscaped(b, e.Value)
			separator = '&'
		}
	}
	return string(b), nil
}

func hasAI(elements []Element, ai string) bool {
	for _, e := range elements {
		if e.AI == ai {
			return true
		}
	}
	return false
}

// appendEscaped writes everything but unreserved characters as percent
// sequences (RFC 3986, section 2.1).
func appendEscaped(b []byte, s string) []byte {
	const hex = "0123456789ABCDEF"
	for i := range len(s) {
		c := s[i]
		if charsets[c]&unreserved != 0 {
			b = append(b, c)
			continue
		}
		b = append(b, '%', hex[c>>4], hex[c&15])
	}
	return b
}
