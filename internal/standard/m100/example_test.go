package m100_test

import (
	"encoding/hex"
	"fmt"

	"trueward/internal/standard/m100"
)

func ExampleParser() {
	line, _ := hex.DecodeString("BB02220011C9340030751FEB705C5904E3D50D703A76EF7E")
	m100.NewParser().Feed(line, func(f m100.Frame) {
		tag, err := m100.ParseTag(f)
		fmt.Printf("%X %d dBm, sound: %v, %v\n", tag.EPC, tag.RSSI, tag.Sound(), err)
	})
	// Output: 30751FEB705C5904E3D50D70 -55 dBm, sound: true, <nil>
}
