package wording

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"
)

// Speaker says sentences in one language. It is safe for concurrent use.
type Speaker struct {
	tag     Tag
	rules   language.Tag
	exact   map[string]string
	index   index
	figures figures
}

// message is a sentence with places, in English and in the speaker's language.
type message struct {
	key   pattern
	forms []pattern // one, or one for a single thing and one for several
}

// newSpeaker reads the table. It is part of the program, and a test reads all
// of it: a table that cannot be read leaves the speaker silent.
func newSpeaker(tag Tag) *Speaker {
	s := &Speaker{
		tag: tag, rules: rulesOf(tag), exact: map[string]string{}, figures: figuresOf(tag),
		index: index{byFirst: map[string][]*message{}, bySecond: map[string][]*message{}, byLast: map[string][]*message{}},
	}
	all, err := Entries()
	if err != nil {
		return s
	}
	for _, e := range all {
		s.learn(e)
	}
	return s
}

// rulesOf returns whose rules of one and several a language follows; the ones
// made by code count as English does.
func rulesOf(tag Tag) language.Tag {
	if tag == Accented || tag == Mirrored {
		return language.English
	}
	return language.Make(string(tag))
}

func (s *Speaker) learn(e Entry) {
	key, err := parsePattern(e.Key)
	said := e.In(s.tag)
	if err != nil || said == "" {
		return
	}
	if len(key.places) == 0 {
		s.exact[e.Key] = s.dressed(said)
		return
	}
	m := &message{key: key}
	for form := range strings.SplitSeq(said, "|") {
		p, err := parsePattern(form)
		if err != nil {
			return
		}
		for i := range p.fixed {
			p.fixed[i] = s.dressed(p.fixed[i])
		}
		m.forms = append(m.forms, p)
	}
	s.index.add(m)
}

// Tag is the speaker's language.
func (s *Speaker) Tag() Tag { return s.tag }

// Say says a text without markup. ok is false when the table does not know it;
// then only its figures were rewritten.
func (s *Speaker) Say(text string) (said string, ok bool) {
	if said, ok = s.sentence(text, 0); ok {
		return said, true
	}
	return s.figures.rewrite(text), false
}

// depth bounds how far sentences stand within sentences.
const depth = 4

// sentence looks a text up: as it is, as a pattern, and as what it is put
// together from. Figures are rewritten in what came from places alone; the
// table's own text has them as it wants them.
func (s *Speaker) sentence(text string, level int) (string, bool) {
	if level > depth {
		return "", false
	}
	if said, ok := s.whole(text, level); ok {
		return said, true
	}
	if said, ok := s.varied(text, level); ok {
		return said, true
	}
	for _, joint := range []string{" · ", ". ", ": ", ", ", "; "} {
		if said, ok := s.joined(text, joint, level); ok {
			return said, true
		}
	}
	return "", false
}

// varied says a text that the table has without its full stop, or with a small
// first letter: the product makes sentences of its words that way.
func (s *Speaker) varied(text string, level int) (string, bool) {
	if bare, stopped := strings.CutSuffix(text, "."); stopped && bare != "" {
		if said, ok := s.whole(bare, level); ok {
			return said + ".", true
		}
	}
	if len(text) > 1 && text[0] >= 'A' && text[0] <= 'Z' {
		if said, ok := s.whole(strings.ToLower(text[:1])+text[1:], level); ok {
			return capital(said), true
		}
	}
	return "", false
}

// whole looks a text up as it is and as a pattern.
func (s *Speaker) whole(text string, level int) (string, bool) {
	if said, ok := s.exact[text]; ok {
		return said, true
	}
	if m, found := s.index.find(text); m != nil {
		return s.filled(m, found, level), true
	}
	return "", false
}

func capital(text string) string {
	first, size := utf8.DecodeRuneInString(text)
	return string(unicode.ToUpper(first)) + text[size:]
}

func (s *Speaker) filled(m *message, found []string, level int) string {
	values := make(map[byte]string, len(found))
	form := m.forms[0]
	for i, place := range m.key.places {
		value := found[i]
		switch {
		case place >= 't' && place <= 'v':
			value = s.word(value, level+1)
		case isCount(place):
			if len(m.forms) > 1 && place == 'n' {
				form = m.forms[s.formFor(value)]
			}
			value = s.figures.rewrite(value)
		case place >= 'x':
			value = s.figures.rewrite(value)
		}
		values[place] = value
	}
	return form.fill(values)
}

// formFor chooses between the form for one thing and the one for several.
func (s *Speaker) formFor(number string) int {
	n := 0
	for _, d := range []byte(number) {
		if d >= '0' && d <= '9' {
			n = (n*10 + int(d-'0')) % 10_000_000
		}
	}
	if plural.Cardinal.MatchPlural(s.rules, n, 0, 0, 0, 0) == plural.One {
		return 0
	}
	return 1
}

// word says what stands at a place for words: most begin a sentence in the
// table, and here they do not.
func (s *Speaker) word(text string, level int) string {
	if said, ok := s.sentence(text, level); ok {
		return said
	}
	return s.figures.rewrite(text)
}

// joined says a text that was put together with a joint, if at least the part
// before a colon, or every part of a list, or any part of several sentences is
// known.
func (s *Speaker) joined(text, joint string, level int) (string, bool) {
	if !strings.Contains(text, joint) {
		return "", false
	}
	if joint == ": " {
		label, rest, _ := strings.Cut(text, joint)
		said, ok := s.sentence(label, level+1)
		return said + s.colon() + s.word(rest, level+1), ok
	}
	parts := strings.Split(text, joint)
	known := 0
	for i, part := range parts {
		stop := ""
		if joint == ". " && i < len(parts)-1 {
			stop = "."
		}
		said, ok := s.sentence(part+stop, level+1)
		if ok {
			known++
			parts[i] = strings.TrimSuffix(said, stop)
		} else {
			parts[i] = s.figures.rewrite(part)
		}
	}
	if known == 0 || known < len(parts) && (joint == ", " || joint == "; ") {
		return "", false
	}
	return strings.Join(parts, joint), true
}

// colon is what stands between a label and its text: French sets a space
// before it.
func (s *Speaker) colon() string {
	if s.tag == French {
		return "\u00a0: "
	}
	return ": "
}
