package ndef_test

import (
	"fmt"

	"trueward/internal/standard/ndef"
)

func ExampleAppend() {
	message, err := ndef.Append(nil, ndef.NewURI("https://tap.example/t/s1"))
	if err != nil {
		fmt.Println(err)
		return
	}
	memory, err := ndef.AppendType2(nil, message)
	fmt.Printf("%X %v\n", memory, err)
	// Output: 0315D1011155047461702E6578616D706C652F742F7331FE <nil>
}

func ExampleFirstURI() {
	uri, err := ndef.FirstURI([]byte("\xD1\x01\x0A\x55\x04a.example"))
	fmt.Println(uri, err)
	// Output: https://a.example <nil>
}
