package ntag424_test

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"testing"

	"trueward/internal/standard/ntag424"
	"trueward/internal/standard/ntag424/simtag"
)

// replay runs a job; swap may replace the answer to command n.
func replay(tag *simtag.Tag, c *ntag424.Commission, swap func(n int, command, answer []byte) []byte) (int, error) {
	tag.Activate()
	command, err := c.Next(nil)
	n := 0
	for ; err == nil && command != nil; n++ {
		command, err = c.Next(swap(n, command, tag.Transceive(command)))
	}
	return n, err
}

func status(s ntag424.Status) []byte { return []byte{byte(s >> 8), byte(s)} }

// once replaces the answer to the first command of one kind.
func once(ins ntag424.Instruction, with []byte) func(int, []byte, []byte) []byte {
	done := false
	return func(_ int, command, answer []byte) []byte {
		if done || command[1] != byte(ins) {
			return answer
		}
		done = true
		return with
	}
}

func always(ins ntag424.Instruction, with []byte) func(int, []byte, []byte) []byte {
	return func(_ int, command, answer []byte) []byte {
		if command[1] != byte(ins) {
			return answer
		}
		return with
	}
}

func TestStatusDecidesWhatFollows(t *testing.T) {
	p := plan(t, firstSet, [5]ntag424.Key{}, 1)
	p.Known = true
	for _, c := range []struct {
		name string
		swap func(int, []byte, []byte) []byte
		want ntag424.State
	}{
		{"a lost session is begun anew", once(ntag424.InsChangeSettings, status(ntag424.StatusAborted)), ntag424.StateVerified},
		{"but once", always(ntag424.InsChangeSettings, status(ntag424.StatusAborted)), ntag424.StateInterrupted},
		{"memory error", once(ntag424.InsChangeKey, status(ntag424.StatusMemory)), ntag424.StateQuarantined},
		{"ISO memory error", once(ntag424.InsISOUpdate, status(ntag424.StatusISOMemory)), ntag424.StateQuarantined},
		{"wrong old key", once(ntag424.InsChangeKey, status(ntag424.StatusIntegrity)), ntag424.StateInterrupted},
		{"delay", once(ntag424.InsAuthFirst, status(ntag424.StatusAuthDelay)), ntag424.StateVerified},
		{"delay without end", always(ntag424.InsAuthFirst, status(ntag424.StatusAuthDelay)), ntag424.StateInterrupted},
		{"one failed authentication", once(ntag424.InsAuthFirst, status(ntag424.StatusAuthError)), ntag424.StateQuarantined},
		{"LRP", once(ntag424.InsAuthFirst, append(make([]byte, 17), 0x91, 0xAF)), ntag424.StateInterrupted},
		{"short key version", once(ntag424.InsGetKeyVersion, status(ntag424.StatusOK)), ntag424.StateInterrupted},
		{"bad settings", once(ntag424.InsGetSettings, append([]byte{1, 2, 3}, status(ntag424.StatusOK)...)), ntag424.StateInterrupted},
		{"settings status", once(ntag424.InsGetSettings, status(ntag424.StatusFileNotFound)), ntag424.StateInterrupted},
		{"not a chip of ours", once(ntag424.InsGetVersion, append([]byte{4, 3, 8, 0x30, 0, 0x11, 5}, 0x91, 0xAF)), ntag424.StateInterrupted},
		{"version cut", once(ntag424.InsMore, status(ntag424.StatusOK)), ntag424.StateInterrupted},
		{"oversize", once(ntag424.InsGetVersion, make([]byte, 259)), ntag424.StateInterrupted},
		{"half a status", once(ntag424.InsGetVersion, []byte{0x91}), ntag424.StateInterrupted},
		{"other content", once(ntag424.InsISORead, append(make([]byte, len(p.Image.File)), 0x90, 0)), ntag424.StateInterrupted},
		{"short content", once(ntag424.InsISORead, status(ntag424.StatusISOOK)), ntag424.StateInterrupted},
		{"session version", session3(), ntag424.StateInterrupted},
	} {
		t.Run(c.name, func(t *testing.T) {
			job := job(t, p)
			n, err := replay(factoryTag(), job, c.swap)
			if job.State() != c.want || (err == nil) != (c.want == ntag424.StateVerified) || n > 200 {
				t.Errorf("state %s after %d commands: %v", job.State(), n, err)
			}
		})
	}
}

