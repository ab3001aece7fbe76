package simtag_test

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"testing"

	"trueward/internal/standard/ntag424"
	"trueward/internal/standard/ntag424/simtag"
)

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// talk sends commands in hex and compares the whole answers, or only the status
// where the wanted text has four digits.
func talk(t *testing.T, tag *simtag.Tag, lines ...[2]string) {
	t.Helper()
	for _, l := range lines {
		got := fmt.Sprintf("%X", tag.Transceive(unhex(t, l[0])))
		if got != l[1] && (len(l[1]) != 4 || len(got) < 4 || got[len(got)-4:] != l[1]) {
			t.Errorf("%s answered %s, want %s", l[0], got, l[1])
		}
	}
}

func factory() *simtag.Tag {
	return simtag.New(simtag.Config{
		UID: ntag424.UID{0x04, 0x5E, 0xA1, 0x10, 0x20, 0x30, 0x40}, Rand: rand.NewChaCha8([32]byte{3}),
		Signature: [56]byte{0: 0xAB, 55: 0xCD},
	})
}

const selectApp = "00A4040C07D276000085010100"

// TestFactoryAnswers are the commands without a session, with their refusals.
func TestFactoryAnswers(t *testing.T) {
	tag := factory()
	tag.Activate()
	talk(t, tag,
		[2]string{"9060000000", "911C"}, // no application selected
		[2]string{"00A4000C02E10400", "6A82"},
		[2]string{"00B0000010", "6985"},
		[2]string{"00D60000010000", "6985"},
		[2]string{selectApp, "9000"},
		[2]string{"00A4040C07D276000085010200", "6A82"},
		[2]string{"00A4020C02E10400", "6A86"},
		[2]string{"00A4000C02E10900", "6A82"},
		[2]string{"00A4000C05E104", "6700"},
		[2]string{"9060000000", "0404083000110591AF"},
		[2]string{"90AF000000", "0404020101110591AF"},
		[2]string{"90AF000000", "045EA110203040000000000021189100"},
		[2]string{"90AF000000", "91CA"},
		[2]string{"90600000010000", "917E"},
		[2]string{"903C0000010000", "9190"},
		[2]string{"903C0000010100", "910C"},
		[2]string{"90640000010000", "009100"},
		[2]string{"90640000010500", "9140"},
		[2]string{"9064000002000000", "917E"},
		[2]string{"90F50000010200", "0000E0EE0001009100"},
		[2]string{"90F50000010400", "91F0"},
		[2]string{"9051000000", "91AE"},
		[2]string{"90AD0000070100000000000000", "9100"},
		[2]string{"90AD00000701000000000000", "917E"},
		[2]string{"90AD00000701000000210000", "917E"},
		[2]string{"90AD0000070100000021000000", "91BE"},
		[2]string{"90AD0000070300000001000000", "91AE"},
		[2]string{"90AD0000070900000001000000", "91F0"},
		[2]string{"90AD00000301000000", "917E"},
		[2]string{"908D00000901000000010000FFFF00", "91AE"},
		[2]string{"908D00000902000000010000FFFF00", "917E"},
		[2]string{"908D00000802000000010000FF00", "9100"},
		[2]string{"9099000000", "911C"},
		[2]string{"9099000100", "917E"},
		[2]string{"0099000000", "6D00"},
		[2]string{"8099000000", "6E00"},
		[2]string{"90", "6700"},
		[2]string{"9071000002050000", "9140"},
		[2]string{"90710000010000", "917E"},
		[2]string{"90770000010000", "911C"},
		[2]string{"90AF0000010000", "917E"},
	)
}

// TestFactoryFiles are the ISO commands on files.
func TestFactoryFiles(t *testing.T) {
	tag := factory()
	tag.Activate()
	talk(t, tag,
		[2]string{selectApp, "9000"},
		[2]string{"00A4000C02E10300", "9000"},
		[2]string{"00B0000017", "001720010000FF0406E104010000000506E105008082839000"},
		[2]string{"00D60000010000", "6982"},
		[2]string{"00A4000C02E10500", "9000"},
		[2]string{"00B0000010", "6982"},
		[2]string{"00A4000C02E10400", "9000"},
		[2]string{"00D60002031122330000", "6700"},
		[2]string{"00D600020311223300", "9000"},
		[2]string{"00D600FE0311223300", "6A86"},
		[2]string{"00D6000000", "6700"},
		[2]string{"00B0000205", "11223300009000"},
		[2]string{"00B0010005", "6A86"},
		[2]string{"00B000", "6700"},
	)
	if got := tag.Transceive(unhex(t, "00B0000000")); len(got) != 258 {
		t.Errorf("a whole read gives %d bytes", len(got))
	}
}

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

