package carrier

import (
	"errors"
	"strconv"

	"trueward/internal/standard/epc"
	"trueward/internal/standard/gs1"
	"trueward/internal/standard/hibc"
	"trueward/internal/standard/isbt128"
)

// Code says what is wrong with a scan: the codes of the standard it belongs to.
type Code string

// The codes of errors.
const (
	CodeMalformed    Code = "malformed"
	CodeOversize     Code = "oversize"
	CodeUnsupported  Code = "unsupported"
	CodeUnprogrammed Code = "unprogrammed"
	CodeCheckDigit   Code = "check_digit"
	CodeRange        Code = "range"
	CodeTruncated    Code = "truncated"
	CodeMissing      Code = "missing"
	CodeConflict     Code = "conflict"
)

// Error tells why a scan was refused, and what it was taken for. It wraps the
// error of that standard's package, if there is one, and never holds what was
// read.
type Error struct {
	Kind   Kind
	Code   Code
	Field  string
	Offset int // bytes from the start of the scan's data
	Detail string
	Err    error
}

// Error says what is wrong, and where.
func (e *Error) Error() string {
	if e.Err != nil {
		return e.Err.Error()
	}
	return "carrier: " + e.Detail + " (" + string(e.Code) + ", byte " + strconv.Itoa(e.Offset) + ")"
}

// Unwrap gives the error of the standard's package.
func (e *Error) Unwrap() error { return e.Err }

func refuse(kind Kind, code Code, field string, offset int, detail string) error {
	return &Error{Kind: kind, Code: code, Field: field, Offset: offset, Detail: detail}
}

// wrap takes over code, field and offset of a standard's error.
func wrap(kind Kind, err error) error {
	e := &Error{Kind: kind, Code: CodeMalformed, Err: err}
	var (
		g *gs1.Error
		p *epc.Error
		h *hibc.Error
		i *isbt128.Error
	)
	switch {
	case errors.As(err, &g):
		e.Code, e.Field, e.Offset = Code(g.Code), g.Field, g.Offset
	case errors.As(err, &p):
		e.Code, e.Field, e.Offset = Code(p.Code), p.Field, p.Offset
	case errors.As(err, &h):
		e.Code, e.Field, e.Offset = Code(h.Code), h.Field, h.Offset
	case errors.As(err, &i):
		e.Code, e.Field, e.Offset = Code(i.Code), i.Field, i.Offset
	}
	return e
}
