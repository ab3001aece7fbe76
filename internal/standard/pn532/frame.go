package pn532

import (
	"bytes"

	"trueward/internal/standard/resync"
)

// Kind says what sort of frame it is.
type Kind string

// The kinds of frame (UM0701-02 §6.2.1).
const (
	KindData  Kind = "data"
	KindACK   Kind = "ack"
	KindNAK   Kind = "nak"
	KindError Kind = "error" // the reader did not understand the command
)

// Direction is the frame identifier TFI.
type Direction byte

// The directions.
const (
	ToReader   Direction = 0xD4
	FromReader Direction = 0xD5
)

// answerTo is what an answer adds to its command's code.
const answerTo = 1

// Frame is one frame. Direction, Command and Data are those of KindData.
type Frame struct {
	Kind      Kind
	Direction Direction
	Command   byte // of an answer: its command's code plus one
	Data      []byte
}

// Answers reports whether f is the answer to a command.
func (f Frame) Answers(command byte) bool {
	return f.Kind == KindData && f.Direction == FromReader && f.Command == command+answerTo
}

var (
	ack       = []byte{0x00, 0x00, 0xFF, 0x00, 0xFF, 0x00}
	nak       = []byte{0x00, 0x00, 0xFF, 0xFF, 0x00, 0x00}
	errFrame  = []byte{0x00, 0x00, 0xFF, 0x01, 0xFF, 0x7F, 0x81, 0x00}
	startCode = []byte{0x00, 0x00, 0xFF}
)

const errorTFI = 0x7F

// ACK is the acknowledging frame; sent by the host it also aborts a command.
func ACK() []byte { return bytes.Clone(ack) }

// NAK asks for the last answer once more.
func NAK() []byte { return bytes.Clone(nak) }

// ErrorFrame is what the reader sends for a command it does not understand.
func ErrorFrame() []byte { return bytes.Clone(errFrame) }

// Append appends the frame as it goes over the line. Data that does not fit is
// CodeOversize.
func (f Frame) Append(dst []byte) ([]byte, error) {
	switch f.Kind {
	case KindACK:
		return append(dst, ack...), nil
	case KindNAK:
		return append(dst, nak...), nil
	case KindError:
		return append(dst, errFrame...), nil
	}
	n := len(f.Data) + 2
	if n > MaxData {
		return nil, fail(CodeOversize, "data", 0)
	}
	dst = append(dst, startCode...)
	if n <= 0xFF {
		dst = append(dst, byte(n), -byte(n))
	} else {
		hi, lo := byte(n>>8), byte(n)
		dst = append(dst, 0xFF, 0xFF, hi, lo, -(hi + lo))
	}
	at := len(dst)
	dst = append(dst, byte(f.Direction), f.Command)
	dst = append(dst, f.Data...)
	return append(dst, -sum(dst[at:]), 0x00), nil
}

func sum(b []byte) (s byte) {
	for _, x := range b {
		s += x
	}
	return s
}

// Decode reads exactly one frame. What is not a whole valid frame, or followed
// by anything, is CodeMalformed or CodeTruncated. Data shares memory with b.
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

// open reads a frame that split found valid.
func open(b []byte) Frame {
	switch {
	case bytes.Equal(b, ack):
		return Frame{Kind: KindACK}
	case bytes.Equal(b, nak):
		return Frame{Kind: KindNAK}
	case bytes.Equal(b, errFrame):
		return Frame{Kind: KindError}
	}
	at := 5
	if b[3] == 0xFF && b[4] == 0xFF {
		at = 8
	}
	return Frame{
		Kind: KindData, Direction: Direction(b[at]), Command: b[at+1],
		Data: b[at+2 : len(b)-2 : len(b)-2],
	}
}

// split is the frame rule (UM0701-02 §6.2.1), decided as early as the bytes
// allow so that a false start holds the line as short as possible.
func split(b []byte) int {
	if n := min(len(b), len(startCode)); !bytes.Equal(b[:n], startCode[:n]) {
		return resync.Bad
	}
	if len(b) < 5 {
		return 0
	}
	length, check := b[3], b[4]
	switch {
	case length == 0x00 && check == 0xFF, length == 0xFF && check == 0x00:
		return short(b)
	case length == 0xFF && check == 0xFF:
		return extended(b)
	case length+check != 0 || length == 0:
		return resync.Bad
	}
	return body(b, 5, int(length))
}

// short is ACK and NAK: the start, two bytes, and the end.
func short(b []byte) int {
	switch {
	case len(b) < len(ack):
		return 0
	case b[5] != 0:
		return resync.Bad
	}
	return len(ack)
}

func extended(b []byte) int {
	if len(b) < 8 {
		return 0
	}
	n := int(b[5])<<8 | int(b[6])
	if b[5]+b[6]+b[7] != 0 || n == 0 || n > MaxData {
		return resync.Bad
	}
	return body(b, 8, n)
}

// body checks the n bytes from TFI on, their check byte and the end.
func body(b []byte, at, n int) int {
	if len(b) > at && !knownTFI(b[at], n) {
		return resync.Bad
	}
	switch end := at + n + 2; {
	case len(b) < end:
		return 0
	case sum(b[at:end-1]) != 0 || b[end-1] != 0:
		return resync.Bad
	default:
		return end
	}
}

func knownTFI(tfi byte, n int) bool {
	switch tfi {
	case byte(ToReader), byte(FromReader):
		return n >= 2
	case errorTFI:
		return n == 1
	}
	return false
}

// Parser finds frames in what a line delivers, behind any noise. It is not safe
// for concurrent use.
type Parser struct{ buf *resync.Buffer }

// NewParser makes a parser.
func NewParser() *Parser { return &Parser{resync.New(maxFrame, split)} }

// Feed takes bytes as they came and emits the frames they complete. A frame's
// data is only valid until emit returns.
func (p *Parser) Feed(in []byte, emit func(Frame)) {
	p.buf.Feed(in, func(b []byte) { emit(open(b)) })
}

// Idle gives up on a frame that was begun and not finished for 200 ms.
func (p *Parser) Idle(emit func(Frame)) { p.buf.Idle(func(b []byte) { emit(open(b)) }) }

// Dropped is the number of bytes that belonged to no frame.
func (p *Parser) Dropped() uint64 { return p.buf.Dropped() }
