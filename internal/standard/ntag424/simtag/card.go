package simtag

import (
	"encoding/binary"
	"slices"

	"trueward/internal/standard/ntag424"
)

// card is what the tag remembers within one field.
type card struct {
	app     bool // the NDEF application is selected
	file    int  // the selected elementary file, 0 for none
	session *session
	auth    *handshake
	parts   []byte // what remains of an answer in parts
	view    []byte // file content of the reads under way
	lastIns byte
}

// reply is data and status before framing.
type reply struct {
	data   []byte
	status ntag424.Status
}

func ok(data ...byte) reply       { return reply{data, ntag424.StatusOK} }
func fail(s ntag424.Status) reply { return reply{nil, s} }
func isoOK(data ...byte) reply    { return reply{data, ntag424.StatusISOOK} }
func (r reply) bytes() []byte {
	return binary.BigEndian.AppendUint16(slices.Clip(r.data), uint16(r.status))
}
func (t *Tag) endSession()          { t.card.session, t.card.auth, t.card.parts = nil, nil, nil }
func isError(s ntag424.Status) bool { return s.Action() != ntag424.ActionNone }
func isRead(ins byte) bool {
	return ins == byte(ntag424.InsISORead) || ins == byte(ntag424.InsReadData)
}
func native(s ntag424.Status) bool     { return s>>8 == 0x91 }
func key(a ntag424.Access) (int, bool) { return int(a), a < ntag424.KeyCount }

// Transceive answers one command. A command the tag cannot take gets the
// status the data sheet gives, and every error ends the session.
func (t *Tag) Transceive(command []byte) []byte {
	r := t.dispatch(command)
	if isError(r.status) && native(r.status) {
		t.endSession()
	}
	return r.bytes()
}

func (t *Tag) dispatch(command []byte) reply {
	if len(command) < 4 {
		return fail(ntag424.StatusISOLength)
	}
	ins := command[1]
	if !isRead(ins) || ins != t.card.lastIns {
		// Any other command between two reads makes the next a new read.
		t.counted, t.card.view = false, nil
	}
	t.card.lastIns = ins
	switch command[0] {
	case 0x00:
		return t.iso(ntag424.Instruction(ins), command)
	case 0x90:
		data, good := nativeData(command)
		if !good {
			return fail(ntag424.StatusLength)
		}
		return t.native(ntag424.Instruction(ins), data)
	}
	return fail(ntag424.StatusISOClass)
}

// nativeData unwraps 90 INS 00 00 [Lc data] 00.
func nativeData(c []byte) ([]byte, bool) {
	if c[2] != 0 || c[3] != 0 {
		return nil, false
	}
	if len(c) == 5 {
		return nil, c[4] == 0
	}
	if len(c) < 7 || int(c[4]) != len(c)-6 || c[len(c)-1] != 0 {
		return nil, false
	}
	return c[5 : len(c)-1], true
}

func (t *Tag) native(ins ntag424.Instruction, data []byte) reply {
	switch ins {
	case ntag424.InsAuthFirst, ntag424.InsAuthNonFirst:
		return t.authenticate(ins, data)
	case ntag424.InsMore:
		return t.more(data)
	}
	t.card.auth, t.card.parts = nil, nil
	if !t.card.app {
		return fail(ntag424.StatusIllegalCommand)
	}
	switch ins {
	case ntag424.InsGetVersion:
		return t.getVersion(data)
	case ntag424.InsReadSig:
		return t.readSig(data)
	case ntag424.InsGetKeyVersion:
		return t.open(ins, data, 1, t.getKeyVersion)
	case ntag424.InsGetSettings:
		return t.open(ins, data, 1, t.getSettings)
	case ntag424.InsGetCardUID:
		return t.closed(ins, data, 0, func([]byte, []byte) reply { return ok(t.cfg.UID[:]...) })
	case ntag424.InsGetCounters:
		return t.closed(ins, data, 1, t.getCounters)
	case ntag424.InsChangeSettings:
		return t.closed(ins, data, 1, t.changeSettings)
	case ntag424.InsChangeKey:
		return t.closed(ins, data, 1, t.changeKey)
	case ntag424.InsConfigure:
		return t.closed(ins, data, 1, t.configure)
	case ntag424.InsReadData, ntag424.InsWriteData:
		return t.fileData(ins, data)
	}
	return fail(ntag424.StatusIllegalCommand)
}

// handler runs a command's header and data, both in the clear.
type handler func(header, data []byte) reply

// open is a command that is free without a session and MACed inside one.
func (t *Tag) open(ins ntag424.Instruction, body []byte, header int, h handler) reply {
	s := t.card.session
	if s == nil {
		if len(body) != header {
			return fail(ntag424.StatusLength)
		}
		return h(body, nil)
	}
	return s.run(ntag424.CommMAC, ins, body, header, h)
}

// closed is a command that needs a session and travels encrypted.
func (t *Tag) closed(ins ntag424.Instruction, body []byte, header int, h handler) reply {
	if t.card.session == nil {
		return fail(ntag424.StatusAuthError)
	}
	return t.card.session.run(ntag424.CommFull, ins, body, header, h)
}
