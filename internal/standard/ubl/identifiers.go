package ubl

import "strings"

func digits(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }

func alphanumeric(s string) bool {
	return strings.Trim(s, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz") == ""
}

// weighted sums the digits of s, each times the weight of its place counted
// from the right.
func weighted(s string, weight func(fromRight int) int) int {
	total := 0
	for i, r := range s {
		total += int(r-'0') * weight(len(s)-1-i)
	}
	return total
}

// gln checks the last digit by the GS1 General Specifications: weights 3 and 1
// from the right.
func gln(s string) bool {
	if !digits(s) || len(s) < 2 {
		return false
	}
	total := weighted(s[:len(s)-1], func(i int) int { return 3 - 2*(i%2) })
	return (10-total%10)%10 == int(s[len(s)-1]-'0')
}

// norwegian is MOD 11 with weights 2 to 7 from the right.
func norwegian(s string) bool {
	if len(s) != 9 || !digits(s) || strings.Trim(s, "0") == "" {
		return false
	}
	return (11-weighted(s[:8], func(i int) int { return i%6 + 2 })%11)%11 == int(s[8]-'0')
}

// belgian is MOD 97 of the first eight digits.
func belgian(s string) bool {
	if len(s) != 10 || !digits(s) {
		return false
	}
	head := weighted(s[:8], power10)
	return 97-head%97 == int(s[8]-'0')*10+int(s[9]-'0')
}

func power10(i int) int {
	p := 1
	for range i {
		p *= 10
	}
	return p
}

// luhn checks the last digit by ISO/IEC 7812-1 annex B.
func luhn(s string) bool {
	total := 0
	for i := range s {
		d := int(s[len(s)-1-i] - '0')
		if i%2 == 1 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		total += d
	}
	return total%10 == 0
}

// australian is MOD 89 with the weights of the Australian Business Register.
func australian(s string) bool {
	if len(s) != 11 || !digits(s) {
		return false
	}
	total := 0
	for i, w := range []int{10, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19} {
		d := int(s[i] - '0')
		if i == 0 {
			d--
		}
		total += d * w
	}
	return total%89 == 0
}

// fiscal checks the form of a codice fiscale: 11 digits of a body or 16 signs
// of a person.
func fiscal(s string) bool {
	switch len(s) {
	case 11:
		return digits(s)
	case 16:
		return alphanumeric(s) && digits(s[6:8]) && digits(s[9:11]) && digits(s[12:15])
	}
	return false
}

func partitaIVA(s string) bool { return len(s) == 11 && digits(s) && luhn(s) }
