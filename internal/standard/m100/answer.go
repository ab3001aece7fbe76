package m100

import (
	"fmt"
	"strings"
)

// Failure is the code of a reply to a command that failed.
type Failure byte

// Failures that decide something.
const (
	FailRead       Failure = 0x09 // also: no tag answered
	FailWrite      Failure = 0x10
	FailLock       Failure = 0x13
	FailNoTag      Failure = 0x15 // inventory found none; no fault
	FailPassword   Failure = 0x16
	FailCommand    Failure = 0x17
	FailTagMemory  Failure = 0xA3 // the tag has no such memory, when reading
	FailTagLocked  Failure = 0xB4 // the tag's memory is locked, when writing
	FailWritePower Failure = 0xBB // too little power to write
)

// String is the code as the protocol numbers it.
func (f Failure) String() string { return fmt.Sprintf("failure %02Xh", byte(f)) }

// Failed returns the refusal that a frame is, or nil.
func Failed(f Frame) error {
	if f.Type != TypeReply || f.Command != CmdFailure {
		return nil
	}
	if len(f.Param) == 0 {
		return fail(CodeTruncated, "failure", 0)
	}
	return &Error{Code: CodeRefused, Field: "command", Offset: 0, Cause: Failure(f.Param[0])}
}

// ParseInfo reads the reply to Info: the name of the module.
func ParseInfo(f Frame) (string, error) {
	if f.Type != TypeReply || f.Command != CmdInfo || len(f.Param) < 2 {
		return "", fail(CodeMalformed, "info", 0)
	}
	for i, c := range f.Param[1:] {
		if c < 0x20 || c > 0x7E {
			return "", fail(CodeMalformed, "info", i+1)
		}
	}
	return strings.TrimSpace(string(f.Param[1:])), nil
}

// ParsePower reads the reply to Power, in hundredths of dBm.
func ParsePower(f Frame) (uint16, error) {
	if f.Type != TypeReply || f.Command != CmdPower || len(f.Param) != 2 {
		return 0, fail(CodeMalformed, "power", 0)
	}
	return uint16(f.Param[0])<<8 | uint16(f.Param[1]), nil
}

// Done checks the reply to a setting or to Stop: one byte, 0 for done.
func Done(f Frame, command byte) error {
	if f.Type != TypeReply || f.Command != command || len(f.Param) != 1 || f.Param[0] != 0 {
		return fail(CodeMalformed, "reply", 0)
	}
	return nil
}

// Tag is one sighting of a tag.
type Tag struct {
	RSSI int8 // dBm
	PC   uint16
	EPC  []byte // as long as PC says
	CRC  uint16 // as the tag sent it, over PC and EPC
	// Surplus is what a module put between EPC and CRC: the sighting is not to
	// be trusted.
	Surplus int
}

// Sound reports whether the length agrees with PC and the tag's own check with
// what arrived: a garbled EPC is another unit.
func (t Tag) Sound() bool {
	return t.Surplus == 0 && CRC16(append([]byte{byte(t.PC >> 8), byte(t.PC)}, t.EPC...)) == t.CRC
}

// pcLength is the number of bytes of EPC that PC announces (EPC Gen2 v2
// §6.3.2.1.2.2).
func pcLength(pc uint16) int { return int(pc>>11) * 2 }

// PC is the protocol control word of an EPC of n bytes; its other bits are 0,
// for a GS1 EPC without user memory. An odd or too long EPC is CodeRange.
func PC(n int) (uint16, error) {
	if n <= 0 || n%2 != 0 || n > 2*0x1F {
		return 0, fail(CodeRange, "epc", n)
	}
	return uint16(n/2) << 11, nil
}

// ParseTag reads a notice of Poll or MultiPoll. An EPC shorter than PC says is
// CodeTruncated. The EPC is a copy.
func ParseTag(f Frame) (Tag, error) {
	if f.Type != TypeNotice || f.Command != CmdPoll {
		return Tag{}, fail(CodeMalformed, "notice", 0)
	}
	const around = 5 // RSSI, PC, CRC
	p := f.Param
	if len(p) < around {
		return Tag{}, fail(CodeTruncated, "notice", len(p))
	}
	t := Tag{RSSI: int8(p[0]), PC: uint16(p[1])<<8 | uint16(p[2])}
	n := pcLength(t.PC)
	if len(p)-around < n {
		return Tag{}, fail(CodeTruncated, "epc", len(p))
	}
	t.EPC = append([]byte{}, p[3:3+n]...)
	t.CRC = uint16(p[len(p)-2])<<8 | uint16(p[len(p)-1])
	t.Surplus = len(p) - around - n
	return t, nil
}

// ParseMemory reads the reply to ReadMemory: which tag answered, and its words.
// The data is a copy.
func ParseMemory(f Frame) (epc, data []byte, err error) {
	epc, rest, err := answered(f, CmdRead)
	switch {
	case err != nil:
		return nil, nil, err
	case len(rest) == 0 || len(rest)%2 != 0:
		return nil, nil, fail(CodeMalformed, "data", len(f.Param))
	}
	return epc, append([]byte{}, rest...), nil
}

// ParseWritten reads the reply to WriteMemory or LockEPC: which tag answered.
func ParseWritten(f Frame, command byte) (epc []byte, err error) {
	epc, rest, err := answered(f, command)
	if err == nil && (len(rest) != 1 || rest[0] != 0) {
		return nil, fail(CodeMalformed, "reply", len(f.Param))
	}
	return epc, err
}

// answered takes length, PC and EPC off an access reply.
func answered(f Frame, command byte) (epc, rest []byte, err error) {
	if f.Type != TypeReply || f.Command != command || len(f.Param) == 0 {
		return nil, nil, fail(CodeMalformed, "reply", 0)
	}
	n := int(f.Param[0])
	if n < 2 {
		return nil, nil, fail(CodeMalformed, "reply", 0)
	}
	if len(f.Param) < 1+n {
		return nil, nil, fail(CodeTruncated, "epc", len(f.Param))
	}
	return append([]byte{}, f.Param[3:1+n]...), f.Param[1+n:], nil
}

// CRC16 is the check a Gen2 tag sends with its EPC (EPC Gen2 v2 annex F).
func CRC16(b []byte) uint16 {
	crc := uint16(0xFFFF)
	for _, x := range b {
		crc ^= uint16(x) << 8
		for range 8 {
			carry := crc&0x8000 != 0
			crc <<= 1
			if carry {
				crc ^= 0x1021
			}
		}
	}
	return ^crc
}
