package main

import (
	"io"
	"strings"

	"trueward/internal/clock"
	"trueward/internal/standard/carrier"
)

type inspectCmd struct {
	Scans []string `arg:"" optional:"" name:"scan" help:"What was scanned; without any, lines of standard input."`
}

// Run prints one JSON object a line and ends with exit code 1 if any scan was
// not valid.
func (i inspectCmd) Run(std streams) error {
	var in io.Reader = std.in
	if len(i.Scans) > 0 {
		in = strings.NewReader(strings.Join(i.Scans, "\n") + "\n")
	}
	allValid, err := carrier.InspectLines(in, std.out, clock.System{}.Now())
	if err == nil && !allValid {
		return errFailed
	}
	return err
}