// TestProprietaryFile needs its keys and travels encrypted.
func TestProprietaryFile(t *testing.T) {
	tag := factory()
	selected(t, tag)
	s, err := login(t, tag, 3, ntag424.Key{})
	if err != nil {
		t.Fatal(err)
	}
	command, err := s.Write(ntag424.CommFull, ntag424.FileProprietary, 4, []byte("secret"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Response(ntag424.CommFull, tag.Transceive(command)); err != nil {
		t.Fatal(err)
	}
	a, command := s.StartAuthNonFirst(2, ntag424.Key{}, [16]byte{1})
	if command, err = a.Challenge(tag.Transceive(command)); err != nil {
		t.Fatal(err)
	}
	s, err = a.Finish(tag.Transceive(command))
	if err != nil {
		t.Fatal(err)
	}
	if command, err = s.Read(ntag424.CommFull, ntag424.FileProprietary, 4, 6); err != nil {
		t.Fatal(err)
	}
	if got, err := s.Response(ntag424.CommFull, tag.Transceive(command)); err != nil || string(got) != "secret" {
		t.Errorf("%q, %v", got, err)
	}
}

// TestReadCounter: frames of one read count once and agree; a command between
// counts again, and a session may ask when the settings allow.
func TestReadCounter(t *testing.T) {
	s := shapes()[0]
	tag := newTag(t, s)
	selected(t, tag)
	talk(t, tag, [2]string{"00A4000C02E10400", "9000"})
	whole := tag.Transceive(unhex(t, "00B0000000"))
	if part := tag.Transceive(unhex(t, "00B0001020")); !bytes.Equal(part[:32], whole[16:48]) || tag.Counter() != 1 {
		t.Errorf("counter %d after two frames", tag.Counter())
	}
	tag.Transceive(unhex(t, "90640000010000"))
	if again := tag.Transceive(unhex(t, "00B0000000")); bytes.Equal(again, whole) || tag.Counter() != 2 {
		t.Errorf("counter %d after a command between", tag.Counter())
	}
	if native := tag.Transceive(unhex(t, "90AD0000070200000000000000")); len(native) != 258 || tag.Counter() != 3 {
		t.Errorf("counter %d after ReadData", tag.Counter())
	}
	tag.SetCounter(simtag.MaxCounter)
	talk(t, tag, [2]string{"00A4000C02E10400", "9000"}, [2]string{"00B0000000", "6985"}, [2]string{"90AD0000070200000000000000", "91AE"})
}

// TestCounterOnRequest: GetFileCounters under the key the settings name.
func TestCounterOnRequest(t *testing.T) {
	im, err := shapes()[0].template.Image()
	if err != nil {
		t.Fatal(err)
	}
	tag := factory()
	set := im.Settings()
	set.SDM.CtrRet = 4
	if err := tag.Personalise(im, set, testKeys, 1); err != nil {
		t.Fatal(err)
	}
	tag.SetCounter(42)
	selected(t, tag)
	s, err := login(t, tag, 4, testKeys[4])
	if err != nil {
		t.Fatal(err)
	}
	command, err := s.GetCounters(ntag424.FileNDEF)
	if err != nil {
		t.Fatal(err)
	}
	data, err := s.Response(ntag424.CommFull, tag.Transceive(command))
	if err != nil {
		t.Fatal(err)
	}
	if n, err := ntag424.ParseCounters(data); n != 42 || err != nil {
		t.Errorf("counter %d, %v", n, err)
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

// FuzzTransceive: no command may panic or give an answer without a status.
func FuzzTransceive(f *testing.F) {
	for _, s := range []string{selectApp, "9060000000", "00B0000000", "9071000002000000", "90AD0000070200000000000000", "905F00001902"} {
		f.Add([]byte(s), []byte(s))
	}
	f.Fuzz(func(t *testing.T, a, b []byte) {
		tag := newTag(t, shapes()[3])
		selected(t, tag)
		for _, c := range [][]byte{a, b} {
			if raw, err := hex.DecodeString(string(c)); err == nil {
				c = raw
			}
			if got := tag.Transceive(c); len(got) < 2 || len(got) > 258 {
				t.Errorf("an answer of %d bytes", len(got))
			}
		}
	})
}
