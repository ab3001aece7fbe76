package gs1

import "strings"

// CheckDigit returns the check digit that belongs behind the given digits (GS1
// General Specifications, section 7.9.1: weights 3, 1, 3 … from the right,
// modulo 10), and false if there are none or other characters.
func CheckDigit(digits string) (byte, bool) {
	if !allDigits(digits) {
		return 0, false
	}
	return '0' + checkDigit(digits), true
}

func checkDigit(s string) byte {
	odd, even := 0, 0
	for i := len(s) - 1; i >= 0; i -= 2 {
		odd += int(s[i] - '0')
		if i > 0 {
			even += int(s[i-1] - '0')
		}
	}
	return byte((10 - (3*odd+even)%10) % 10)
}

func checkSum(s string) *fault {
	if f := checkDigits(s); f != nil {
		return f
	}
	if s == "" {
		return &fault{CodeTruncated, 0, "no room for a check digit"}
	}
	last := len(s) - 1
	if checkDigit(s[:last]) != s[last]-'0' {
		return &fault{CodeCheckDigit, last, "wrong check digit"}
	}
	return nil
}

// maxPair is the longest value with check characters: as long as any AI's.
const maxPair = 99

// primes are the weights of the check characters, from the right.
var primes = firstPrimes()

func firstPrimes() (out [maxPair - 2]int) {
	n := 0
next:
	for c := 2; n < len(out); c++ {
		for _, p := range out[:n] {
			if c%p == 0 {
				continue next
			}
		}
		out[n] = c
		n++
	}
	return out
}

// CheckPair returns the two check characters that belong behind s (GS1 General
// Specifications, section 7.9.5), and false if s is too long or outside
// character set 82.
func CheckPair(s string) (string, bool) {
	if len(s) > maxPair-2 || firstOutside(s, cset82) >= 0 {
		return "", false
	}
	sum := 0
	for i := range len(s) {
		sum += strings.IndexByte(alphabet82, s[i]) * primes[len(s)-1-i]
	}
	sum %= 1021
	return alphabet32[sum>>5:sum>>5+1] + alphabet32[sum&31:sum&31+1], true
}

func checkPair(s string) *fault {
	if len(s) < 2 {
		return &fault{CodeTruncated, 0, "no room for check characters"}
	}
	if len(s) > maxPair {
		return &fault{CodeOversize, 0, "too long for check characters"}
	}
	data := s[:len(s)-2]
	if i := firstOutside(data, cset82); i >= 0 {
		return &fault{CodeMalformed, i, "character outside set 82"}
	}
	if want, _ := CheckPair(data); want != s[len(data):] {
		return &fault{CodeCheckDigit, len(data), "wrong check characters"}
	}
	return nil
}

// checkIBAN applies ISO 13616-1: country, check digits modulo 97.
func checkIBAN(s string) *fault {
	if len(s) <= 10 {
		return &fault{CodeTruncated, 0, "account number is too short"}
	}
	if len(s) > 34 {
		return &fault{CodeOversize, 0, "account number is too long"}
	}
	if f := checkCountryAlpha(s[:2]); f != nil {
		return f
	}
	sum := 0
	for i := range len(s) {
		at := (i + 4) % len(s)
		c := s[at]
		switch {
		case isDigit(c):
			sum = (sum*10 + int(c-'0')) % 97
		case c >= 'A' && c <= 'Z':
			sum = (sum*100 + int(c-'A') + 10) % 97
		default:
			return &fault{CodeMalformed, at, "character not allowed in an account number"}
		}
	}
	if sum != 1 {
		return &fault{CodeCheckDigit, 2, "wrong check digits of the account number"}
	}
	return nil
}

// minCompanyPrefix is the shortest GS1 Company Prefix that is allocated.
const minCompanyPrefix = 4

func checkCompanyPrefix(s string) *fault {
	if len(s) < minCompanyPrefix {
		return &fault{CodeTruncated, 0, "too short for a company prefix"}
	}
	if i := firstOutside(s[:minCompanyPrefix], numeric); i >= 0 {
		return &fault{CodeMalformed, i, "company prefix is not numeric"}
	}
	return nil
}

func checkCompanyPrefixSecond(s string) *fault {
	if len(s) < 2 {
		return &fault{CodeTruncated, 0, "too short for a company prefix"}
	}
	return checkCompanyPrefix(s[1:]).at(1)
}
