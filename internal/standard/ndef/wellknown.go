package ndef

import (
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// prefixes are the abbreviations of RTD URI 1.0 Table 3, by their code.
var prefixes = [...]string{
	"", "http://www.", "https://www.", "http://", "https://", "tel:", "mailto:",
	"ftp://anonymous:anonymous@", "ftp://ftp.", "ftps://", "sftp://", "smb://", "nfs://", "ftp://", "dav://",
	"news:", "telnet://", "imap:", "rtsp://", "urn:", "pop:", "sip:", "sips:", "tftp:", "btspp://",
	"btl2cap://", "btgoep://", "tcpobex://", "irdaobex://", "file://", "urn:epc:id:", "urn:epc:tag:",
	"urn:epc:pat:", "urn:epc:raw:", "urn:epc:", "urn:nfc:",
}

// Types of the well-known records read here.
const (
	typeURI         = "U"
	typeText        = "T"
	typeSmartPoster = "Sp"
)

// NewURI is the record of a URI, written with the longest abbreviation.
func NewURI(uri string) Record {
	code := 0
	for i, p := range prefixes {
		if len(p) > len(prefixes[code]) && strings.HasPrefix(uri, p) {
			code = i
		}
	}
	payload := append([]byte{byte(code)}, uri[len(prefixes[code]):]...)
	return Record{TNF: WellKnown, Type: typeURI, Payload: payload}
}

// URI is the full URI of a URI record or of a smart poster's only URI.
//
// Errors: CodeUnsupported (another type), CodeRange (abbreviation not
// assigned), CodeMalformed (not UTF-8, control characters), CodeMissing.
// Offsets count from the start of the payload.
func (r Record) URI() (string, error) {
	switch {
	case r.is(typeSmartPoster):
		p, err := r.SmartPoster()
		return p.URI, err
	case !r.is(typeURI):
		return "", fail(CodeUnsupported, "type", 0)
	case len(r.Payload) == 0:
		return "", fail(CodeMissing, "uri", 0)
	case int(r.Payload[0]) >= len(prefixes):
		return "", fail(CodeRange, "uri prefix", 0)
	}
	rest := string(r.Payload[1:])
	if !utf8.ValidString(rest) {
		return "", fail(CodeMalformed, "uri", 1)
	}
	for i := 0; i < len(rest); i++ {
		if rest[i] < 0x21 || rest[i] == 0x7F {
			return "", fail(CodeMalformed, "uri", 1+i)
		}
	}
	if r.Payload[0] == 0 && rest == "" {
		return "", fail(CodeMissing, "uri", 1)
	}
	return prefixes[r.Payload[0]] + rest, nil
}

func (r Record) is(name string) bool { return r.TNF == WellKnown && r.Type == name }

// Text is a text with its language (RTD Text 1.0).
type Text struct {
	Language string // IANA language tag, 1 to 63 ASCII characters
	Text     string
}

// NewText is the record of a text in UTF-8.
//
// Errors: CodeRange (length of the language tag), CodeMalformed (not UTF-8).
func NewText(t Text) (Record, error) {
	if len(t.Language) == 0 || len(t.Language) > 63 {
		return Record{}, fail(CodeRange, "language", 0)
	}
	if !utf8.ValidString(t.Text) || !ascii(t.Language) {
		return Record{}, fail(CodeMalformed, "text", 0)
	}
	payload := append([]byte{byte(len(t.Language))}, t.Language...)
	return Record{TNF: WellKnown, Type: typeText, Payload: append(payload, t.Text...)}, nil
}

func ascii(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < 0x21 || s[i] > 0x7E {
			return false
		}
	}
	return true
}

