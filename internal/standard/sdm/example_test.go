package sdm_test

import (
	"fmt"

	"trueward/internal/standard/sdm"
)

// A tap of AN12196 table 5, under the zero keys of that example.
func Example() {
	v, err := sdm.NewVerifier(sdm.Profile{Mode: sdm.ModeAES, Layout: "e={picc}&c={mac}"})
	if err != nil {
		fmt.Println(err)
		return
	}
	meta := sdm.NewKey([16]byte{})
	keys := map[sdm.UID]*sdm.Key{{0x04, 0xDE, 0x5F, 0x1E, 0xAC, 0xC0, 0x40}: sdm.NewKey([16]byte{})}
	unknown := sdm.NewDummyKey([16]byte{1})

	got, err := v.Check("e=EF963FF7828658A599F3041510671E88&c=94EED9EE65337086", meta, func(uid sdm.UID) *sdm.Key {
		if k, ok := keys[uid]; ok {
			return k
		}
		return unknown
	})
	fmt.Println(got.Ctr, err)

	_, err = v.Check("e=EF963FF7828658A599F3041510671E88&c=94EED9EE65337087", meta, func(uid sdm.UID) *sdm.Key { return keys[uid] })
	fmt.Println(err)
	// Output:
	// 61 <nil>
	// sdm: bad_mac
}
