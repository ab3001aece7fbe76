package carrier_test

import (
	"fmt"
	"os"
	"strings"
	"time"

	"trueward/internal/standard/carrier"
)

func ExampleIdentify() {
	a, err := carrier.Identify("(01)09506000134352(17)280131(10)LT4471(21)SN90313A",
		carrier.Options{Now: time.Date(2026, 11, 3, 0, 0, 0, 0, time.UTC)})
	fmt.Println(a.Kind, a.DI, a.Lot, a.Serial, a.Expiry, err)
	// Output: gs1 09506000134352 LT4471 SN90313A 2028-01-31 <nil>
}

func ExampleInspectLines() {
	lines := "9506000134352\n04782E21801D80\n"
	valid, err := carrier.InspectLines(strings.NewReader(lines), os.Stdout, time.Date(2026, 11, 3, 0, 0, 0, 0, time.UTC))
	fmt.Println(valid, err)
	// Output:
	// {"input":"9506000134352","kind":"gtin","valid":true,"gtin":"09506000134352"}
	// {"input":"04782E21801D80","kind":"uid","valid":false,"error":{"code":"unsupported","message":"carrier: this is a chip's own number, it names no thing (unsupported, byte 0)"}}
	// false <nil>
}
