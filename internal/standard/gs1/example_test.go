package gs1_test

import (
	"fmt"
	"time"

	"trueward/internal/standard/gs1"
)

func ExampleParseScan() {
	scan, err := gs1.ParseScan("]d201095060001343521726120010LOT42\x1d21SN0001")
	if err != nil {
		fmt.Println(err)
		return
	}
	udi, _ := scan.Message.UDI(time.Date(2026, time.November, 23, 0, 0, 0, 0, time.UTC))
	fmt.Println(udi.DI, udi.Lot, udi.Serial, udi.Expiry)
	// Output: 09506000134352 LOT42 SN0001 2026-12-31
}

func ExampleMessage_DigitalLink() {
	m, err := gs1.ParseBracketed("(01)09506000134352(17)261231(10)A/B")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(m.DigitalLink())
	// Output: https://id.gs1.org/01/09506000134352/10/A%2FB?17=261231 <nil>
}

func ExampleParseDigitalLink() {
	m, err := gs1.ParseDigitalLink("https://example.com/p/01/09506000134352/21/SN1?17=261231&linkType=all")
	fmt.Println(m, err)
	_, err = gs1.ParseDigitalLink("javascript:/01/09506000134352")
	fmt.Println(err)
	// Output:
	// (01)09506000134352(21)SN1(17)261231 <nil>
	// gs1: scheme: not an http or https link (unsupported, byte 0)
}

// A printer left out the separator behind the lot.
func ExampleSplits() {
	readings, err := gs1.Splits("010950600013435210LOT9117261231", gs1.DeviceLabel())
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, m := range readings {
		fmt.Println(m)
	}
	// Output:
	// (01)09506000134352(10)LOT9117261231
	// (01)09506000134352(10)LOT91(17)261231
}

func ExampleCheckDigit() {
	d, _ := gs1.CheckDigit("0950600013435")
	fmt.Println(string(d))
	// Output: 2
}
