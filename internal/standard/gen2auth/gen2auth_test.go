package gen2auth_test

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"trueward/internal/standard/gen2auth"
)

var (
	tagKey    = [16]byte{0x3C, 5: 0x99, 15: 0x01}
	challenge = gen2auth.Challenge{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}
	epc       = []byte{0x30, 0x74, 0x25, 0x7B, 0xF7, 0x19, 0x4E, 0x40, 0x00, 0x00, 0x1A, 0x85}
	tid       = []byte{0xE2, 0xC0, 0x68, 0x92, 0x20, 0x00, 0x6D, 0x02, 0x1E, 0x20, 0x86, 0xE6}
)

// answer is what a tag sends: the header block, then memory in CBC.
func answer(c gen2auth.Challenge, memory []byte) []byte {
	block, _ := aes.NewCipher(tagKey[:])
	out := append([]byte{0x96, 0xC5, 0xDE, 0xAD, 0xBE, 0xEF}, c[:]...)
	block.Encrypt(out, out)
	data := append([]byte(nil), memory...)
	if len(data) > 0 {
		cipher.NewCBCEncrypter(block, out).CryptBlocks(data, data)
	}
	return append(out, data...)
}

func epcBank(epc []byte) []byte {
	b := append([]byte{0xC3, 0xE3, byte(len(epc)/2) << 3, 0}, epc...)
	return append(b, make([]byte, (16-len(b)%16)%16)...)
}

// TestAttack23ChallengeCompare: every bit of the answer and of the challenge
// counts, and so does the key.
func TestAttack23ChallengeCompare(t *testing.T) {
	k, good := gen2auth.NewKey(tagKey), answer(challenge, nil)
	if err := gen2auth.VerifyTAM1(k, challenge, good); err != nil {
		t.Fatal(err)
	}
	for bit := range 128 {
		bad := bytes.Clone(good)
		bad[bit/8] ^= 1 << (bit % 8)
		if gen2auth.CodeOf(gen2auth.VerifyTAM1(k, challenge, bad)) != gen2auth.CodeBadResponse {
			t.Errorf("bit %d changed and accepted", bit)
		}
	}
	for i := range challenge {
		other := challenge
		other[i] ^= 0x80
		if err := gen2auth.VerifyTAM1(k, other, good); gen2auth.CodeOf(err) != gen2auth.CodeBadResponse {
			t.Errorf("challenge byte %d differs: %v", i, err)
		}
	}
	if err := gen2auth.VerifyTAM1(gen2auth.NewKey([16]byte{1}), challenge, good); gen2auth.CodeOf(err) != gen2auth.CodeBadResponse {
		t.Errorf("another key: %v", err)
	}
	for _, n := range []int{0, 15, 17, 32} {
		if err := gen2auth.VerifyTAM1(k, challenge, make([]byte, n)); gen2auth.CodeOf(err) != gen2auth.CodeMalformed {
			t.Errorf("%d bytes: %v", n, err)
		}
	}
}

// TestAttack23TamperedData: the mode has no MAC, so the comparison must catch a
// changed block.
func TestAttack23TamperedData(t *testing.T) {
	k := gen2auth.NewKey(tagKey)
	good := answer(challenge, epcBank(epc))
	data, err := gen2auth.VerifyTAM2(k, challenge, good)
	if err != nil || gen2auth.MatchEPC(data, epc) != nil {
		t.Fatalf("%v", err)
	}
	for bit := range 128 {
		bad := bytes.Clone(good)
		bad[16+bit/8] ^= 1 << (bit % 8)
		data, err := gen2auth.VerifyTAM2(k, challenge, bad)
		if err != nil {
			t.Fatal(err)
		}
		if gen2auth.CodeOf(gen2auth.MatchEPC(data, epc)) != gen2auth.CodeDataMismatch {
			t.Errorf("bit %d of the data changed and matched", bit)
		}
	}
	for _, n := range []int{0, 16, 31, 33, 288} {
		if _, err := gen2auth.VerifyTAM2(k, challenge, make([]byte, n)); gen2auth.CodeOf(err) != gen2auth.CodeMalformed {
			t.Errorf("%d bytes: %v", n, err)
		}
	}
	if _, err := gen2auth.VerifyTAM2(k, gen2auth.Challenge{}, good); gen2auth.CodeOf(err) != gen2auth.CodeBadResponse {
		t.Errorf("%v", err)
	}
}

