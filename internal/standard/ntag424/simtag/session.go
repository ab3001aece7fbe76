package simtag

import (
	"bytes"
	"crypto/cipher"
	"crypto/subtle"

	"trueward/internal/standard/aescmac"
	"trueward/internal/standard/ntag424"
)

// session is the tag's side of EV2 secure messaging, written from the data
// sheet by itself so that reader and tag do not share a mistake.
type session struct {
	keyNo    byte
	enc, mac *aescmac.Key
	ti       [4]byte
	ctr      uint16
}

// handshake is an authentication waiting for its second part.
type handshake struct {
	first bool
	keyNo byte
	rndB  [16]byte
	prior *session
}

// run unwraps a command, executes it and wraps the answer. The authenticated
// key's own change ends the session, so its answer has no MAC.
func (s *session) run(mode ntag424.CommMode, ins ntag424.Instruction, body []byte, header int, h handler) reply {
	if mode == ntag424.CommPlain {
		if len(body) < header {
			return fail(ntag424.StatusLength)
		}
		s.ctr++
		return h(body[:header], body[header:])
	}
	if len(body) < header+8 {
		return fail(ntag424.StatusLength)
	}
	signed, mac := body[:len(body)-8], body[len(body)-8:]
	if subtle.ConstantTimeCompare(s.sign(byte(ins), signed), mac) != 1 {
		return fail(ntag424.StatusIntegrity)
	}
	head, data := signed[:header], signed[header:]
	if mode == ntag424.CommFull && len(data) > 0 {
		if len(data)%16 != 0 {
			return fail(ntag424.StatusLength)
		}
		plain := make([]byte, len(data))
		cipher.NewCBCDecrypter(s.enc.Block(), s.iv(0xA5, 0x5A)).CryptBlocks(plain, data)
		end := bytes.LastIndexByte(plain, 0x80)
		if end < 0 || len(bytes.Trim(plain[end+1:], "\x00")) != 0 {
			return fail(ntag424.StatusIntegrity)
		}
		data = plain[:end]
	}
	s.ctr++
	return s.wrap(mode, ins, head, h(head, data))
}

func (s *session) wrap(mode ntag424.CommMode, ins ntag424.Instruction, head []byte, r reply) reply {
	if r.status != ntag424.StatusOK || ins == ntag424.InsChangeKey && head[0] == s.keyNo {
		return r
	}
	out := append([]byte(nil), r.data...)
	if mode == ntag424.CommFull && len(out) > 0 {
		out = append(out, 0x80)
		for len(out)%16 != 0 {
			out = append(out, 0)
		}
		cipher.NewCBCEncrypter(s.enc.Block(), s.iv(0x5A, 0xA5)).CryptBlocks(out, out)
	}
	return ok(append(out, s.sign(0x00, out)...)...)
}

func (s *session) sign(lead byte, body []byte) []byte {
	msg := []byte{lead, byte(s.ctr), byte(s.ctr >> 8), s.ti[0], s.ti[1], s.ti[2], s.ti[3]}
	full := s.mac.Sum(append(msg, body...))
	return []byte{full[1], full[3], full[5], full[7], full[9], full[11], full[13], full[15]}
}

func (s *session) iv(a, b byte) []byte {
	iv := []byte{a, b, s.ti[0], s.ti[1], s.ti[2], s.ti[3], byte(s.ctr), byte(s.ctr >> 8), 15: 0}
	s.enc.Block().Encrypt(iv, iv)
	return iv
}

// Limits on failed authentications (data sheet §9.4, default configuration).
const (
	failLimit     = 1000
	failDelayFrom = 50
	failDecrement = 10
)

// authenticate is part one: the challenge.
func (t *Tag) authenticate(ins ntag424.Instruction, data []byte) reply {
	first := ins == ntag424.InsAuthFirst
	prior := t.card.session
	t.card.auth = nil
	switch {
	case !t.card.app || !first && prior == nil:
		return fail(ntag424.StatusIllegalCommand)
	case first && (len(data) < 2 || len(data) != 2+int(data[1])) || !first && len(data) != 1:
		return fail(ntag424.StatusLength)
	case data[0] >= ntag424.KeyCount:
		return fail(ntag424.StatusNoSuchKey)
	case t.lrp:
		return fail(ntag424.StatusPermission)
	case t.failures[data[0]] >= failLimit:
		return fail(ntag424.StatusAuthError)
	case t.failures[data[0]] >= failDelayFrom && !t.delayed:
		t.delayed = true
		return fail(ntag424.StatusAuthDelay)
	}
	t.delayed = false
	h := &handshake{first: first, keyNo: data[0], prior: prior}
	if t.random(h.rndB[:]) != nil {
		return fail(ntag424.StatusMemory)
	}
	t.card.session, t.card.auth = nil, h
	out := append([]byte(nil), h.rndB[:]...)
	t.block(h.keyNo).Encrypt(out, out)
	return reply{out, ntag424.StatusMore}
}

func (t *Tag) block(no byte) cipher.Block {
	k, _ := aescmac.New(t.keys[no][:]) // 16 bytes are never refused
	return k.Block()
}

// prove is part two: the reader's proof is checked, then the tag gives its own.
func (t *Tag) prove(h *handshake, data []byte) reply {
	if len(data) != 32 {
		return fail(ntag424.StatusLength)
	}
	plain := make([]byte, 32)
	block := t.block(h.keyNo)
	cipher.NewCBCDecrypter(block, make([]byte, 16)).CryptBlocks(plain, data)
	rotated := append(append([]byte(nil), h.rndB[1:]...), h.rndB[0])
	if subtle.ConstantTimeCompare(plain[16:], rotated) != 1 {
		t.failures[h.keyNo]++
		return fail(ntag424.StatusAuthError)
	}
	t.failures[h.keyNo] = max(0, t.failures[h.keyNo]-failDecrement)
	s := t.newSession(h, plain[:16])
	answer := append(append([]byte(nil), plain[1:16]...), plain[0])
	if h.first {
		if t.random(s.ti[:]) != nil {
			return fail(ntag424.StatusMemory)
		}
		answer = append(append(s.ti[:len(s.ti):len(s.ti)], answer...), make([]byte, 12)...)
	} else {
		s.ti, s.ctr = h.prior.ti, h.prior.ctr
	}
	cipher.NewCBCEncrypter(block, make([]byte, 16)).CryptBlocks(answer, answer)
	t.card.session = s
	return ok(answer...)
}

// newSession derives the session keys (data sheet §9.1.7).
func (t *Tag) newSession(h *handshake, rndA []byte) *session {
	mixed := append([]byte(nil), rndA[:2]...)
	for i := 2; i < 8; i++ {
		mixed = append(mixed, rndA[i]^h.rndB[i-2])
	}
	mixed = append(append(mixed, h.rndB[6:]...), rndA[8:]...)
	derive := func(label ...byte) *aescmac.Key {
		base, _ := aescmac.New(t.keys[h.keyNo][:])
		sum := base.Sum(append(append(label, 0x00, 0x01, 0x00, 0x80), mixed...))
		k, _ := aescmac.New(sum[:])
		return k
	}
	return &session{keyNo: h.keyNo, enc: derive(0xA5, 0x5A), mac: derive(0x5A, 0xA5)}
}
