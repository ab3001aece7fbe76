// Package ndef reads and writes NDEF messages, the data that phones read from
// an NFC tag (NFC Forum NDEF 1.0, RTD URI, Text and Smart Poster 1.0), and the
// frames they stand in: the TLV blocks of a Type 2 tag such as NTAG 21x and the
// length field of a Type 4 tag such as NTAG 424 DNA.
//
// It promises strict parsing in bounded memory: first and last record are
// marked, nothing follows the last, lengths agree, reserved values are
// refused; an error never comes with part of a message. Payloads of parsed
// records share memory with the input unless they came in chunks.
//
// It does not act on what it reads: no URI is opened, no signature record is
// checked, and records of other types are handed over as they are.
package ndef

import "strconv"

// Bounds of what is looked at.
const (
	MaxMessage = 4096 // bytes of a message; the largest tag of the families holds 872
	MaxRecords = 64
)

// Code says what is wrong with an input.
type Code string

// The codes an Error may carry.
const (
	CodeMalformed   Code = "malformed"
	CodeOversize    Code = "oversize"
	CodeUnsupported Code = "unsupported"
	CodeTruncated   Code = "truncated"
	CodeMissing     Code = "missing"
	CodeRange       Code = "range"
)

var sentences = map[Code]string{
	CodeMalformed:   "is not written as the standard demands",
	CodeOversize:    "is longer than a tag can hold",
	CodeUnsupported: "is of a kind that is not read here",
	CodeTruncated:   "ends too early",
	CodeMissing:     "is missing",
	CodeRange:       "is out of range",
}

// Error is the only error type of this package. It never holds what was read.
type Error struct {
	Code   Code
	Field  string
	Offset int // bytes from the start of the input
}

// Error says the code as a sentence, with the place.
func (e *Error) Error() string {
	return "ndef: " + e.Field + " " + sentences[e.Code] + " (at " + strconv.Itoa(e.Offset) + ")"
}

func fail(code Code, field string, offset int) error {
	return &Error{Code: code, Field: field, Offset: offset}
}

// TNF is the type name format of a record (NDEF 1.0 §3.2.6).
type TNF byte

// The formats. 7 is reserved.
const (
	Empty     TNF = iota
	WellKnown     // NFC Forum type, e.g. "U", "T", "Sp"
	Media         // MIME type
	Absolute      // the type is a URI
	External      // NFC Forum external type
	Unknown       // no type
	unchanged     // later chunk of a record
)

// Record is one NDEF record.
type Record struct {
	TNF     TNF
	Type    string
	ID      string
	Payload []byte
}

// Header bits of a record (NDEF 1.0 §3.2).
const (
	messageBegin = 0x80
	messageEnd   = 0x40
	chunk        = 0x20
	shortRecord  = 0x10
	idPresent    = 0x08
	formatMask   = 0x07
)

// Parse reads a whole message of 1 to MaxRecords records.
//
// Errors: CodeMissing (no record), CodeOversize, CodeTruncated, CodeMalformed,
// CodeUnsupported (reserved type name format).
func Parse(message []byte) ([]Record, error) {
	if len(message) == 0 {
		return nil, fail(CodeMissing, "record", 0)
	}
	if len(message) > MaxMessage {
		return nil, fail(CodeOversize, "message", MaxMessage)
	}
	p := parser{b: message}
	for !p.ended {
		if err := p.record(); err != nil {
			return nil, err
		}
	}
	if p.at != len(message) {
		return nil, fail(CodeMalformed, "message", p.at)
	}
	return p.records, nil
}

type parser struct {
	b       []byte
	at      int
	ended   bool
	open    bool // inside a chunked record
	records []Record
}

// record reads one record or one chunk of it.
func (p *parser) record() error {
	start := p.at
	header, err := p.take("header", 1)
	if err != nil {
		return err
	}
	flags := header[0]
	r, err := p.fields(flags)
	if err != nil {
		return err
	}
	if (flags&messageBegin != 0) != (start == 0) {
		return fail(CodeMalformed, "message begin", start)
	}
	if err := p.add(r, flags, start); err != nil {
		return err
	}
	p.open = flags&chunk != 0
	p.ended = flags&messageEnd != 0
	if p.open && p.ended {
		return fail(CodeMalformed, "chunk", start)
	}
	return nil
}

