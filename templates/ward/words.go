package ward

import "strconv"

func itoa(n int) string { return strconv.Itoa(n) }

// count writes a number with its noun: "1 unit", "3 units".
func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return itoa(n) + " " + many
}
