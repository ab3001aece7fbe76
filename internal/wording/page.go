package wording

import (
	"bytes"
	"html"
	"strings"
)

// Page says a finished page, or a part of one, in the speaker's language. The
// page is our own: well-formed, its attributes in double quotes.
func (s *Speaker) Page(page []byte) []byte {
	t := turning{speaker: s, from: page, to: make([]byte, 0, len(page)+len(page)/6), said: map[string]string{}}
	for len(t.from) > 0 {
		at := bytes.IndexByte(t.from, '<')
		if at < 0 {
			at = len(t.from)
		}
		t.text(string(t.from[:at]))
		t.from = t.from[at:]
		if len(t.from) > 0 {
			t.tag()
		}
	}
	return t.to
}

// turning is a page on its way.
type turning struct {
	speaker  *Speaker
	from, to []byte
	// kept is the element whose text is data, and inside how many more of its
	// name are open in it.
	kept   string
	inside int
	// figured is set within an element that holds a date or an amount: its
	// figures are rewritten and nothing is looked up.
	figured bool
	// said are the texts of this page so far: the rows of a list say the same
	// again and again.
	said map[string]string
	// linked is set behind the tag of a row's link, whose words stand in a bdi
	// for those that are names.
	linked bool
}

// isData names the elements whose text belongs to somebody.
func isData(name string) bool {
	switch name {
	case "bdi", "code", "pre", "textarea", "script", "style", "kbd", "samp":
		return true
	}
	return false
}

func (t *turning) text(text string) {
	body := strings.TrimSpace(text)
	if t.kept != "" || body == "" || !worthSaying(body) {
		t.to = append(t.to, text...)
		return
	}
	plain := html.UnescapeString(body)
	if strings.ContainsAny(plain, "\n\t") {
		plain = strings.Join(strings.Fields(plain), " ")
	}
	said := t.say(plain)
	if said == plain {
		t.to = append(t.to, text...)
		return
	}
	at := strings.Index(text, body)
	t.to = append(t.to, text[:at]...)
	t.to = append(t.to, html.EscapeString(said)...)
	t.to = append(t.to, text[at+len(body):]...)
}

// say says a text, or rewrites its figures alone.
func (t *turning) say(plain string) string {
	key := plain
	if t.figured {
		key = "\x00" + plain // the same text may be words elsewhere
	}
	said, before := t.said[key]
	switch {
	case before:
		return said
	case t.figured:
		said = t.speaker.figures.rewrite(plain)
	default:
		said, _ = t.speaker.Say(plain)
	}
	t.said[key] = said
	return said
}

// worthSaying reports whether a text holds a letter or a figure.
func worthSaying(text string) bool {
	for i := range len(text) {
		if c := text[i]; c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' {
			return true
		}
	}
	return false
}

// tag takes one tag, comment or declaration over.
func (t *turning) tag() {
	if bytes.HasPrefix(t.from, []byte("<!--")) {
		t.take(bytes.Index(t.from, []byte("-->")) + 3)
		return
	}
	if bytes.HasPrefix(t.from, []byte("<!")) {
		t.take(bytes.IndexByte(t.from, '>') + 1)
		return
	}
	closing := bytes.HasPrefix(t.from, []byte("</"))
	start := 1
	if closing {
		start = 2
	}
	end := start
	for end < len(t.from) && isNameByte(t.from[end]) {
		end++
	}
	name := string(t.from[start:end])
	if closing {
		t.take(bytes.IndexByte(t.from, '>') + 1)
		t.closed(name)
		return
	}
	t.take(end)
	noTranslation := t.attributes(name)
	t.opened(name, noTranslation)
}

func isNameByte(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '_' || c == ':'
}

// take copies the next bytes; of a page that ends within a tag, all of it.
func (t *turning) take(n int) {
	if n <= 0 || n > len(t.from) {
		n = len(t.from)
	}
	t.to, t.from = append(t.to, t.from[:n]...), t.from[n:]
}

func (t *turning) opened(name string, noTranslation bool) {
	linked := t.linked
	t.linked = false
	switch {
	case t.kept != "" && t.kept == name:
		t.inside++
	case t.kept != "":
	case noTranslation || isData(name) && !(linked && name == "bdi"):
		if !isVoid(name) {
			t.kept = name
		}
	case name == "time" || name == "data":
		t.figured = true
	case name == "a":
		t.linked = bytes.HasSuffix(t.to, []byte(">")) && rowLink(t.to)
	}
}

// rowLink reports whether the tag that was just written is a row's link.
func rowLink(page []byte) bool {
	at := bytes.LastIndexByte(page, '<')
	return bytes.Contains(page[at:], []byte(`class="row-link`))
}

func isVoid(name string) bool {
	switch name {
	case "input", "br", "img", "hr", "meta", "link":
		return true
	}
	return false
}

func (t *turning) closed(name string) {
	switch {
	case t.kept != "" && t.kept == name && t.inside > 0:
		t.inside--
	case t.kept == name:
		t.kept = ""
	case name == "time" || name == "data":
		t.figured = false
	}
}
