// Command vulnerable calls a function with a known vulnerability (GO-2021-0113).
// The search for vulnerabilities must find it, or it finds nothing.
package main

import (
	"fmt"
	"os"

	"golang.org/x/text/language"
)

func main() {
	tag, err := language.Parse(os.Args[1])
	fmt.Println(tag, err)
}
