package aescmac_test

import (
	"bytes"
	"crypto/aes"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"testing"

	"trueward/internal/standard/aescmac"
)

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

const rfcKey = "2b7e151628aed2a6abf7158809cf4f3c"

// TestRFC4493 are the examples of RFC 4493 §4, subkeys and tags.
func TestRFC4493(t *testing.T) {
	k, err := aescmac.New(unhex(t, rfcKey))
	if err != nil {
		t.Fatal(err)
	}
	k1, k2 := k.Subkeys()
	if got := hex.EncodeToString(k1[:]); got != "fbeed618357133667c85e08f7236a8de" {
		t.Errorf("K1 %s", got)
	}
	if got := hex.EncodeToString(k2[:]); got != "f7ddac306ae266ccf90bc11ee46d513b" {
		t.Errorf("K2 %s", got)
	}
	const m = "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e5130c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710"
	for n, want := range map[int]string{
		0: "bb1d6929e95937287fa37d129b756746", 16: "070a16b46b4d4144f79bdd9dd04a287c",
		40: "dfa66747de9ae63030ca32611497c827", 64: "51f0bebf7e3b9d92fc49741779363cfe",
	} {
		if tag := k.Sum(unhex(t, m[:2*n])); hex.EncodeToString(tag[:]) != want {
			t.Errorf("%d bytes: %x, want %s", n, tag, want)
		}
	}
}

// TestKeySizes: the three sizes of AES are taken, others refused by length.
func TestKeySizes(t *testing.T) {
	for n := range 40 {
		k, err := aescmac.New(make([]byte, n))
		if good := n == 16 || n == 24 || n == 32; good != (err == nil) || good != (k != nil) {
			t.Errorf("%d bytes: %v", n, err)
		}
	}
	if _, err := aescmac.New(make([]byte, 5)); err != aes.KeySizeError(5) {
		t.Errorf("%v", err)
	}
}

// TestDouble: the reduction enters exactly when a bit leaves.
func TestDouble(t *testing.T) {
	if got := aescmac.Double([16]byte{0: 0x80}); got != [16]byte{15: 0x87} {
		t.Errorf("%x", got)
	}
	if got := aescmac.Double([16]byte{0: 0x40, 15: 0x80}); got != [16]byte{0: 0x80, 14: 0x01} {
		t.Errorf("%x", got)
	}
}

// TestBothPathsAgree compares the processor's instructions with crypto/aes, and
// the value with the general key.
func TestBothPathsAgree(t *testing.T) {
	random := rand.NewChaCha8([32]byte{1})
	for i := range 300 {
		var key, block [16]byte
		msg := make([]byte, i%70)
		for _, b := range [][]byte{key[:], block[:], msg} {
			if _, err := random.Read(b); err != nil {
				t.Fatal(err)
			}
		}
		standard, err := aescmac.New(key[:])
		if err != nil {
			t.Fatal(err)
		}
		for _, direct := range []bool{true, false} {
			restore := aescmac.SetDirectForTest(direct)
			var short aescmac.Key128
			short.Set(&key)
			got, want := block, bytes.Clone(block[:])
			short.Encrypt(&got, &got)
			standard.Block().Encrypt(want, want)
			if !bytes.Equal(got[:], want) {
				t.Fatalf("direct %v: a block differs", direct)
			}
			k1, k2 := short.Subkeys()
			w1, w2 := standard.Subkeys()
			if short.Sum(msg) != standard.Sum(msg) || short.SumString(string(msg)) != standard.Sum(msg) || k1 != w1 || k2 != w2 {
				t.Fatalf("direct %v: a tag over %d bytes differs", direct, len(msg))
			}
			restore()
		}
	}
}

// TestKey128AllocatesNothing guards the hot path of tap checks, where the
// processor has the instructions.
func TestKey128AllocatesNothing(t *testing.T) {
	key, msg := [16]byte{1}, make([]byte, 38)
	var sum [16]byte
	n := testing.AllocsPerRun(100, func() {
		var k aescmac.Key128
		k.Set(&key)
		sum = k.Sum(msg)
	})
	if want := 0.0; aescmac.DirectForTest() && n != want {
		t.Errorf("%v allocations", n)
	}
	if sum == ([16]byte{}) {
		t.Error("no tag")
	}
}

func BenchmarkSetAndSum38(b *testing.B) {
	key, msg := [16]byte{1}, make([]byte, 38)
	b.ReportAllocs()
	for b.Loop() {
		var k aescmac.Key128
		k.Set(&key)
		k.Sum(msg)
	}
}

func ExampleKey_Sum() {
	key, _ := hex.DecodeString(rfcKey)
	k, err := aescmac.New(key)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%x\n", k.Sum(nil))
	// Output: bb1d6929e95937287fa37d129b756746
}
