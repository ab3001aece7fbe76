package pn532_test

import (
	"fmt"

	"trueward/internal/standard/pn532"
)

func ExampleParser() {
	p := pn532.NewParser()
	line := []byte{0x55, 0x00, 0x00, 0xFF, 0x06, 0xFA, 0xD5, 0x03, 0x32, 0x01, 0x06, 0x07, 0xE8, 0x00}
	p.Feed(line, func(f pn532.Frame) {
		if f.Answers(pn532.CmdGetFirmwareVersion) {
			fmt.Println(pn532.ParseFirmware(f.Data))
		}
	})
	fmt.Println(p.Dropped(), "byte of noise")
	// Output:
	// PN532 1.6 <nil>
	// 1 byte of noise
}
