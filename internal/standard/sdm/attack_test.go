package sdm_test

import (
	"fmt"
	"strings"
	"testing"

	"trueward/internal/standard/sdm"
)

// The numbers are those of the attack table in docs: attacks on a tap that the
// cryptography alone decides.

var (
	fileKey  = [16]byte{0x11, 0x5A, 7: 0x91}
	metaKey  = [16]byte{0x22, 0x5B, 9: 0x47}
	attacked = sdm.UID{0x04, 0xA1, 0xB2, 0xC3, 0xD4, 0xE5, 0xF6}
)

// TestAttack05CopiedUID: a UID without the key is not authentic, and the answer
// does not tell which step failed.
func TestAttack05CopiedUID(t *testing.T) {
	p := profileOf(sdm.ModeAES, false)
	src := source(sdm.ModeAES, 5)
	src.File = sdm.NewKey([16]byte{0x66})
	if _, err := checkText(t, p, write(src, p, nil)); sdm.CodeOf(err) != sdm.CodeBadMAC {
		t.Errorf("%v", err)
	}
	src.Meta = src.File
	if _, err := checkText(t, p, write(src, p, nil)); sdm.CodeOf(err) != sdm.CodeBadTagOrMAC && sdm.CodeOf(err) != sdm.CodeBadMAC {
		t.Errorf("%v", err)
	}
}

// TestAttack09OtherPartsOfTheMAC: only the eight odd bytes, in 16 digits.
func TestAttack09OtherPartsOfTheMAC(t *testing.T) {
	// AN12196 table 5: the full CMAC is E194C7EE12D9F7EE8A65C8331B704386.
	const picc = "e=EF963FF7828658A599F3041510671E88&c="
	v := verifier(t, profileAES)
	k := key(t, zeroKey)
	file := func(sdm.UID) *sdm.Key { return k }
	if _, err := v.Check(picc+"94EED9EE65337086", k, file); err != nil {
		t.Fatal(err)
	}
	for name, mac := range map[string]string{
		"first 8": "E194C7EE12D9F7EE", "last 8": "8A65C8331B704386", "even bytes": "E1C712F78AC81B43",
		"full": "E194C7EE12D9F7EE8A65C8331B704386", "7 bytes": "94EED9EE653370", "9 bytes": "94EED9EE6533708600", "empty": "",
	} {
		if _, err := v.Check(picc+mac, k, file); err == nil {
			t.Errorf("%s accepted", name)
		}
	}
}