// fields reads what follows the header byte of a record.
func (p *parser) fields(flags byte) (Record, error) {
	sizes := 5
	if flags&shortRecord != 0 {
		sizes = 2
	}
	if flags&idPresent != 0 {
		sizes++
	}
	b, err := p.take("length", sizes)
	if err != nil {
		return Record{}, err
	}
	typeLen, payloadLen, idLen := int(b[0]), int(b[1]), 0
	if flags&shortRecord == 0 {
		long := uint32(b[1])<<24 | uint32(b[2])<<16 | uint32(b[3])<<8 | uint32(b[4])
		if long > MaxMessage {
			return Record{}, fail(CodeTruncated, "payload", p.at)
		}
		payloadLen = int(long)
	}
	if flags&idPresent != 0 {
		idLen = int(b[sizes-1])
	}
	name, err := p.take("type", typeLen)
	if err != nil {
		return Record{}, err
	}
	id, err := p.take("id", idLen)
	if err != nil {
		return Record{}, err
	}
	payload, err := p.take("payload", payloadLen)
	if err != nil {
		return Record{}, err
	}
	return Record{TNF: TNF(flags & formatMask), Type: string(name), ID: string(id), Payload: payload}, nil
}

func (p *parser) take(field string, n int) ([]byte, error) {
	if len(p.b)-p.at < n {
		return nil, fail(CodeTruncated, field, len(p.b))
	}
	p.at += n
	return p.b[p.at-n : p.at : p.at], nil
}

// add appends the record, or its payload to the open one (NDEF 1.0 §2.3.3).
func (p *parser) add(r Record, flags byte, start int) error {
	if p.open {
		if r.TNF != unchanged || r.Type != "" || flags&idPresent != 0 {
			return fail(CodeMalformed, "chunk", start)
		}
		last := &p.records[len(p.records)-1]
		last.Payload = append(last.Payload, r.Payload...)
		return nil
	}
	if err := checkType(r, start); err != nil {
		return err
	}
	if len(p.records) == MaxRecords {
		return fail(CodeOversize, "records", start)
	}
	p.records = append(p.records, r)
	return nil
}

// checkType compares the type with its format (NDEF 1.0 §3.2.6 and §3.2.7).
func checkType(r Record, at int) error {
	switch r.TNF {
	case Empty:
		if r.Type != "" || r.ID != "" || len(r.Payload) != 0 {
			return fail(CodeMalformed, "empty record", at)
		}
	case WellKnown, Media, Absolute, External:
		if r.Type == "" {
			return fail(CodeMissing, "type", at)
		}
		for i := 0; i < len(r.Type); i++ {
			if r.Type[i] < 0x20 || r.Type[i] > 0x7E {
				return fail(CodeMalformed, "type", at)
			}
		}
	case Unknown:
		if r.Type != "" {
			return fail(CodeMalformed, "type", at)
		}
	case unchanged:
		return fail(CodeMalformed, "chunk", at)
	default:
		return fail(CodeUnsupported, "type name format", at)
	}
	return nil
}

// Append appends the message of these records to dst, each in one piece.
//
// Errors: CodeMissing, CodeOversize, CodeMalformed; their offset is the number
// of the record.
func Append(dst []byte, records ...Record) ([]byte, error) {
	if len(records) == 0 {
		return nil, fail(CodeMissing, "record", 0)
	}
	if len(records) > MaxRecords {
		return nil, fail(CodeOversize, "records", MaxRecords)
	}
	from := len(dst)
	for i, r := range records {
		if err := checkType(r, i); err != nil {
			return nil, err
		}
		if len(r.Type) > 255 || len(r.ID) > 255 || len(r.Payload) > MaxMessage {
			return nil, fail(CodeOversize, "record", i)
		}
		flags := byte(r.TNF)
		if i == 0 {
			flags |= messageBegin
		}
		if i == len(records)-1 {
			flags |= messageEnd
		}
		dst = appendRecord(dst, r, flags)
	}
	if len(dst)-from > MaxMessage {
		return nil, fail(CodeOversize, "message", len(records))
	}
	return dst, nil
}

func appendRecord(dst []byte, r Record, flags byte) []byte {
	n := len(r.Payload)
	if n < 256 {
		flags |= shortRecord
	}
	if r.ID != "" {
		flags |= idPresent
	}
	dst = append(dst, flags, byte(len(r.Type)))
	if n >= 256 {
		dst = append(dst, byte(n>>24), byte(n>>16), byte(n>>8))
	}
	dst = append(dst, byte(n))
	if r.ID != "" {
		dst = append(dst, byte(len(r.ID)))
	}
	dst = append(append(dst, r.Type...), r.ID...)
	return append(dst, r.Payload...)
}
