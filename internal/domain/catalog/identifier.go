package catalog

import (
	"regexp"
	"strings"

	"trueward/internal/fault"
	"trueward/internal/standard/gs1"
	"trueward/internal/standard/hibc"
)

// hibcForm is a HIBC device identifier as it is stored: labeler code, product
// number and unit of measure (ANSI/HIBC 2, primary data), without plus sign and
// check character.
var hibcForm = regexp.MustCompile(`^[A-Z][A-Z0-9]{3}[A-Z0-9]{1,18}[0-9]$`)

// ParseDI reads a device identifier as people type or paste it: a GTIN of 8,
// 12, 13 or 14 digits, or a HIBC primary code from the plus sign to the check
// character. It returns the form that is stored, or a refusal at the field
// "di".
func ParseDI(text string) (string, error) {
	text = strings.ToUpper(strings.TrimSpace(text))
	switch {
	case text == "":
		return "", fault.At("di", "Enter the product number: the GTIN or HIBC code on the label.")
	case strings.HasPrefix(text, "+"):
		m, err := hibc.Parse(text)
		if err != nil || m.DI() == "" {
			return "", fault.At("di", "This HIBC code is not complete, or its check character is wrong. Enter it from the plus sign to its last character.")
		}
		return m.DI(), nil
	}
	digits := strings.NewReplacer(" ", "", "-", "").Replace(text)
	if !digitsOnly(digits) {
		return "", fault.At("di", "Enter a GTIN of 8, 12, 13 or 14 digits, or a HIBC code that begins with a plus sign.")
	}
	if n := len(digits); n != 8 && n != 12 && n != 13 && n != 14 {
		return "", fault.At("di", "A GTIN has 8, 12, 13 or 14 digits. Count the digits below the barcode.")
	}
	digits = strings.Repeat("0", 14-len(digits)) + digits
	if !IsGTIN(digits) {
		return "", fault.At("di", "The last digit of this GTIN does not fit the others, so a digit was mistyped. Compare it with the label.")
	}
	return digits, nil
}

// IsDI reports whether a text is a device identifier in the form that is
// stored: a GTIN of 14 digits with its check digit, or a HIBC identifier.
func IsDI(text string) bool { return IsGTIN(text) || !digitsOnly(text) && hibcForm.MatchString(text) }

// IsGTIN reports whether a text is 14 digits with the right check digit.
func IsGTIN(text string) bool {
	if len(text) != 14 || !digitsOnly(text) {
		return false
	}
	digit, ok := gs1.CheckDigit(text[:13])
	return ok && digit == text[13]
}

func digitsOnly(text string) bool {
	return text != "" && strings.Trim(text, "0123456789") == ""
}