func TestMatch(t *testing.T) {
	long := append(bytes.Clone(epc), 0x11, 0x22, 0x33, 0x44)
	mismatch, malformed := gen2auth.CodeDataMismatch, gen2auth.CodeMalformed
	for name, c := range map[string]struct {
		err  error
		want gen2auth.Code
	}{
		"EPC":                  {gen2auth.MatchEPC(epcBank(epc), epc), ""},
		"longer EPC":           {gen2auth.MatchEPC(epcBank(long), long), ""},
		"one block of it":      {gen2auth.MatchEPC(epcBank(long)[:16], long), ""},
		"another EPC":          {gen2auth.MatchEPC(epcBank(epc), tid), mismatch},
		"prefix of a longer":   {gen2auth.MatchEPC(epcBank(long), epc), mismatch},
		"short data":           {gen2auth.MatchEPC(epcBank(epc)[:8], epc), malformed},
		"no EPC":               {gen2auth.MatchEPC(epcBank(epc), nil), malformed},
		"odd EPC":              {gen2auth.MatchEPC(epcBank(epc), epc[:11]), malformed},
		"TID":                  {gen2auth.MatchTID(append(bytes.Clone(tid), 0, 0, 0, 0), tid), ""},
		"another TID":          {gen2auth.MatchTID(make([]byte, 16), tid), mismatch},
		"class":                {gen2auth.MatchTID(make([]byte, 16), epc), malformed},
		"TID without a serial": {gen2auth.MatchTID(append(bytes.Clone(tid), 0, 0, 0, 0), tid[:4]), malformed},
		"half a block":         {gen2auth.MatchTID(tid, tid), malformed},
	} {
		if gen2auth.CodeOf(c.err) != c.want {
			t.Errorf("%s: %v, want %q", name, c.err, c.want)
		}
	}
}

// TestAttack23SingleUse: a challenge is for one reader, one tag, one answer, and
// some seconds.
func TestAttack23SingleUse(t *testing.T) {
	now := time.Date(2026, 5, 3, 10, 0, 0, 0, time.UTC)
	issue := gen2auth.Issue{Challenge: challenge, Reader: "r1", EPC: epc, TID: tid, Expires: now.Add(5 * time.Second)}
	if err := issue.Accept(challenge, "r1", epc, tid, now); err != nil {
		t.Fatal(err)
	}
	other := challenge
	other[9]++
	for name, err := range map[string]error{
		"another challenge": issue.Accept(other, "r1", epc, tid, now),
		"another reader":    issue.Accept(challenge, "r2", epc, tid, now),
		"another EPC":       issue.Accept(challenge, "r1", tid, tid, now),
		"another TID":       issue.Accept(challenge, "r1", epc, nil, now),
		"at its end":        issue.Accept(challenge, "r1", epc, tid, issue.Expires),
	} {
		if gen2auth.CodeOf(err) != gen2auth.CodeChallengeUnknown {
			t.Errorf("%s: %v", name, err)
		}
	}
	issue.Used = true
	if err := issue.Accept(challenge, "r1", epc, tid, now); gen2auth.CodeOf(err) != gen2auth.CodeChallengeReused {
		t.Errorf("%v", err)
	}
}

func TestMessages(t *testing.T) {
	if got := fmt.Sprintf("%X", gen2auth.TAM1Message(0, challenge)); got != "00000102030405060708090A" {
		t.Errorf("TAM1 %s", got)
	}
	got, err := gen2auth.TAM2Message(1, challenge, gen2auth.TAM2Request{Bank: gen2auth.BankTID, Offset: 0x123, Blocks: 2})
	if err != nil || fmt.Sprintf("%X", got) != "20010102030405060708090A112311" {
		t.Errorf("TAM2 %X, %v", got, err)
	}
	for _, r := range []gen2auth.TAM2Request{{Bank: 3, Blocks: 1}, {Offset: 0x1000, Blocks: 1}, {}, {Blocks: 17}} {
		if _, err := gen2auth.TAM2Message(1, challenge, r); gen2auth.CodeOf(err) != gen2auth.CodeUnsupported {
			t.Errorf("%+v: %v", r, err)
		}
	}
}