// TestAttack10BadText: refused before any cryptography, so no key is asked for.
func TestAttack10BadText(t *testing.T) {
	v := verifier(t, profileAES)
	asked := false
	file := func(sdm.UID) *sdm.Key { asked = true; return nil }
	for name, raw := range map[string]string{
		"not hex":        strings.Replace(tapAES, "EF", "GF", 1),
		"odd":            tapAES[:len(tapAES)-1],
		"lower case":     strings.ToLower(tapAES),
		"unicode digits": strings.Replace(tapAES, "7086", "70８６", 1),
		"duplicate":      tapAES + "&c=94EED9EE65337086",
		"plus":           strings.Replace(tapAES, "94", "+4", 1),
		"percent":        strings.Replace(tapAES, "94", "%00", 1),
		"reordered":      "c=94EED9EE65337086&e=EF963FF7828658A599F3041510671E8G",
		"empty":          "",
	} {
		if _, err := v.Check(raw, nil, file); sdm.CodeOf(err) != sdm.CodeMalformed {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := v.Check(tapAES+strings.Repeat("A", 64<<10), nil, file); sdm.CodeOf(err) != sdm.CodeOversize {
		t.Errorf("64 KiB: %v", err)
	}
	if asked {
		t.Error("a key was looked up for text that cannot be a message")
	}
}

// TestAttack10LowerCaseProfile: a profile may admit lower case, but the MAC is
// over the text as it came.
func TestAttack10LowerCaseProfile(t *testing.T) {
	p := profileEnc
	p.LowerHex = true
	v, k := verifier(t, p), key(t, zeroKey)
	file := func(sdm.UID) *sdm.Key { return k }
	if _, err := v.Check(tapEnc, k, file); err != nil {
		t.Fatal(err)
	}
	lowered := strings.Replace(tapEnc, "94592FDE", "94592fde", 1)
	if _, err := v.Check(lowered, k, file); sdm.CodeOf(err) != sdm.CodeBadMAC {
		t.Errorf("re-encoded file data: %v", err)
	}
	if _, err := v.Check(strings.Replace(tapEnc, "FDE4", "fde4", 1), k, file); err != nil {
		t.Errorf("lower-case mirror under a profile that admits it: %v", err)
	}
}

// TestAttack11ShiftedBytes: in plain mode SV2 is a concatenation, so bytes moved
// between UID and counter would keep the MAC.
func TestAttack11ShiftedBytes(t *testing.T) {
	src := source(sdm.ModePlain, 0x010203)
	p := profileOf(sdm.ModePlain, false)
	mac := src.MAC("")
	for name, text := range map[string]string{
		"8 and 2":  "u=04A1B2C3D4E5F603&c=0102&m=",
		"6 and 4":  "u=04A1B2C3D4E5&c=010203F6&m=",
		"10 and 0": "u=04A1B2C3D4E5F6030201&c=&m=",
	} {
		if _, err := checkText(t, p, text+mac); sdm.CodeOf(err) != sdm.CodeMalformed {
			t.Errorf("%s: %v", name, err)
		}
		v := verifier(t, sdm.Profile{Mode: sdm.ModePlain})
		uid, rest, _ := strings.Cut(text[2:], "&c=")
		ctr, _, _ := strings.Cut(rest, "&")
		if _, err := v.ParseFields(sdm.Fields{UID: uid, Ctr: ctr, MAC: mac}); err == nil {
			t.Errorf("%s accepted as fields", name)
		}
	}
}

// TestAttack12NotMirrored: a valid MAC over a mirror without UID or counter.
func TestAttack12NotMirrored(t *testing.T) {
	src := source(sdm.ModeAES, 9)
	src.NoCtr = true
	p := profileOf(sdm.ModeAES, false)
	raw := write(src, p, nil)
	if _, err := checkText(t, p, raw); sdm.CodeOf(err) != sdm.CodeNotMirrored {
		t.Errorf("no counter: %v", err)
	}
	p.NoCounter = true
	if got, err := checkText(t, p, raw); err != nil || got.HasCtr || got.TagByte != 0x87 {
		t.Errorf("no counter, admitted: %+v, %v", got.HasCtr, err)
	}
	for _, tag := range []byte{0x00, 0x07, 0x40, 0x47} {
		if _, err := checkText(t, profileOf(sdm.ModeAES, false), "p="+sealBlock(tag)+"&m=0011223344556677"); sdm.CodeOf(err) != sdm.CodeNotMirrored {
			t.Errorf("tag byte %02X: %v", tag, err)
		}
	}
	for _, tag := range []byte{0xC6, 0xD7, 0xE7, 0xC0, 0x80, 0xFF, 0x17} {
		if _, err := checkText(t, profileOf(sdm.ModeAES, false), "p="+sealBlock(tag)+"&m=0011223344556677"); sdm.CodeOf(err) != sdm.CodeBadTagOrMAC {
			t.Errorf("tag byte %02X: %v", tag, err)
		}
	}
	for layout, want := range map[string]sdm.Code{"c={ctr}&m={mac}": sdm.CodeNotMirrored, "u={uid}&m={mac}": sdm.CodeNotMirrored} {
		if _, err := sdm.NewVerifier(sdm.Profile{Mode: sdm.ModePlain, Layout: layout}); sdm.CodeOf(err) != want {
			t.Errorf("%s: %v", layout, err)
		}
	}
	for _, f := range []sdm.Fields{{Ctr: "000001", MAC: "0011223344556677"}, {UID: "04A1B2C3D4E5F6", MAC: "0011223344556677"}} {
		if _, err := verifier(t, sdm.Profile{Mode: sdm.ModePlain}).ParseFields(f); sdm.CodeOf(err) != sdm.CodeNotMirrored {
			t.Errorf("%v", err)
		}
	}
}

// TestAttack13Downgrade: the profile states the mode; a sound message of any
// other is refused.
func TestAttack13Downgrade(t *testing.T) {
	for _, mode := range allModes {
		for _, enc := range []bool{false, true} {
			p := profileOf(mode, enc)
			for _, other := range allModes {
				for _, otherEnc := range []bool{false, true} {
					sent := profileOf(other, otherEnc)
					_, err := checkText(t, p, write(source(other, 3), sent, sealed))
					name := fmt.Sprintf("%s enc=%v gets %s enc=%v", mode, enc, other, otherEnc)
					switch {
					case p.Layout == sent.Layout && mode == other:
						if err != nil {
							t.Errorf("%s: %v", name, err)
						}
					case err == nil:
						t.Errorf("%s: accepted", name)
					case strings.HasPrefix(string(mode), "plain") == strings.HasPrefix(string(other), "plain") && enc == otherEnc && len(p.Layout) > 0:
						// Same shape with another primitive, or another length.
					case sdm.CodeOf(err) != sdm.CodeWrongMode:
						t.Errorf("%s: %v", name, err)
					}
				}
			}
		}
	}
}

// TestAttack13Fields is the same for messages that came in parts.
func TestAttack13Fields(t *testing.T) {
	aes32, lrp48, mac := strings.Repeat("A", 32), strings.Repeat("A", 48), "0011223344556677"
	for _, c := range []struct {
		mode sdm.Mode
		f    sdm.Fields
	}{
		{sdm.ModeAES, sdm.Fields{PICC: lrp48, MAC: mac}},
		{sdm.ModeLRP, sdm.Fields{PICC: aes32, MAC: mac}},
		{sdm.ModePlain, sdm.Fields{PICC: aes32, MAC: mac}},
		{sdm.ModeAES, sdm.Fields{PICC: aes32, UID: "04A1B2C3D4E5F6", MAC: mac}},
	} {
		if _, err := verifier(t, sdm.Profile{Mode: c.mode}).ParseFields(c.f); sdm.CodeOf(err) != sdm.CodeWrongMode {
			t.Errorf("%s: %v", c.mode, err)
		}
	}
}

// TestAttack16SamePath: an unknown tag, an impossible mirror and a wrong MAC all
// come to Verify, and a dummy key never verifies, even its own messages.
func TestAttack16SamePath(t *testing.T) {
	p := profileOf(sdm.ModeAES, false)
	v := verifier(t, p)
	src := source(sdm.ModeAES, 3)
	raw := write(src, p, nil)
	m, err := v.Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	for name, k := range map[string]*sdm.Key{"dummy": sdm.NewDummyKey(fileKey), "none": nil, "wrong": sdm.NewKey(metaKey)} {
		if _, err := v.Verify(&m, v.Open(&m, sdm.NewKey(metaKey)), k); sdm.CodeOf(err) != sdm.CodeBadMAC {
			t.Errorf("%s: %v", name, err)
		}
	}
	asked := 0
	for _, raw := range []string{"p=" + sealBlock(0x13) + "&m=0011223344556677", raw} {
		_, _ = v.Check(raw, sdm.NewKey(metaKey), func(sdm.UID) *sdm.Key { asked++; return sdm.NewDummyKey(fileKey) })
	}
	if asked != 2 {
		t.Errorf("the key was looked up %d times, want once for each message", asked)
	}
	if _, err := v.Check(raw, nil, func(sdm.UID) *sdm.Key { return sdm.NewKey(fileKey) }); err == nil {
		t.Error("accepted without a meta key")
	}
}

// TestAttack18Tamper: unknown letters and absent data are not intact, and data
// counts only under a valid MAC.
func TestAttack18Tamper(t *testing.T) {
	p := profileOf(sdm.ModeAES, true)
	p.Tamper = true
	for letters, want := range map[string]sdm.Tamper{
		"CC": sdm.TamperIntact, "OC": sdm.TamperReclosed, "OO": sdm.TamperOpen, "II": sdm.TamperUninitialised,
		"CO": sdm.TamperUnknown, "cc": sdm.TamperUnknown, "\x00\x00": sdm.TamperUnknown,
	} {
		data := append([]byte(letters), make([]byte, 30)...)
		got, err := checkText(t, p, write(source(sdm.ModeAES, 8), p, data))
		if err != nil || got.Tamper != want || got.Tamper.OK() != (letters == "CC") {
			t.Errorf("%q: %q, %v", letters, got.Tamper, err)
		}
	}
	p.TamperOffset = 31
	if got, err := checkText(t, p, write(source(sdm.ModeAES, 8), p, sealed)); err != nil || got.Tamper != sdm.TamperUnknown {
		t.Errorf("status beyond the data: %q, %v", got.Tamper, err)
	}
	p.TamperOffset = 0
	raw := write(source(sdm.ModeAES, 8), p, sealed)
	flipped := strings.Replace(raw, "&m=", "&m=", 1)
	flipped = flipped[:len(flipped)-1] + string("01"[btoi(flipped[len(flipped)-1] == '0')])
	if got, err := checkText(t, p, flipped); err == nil || got.FileData != nil || got.Tamper != "" {
		t.Errorf("data without a valid MAC: %+v", got.Tamper)
	}
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

// sealBlock encrypts a mirror with a chosen tag byte.
func sealBlock(tag byte) string {
	block := make([]byte, 16)
	block[0] = tag
	copy(block[1:], attacked[:])
	return sdm.SealForTest(metaKey, block)
}
