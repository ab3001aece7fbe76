package sdm_test

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"trueward/internal/standard/sdm"
)

func source(mode sdm.Mode, ctr uint32) *sdm.Source {
	return &sdm.Source{
		Mode: mode, Meta: sdm.NewKey(metaKey), File: sdm.NewKey(fileKey), UID: attacked, Ctr: ctr,
		Random: [8]byte{1, 2, 3, 4, 5, 6, 7, 8},
	}
}

var allModes = []sdm.Mode{sdm.ModePlain, sdm.ModeAES, sdm.ModePlainLRP, sdm.ModeLRP}

// profileOf is a layout for a mode, with or without file data.
func profileOf(mode sdm.Mode, enc bool) sdm.Profile {
	p := sdm.Profile{Mode: mode, Layout: "p={picc}", MACFrom: sdm.PlaceMAC}
	if mode == sdm.ModePlain || mode == sdm.ModePlainLRP {
		p.Layout = "u={uid}&c={ctr}"
	}
	if enc {
		p.Layout += "&e={enc}"
		p.EncLength, p.MACFrom = 64, sdm.PlaceEnc
	}
	p.Layout += "&m={mac}"
	return p
}

// write makes the text that a tag would send for a layout.
func write(src *sdm.Source, p sdm.Profile, data []byte) string {
	text := strings.NewReplacer(
		"{picc}", picc(src), "{uid}", src.PlainUID(), "{ctr}", src.PlainCtr(), "{enc}", src.Enc(data),
	).Replace(p.Layout)
	before, after, _ := strings.Cut(text, "{mac}")
	input := ""
	switch p.MACFrom {
	case sdm.PlaceEnc:
		input = before[strings.Index(before, "e=")+2:]
	case sdm.PlaceUID:
		input = before[strings.Index(before, "=")+1:]
	}
	return before + src.MAC(input) + after
}

func picc(src *sdm.Source) string {
	if src.Mode == sdm.ModePlain || src.Mode == sdm.ModePlainLRP {
		return ""
	}
	return src.PICC()
}

func checkText(t testing.TB, p sdm.Profile, raw string) (sdm.Result, error) {
	t.Helper()
	return verifier(t, p).Check(raw, sdm.NewKey(metaKey), func(sdm.UID) *sdm.Key { return sdm.NewKey(fileKey) })
}

var sealed = []byte("CCthirty-two bytes of file data!")

// TestRoundTrip: what a tag writes in any mode verifies, and says what it said.
func TestRoundTrip(t *testing.T) {
	for _, mode := range allModes {
		for _, enc := range []bool{false, true} {
			for _, ctr := range []uint32{0, 1, 0x0102FE, 0xFFFFFF} {
				p := profileOf(mode, enc)
				p.Tamper = enc
				got, err := checkText(t, p, write(source(mode, ctr), p, sealed))
				if err != nil {
					t.Fatalf("%s enc=%v ctr=%d: %v", mode, enc, ctr, err)
				}
				if got.UID != attacked || got.Ctr != ctr || !got.HasCtr || got.Mode != mode {
					t.Errorf("%s: counter %d, want %d", mode, got.Ctr, ctr)
				}
				if enc && (!bytes.Equal(got.FileData, sealed) || got.Tamper != sdm.TamperIntact) {
					t.Errorf("%s: file data %q, tamper %q", mode, got.FileData, got.Tamper)
				}
			}
		}
	}
}

// TestMutations changes every character of a message in turn; nothing may pass.
func TestMutations(t *testing.T) {
	for _, mode := range allModes {
		p := profileOf(mode, true)
		raw := write(source(mode, 77), p, sealed)
		for i := range len(raw) {
			for _, c := range []byte{'0', 'F', raw[i] ^ 1} {
				if c == raw[i] {
					continue
				}
				if _, err := checkText(t, p, raw[:i]+string(c)+raw[i+1:]); err == nil {
					t.Fatalf("%s: accepted with character %d changed", mode, i)
				}
			}
		}
	}
}

// TestErrorsCarryNothing: no part of a message or key in a text.
func TestErrorsCarryNothing(t *testing.T) {
	_, err := checkText(t, profileOf(sdm.ModeAES, false), "p=EF963FF7828658A599F3041510671E88&m=94EED9EE65337086")
	var e *sdm.Error
	if !errors.As(err, &e) || strings.Contains(err.Error(), "EF96") {
		t.Errorf("%v", err)
	}
	if text := fmt.Sprintf("%v %+v %#v", sdm.NewKey(fileKey), sdm.NewKey(fileKey), sdm.NewKey(fileKey)); strings.Contains(text, "17") || strings.Contains(text, "5a") {
		t.Errorf("a key prints as %s", text)
	}
	if sdm.CodeOf(errors.New("other")) != "" {
		t.Error("a code for another error")
	}
	if _, err := verifier(t, profileAES).Parse("e=X"); err.Error() != "sdm: malformed in picc" {
		t.Errorf("%q", err.Error())
	}
	if _, err := verifier(t, profileAES).Parse(strings.Repeat("x", 513)); err.Error() != "sdm: oversize" {
		t.Errorf("%q", err.Error())
	}
}

