package m100

import "trueward/internal/standard/resync"

// Dialect is the pair of marks around a frame.
type Dialect byte

// The dialects, named by their start mark. The end mark follows from it.
const (
	DialectBB Dialect = 0xBB // ... 7E: M100, QM100, R200
	DialectAA Dialect = 0xAA // ... DD: clones
)

func (d Dialect) tail() byte {
	if d == DialectAA {
		return 0xDD
	}
	return 0x7E
}

// Type says who speaks.
type Type byte

// The types of frame.
const (
	TypeCommand Type = 0x00
	TypeReply   Type = 0x01
	TypeNotice  Type = 0x02
)

// Frame is one frame.
type Frame struct {
	Dialect Dialect
	Type    Type
	Command byte
	Param   []byte
}

// In returns the frame in another dialect.
func (f Frame) In(d Dialect) Frame { f.Dialect = d; return f }

// Append appends the frame as it goes over the line. Parameters that do not fit
// are CodeOversize.
func (f Frame) Append(dst []byte) ([]byte, error) {
	if len(f.Param) > maxParam {
		return nil, fail(CodeOversize, "parameter", maxParam)
	}
	at := len(dst) + 1
	n := len(f.Param)
	dst = append(dst, byte(f.Dialect), byte(f.Type), f.Command, byte(n>>8), byte(n))
	dst = append(dst, f.Param...)
	return append(dst, sum(dst[at:]), f.Dialect.tail()), nil
}

func sum(b []byte) (s byte) {
	for _, x := range b {
		s += x
	}
	return s
}

// Decode reads exactly one frame. What is not a whole valid frame, or followed
// by anything, is CodeMalformed or CodeTruncated. The parameter shares memory
// with b.
func Decode(b []byte) (Frame, error) {
	if len(b) == 0 {
		return Frame{}, fail(CodeTruncated, "frame", 0)
	}
	switch n := split(b); {
	case n == resync.Bad:
		return Frame{}, fail(CodeMalformed, "frame", 0)
	case n == 0:
		return Frame{}, fail(CodeTruncated, "frame", len(b))
	case n != len(b):
		return Frame{}, fail(CodeMalformed, "frame", n)
	}
	return open(b), nil
}

func open(b []byte) Frame {
	return Frame{
		Dialect: Dialect(b[0]), Type: Type(b[1]), Command: b[2],
		Param: b[5 : len(b)-2 : len(b)-2],
	}
}

// split is the frame rule. The marks also occur inside parameters, so only the
// length says where a frame ends.
func split(b []byte) int {
	d := Dialect(b[0])
	if d != DialectBB && d != DialectAA || len(b) > 1 && Type(b[1]) > TypeNotice {
		return resync.Bad
	}
	if len(b) < 5 {
		return 0
	}
	n := int(b[3])<<8 | int(b[4])
	switch end := n + overhead; {
	case n > maxParam:
		return resync.Bad
	case len(b) < end:
		return 0
	case sum(b[1:end-2]) != b[end-2] || b[end-1] != d.tail():
		return resync.Bad
	default:
		return end
	}
}

// Parser finds frames of both dialects in what a line delivers, behind any
// noise. It is not safe for concurrent use.
type Parser struct{ buf *resync.Buffer }

// NewParser makes a parser.
func NewParser() *Parser { return &Parser{resync.New(MaxFrame, split)} }

// Feed takes bytes as they came and emits the frames they complete. A frame's
// parameter is only valid until emit returns.
func (p *Parser) Feed(in []byte, emit func(Frame)) {
	p.buf.Feed(in, func(b []byte) { emit(open(b)) })
}

// Idle gives up on a frame that was begun and not finished for 200 ms.
func (p *Parser) Idle(emit func(Frame)) { p.buf.Idle(func(b []byte) { emit(open(b)) }) }

// Dropped is the number of bytes that belonged to no frame.
func (p *Parser) Dropped() uint64 { return p.buf.Dropped() }
