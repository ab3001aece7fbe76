package epc_test

import (
	"errors"
	"fmt"

	"trueward/internal/standard/epc"
)

func ExampleDecode() {
	tag, err := epc.Decode("3066C4409047E140075BCD15")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(tag.Scheme(), tag.GTIN(), tag.Serial())
	fmt.Println(tag.TagURI())
	fmt.Println(tag.ElementString())
	fmt.Println(tag.DigitalLink())
	// Output:
	// SGTIN-96 09506000134352 123456789
	// urn:epc:tag:sgtin-96:3.95060001343.05.123456789
	// (01)09506000134352(21)123456789
	// https://id.gs1.org/01/09506000134352/21/123456789
}

func ExampleDecode_refused() {
	_, err := epc.Decode("307C257BF7194E4000001A85")
	var e *epc.Error
	if errors.As(err, &e) {
		fmt.Println(e.Code, e.Field, e.Offset)
	}
	// Output: malformed partition 2
}

func ExampleFromElementString() {
	tag, err := epc.FromElementString("(01)09506000134352(17)280131(10)LT4471(21)SN90313A",
		epc.Options{Scheme: epc.DSGTINPlus, Filter: 1})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(tag.Hex())
	fmt.Println(tag.ElementString())
	// Output:
	// FB14383F095060001343526848DF74DF5DC0
	// (01)09506000134352(21)SN90313A(17)280131
}

func ExampleParseTagURI() {
	tag, err := epc.ParseTagURI("urn:epc:tag:sgtin-198:3.95060001343.05.32a%2Fb")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(tag.Hex())
	fmt.Println(tag.EPCURI())
	// Output:
	// 3666C4409047E159B2C2BF100000000000000000000000000000
	// urn:epc:id:sgtin:95060001343.05.32a%2Fb
}
