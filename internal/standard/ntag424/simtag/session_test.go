package simtag_test

import (
	"bytes"
	"encoding/hex"
	"errors"
	"io"
	"testing"

	"trueward/internal/standard/ntag424"
	"trueward/internal/standard/ntag424/simtag"
)

// login opens a session, or gives the refusal.
func login(t *testing.T, tag *simtag.Tag, no byte, k ntag424.Key) (*ntag424.Session, error) {
	t.Helper()
	a, command := ntag424.StartAuth(no, k, [16]byte{9, 8, 7})
	command, err := a.Challenge(tag.Transceive(command))
	if err != nil {
		return nil, err
	}
	return a.Finish(tag.Transceive(command))
}

func selected(t *testing.T, tag *simtag.Tag) {
	t.Helper()
	tag.Activate()
	talk(t, tag, [2]string{selectApp, "9000"})
}

// TestSessionCommands run inside a session: the reader's side is package
// ntag424, written apart from the tag's.
func TestSessionCommands(t *testing.T) {
	tag := factory()
	selected(t, tag)
	s, err := login(t, tag, 0, ntag424.Key{})
	if err != nil {
		t.Fatal(err)
	}
	full, mac := ntag424.CommFull, ntag424.CommMAC
	version := unhex(t, "04040830001105"+"04040201011105"+"045EA110203040"+"00000000002118")
	for _, c := range []struct {
		name         string
		mode         ntag424.CommMode
		ins          ntag424.Instruction
		header, data string
		want         string
	}{
		{"UID", full, ntag424.InsGetCardUID, "", "", "045EA110203040"},
		{"key version", mac, ntag424.InsGetKeyVersion, "03", "", "00"},
		{"settings", mac, ntag424.InsGetSettings, "01", "", "000000E0200000"},
		{"change key 3", full, ntag424.InsChangeKey, "03", keyChange(), ""},
		{"key version", mac, ntag424.InsGetKeyVersion, "03", "", "07"},
		{"write plain", ntag424.CommPlain, ntag424.InsWriteData, "02000000020000", "ABCD", ""},
		{"read plain", ntag424.CommPlain, ntag424.InsReadData, "02000000020000", "", "ABCD"},
		{"change settings", full, ntag424.InsChangeSettings, "02", "4000E0C1FF12200000430000430000", ""},
		{"settings", mac, ntag424.InsGetSettings, "02", "", "004000E0000100C1FF12200000430000430000"},
		{"random ID", full, ntag424.InsConfigure, "00", "02", ""},
	} {
		command, err := s.Command(c.mode, c.ins, unhex(t, c.header), unhex(t, c.data))
		if err != nil {
			t.Fatal(err)
		}
		got, err := s.Response(c.mode, tag.Transceive(command))
		if err != nil || !bytes.Equal(got, unhex(t, c.want)) {
			t.Fatalf("%s: %X, %v", c.name, got, err)
		}
	}
	checkVersionInSession(t, tag, s, version)
}

func keyChange() string {
	return hex.EncodeToString(ntag424.ChangeKeyData(false, ntag424.Key{5: 5}, ntag424.Key{}, 7))
}

// TestOwnKeyChange: the answer has no MAC, the session is over, the new key
// opens the next one.
func TestOwnKeyChange(t *testing.T) {
	tag := factory()
	selected(t, tag)
	s, err := login(t, tag, 0, ntag424.Key{})
	if err != nil {
		t.Fatal(err)
	}
	command, err := s.ChangeKey(0, ntag424.Key{9}, ntag424.Key{}, 4)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.FinishChangeKey(0, tag.Transceive(command)); err != nil || s.Open() {
		t.Errorf("%v", err)
	}
	if _, err := login(t, tag, 0, ntag424.Key{}); err == nil {
		t.Error("the old key opens a session")
	}
	if _, err := login(t, tag, 0, ntag424.Key{9}); err != nil || tag.Keys()[0] != (ntag424.Key{9}) {
		t.Errorf("%v", err)
	}
}