// session3 breaks the MAC of the first key version told inside a session.
func session3() func(int, []byte, []byte) []byte {
	done := false
	return func(_ int, command, answer []byte) []byte {
		if !done && command[1] == byte(ntag424.InsGetKeyVersion) && len(answer) > 3 {
			done = true
			answer[0] ^= 1
		}
		return answer
	}
}

// TestURLMustPass: a tag whose tap the production verifier refuses is not done.
func TestURLMustPass(t *testing.T) {
	p := plan(t, firstSet, [5]ntag424.Key{}, 1)
	p.Check = func(string) error { return errors.New("refused") }
	c := job(t, p)
	if _, err := visit(factoryTag(), c, -1, noFault); ntag424.CodeOf(err) != ntag424.CodeVerify || c.State() != ntag424.StateInterrupted || c.URL() != "" {
		t.Errorf("state %s, %v", c.State(), err)
	}
}

// TestSubstitutedTag: another tag answers after the inspection; the UID under
// MAC finds it even if GetVersion lies.
func TestSubstitutedTag(t *testing.T) {
	other := simtag.New(simtag.Config{UID: ntag424.UID{4, 9, 9, 9, 9, 9, 9}, Rand: rand.NewChaCha8([32]byte{1})})
	mores := 0
	c := job(t, plan(t, firstSet, [5]ntag424.Key{}, 1))
	_, err := replay(other, c, func(_ int, command, answer []byte) []byte {
		if command[1] == byte(ntag424.InsMore) {
			if mores++; mores == 2 {
				copy(answer, tagUID[:])
			}
		}
		return answer
	})
	if ntag424.CodeOf(err) != ntag424.CodeTagChanged || other.Keys() != [5]ntag424.Key{} {
		t.Errorf("%v", err)
	}
}

// TestNoRandomnessNoSession: without randomness nothing is proven.
func TestNoRandomnessNoSession(t *testing.T) {
	c, err := ntag424.NewCommission(plan(t, firstSet, [5]ntag424.Key{}, 1), bytes.NewReader(nil))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := visit(factoryTag(), c, -1, noFault); ntag424.CodeOf(err) != ntag424.CodeAuth {
		t.Errorf("%v", err)
	}
}

func TestInspectionRefuses(t *testing.T) {
	for name, swap := range map[string]func(int, []byte, []byte) []byte{
		"foreign chip":  once(ntag424.InsGetVersion, append([]byte{4, 3, 8, 0x30, 0, 0x11, 5}, 0x91, 0xAF)),
		"no signature":  once(ntag424.InsReadSig, status(ntag424.StatusOK)),
		"sig status":    once(ntag424.InsReadSig, status(ntag424.StatusUnknownCommand)),
		"half a status": once(ntag424.InsReadSig, []byte{0x91}),
		"bad selection": once(ntag424.InsISOSelect, status(ntag424.StatusISONotFound)),
	} {
		tag := factoryTag()
		tag.Activate()
		i := ntag424.NewInspection()
		command, err := i.Next(nil)
		for n := 0; err == nil && command != nil; n++ {
			command, err = i.Next(swap(n, command, tag.Transceive(command)))
		}
		if _, done := i.Report(); err == nil || done {
			t.Errorf("%s: taken", name)
		}
	}
}

func TestBadReaderInput(t *testing.T) {
	for name, text := range map[string]string{"odd": "910", "not hex": "91ZZ", "oversize": string(bytes.Repeat([]byte("00"), 259))} {
		if _, err := ntag424.DecodeAnswer(text); ntag424.CodeOf(err) != ntag424.CodeMalformed {
			t.Errorf("%s: %v", name, err)
		}
	}
	if b, err := ntag424.DecodeAnswer("9100"); err != nil || !bytes.Equal(b, status(ntag424.StatusOK)) {
		t.Errorf("%X, %v", b, err)
	}
	if _, err := ntag424.ParseAnswer([]byte{0x91}); ntag424.CodeOf(err) != ntag424.CodeMalformed {
		t.Errorf("%v", err)
	}
	if _, err := ntag424.ParseCounters([]byte{1, 2, 3}); ntag424.CodeOf(err) != ntag424.CodeMalformed {
		t.Errorf("%v", err)
	}
	if _, err := ntag424.ParseVersion(make([]byte, 27)); ntag424.CodeOf(err) != ntag424.CodeMalformed {
		t.Errorf("%v", err)
	}
	for _, c := range [][2][5]byte{{{0x88, 4, 1, 2, 0}, {}}, {{4, 4, 0, 0, 0}, {}}} {
		if _, err := ntag424.UIDFromCascade(c[0], c[1]); ntag424.CodeOf(err) != ntag424.CodeMalformed {
			t.Errorf("%v", err)
		}
	}
}

