package epc_test

import (
	"testing"

	"trueward/internal/standard/epc"
)

const sgtin96 = "3074257BF7194E4000001A85"

// urisAndGTIN is the work of a read at a portal: tag URI and item number from
// the digits that a reader sends.
func uriAndGTIN(dst []byte, hex string) ([]byte, error) {
	tag, err := epc.Decode(hex)
	if err != nil {
		return dst, err
	}
	dst = tag.AppendTagURI(dst)
	return tag.AppendGTIN(dst), nil
}

func BenchmarkSGTIN96(b *testing.B) {
	dst := make([]byte, 0, 128)
	b.ReportAllocs()
	for b.Loop() {
		out, err := uriAndGTIN(dst, sgtin96)
		if err != nil || len(out) == 0 {
			b.Fatal(err)
		}
	}
}

// BenchmarkSchemes measures hex to Digital Link, or to tag URI where there is
// none, for one tag of each kind.
func BenchmarkSchemes(b *testing.B) {
	dst := make([]byte, 0, 256)
	seen := map[epc.Scheme]bool{}
	for _, v := range loadVectors(b) {
		tag, err := epc.Decode(v.Hex)
		if err != nil || seen[tag.Scheme()] {
			continue
		}
		seen[tag.Scheme()] = true
		b.Run(string(tag.Scheme()), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				tag, err := epc.Decode(v.Hex)
				if err != nil {
					b.Fatal(err)
				}
				if out := tag.AppendTagURI(dst); len(out) == 0 {
					tag.AppendDigitalLink(dst)
				}
			}
		})
	}
}

func BenchmarkParseTagURI(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := epc.ParseTagURI("urn:epc:tag:sgtin-96:3.0614141.812345.6789"); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkEncodeSGTIN96(b *testing.B) {
	dst := make([]byte, 0, 64)
	b.ReportAllocs()
	for b.Loop() {
		tag, err := epc.EncodeSGTIN96("80614141123458", "6789", 7, 3)
		if err != nil {
			b.Fatal(err)
		}
		tag.AppendHex(dst)
	}
}

// TestAllocations is the gate: reading a tag of integers allocates nothing, one
// with text allocates that text.
func TestAllocations(t *testing.T) {
	dst := make([]byte, 0, 256)
	for _, c := range []struct {
		name, hex string
		most      float64
	}{
		{"SGTIN-96", sgtin96, 0},
		{"SSCC-96", "311BA1B300CE0A6A83000000", 0},
		{"SSCC+", "F90095201234567891235", 0},
		{"SGTIN-198", "3666C4409047E159B2C2BF100000000000000000000000000000", 1},
		{"SGTIN+", "F73795211411234538566CB0AFC4", 1},
		{"SGLN++", "E9395211411234548566CB0AFC525065F1876F0D996D8000", 2},
	} {
		got := testing.AllocsPerRun(200, func() {
			if _, err := uriAndGTIN(dst, c.hex); err != nil {
				t.Fatal(err)
			}
		})
		if got > c.most {
			t.Errorf("%s: %v allocations, at most %v", c.name, got, c.most)
		}
	}
}