// checkVersionInSession reads the three parts under one MAC; random ID hides the
// UID by now.
func checkVersionInSession(t *testing.T, tag *simtag.Tag, s *ntag424.Session, version []byte) {
	t.Helper()
	command, err := s.Command(ntag424.CommMAC, ntag424.InsGetVersion, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	var joined []byte
	for range 3 {
		a, err := ntag424.ParseAnswer(tag.Transceive(command))
		if err != nil {
			t.Fatal(err)
		}
		joined, command = append(joined, a.Data...), ntag424.MoreFrames()
	}
	got, err := s.Response(ntag424.CommMAC, append(joined, 0x91, 0x00))
	copy(version[14:], make([]byte, 7))
	if err != nil || !bytes.Equal(got, version) {
		t.Errorf("version %X, %v", got, err)
	}
}

// TestSessionRefusals: each is sent in a session of its own, because an error
// ends it.
func TestSessionRefusals(t *testing.T) {
	full, mac := ntag424.CommFull, ntag424.CommMAC
	for _, c := range []struct {
		name         string
		keyNo        byte
		mode         ntag424.CommMode
		ins          ntag424.Instruction
		header, data string
		want         ntag424.Status
	}{
		{"no such file", 0, full, ntag424.InsChangeSettings, "04", "00E0EE", ntag424.StatusFileNotFound},
		{"another key", 1, full, ntag424.InsChangeSettings, "02", "00E0EE", ntag424.StatusPermission},
		{"bad settings", 0, full, ntag424.InsChangeSettings, "02", "4000E0C1FFF2430000430000", ntag424.StatusParameter},
		{"short settings", 0, full, ntag424.InsChangeSettings, "02", "4000E0C1", ntag424.StatusLength},
		{"SDM on file 3", 0, full, ntag424.InsChangeSettings, "01", "4000E0C1FF12200000430000430000", ntag424.StatusPermission},
		{"no such key", 0, full, ntag424.InsChangeKey, "05", keyChange(), ntag424.StatusNoSuchKey},
		{"not by key 0", 1, full, ntag424.InsChangeKey, "03", keyChange(), ntag424.StatusPermission},
		{"wrong old key", 0, full, ntag424.InsChangeKey, "03", "01" + keyChange()[2:], ntag424.StatusIntegrity},
		{"key data length", 0, full, ntag424.InsChangeKey, "03", "0102", ntag424.StatusLength},
		{"own key length", 0, full, ntag424.InsChangeKey, "00", "0102", ntag424.StatusLength},
		{"option", 0, full, ntag424.InsConfigure, "77", "00", ntag424.StatusParameter},
		{"option by another key", 2, full, ntag424.InsConfigure, "00", "00", ntag424.StatusPermission},
		{"counters of file 3", 0, full, ntag424.InsGetCounters, "03", "", ntag424.StatusFileNotFound},
		{"counters without SDM", 0, full, ntag424.InsGetCounters, "02", "", ntag424.StatusPermission},
		{"key version", 0, mac, ntag424.InsGetKeyVersion, "09", "", ntag424.StatusNoSuchKey},
		{"read by another key", 0, full, ntag424.InsReadData, "03000000010000", "", ntag424.StatusPermission},
		{"write past the end", 3, full, ntag424.InsWriteData, "03800000010000", "00", ntag424.StatusBoundary},
		{"write another length", 3, full, ntag424.InsWriteData, "03000000020000", "00", ntag424.StatusLength},
		{"short plain", 0, ntag424.CommPlain, ntag424.InsReadData, "0200", "", ntag424.StatusLength},
		{"write never", 0, full, ntag424.InsWriteData, "03000000010000", "00", ntag424.StatusPermission},
	} {
		t.Run(c.name, func(t *testing.T) {
			tag := factory()
			selected(t, tag)
			s, err := login(t, tag, c.keyNo, ntag424.Key{})
			if err != nil {
				t.Fatal(err)
			}
			command, err := s.Command(c.mode, c.ins, unhex(t, c.header), unhex(t, c.data))
			if err != nil {
				t.Fatal(err)
			}
			_, err = s.Response(c.mode, tag.Transceive(command))
			var e *ntag424.Error
			if !errors.As(err, &e) || e.Status != c.want {
				t.Errorf("%v, want %04X", err, uint16(c.want))
			}
			talk(t, tag, [2]string{"9051000000", "91AE"}) // the session is over
		})
	}
}

// TestForgedCommands: a session takes nothing that its MAC does not cover.
func TestForgedCommands(t *testing.T) {
	for name, forge := range map[string]func([]byte) []byte{
		"bit in the MAC":   func(c []byte) []byte { c[len(c)-2] ^= 1; return c },
		"no MAC":           func([]byte) []byte { return unhex(t, "9051000000") },
		"short MAC":        func([]byte) []byte { return unhex(t, "905100000201020000"[:16]) },
		"header changed":   func(c []byte) []byte { c[1] = 0x60; return c },
		"ISO read instead": func([]byte) []byte { return unhex(t, "00B0000010") },
	} {
		tag := factory()
		selected(t, tag)
		talk(t, tag, [2]string{"00A4000C02E10400", "9000"})
		s, err := login(t, tag, 0, ntag424.Key{})
		if err != nil {
			t.Fatal(err)
		}
		command, err := s.GetCardUID()
		if err != nil {
			t.Fatal(err)
		}
		if a, err := ntag424.ParseAnswer(tag.Transceive(forge(command))); err != nil || a.Status.Action() == ntag424.ActionNone {
			t.Errorf("%s: %v, %v", name, a.Status, err)
		}
	}
}

// TestLongSession goes past 255 commands: both bytes of the counter are signed.
func TestLongSession(t *testing.T) {
	tag := factory()
	selected(t, tag)
	s, err := login(t, tag, 0, ntag424.Key{})
	if err != nil {
		t.Fatal(err)
	}
	for range 300 {
		command, err := s.GetCardUID()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.Response(ntag424.CommFull, tag.Transceive(command)); err != nil {
			t.Fatalf("command %d: %v", s.Counter(), err)
		}
	}
	// The same answer 256 commands later is not the same answer.
	k := s.Keys()
	early, late := ntag424.ResumeSession(k, s.TI(), 7), ntag424.ResumeSession(k, s.TI(), 7+256)
	if bytes.Equal(early.MAC(0, nil), late.MAC(0, nil)) {
		t.Error("the counter's high byte is not signed")
	}
}

// TestFailedAuthentications are counted per key: a delay from 50 in a row.
func TestFailedAuthentications(t *testing.T) {
	tag := factory()
	selected(t, tag)
	for range 50 {
		if _, err := login(t, tag, 0, ntag424.Key{1}); err == nil {
			t.Fatal("a wrong key was taken")
		}
	}
	talk(t, tag, [2]string{"9071000002000000", "91AD"})
	if _, err := login(t, tag, 0, ntag424.Key{}); err != nil {
		t.Errorf("the right key after a delay: %v", err)
	}
	if _, err := login(t, tag, 1, ntag424.Key{}); err != nil {
		t.Errorf("another key: %v", err)
	}
	for range 2000 {
		_, _ = login(t, tag, 2, ntag424.Key{1})
	}
	if _, err := login(t, tag, 2, ntag424.Key{}); err == nil {
		t.Error("a key at its limit was taken")
	}
}

// TestLRPSwitch cannot be taken back, turns SDM off and ends AES sessions.
func TestLRPSwitch(t *testing.T) {
	tag := newTag(t, shapes()[0])
	selected(t, tag)
	s, err := login(t, tag, 0, testKeys[0])
	if err != nil {
		t.Fatal(err)
	}
	command, err := s.Command(ntag424.CommFull, ntag424.InsConfigure, []byte{5}, unhex(t, "00000000020000000000"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Response(ntag424.CommFull, tag.Transceive(command)); err != nil {
		t.Fatal(err)
	}
	if _, err := login(t, tag, 0, testKeys[0]); ntag424.CodeOf(err) != ntag424.CodeLRPTag {
		t.Errorf("%v", err)
	}
	if text, err := tag.Tap(); err != nil || !bytes.Contains([]byte(text), []byte("p=00000000000000000000000000000000")) {
		t.Errorf("SDM still writes: %v", err)
	}
}

// TestNoRandomness: a tag without randomness refuses rather than repeats.
func TestNoRandomness(t *testing.T) {
	im, err := shapes()[0].template.Image()
	if err != nil {
		t.Fatal(err)
	}
	tag := simtag.New(simtag.Config{Rand: bytes.NewReader(nil)})
	if err := tag.Personalise(im, im.Settings(), testKeys, 1); err != nil {
		t.Fatal(err)
	}
	if _, err := tag.Tap(); !errors.Is(err, io.EOF) {
		t.Errorf("%v", err)
	}
	selected(t, tag)
	talk(t, tag, [2]string{"9071000002000000", "91EE"})
	short := simtag.New(simtag.Config{Rand: bytes.NewReader(make([]byte, 16))})
	selected(t, short)
	if _, err := login(t, short, 0, ntag424.Key{}); err == nil {
		t.Error("a session without an identifier")
	}
	bad := im.Settings()
	bad.SDM.MACOffset = 255
	if err := tag.Personalise(im, bad, testKeys, 1); ntag424.CodeOf(err) != ntag424.CodeSettings {
		t.Errorf("%v", err)
	}
}
