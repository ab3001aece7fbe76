package ui

import "strconv"

func itoa(n int) string { return strconv.Itoa(n) }

// digits writes a number that is not negative with at least width digits.
func digits(n, width int) string {
	text := strconv.Itoa(n)
	if len(text) < width {
		text = "0000"[:width-len(text)] + text
	}
	return text
}