func TestImpinjRefusals(t *testing.T) {
	good := [3]string{"0535443E2AA7", "071305DC7779E91A", "11A210BC4C02FD00"}
	for i := range good {
		for _, bad := range []string{good[i][1:], "ZZ" + good[i][2:], ""} {
			in := good
			in[i] = bad
			if _, err := gen2auth.ParseImpinj(in[0], in[1], in[2]); gen2auth.CodeOf(err) != gen2auth.CodeMalformed {
				t.Errorf("field %d %q: %v", i, bad, err)
			}
		}
	}
	if _, err := gen2auth.ParseImpinj("0135443E2AA7", good[1], good[2]); gen2auth.CodeOf(err) != gen2auth.CodeUnsupported {
		t.Errorf("no short TID: %v", err)
	}
	e, err := gen2auth.ParseImpinj(good[0], good[1], good[2])
	if err != nil || gen2auth.CodeOf(e.MatchShortTID(tid[:8])) != gen2auth.CodeMalformed {
		t.Errorf("%v", err)
	}
}

func TestSecretsStayInside(t *testing.T) {
	if s := fmt.Sprintf("%v %#v", gen2auth.NewKey(tagKey), gen2auth.NewKey(tagKey)); strings.Contains(s, "60") || strings.Contains(s, "3c") {
		t.Errorf("a key prints as %s", s)
	}
	_, err := gen2auth.VerifyHex(gen2auth.NewKey(tagKey), challenge, strings.Repeat("A", 999))
	if err == nil || err.Error() != "gen2auth: malformed in response" {
		t.Errorf("%v", err)
	}
	if (&gen2auth.Error{Code: gen2auth.CodeBadResponse}).Error() != "gen2auth: bad_response" || gen2auth.CodeOf(errors.New("x")) != "" {
		t.Error("error texts")
	}
	c, err := gen2auth.NewChallenge(bytes.NewReader(challenge[:]))
	if err != nil || c != challenge {
		t.Errorf("%v", err)
	}
	if _, err := gen2auth.NewChallenge(bytes.NewReader(challenge[:9])); err == nil {
		t.Error("half a challenge")
	}
}

// FuzzTAMResponse: an accepted answer decrypts to this challenge and no other.
func FuzzTAMResponse(f *testing.F) {
	f.Add(fmt.Sprintf("%X", answer(challenge, nil)), challenge[:])
	f.Add(fmt.Sprintf("%X", answer(challenge, epcBank(epc))), challenge[:])
	f.Add("4EDE50BD72F0AEA", make([]byte, 10))
	k := gen2auth.NewKey(tagKey)
	f.Fuzz(func(t *testing.T, response string, raw []byte) {
		if len(raw) != 10 {
			return
		}
		c := gen2auth.Challenge(raw)
		data, err := gen2auth.VerifyHex(k, c, response)
		if err != nil {
			if data != nil || gen2auth.CodeOf(err) == "" {
				t.Errorf("%v with data", err)
			}
			return
		}
		c[0] ^= 1
		if _, err := gen2auth.VerifyHex(k, c, response); err == nil {
			t.Error("one answer for two challenges")
		}
		_ = gen2auth.MatchEPC(data, epc)
		_ = gen2auth.MatchTID(data, tid)
	})
}

func BenchmarkTAM1(b *testing.B) {
	k, good := gen2auth.NewKey(tagKey), answer(challenge, nil)
	b.ReportAllocs()
	for b.Loop() {
		if err := gen2auth.VerifyTAM1(k, challenge, good); err != nil {
			b.Fatal(err)
		}
	}
}

func ExampleVerifyTAM2() {
	data, err := gen2auth.VerifyTAM2(gen2auth.NewKey(tagKey), challenge, answer(challenge, epcBank(epc)))
	fmt.Println(err, gen2auth.MatchEPC(data, epc))
	// Output: <nil> <nil>
}
