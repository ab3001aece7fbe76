package ntag424

import (
	"crypto/cipher"
	"crypto/subtle"

	"trueward/internal/standard/aescmac"
)

// macLen is the length of a truncated MAC: bytes 1, 3, 5, … 15 of the CMAC.
const macLen = 8

// Session is an EV2 session. Its counter rises with every command; any error
// ends it. It is not safe for concurrent use.
type Session struct {
	KeyNo         byte
	PDCap, PCDCap [6]byte

	keys    SessionKeys
	mac     *aescmac.Key
	enc     *aescmac.Key
	ti      [4]byte
	ctr     uint16
	dropped bool
}

// NewSession makes a session from its keys, with a zero identifier and counter.
func NewSession(k SessionKeys) *Session {
	return &Session{keys: k, mac: cmacOf(k.MAC), enc: cmacOf(k.Enc)}
}

// ResumeSession is NewSession at a known identifier and counter.
func ResumeSession(k SessionKeys, ti [4]byte, ctr uint16) *Session {
	s := NewSession(k)
	s.ti, s.ctr = ti, ctr
	return s
}

// TI is the transaction identifier, Counter the number of commands so far.
func (s *Session) TI() [4]byte { return s.ti }

// Counter is the command counter.
func (s *Session) Counter() uint16 { return s.ctr }

// Keys are the session keys, for records of published examples.
func (s *Session) Keys() SessionKeys { return s.keys }

// Drop ends the session and forgets its keys. Every later use is CodeSession.
func (s *Session) Drop() {
	s.keys, s.mac, s.enc, s.dropped = SessionKeys{}, nil, nil, true
}

// Open reports whether the session can still be used.
func (s *Session) Open() bool { return s != nil && !s.dropped && s.ctr < 0xFFFF }

// Command frames one command of the session. Header bytes travel readable; data
// is padded and encrypted in full mode. In plain mode nothing is added, but the
// counter still rises.
func (s *Session) Command(mode CommMode, ins Instruction, header, data []byte) ([]byte, error) {
	if !s.Open() {
		return nil, refuse(CodeSession, "command")
	}
	body := append([]byte(nil), header...)
	switch {
	case mode == CommFull && len(data) > 0:
		body = append(body, s.crypt(cipher.NewCBCEncrypter, labelEnc, Pad(data))...)
	default:
		body = append(body, data...)
	}
	if mode != CommPlain {
		body = append(body, s.MAC(byte(ins), body)...)
	}
	if len(body) > maxData {
		return nil, refuse(CodeMalformed, "command")
	}
	s.ctr++
	return native(ins, body...), nil
}

// Response takes the answer to the last command and returns its data. What is
// not a success under this session's MAC drops the session: CodeStatus with the
// status, CodeBadMAC, or CodeMalformed for a wrong length or padding.
func (s *Session) Response(mode CommMode, answer []byte) ([]byte, error) {
	data, err := s.response(mode, answer)
	if err != nil {
		s.Drop()
		return nil, err
	}
	return data, nil
}

func (s *Session) response(mode CommMode, answer []byte) ([]byte, error) {
	if s.dropped {
		return nil, refuse(CodeSession, "answer")
	}
	data, err := want(answer, StatusOK, -1, "answer")
	if err != nil || mode == CommPlain {
		return data, err
	}
	if len(data) < macLen {
		return nil, refuse(CodeBadMAC, "answer")
	}
	data, mac := data[:len(data)-macLen], data[len(data)-macLen:]
	if subtle.ConstantTimeCompare(s.MAC(byte(StatusOK&0xFF), data), mac) != 1 {
		return nil, refuse(CodeBadMAC, "answer")
	}
	if mode != CommFull || len(data) == 0 {
		return data, nil
	}
	if len(data)%16 != 0 {
		return nil, refuse(CodeMalformed, "answer")
	}
	plain, ok := Unpad(s.crypt(cipher.NewCBCDecrypter, labelMAC, data))
	if !ok {
		return nil, refuse(CodeMalformed, "padding")
	}
	return plain, nil
}

// MAC is the truncated MAC over lead ‖ counter ‖ identifier ‖ body. The lead is
// the command code going out and the second status byte coming back.
func (s *Session) MAC(lead byte, body []byte) []byte {
	msg := append([]byte{lead, byte(s.ctr), byte(s.ctr >> 8)}, s.ti[:]...)
	return TruncateMAC(s.mac.Sum(append(msg, body...)))
}

// TruncateMAC keeps the bytes that the chip sends.
func TruncateMAC(full [16]byte) []byte {
	out := make([]byte, 0, macLen)
	for i := 1; i < len(full); i += 2 {
		out = append(out, full[i])
	}
	return out
}

// crypt runs CBC under the session's encryption key. The IV is made from a
// label (one for each direction), the identifier and the counter.
func (s *Session) crypt(mode func(cipher.Block, []byte) cipher.BlockMode, label [2]byte, data []byte) []byte {
	iv := make([]byte, 16)
	copy(iv, label[:])
	copy(iv[2:], s.ti[:])
	iv[6], iv[7] = byte(s.ctr), byte(s.ctr>>8)
	s.enc.Block().Encrypt(iv, iv)
	out := make([]byte, len(data))
	mode(s.enc.Block(), iv).CryptBlocks(out, data)
	return out
}

// Pad appends 80h and zeros, always at least one byte (ISO/IEC 9797-1 method 2).
func Pad(data []byte) []byte {
	out := append(append([]byte(nil), data...), 0x80)
	return append(out, make([]byte, (16-len(out)%16)%16)...)
}

// Unpad removes what Pad appended.
func Unpad(data []byte) ([]byte, bool) {
	for i := len(data) - 1; i >= 0 && len(data)-i <= 16; i-- {
		switch data[i] {
		case 0x00:
		case 0x80:
			return data[:i], true
		default:
			return nil, false
		}
	}
	return nil, false
}
