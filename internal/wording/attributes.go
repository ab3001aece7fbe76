package wording

import (
	"bytes"
	"html"
	"strings"
)

// attributes takes the rest of a tag over, and says those attributes that
// people read or hear. It reports whether the element asks not to be
// translated.
func (t *turning) attributes(element string) (noTranslation bool) {
	for len(t.from) > 0 {
		name, value, quoted := t.attribute()
		switch {
		case name == "":
			return noTranslation
		case !quoted:
		case name == "translate":
			noTranslation = value == "no"
			t.value(value)
		case element == "html" && name == "lang":
			t.value(string(t.speaker.tag))
		case element == "html" && name == "dir":
			t.value(t.speaker.tag.Direction())
		default:
			t.value(t.spoken(name, value))
		}
	}
	return noTranslation
}

// attribute copies up to the next attribute's value; an empty name is the end
// of the tag. A quoted value is left to be written by value.
func (t *turning) attribute() (name, value string, quoted bool) {
	start := 0
	for start < len(t.from) && (t.from[start] == ' ' || t.from[start] == '\n' || t.from[start] == '\t' || t.from[start] == '/') {
		start++
	}
	end := start
	for end < len(t.from) && isNameByte(t.from[end]) {
		end++
	}
	if end == start {
		t.take(start + 1) // the closing bracket, or what is no attribute of ours
		return "", "", false
	}
	name = string(t.from[start:end])
	if !bytes.HasPrefix(t.from[end:], []byte(`="`)) {
		t.take(end)
		if len(t.from) > 0 && t.from[0] == '=' {
			t.take(bytes.IndexAny(t.from, " >"))
		}
		return name, "", false
	}
	t.take(end + 2)
	length := bytes.IndexByte(t.from, '"')
	if length < 0 {
		length = len(t.from)
	}
	value = string(t.from[:length])
	t.from = t.from[length:]
	return name, value, true
}

// value writes an attribute's value; its quote follows by itself.
func (t *turning) value(value string) {
	t.to = append(t.to, value...)
	t.take(1)
}

// spoken says a value, escaped as it is, if it is of an attribute for people.
func (t *turning) spoken(name, value string) string {
	if t.kept != "" || value == "" || !forPeople(name, value) {
		return value
	}
	plain := html.UnescapeString(value)
	if said := t.say(plain); said != plain {
		return html.EscapeString(said)
	}
	return value
}

// forPeople reports whether an attribute is read or heard. Of those that
// scripts read, words begin with a capital letter.
func forPeople(name, value string) bool {
	switch name {
	case "aria-label", "aria-description", "aria-roledescription", "aria-valuetext", "alt", "title", "placeholder", "label", "summary":
		return true
	}
	return strings.HasPrefix(name, "data-") && value[0] >= 'A' && value[0] <= 'Z'
}