// TestSessionEnds: at the last counter, at a frame that does not fit, after a
// wrong length, and at padding that is none.
func TestSessionEnds(t *testing.T) {
	last := ntag424.ResumeSession(ntag424.SessionKeys{}, [4]byte{}, 0xFFFF)
	if _, err := last.GetCardUID(); ntag424.CodeOf(err) != ntag424.CodeSession {
		t.Errorf("%v", err)
	}
	s := ntag424.NewSession(ntag424.SessionKeys{})
	if _, err := s.Write(ntag424.CommFull, 2, 0, make([]byte, 250)); ntag424.CodeOf(err) != ntag424.CodeMalformed {
		t.Errorf("%v", err)
	}
	for name, plain := range map[string][]byte{
		"no padding": make([]byte, 16), "other byte": bytes.Repeat([]byte{7}, 16), "half a block": make([]byte, 8),
	} {
		s := ntag424.NewSession(ntag424.SessionKeys{})
		if _, err := s.GetCardUID(); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Response(ntag424.CommFull, forged(s, plain)); ntag424.CodeOf(err) != ntag424.CodeMalformed || s.Open() {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := s.Response(ntag424.CommFull, forged(ntag424.NewSession(ntag424.SessionKeys{}), plain)); ntag424.CodeOf(err) != ntag424.CodeSession {
			t.Errorf("%s: %v", name, err)
		}
	}
	s = ntag424.NewSession(ntag424.SessionKeys{})
	if err := s.FinishChangeKey(0, []byte{1, 0x91, 0}); ntag424.CodeOf(err) != ntag424.CodeMalformed || s.Open() {
		t.Errorf("%v", err)
	}
	s = ntag424.NewSession(ntag424.SessionKeys{})
	if err := s.FinishChangeKey(2, forgedFull(s, []byte{1})); ntag424.CodeOf(err) != ntag424.CodeMalformed || s.Open() {
		t.Errorf("%v", err)
	}
	for _, b := range [][]byte{nil, make([]byte, 32), {0x80, 0x01}} {
		if _, ok := ntag424.Unpad(b); ok {
			t.Errorf("%X taken as padded", b)
		}
	}
}

// forged signs ciphertext as the tag would, under the zero session keys.
func forged(s *ntag424.Session, ciphertext []byte) []byte {
	return append(append(append([]byte(nil), ciphertext...), s.MAC(0, ciphertext)...), 0x91, 0)
}

// forgedFull encrypts as the tag would: the direction's IV, then the MAC.
func forgedFull(s *ntag424.Session, plain []byte) []byte {
	return forged(s, ntag424.EncryptAnswerForTest(s, plain))
}

// FuzzResponse: no answers, whatever they are, may panic, end as verified or
// leave the job sending for ever.
func FuzzResponse(f *testing.F) {
	f.Add([]byte{0x90, 0}, []byte{0x91, 0}, uint8(0))
	f.Add([]byte{0x91, 0xAF}, []byte{0x91, 0xAE}, uint8(9))
	f.Add(append(make([]byte, 16), 0x91, 0xAF), append(make([]byte, 32), 0x91, 0), uint8(14))
	f.Fuzz(func(t *testing.T, a, b []byte, from uint8) {
		p := plan(t, firstSet, [5]ntag424.Key{}, 1)
		p.Known = from&1 == 1
		c, n := job(t, p), 0
		_, err := replay(factoryTag(), c, func(i int, _, answer []byte) []byte {
			n = i
			switch {
			case i < int(from) || a == nil || b == nil:
				return answer
			case i%2 == 0:
				return a
			}
			return b
		})
		if n > 300 {
			t.Errorf("%d commands", n)
		}
		if err == nil && c.State() != ntag424.StateVerified {
			t.Errorf("ended in state %s", c.State())
		}
	})
}
