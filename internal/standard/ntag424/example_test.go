package ntag424_test

import (
	"fmt"

	"trueward/internal/standard/ntag424"
)

// The template of AN12196 table 15: where the tag writes, and the settings that
// make it.
func ExampleTemplate() {
	im, err := ntag424.Template{URL: "https://choose.url.com/ntag424?e={picc}&c={mac}"}.Image()
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(im.Offsets["picc"], im.Offsets["mac"], im.MACFrom, len(im.File))
	fmt.Printf("%X\n", im.Settings().Encode())
	// Output:
	// 32 67 67 83
	// 4000E0C1FF12200000430000430000
}
