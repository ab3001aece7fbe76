// Package wording says the product's English sentences in another language.
//
// English is the source: what the product writes is the key under which its
// German, Spanish and French stand, one table for all of them (words/*.tsv), so
// that no language can hold a sentence the others lack. A Speaker turns a
// finished page into its language: text between tags, and the attributes that
// people read or hear. It promises that a sentence without translation stays
// English, that what a page marks as data (bdi, code, pre, textarea,
// translate="no") is never touched, and that dates, numbers and amounts in a
// sentence follow the language. It does not know who reads: the edge chooses.
//
// Two more languages are made by code, to look at pages with: Accented marks
// every sentence the table knows, so that what is left plain is untranslated,
// and Mirrored shows them from right to left.
package wording

import (
	"strings"
	"sync"

	"golang.org/x/text/language"
)

// Tag is the IETF BCP 47 tag of a language.
type Tag string

// The languages. Source is what the product is written in.
const (
	Source   Tag = "en"
	German   Tag = "de"
	Spanish  Tag = "es"
	French   Tag = "fr"
	Accented Tag = "en-XA"
	Mirrored Tag = "ar-XB"
)

// Tags are the languages people choose from.
var Tags = []Tag{Source, German, Spanish, French}

// Name is a language's name in itself.
func (t Tag) Name() string {
	switch t {
	case Source:
		return "English"
	case German:
		return "Deutsch"
	case Spanish:
		return "Español"
	case French:
		return "Français"
	}
	return string(t)
}

// Direction is the direction a language is written in, as HTML names it.
func (t Tag) Direction() string {
	if t == Mirrored {
		return "rtl"
	}
	return "ltr"
}

var matcher = language.NewMatcher([]language.Tag{language.English, language.German, language.Spanish, language.French})

// longestAccept bounds how much of a header is read.
const longestAccept = 200

// Match chooses a language by an Accept-Language header (RFC 9110, 12.5.4):
// the source when it asks for none of ours. The two made by code must be asked
// for first and by their whole tag.
func Match(accept string) Tag {
	first, _, _ := strings.Cut(accept, ",")
	switch {
	case accept == "" || len(accept) > longestAccept:
		return Source
	case Tag(first) == Accented || Tag(first) == Mirrored:
		return Tag(first)
	case len(accept) >= 2 && accept[:2] == "en":
		return Source
	}
	_, i := language.MatchStrings(matcher, accept)
	return Tags[i]
}

// speakers are made when they are first asked for.
var speakers = map[Tag]func() *Speaker{
	German:   sync.OnceValue(func() *Speaker { return newSpeaker(German) }),
	Spanish:  sync.OnceValue(func() *Speaker { return newSpeaker(Spanish) }),
	French:   sync.OnceValue(func() *Speaker { return newSpeaker(French) }),
	Accented: sync.OnceValue(func() *Speaker { return newSpeaker(Accented) }),
	Mirrored: sync.OnceValue(func() *Speaker { return newSpeaker(Mirrored) }),
}

// Speak returns the speaker of a language; nil for the source, whose pages
// stay as they are, and for a language that is not ours.
func Speak(t Tag) *Speaker {
	if make, ok := speakers[t]; ok {
		return make()
	}
	return nil
}
