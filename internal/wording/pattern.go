package wording

import (
	"fmt"
	"strings"
)

// A pattern is a sentence with places: "{n} of {m} units in {x}". The letter
// says what may stand there: n, m, k a number; x, y, z data, which is kept as
// it is; t, u, v words, which are said in the reader's language.
type pattern struct {
	key    string
	fixed  []string // one more than places
	places []byte
	weight int // bytes of fixed text: of two patterns that match, the heavier one is meant
}

const places = "nmkxyztuv"

// parsePattern reads a sentence with or without places. It fails on braces
// that are no place, and on two places without text between them.
func parsePattern(text string) (pattern, error) {
	p := pattern{key: text}
	rest := text
	for {
		at := strings.IndexByte(rest, '{')
		if at < 0 {
			break
		}
		if len(rest) < at+3 || rest[at+2] != '}' || !strings.Contains(places, rest[at+1:at+2]) {
			return pattern{}, fmt.Errorf("%q: a brace that opens no place", text)
		}
		if at == 0 && len(p.places) > 0 {
			return pattern{}, fmt.Errorf("%q: two places without text between them", text)
		}
		p.fixed, p.places, p.weight = append(p.fixed, rest[:at]), append(p.places, rest[at+1]), p.weight+at
		rest = rest[at+3:]
	}
	p.fixed = append(p.fixed, rest)
	p.weight += len(rest)
	return p, nil
}

// match finds what stands at the pattern's places; ok is false when the text
// is no such sentence. Each place is as short as it can be.
func (p pattern) match(text string) (found []string, ok bool) {
	first, last := p.fixed[0], p.fixed[len(p.fixed)-1]
	if len(text) < p.weight+len(p.places) || !strings.HasPrefix(text, first) || !strings.HasSuffix(text, last) {
		return nil, false
	}
	body := text[len(first) : len(text)-len(last)]
	found = make([]string, len(p.places))
	for i, kind := range p.places {
		value := body
		if i < len(p.places)-1 {
			at := strings.Index(body, p.fixed[i+1])
			if at < 0 {
				return nil, false
			}
			value, body = body[:at], body[at+len(p.fixed[i+1]):]
		}
		if value == "" || kind <= 'n' && kind >= 'k' && !isNumber(value) {
			return nil, false
		}
		found[i] = value
	}
	return found, true
}

func isNumber(s string) bool {
	if s[0] < '0' || s[0] > '9' {
		return false
	}
	return strings.Trim(s, "0123456789,.") == ""
}

// fill puts values into the places of a sentence by their letters.
func (p pattern) fill(values map[byte]string) string {
	var out strings.Builder
	for i, fixed := range p.fixed {
		out.WriteString(fixed)
		if i < len(p.places) {
			out.WriteString(values[p.places[i]])
		}
	}
	return out.String()
}

// index finds the patterns a text may match by a word that it must hold.
type index struct {
	byFirst  map[string][]*message // the first word stands before any place
	bySecond map[string][]*message // a place, and then this word
	byLast   map[string][]*message // the last word stands behind every place
	others   []*message
}

func (x *index) add(m *message) {
	p := m.key
	first, second, last := word(p.fixed[0]), "", ""
	if p.fixed[0] == "" && strings.HasPrefix(p.fixed[1], " ") {
		second = word(p.fixed[1][1:])
		if len(p.places) == 1 && second == "" {
			second = p.fixed[1][1:]
		}
	}
	if end := p.fixed[len(p.fixed)-1]; strings.Contains(end, " ") {
		last = end[strings.LastIndexByte(end, ' ')+1:]
	}
	switch {
	case first != "":
		x.byFirst[first] = insert(x.byFirst[first], m)
	case second != "" && isCount(p.places[0]):
		x.bySecond[second] = insert(x.bySecond[second], m)
	case last != "":
		x.byLast[last] = insert(x.byLast[last], m)
	default:
		x.others = insert(x.others, m)
	}
}

func isCount(place byte) bool { return place == 'n' || place == 'm' || place == 'k' }

// insert keeps heavier patterns before lighter ones.
func insert(list []*message, m *message) []*message {
	at := 0
	for at < len(list) && list[at].key.weight >= m.key.weight {
		at++
	}
	list = append(list, nil)
	copy(list[at+1:], list[at:])
	list[at] = m
	return list
}

// word is the first word of a text, if it is whole: a space follows it.
func word(text string) string {
	if at := strings.IndexByte(text, ' '); at > 0 {
		return text[:at]
	}
	return ""
}

// find returns the heaviest pattern that matches a text, and what it found.
func (x *index) find(text string) (*message, []string) {
	var best *message
	var found []string
	try := func(list []*message) {
		for _, m := range list {
			if best != nil && best.key.weight >= m.key.weight {
				return
			}
			if values, ok := m.key.match(text); ok {
				best, found = m, values
				return
			}
		}
	}
	first := word(text)
	if first != "" {
		try(x.byFirst[first])
		rest := text[len(first)+1:]
		second := word(rest)
		if second == "" {
			second = rest
		}
		try(x.bySecond[second])
		try(x.byLast[text[strings.LastIndexByte(text, ' ')+1:]])
	}
	try(x.others)
	return best, found
}
