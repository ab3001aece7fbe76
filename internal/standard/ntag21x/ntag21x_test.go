package ntag21x_test

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"testing"

	"trueward/internal/standard/ntag21x"
)

func TestVersions(t *testing.T) {
	for in, want := range map[string]string{
		"0004040201000F03": "NTAG213",
		"0004040201001103": "NTAG215",
		"0004040201001303": "NTAG216",
		"0004040201001503": "", // size of no chip of the family
		"0004030101000B03": "", // Ultralight EV1
		"0005040201001103": "", // another maker
	} {
		b, err := hex.DecodeString(in)
		if err != nil {
			t.Fatal(err)
		}
		if v, err := ntag21x.ParseVersion(b); err != nil || v.Product() != want {
			t.Errorf("%s: %q, %v", in, v.Product(), err)
		}
	}
	for _, bad := range [][]byte{nil, make([]byte, 7), make([]byte, 9), {1, 4, 4, 2, 1, 0, 0x11, 3}} {
		if _, err := ntag21x.ParseVersion(bad); !errors.Is(err, ntag21x.ErrVersion) {
			t.Errorf("% X: %v", bad, err)
		}
	}
}

func TestCommands(t *testing.T) {
	for want, got := range map[string][]byte{
		"3004": ntag21x.Read(ntag21x.PageUser), "60": ntag21x.GetVersion(), "3c00": ntag21x.ReadSignature(),
	} {
		if b, _ := hex.DecodeString(want); !bytes.Equal(b, got) {
			t.Errorf("%X, want %s", got, want)
		}
	}
}

func ExampleVersion_Product() {
	v, err := ntag21x.ParseVersion([]byte{0, 4, 4, 2, 1, 0, 0x11, 3})
	fmt.Println(v.Product(), err)
	// Output: NTAG215 <nil>
}
