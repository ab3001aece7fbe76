package isbt128_test

import (
	"fmt"

	"trueward/internal/standard/isbt128"
)

func ExampleParse() {
	m, err := isbt128.Parse("=/A9999XYZ100T0944=,000025=>014032")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(m.DI, m.Serial, m.Expiry)
	// Output: A9999XYZ100T0944 000025 2014-02-01
}
