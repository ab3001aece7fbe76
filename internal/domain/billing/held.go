package billing

import (
	"strconv"
	"strings"
)

// Held is what a payment provider holds for a document, in our minor units.
type Held struct {
	Lines                          int
	Currency                       string
	NetMinor, TaxMinor, TotalMinor int64
}

// NumberParts reads a number that DocumentNumber wrote for a prefix.
func NumberParts(prefix, number string) (year int, n int64, ok bool) {
	rest, ours := strings.CutPrefix(number, prefix+"-")
	first, last, two := strings.Cut(rest, "-")
	year, err := strconv.Atoi(first)
	n, err2 := strconv.ParseInt(last, 10, 64)
	if !ours || !two || err != nil || err2 != nil || DocumentNumber(prefix, year, n) != number {
		return 0, 0, false
	}
	return year, n, true
}
