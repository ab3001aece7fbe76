package hibc_test

import (
	"fmt"
	"time"

	"trueward/internal/standard/hibc"
)

func ExampleParse() {
	m, err := hibc.Parse("+A99912345/$$52001510X3/16D20111212/S77DE1G45-")
	if err != nil {
		fmt.Println(err)
		return
	}
	expiry, _ := m.Expiry(time.Date(2019, time.June, 1, 0, 0, 0, 0, time.UTC))
	fmt.Println(m.DI(), m.Lot, m.Serial, expiry)
	// Output: A99912345 10X3 77DE1G45 2020-01-15
}