// Text reads a text record, in UTF-8 or UTF-16.
//
// Errors: CodeUnsupported (another type), CodeTruncated, CodeMalformed.
func (r Record) Text() (Text, error) {
	if !r.is(typeText) {
		return Text{}, fail(CodeUnsupported, "type", 0)
	}
	if len(r.Payload) == 0 {
		return Text{}, fail(CodeTruncated, "text", 0)
	}
	status := r.Payload[0]
	n := int(status & 0x3F)
	switch {
	case status&0x40 != 0 || n == 0:
		return Text{}, fail(CodeMalformed, "text status", 0)
	case len(r.Payload) < 1+n:
		return Text{}, fail(CodeTruncated, "language", len(r.Payload))
	}
	t := Text{Language: string(r.Payload[1 : 1+n])}
	if !ascii(t.Language) {
		return Text{}, fail(CodeMalformed, "language", 1)
	}
	body, ok := string(r.Payload[1+n:]), true
	if status&0x80 != 0 {
		body, ok = fromUTF16(r.Payload[1+n:])
	}
	if !ok || !utf8.ValidString(body) {
		return Text{}, fail(CodeMalformed, "text", 1+n)
	}
	t.Text = body
	return t, nil
}

// fromUTF16 reads UTF-16, big-endian unless a byte order mark says otherwise.
func fromUTF16(b []byte) (string, bool) {
	if len(b)%2 != 0 {
		return "", false
	}
	little := len(b) >= 2 && b[0] == 0xFF && b[1] == 0xFE
	units := make([]uint16, 0, len(b)/2)
	for i := 0; i < len(b); i += 2 {
		u := uint16(b[i])<<8 | uint16(b[i+1])
		if little {
			u = u>>8 | u<<8
		}
		if i == 0 && u == 0xFEFF {
			continue
		}
		units = append(units, u)
	}
	s := string(utf16.Decode(units))
	return s, !strings.ContainsRune(s, utf8.RuneError)
}

// SmartPoster is a URI with titles (RTD Smart Poster 1.0). Its other records
// (action, icon, size, type) are advice to a phone and left out.
type SmartPoster struct {
	URI    string
	Titles []Text
}

// SmartPoster reads a smart poster: exactly one URI, at most one title for each
// language.
//
// Errors: those of Parse, URI and Text; CodeMalformed for a second URI or a
// second title of a language.
func (r Record) SmartPoster() (SmartPoster, error) {
	if !r.is(typeSmartPoster) {
		return SmartPoster{}, fail(CodeUnsupported, "type", 0)
	}
	records, err := Parse(r.Payload)
	if err != nil {
		return SmartPoster{}, err
	}
	var p SmartPoster
	for i, inner := range records {
		switch {
		case inner.is(typeURI):
			if p.URI != "" {
				return SmartPoster{}, fail(CodeMalformed, "uri", i)
			}
			p.URI, err = inner.URI()
		case inner.is(typeText):
			var t Text
			if t, err = inner.Text(); err == nil && p.titled(t.Language) {
				err = fail(CodeMalformed, "title", i)
			}
			p.Titles = append(p.Titles, t)
		}
		if err != nil {
			return SmartPoster{}, err
		}
	}
	if p.URI == "" {
		return SmartPoster{}, fail(CodeMissing, "uri", 0)
	}
	return p, nil
}

func (p SmartPoster) titled(language string) bool {
	for _, t := range p.Titles {
		if t.Language == language {
			return true
		}
	}
	return false
}

// NewSmartPoster is the record of a smart poster.
//
// Errors: those of NewText and Append.
func NewSmartPoster(p SmartPoster) (Record, error) {
	inner := []Record{NewURI(p.URI)}
	for _, t := range p.Titles {
		r, err := NewText(t)
		if err != nil {
			return Record{}, err
		}
		inner = append(inner, r)
	}
	payload, err := Append(nil, inner...)
	if err != nil {
		return Record{}, err
	}
	return Record{TNF: WellKnown, Type: typeSmartPoster, Payload: payload}, nil
}

// FirstURI is the URI of the first URI record or smart poster of a message:
// what a phone opens.
//
// Errors: those of Parse and URI; CodeMissing if there is none.
func FirstURI(message []byte) (string, error) {
	records, err := Parse(message)
	if err != nil {
		return "", err
	}
	for _, r := range records {
		if r.is(typeURI) || r.is(typeSmartPoster) {
			return r.URI()
		}
	}
	return "", fail(CodeMissing, "uri", len(message))
}
