package billing

import (
	"fmt"
	"strings"
)

// PaymentReference returns the structured creditor reference of a document
// number: "RF", two check digits and up to 21 letters and digits (ISO 11649;
// check digits by ISO/IEC 7064 MOD 97-10, as in IBAN). Characters outside
// A–Z and 0–9 are dropped, so that a bank's field takes it; of a longer number
// the last 21 remain.
func PaymentReference(number string) string {
	body := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z':
			return r - 'a' + 'A'
		case r >= 'A' && r <= 'Z', r >= '0' && r <= '9':
			return r
		}
		return -1
	}, number)
	if len(body) > 21 {
		body = body[len(body)-21:]
	}
	return fmt.Sprintf("RF%02d%s", 98-mod97(body+"RF00"), body)
}

// ValidPaymentReference reports whether the check digits hold. Spaces count
// for nothing.
func ValidPaymentReference(reference string) bool {
	reference = strings.ReplaceAll(reference, " ", "")
	if len(reference) < 5 || len(reference) > 25 || !strings.HasPrefix(reference, "RF") {
		return false
	}
	return mod97(reference[4:]+reference[:4]) == 1
}

// PaymentReferenceInGroups writes a reference as people copy it: in fours.
func PaymentReferenceInGroups(reference string) string {
	var b strings.Builder
	for i, r := range reference {
		if i > 0 && i%4 == 0 {
			b.WriteByte(' ')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// mod97 reads letters as 10 to 35; any other character makes -1, which no
// reference equals.
func mod97(s string) int {
	rest := 0
	for _, r := range s {
		switch {
		case r >= '0' && r <= '9':
			rest = (rest*10 + int(r-'0')) % 97
		case r >= 'A' && r <= 'Z':
			rest = (rest*100 + int(r-'A') + 10) % 97
		default:
			return -1
		}
	}
	return rest
}

// DocumentNumber writes the n-th number of a vendor's series. It keeps to 26
// characters of A–Z, 0–9 and hyphen while the prefix has at most 10.
func DocumentNumber(prefix string, year int, n int64) string {
	return fmt.Sprintf("%s-%04d-%06d", prefix, year, n)
}