func TestBadProfiles(t *testing.T) {
	for name, p := range map[string]sdm.Profile{
		"no mode":               {Layout: "p={picc}&m={mac}"},
		"unknown placeholder":   {Mode: sdm.ModeAES, Layout: "p={foo}&m={mac}"},
		"doubled placeholder":   {Mode: sdm.ModeAES, Layout: "p={picc}{picc}&m={mac}"},
		"unclosed":              {Mode: sdm.ModeAES, Layout: "p={picc"},
		"stray brace":           {Mode: sdm.ModeAES, Layout: "p}={picc}&m={mac}"},
		"no MAC":                {Mode: sdm.ModeAES, Layout: "p={picc}"},
		"plain parts encrypted": {Mode: sdm.ModeAES, Layout: "p={picc}&u={uid}&m={mac}"},
		"MAC input missing":     {Mode: sdm.ModeAES, Layout: "p={picc}&m={mac}", MACFrom: "enc"},
		"MAC input after MAC":   {Mode: sdm.ModeAES, Layout: "m={mac}&p={picc}", MACFrom: "picc"},
		"file data length":      {Mode: sdm.ModeAES, Layout: "p={picc}&e={enc}&m={mac}", EncLength: 33},
		"file data too long":    {Mode: sdm.ModeAES, Layout: "p={picc}&e={enc}&m={mac}", EncLength: 544},
		"too long":              {Mode: sdm.ModeAES, Layout: strings.Repeat("x", 500) + "p={picc}&m={mac}"},
		"tamper without data":   {Mode: sdm.ModeAES, Layout: "p={picc}&m={mac}", Tamper: true},
		"tamper offset":         {Mode: sdm.ModeAES, Layout: "p={picc}&m={mac}", TamperOffset: -1},
		"data without counter":  {Mode: sdm.ModeAES, Layout: "p={picc}&e={enc}&m={mac}", EncLength: 32, NoCounter: true},
	} {
		if _, err := sdm.NewVerifier(p); sdm.CodeOf(err) != sdm.CodeProfile {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := sdm.NewVerifier(sdm.Profile{Mode: sdm.ModeAES, Layout: "m={mac}"}); sdm.CodeOf(err) != sdm.CodeNotMirrored {
		t.Errorf("no mirror: %v", err)
	}
	v := verifier(t, sdm.Profile{Mode: sdm.ModeAES})
	if _, err := v.Parse("p=1"); sdm.CodeOf(err) != sdm.CodeProfile || v.Profile().Mode != sdm.ModeAES {
		t.Errorf("no layout: %v", err)
	}
}

// TestBadFields: parts of wrong length or alphabet.
func TestBadFields(t *testing.T) {
	aes32, mac := strings.Repeat("A", 32), "0011223344556677"
	for name, f := range map[string]sdm.Fields{
		"enc 31":       {PICC: aes32, Enc: aes32[1:], MAC: mac},
		"enc not hex":  {PICC: aes32, Enc: "x" + aes32[1:], MAC: mac},
		"picc not hex": {PICC: "x" + aes32[1:], MAC: mac},
		"nothing":      {},
	} {
		if _, err := verifier(t, sdm.Profile{Mode: sdm.ModeAES}).ParseFields(f); sdm.CodeOf(err) != sdm.CodeMalformed {
			t.Errorf("%s: %v", name, err)
		}
	}
	big := sdm.Fields{PICC: aes32, MAC: mac, MACInput: strings.Repeat("A", 513)}
	if _, err := verifier(t, sdm.Profile{Mode: sdm.ModeAES}).ParseFields(big); sdm.CodeOf(err) != sdm.CodeOversize {
		t.Errorf("%v", err)
	}
	v := verifier(t, sdm.Profile{Mode: sdm.ModePlain, NoCounter: true})
	src := source(sdm.ModePlain, 0)
	src.NoCtr = true
	m, err := v.ParseFields(sdm.Fields{UID: src.PlainUID(), MAC: src.MAC("")})
	if err != nil {
		t.Fatal(err)
	}
	if got, err := v.Verify(&m, v.Open(&m, nil), sdm.NewKey(fileKey)); err != nil || got.HasCtr {
		t.Errorf("UID alone, admitted: %v", err)
	}
}
