package simtag_test

import (
	"bytes"
	"encoding/hex"
	"fmt"
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
