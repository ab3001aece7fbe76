package sdm_test

import (
	"crypto/fips140"
	"runtime"
	"testing"

	"trueward/internal/standard/keydiv"
	"trueward/internal/standard/sdm"
)

// Messages of published examples (AN12196 tables 3 and 4; sdm-backend).
const (
	zeroKey = "00000000000000000000000000000000"
	tapAES  = "e=EF963FF7828658A599F3041510671E88&c=94EED9EE65337086"
	tapEnc  = "picc_data=FDE4AFA99B5C820A2C1BB0F1C792D0EB&enc=94592FDE69FA06E8E3B6CA686A22842B&cmac=C48B89C17A233B2C"
	tapLRP  = "p=07D9CA2545881D4BFDD920BE1603268C0714420DD893A497&e=D6E921C47DB4C17C56F979F81559BB83&cmac=F9481AC7D855BDB6"
)

func verifier(t testing.TB, p sdm.Profile) *sdm.Verifier {
	t.Helper()
	v, err := sdm.NewVerifier(p)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func check(b *testing.B, p sdm.Profile, raw string) {
	v, k := verifier(b, p), key(b, zeroKey)
	file := func(sdm.UID) *sdm.Key { return k }
	b.ReportAllocs()
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if _, err := v.Check(raw, k, file); err != nil {
				b.Error(err)
			}
		}
	})
}

var (
	profileAES = sdm.Profile{Mode: sdm.ModeAES, Layout: "e={picc}&c={mac}"}
	profileEnc = sdm.Profile{
		Mode: sdm.ModeAES, Layout: "picc_data={picc}&enc={enc}&cmac={mac}",
		MACFrom: sdm.PlaceEnc, EncLength: 32,
	}
	profileLRP = sdm.Profile{
		Mode: sdm.ModeLRP, Layout: "p={picc}&e={enc}&cmac={mac}",
		MACFrom: sdm.PlaceEnc, EncLength: 32,
	}
)

func BenchmarkCheckAES(b *testing.B)         { check(b, profileAES, tapAES) }
func BenchmarkCheckAESFileData(b *testing.B) { check(b, profileEnc, tapEnc) }
func BenchmarkCheckLRP(b *testing.B)         { check(b, profileLRP, tapLRP) }

func BenchmarkCheckAESDerived(b *testing.B) {
	v := verifier(b, profileAES)
	meta := key(b, zeroKey)
	master, err := keydiv.NewMaster(make([]byte, 16))
	if err != nil {
		b.Fatal(err)
	}
	var s keydiv.Scratch
	file := func(uid sdm.UID) *sdm.Key {
		k, err := master.Derive128(&s, uid[:])
		if err != nil {
			b.Fatal(err)
		}
		return sdm.NewKey(k)
	}
	b.ReportAllocs()
	for b.Loop() {
		// The example's tag does not use a derived key, so the cost is that of a
		// refused message, which is the same.
		if _, err := v.Check(tapAES, meta, file); sdm.CodeOf(err) != sdm.CodeBadMAC {
			b.Fatal(err)
		}
	}
}

// TestAllocations holds what lets the check scale over cores: at most two
// allocations with cached keys. Where session keys go through crypto/aes
// (package aescmac says when), that costs one or two for each block.
func TestAllocations(t *testing.T) {
	for _, c := range []struct {
		profile  sdm.Profile
		raw      string
		limit    float64
		standard float64
	}{
		{profileAES, tapAES, 2, 10},
		{profileEnc, tapEnc, 6, 24},
		{profileLRP, tapLRP, 8, 900},
	} {
		v, k := verifier(t, c.profile), key(t, zeroKey)
		file := func(sdm.UID) *sdm.Key { return k }
		limit := c.limit
		if runtime.GOARCH != "amd64" || fips140.Enabled() {
			limit = c.standard
		}
		n := testing.AllocsPerRun(200, func() {
			if _, err := v.Check(c.raw, k, file); err != nil {
				t.Fatal(err)
			}
		})
		if n > limit {
			t.Errorf("%s: %v allocations per check, want at most %v", c.raw, n, limit)
		}
	}
}
