// Command gen turns the GS1 Barcode Syntax Dictionary into the compact table of
// package gs1.
//
//	go run ./internal/standard/gs1/gen -dictionary gs1-syntax-dictionary.txt -out internal/standard/gs1/aitable.go
//
// The dictionary itself is not part of this repository. Its facts are used
// under the Apache License 2.0, see NOTICE beside package gs1.
package main

import (
	"flag"
	"fmt"
	"io"
	"os"
)

func main() {
	if err := run(os.Args[1:], os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1)
	}
}

func run(args []string, usage io.Writer) error {
	flags := flag.NewFlagSet("gen", flag.ContinueOnError)
	flags.SetOutput(usage)
	in := flags.String("dictionary", "", "the syntax dictionary's text file")
	out := flags.String("out", "", "the Go file to write")
	if err := flags.Parse(args); err != nil {
		return err
	}
	text, err := os.ReadFile(*in)
	if err != nil {
		return err
	}
	rows, err := parseDictionary(string(text))
	if err != nil {
		return err
	}
	source, err := render(rows)
	if err != nil {
		return err
	}
	return os.WriteFile(*out, source, 0o644)
}
