package sdm_test

import (
	"bytes"
	"strings"
	"testing"

	"trueward/internal/standard/sdm"
)

// FuzzSDMQuery: no text may panic, and what is accepted must be what a tag with
// the keys would write again.
func FuzzSDMQuery(f *testing.F) {
	for _, mode := range allModes {
		for _, enc := range []bool{false, true} {
			p := profileOf(mode, enc)
			f.Add(write(source(mode, 5), p, sealed))
		}
	}
	f.Add(tapAES)
	f.Add("p=&m=")
	f.Fuzz(func(t *testing.T, raw string) {
		for _, mode := range allModes {
			for _, enc := range []bool{false, true} {
				p := profileOf(mode, enc)
				got, err := checkText(t, p, raw)
				if err != nil {
					continue
				}
				src := source(mode, got.Ctr)
				src.UID = got.UID
				again, err := checkText(t, p, write(src, p, got.FileData))
				if err != nil || again.Ctr != got.Ctr || !bytes.Equal(again.FileData, got.FileData) {
					t.Errorf("%s: accepted once, then %v", mode, err)
				}
			}
		}
	})
}

// FuzzPICC: any 24 bytes as a mirror, under any key, give a claim and never a
// result without the right MAC.
func FuzzPICC(f *testing.F) {
	f.Add(make([]byte, 24), make([]byte, 16))
	f.Add(bytes.Repeat([]byte{0xC7}, 24), metaKey[:])
	f.Fuzz(func(t *testing.T, mirror, meta []byte) {
		if len(mirror) != 24 || len(meta) != 16 {
			return
		}
		for mode, n := range map[sdm.Mode]int{sdm.ModeAES: 16, sdm.ModeLRP: 24} {
			v := verifier(t, sdm.Profile{Mode: mode})
			m, err := v.ParseFields(sdm.Fields{PICC: hexOf(mirror[:n]), MAC: "0000000000000000"})
			if err != nil {
				t.Fatal(err)
			}
			c := v.Open(&m, sdm.NewKey([16]byte(meta)))
			if c.Ctr > 0xFFFFFF {
				t.Errorf("counter %d", c.Ctr)
			}
			if _, err := v.Verify(&m, c, sdm.NewDummyKey(fileKey)); err == nil {
				t.Error("accepted under a dummy key")
			}
		}
	})
}

func hexOf(b []byte) string {
	const digits = "0123456789ABCDEF"
	var s strings.Builder
	for _, c := range b {
		s.WriteByte(digits[c>>4])
		s.WriteByte(digits[c&15])
	}
	return s.String()
}

// FuzzTemplate: no layout may panic, and one that is accepted either takes what
// a tag writes for it or refuses with a typed error.
func FuzzTemplate(f *testing.F) {
	f.Add("p={picc}&m={mac}", "", 0)
	f.Add("u={uid}x{ctr}&e={enc}&m={mac}", "enc", 32)
	f.Add("{mac}{picc}{", "picc", 64)
	f.Fuzz(func(t *testing.T, layout, from string, enc int) {
		for _, mode := range allModes {
			p := sdm.Profile{Mode: mode, Layout: layout, MACFrom: from, EncLength: enc}
			v, err := sdm.NewVerifier(p)
			if err != nil {
				if sdm.CodeOf(err) == "" {
					t.Errorf("untyped refusal: %v", err)
				}
				continue
			}
			if _, err := v.Parse(layout); err != nil && sdm.CodeOf(err) == "" {
				t.Errorf("untyped refusal: %v", err)
			}
		}
	})
}

func TestCounterWraps(t *testing.T) {
	b := []byte{0xFF, 0xFF}
	sdm.IncrementForTest(b)
	if !bytes.Equal(b, []byte{0, 0}) {
		t.Errorf("%X", b)
	}
}
