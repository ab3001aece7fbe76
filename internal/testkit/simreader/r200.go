package simreader

import (
	"bytes"
	"encoding/binary"
	"sync"

	"trueward/internal/standard/m100"
)

// UHFTag is a simulated Gen2 tag.
type UHFTag struct {
	PC       uint16
	EPC, TID []byte
	Password uint32
	Locked   bool
	RSSI     int8
}

// NewUHFTag makes a tag with an EPC of whole words.
func NewUHFTag(epc, tid []byte) *UHFTag {
	return &UHFTag{PC: uint16(len(epc)/2) << 11, EPC: bytes.Clone(epc), TID: bytes.Clone(tid), RSSI: -50}
}

// R200 is a simulated UHF module. It is safe for concurrent use: tests lay
// tags on it while it works.
type R200 struct {
	mu      sync.Mutex
	dialect m100.Dialect
	parser  *m100.Parser
	tags    []*UHFTag
	mode    m100.SelectMode
	bank    m100.Bank
	word    uint16
	mask    []byte
	tear    int // words that the next write still writes, -1 for all
}

// NewR200 makes a module that speaks a dialect.
func NewR200(d m100.Dialect) *R200 {
	return &R200{dialect: d, parser: m100.NewParser(), mode: m100.SelectNever, tear: -1}
}

// Lay puts tags on the reader, in place of those that were there.
func (r *R200) Lay(tags ...*UHFTag) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.tags = tags
}

// TearWrite lets the next write stop after some words, without an answer.
func (r *R200) TearWrite(words int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.tear = words
}

// PowerUp implements Device.
func (r *R200) PowerUp() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.parser, r.mode, r.mask = m100.NewParser(), m100.SelectNever, nil
}

// Take implements Device.
func (r *R200) Take(in []byte) (frames [][]byte) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.parser.Feed(in, func(f m100.Frame) {
		if f.Dialect != r.dialect || f.Type != m100.TypeCommand {
			return
		}
		for _, out := range r.execute(f) {
			out.Dialect = r.dialect
			if b, err := out.Append(nil); err == nil {
				frames = append(frames, b)
			}
		}
	})
	return frames
}

func one(command byte, param ...byte) []m100.Frame {
	return []m100.Frame{{Type: m100.TypeReply, Command: command, Param: param}}
}

func failure(f m100.Failure) []m100.Frame { return one(m100.CmdFailure, byte(f)) }

func (r *R200) execute(f m100.Frame) []m100.Frame {
	p := f.Param
	switch f.Command {
	case m100.CmdInfo:
		return one(f.Command, append([]byte{0}, "M100 26dBm V1.0"...)...)
	case m100.CmdStop, m100.CmdRegion, m100.CmdSetPower:
		return one(f.Command, 0)
	case m100.CmdPower:
		return one(f.Command, 0x0A, 0x28)
	case m100.CmdSelectMode:
		r.mode = m100.SelectMode(p[0])
		return one(f.Command, 0)
	case m100.CmdSetSelect:
		r.bank, r.word = m100.Bank(p[0]&3), uint16(binary.BigEndian.Uint32(p[1:])/16)
		r.mask = bytes.Clone(p[7 : 7+int(p[5])/8])
		return one(f.Command, 0)
	case m100.CmdPoll:
		return r.poll()
	case m100.CmdRead, m100.CmdWrite, m100.CmdLock:
		return r.access(f)
	}
	return failure(m100.FailCommand)
}

func (r *R200) poll() []m100.Frame {
	var out []m100.Frame
	for _, t := range r.tags {
		if r.mode == m100.SelectAlways && !r.matches(t) {
			continue
		}
		body := append(binary.BigEndian.AppendUint16(nil, t.PC), t.epc()...)
		param := append([]byte{byte(t.RSSI)}, body...)
		param = binary.BigEndian.AppendUint16(param, m100.CRC16(body))
		out = append(out, m100.Frame{Type: m100.TypeNotice, Command: m100.CmdPoll, Param: param})
	}
	if out == nil {
		return failure(m100.FailNoTag)
	}
	return out
}

// epc is what a tag sends: as many words as its control word says.
func (t *UHFTag) epc() []byte {
	n := int(t.PC>>11) * 2
	return append(bytes.Clone(t.EPC), make([]byte, 64)...)[:n]
}

func (t *UHFTag) memory(b m100.Bank) []byte {
	switch b {
	case m100.BankEPC:
		bank := append([]byte{0, 0}, byte(t.PC>>8), byte(t.PC))
		return append(bank, t.EPC...)
	case m100.BankTID:
		return t.TID
	}
	return nil
}

func (r *R200) matches(t *UHFTag) bool {
	m := t.memory(r.bank)
	at := int(r.word) * 2
	return at <= len(m) && bytes.HasPrefix(m[at:], r.mask)
}

// chosen is the first tag that the selection leaves.
func (r *R200) chosen() *UHFTag {
	for _, t := range r.tags {
		if r.mode == m100.SelectNever || r.matches(t) {
			return t
		}
	}
	return nil
}

func (r *R200) access(f m100.Frame) []m100.Frame {
	t := r.chosen()
	if t == nil {
		return failure(m100.FailRead)
	}
	password := binary.BigEndian.Uint32(f.Param)
	head := append([]byte{byte(2 + len(t.epc()))}, byte(t.PC>>8), byte(t.PC))
	head = append(head, t.epc()...)
	if f.Command == m100.CmdLock {
		if t.Password == 0 || password != t.Password {
			return failure(m100.FailPassword)
		}
		t.Locked = true
		return one(f.Command, append(head, 0)...)
	}
	bank, word := m100.Bank(f.Param[4]), int(binary.BigEndian.Uint16(f.Param[5:]))
	words := int(binary.BigEndian.Uint16(f.Param[7:]))
	if f.Command == m100.CmdWrite {
		return r.write(t, head, password, bank, word, f.Param[9:])
	}
	m := t.memory(bank)
	if 2*(word+words) > len(m) {
		return failure(m100.FailTagMemory)
	}
	return one(f.Command, append(head, m[2*word:2*(word+words)]...)...)
}

// write changes the EPC bank from the control word on, word by word as a tag
// does.
func (r *R200) write(t *UHFTag, head []byte, password uint32, bank m100.Bank, word int, data []byte) []m100.Frame {
	switch {
	case bank != m100.BankEPC || word != m100.WordPC:
		return failure(m100.FailTagMemory)
	case t.Locked && password != t.Password:
		return failure(m100.FailTagLocked)
	}
	words := len(data) / 2
	torn := r.tear >= 0
	if torn {
		words, r.tear = min(words, r.tear), -1
	}
	for i := range words {
		w := data[2*i : 2*i+2]
		if i == 0 {
			t.PC = binary.BigEndian.Uint16(w)
			continue
		}
		for len(t.EPC) < 2*i {
			t.EPC = append(t.EPC, 0)
		}
		copy(t.EPC[2*i-2:], w)
	}
	if torn {
		return nil
	}
	return one(m100.CmdWrite, append(head, 0)...)
}
