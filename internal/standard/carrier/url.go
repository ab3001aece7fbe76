package carrier

import (
	"strings"
	"time"

	"trueward/internal/standard/gs1"
)

// fromURL reads a tap URL or a GS1 Digital Link.
func (a *Answer) fromURL(s string, now time.Time) error {
	_, rest, _ := strings.Cut(s, "://")
	host, path, _ := strings.Cut(rest, "/")
	if profile, query, ok := strings.Cut(path, "?"); ok && strings.HasPrefix(profile, "t/") {
		return a.fromTap(TapURL{Host: host, Profile: profile[2:], Query: query}, len(s)-len(query))
	}
	m, err := gs1.ParseDigitalLink(s)
	if err != nil {
		return wrap(DigitalLink, err)
	}
	a.take(DigitalLink, &m, now)
	return nil
}

const maxProfile = 64

// fromTap checks the shape of a tap URL only. at is where its query begins.
func (a *Answer) fromTap(t TapURL, at int) error {
	switch {
	case !wellFormed(t.Host, hostChar):
		return refuse(Tap, CodeMalformed, "host", 0, "the host is not written as the standard demands")
	case !wellFormed(t.Profile, profileChar) || len(t.Profile) > maxProfile:
		return refuse(Tap, CodeMalformed, "profile", 0, "the profile is not written as a tag writes it")
	case len(t.Query) > MaxQuery:
		return refuse(Tap, CodeOversize, "query", at+MaxQuery, "the query is too long")
	case !wellFormed(t.Query, queryChar):
		return refuse(Tap, CodeMalformed, "query", at, "the query is not written as a tag writes it")
	}
	a.Kind, a.Tap = Tap, t
	return nil
}

// Alphabets of the parts of a tap URL. A tag mirrors hexadecimal digits; the
// rest of the query is what was written at commissioning, without escapes.
const (
	hostChar = 1 << iota
	profileChar
	queryChar
)

var alphabet = func() (t [256]byte) {
	set := func(chars string, bit byte) {
		for i := 0; i < len(chars); i++ {
			t[chars[i]] |= bit
		}
	}
	const alnum = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	set(alnum+"-.:[]", hostChar)
	set(alnum+"-_", profileChar)
	set(alnum+"-._~=&", queryChar)
	return t
}()

func wellFormed(s string, bit byte) bool {
	for i := 0; i < len(s); i++ {
		if alphabet[s[i]]&bit == 0 {
			return false
		}
	}
	return s != ""
}
