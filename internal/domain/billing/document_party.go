package billing

import "strings"

// PartyDetails are what electronic documents say of a party beyond its name
// and address. All of it is optional: where nothing is set, a document says
// what the organisation's own record gives, and a rule that needs more refuses
// the document by its name.
type PartyDetails struct {
	EndpointScheme     string // Electronic Address Scheme: 0088 for a GLN, 9930 for a German VAT identifier …
	Endpoint           string
	GLN                string
	RegistrationScheme string // ISO 6523: 0106 for the Dutch register, 0002 for SIRENE …
	Registration       string
	Street             string
	PostalZone         string
	City               string
	Region             string
	ContactName        string
	Phone              string
	// EDI is the interchange address of X12 with its qualifier: 01 DUNS,
	// 08 UCC/GLN, 12 telephone, ZZ mutually defined.
	EDIQualifier string
	EDI          string
}

// ValidIBAN reports whether an account number is an IBAN by its form and check
// digits (ISO 13616). Spaces count for nothing.
func ValidIBAN(account string) bool {
	account = strings.ReplaceAll(account, " ", "")
	if len(account) < 15 || len(account) > 34 || strings.Trim(account[2:4], "0123456789") != "" || strings.Trim(account[:2], "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" {
		return false
	}
	return mod97(account[4:]+account[:4]) == 1
}
