package ubl

import "strings"

// endpointSchemes is the Electronic Address Scheme list of OpenPeppol.
const endpointSchemes = "0002 0007 0009 0037 0060 0088 0096 0097 0106 0130 0135 0142 0147 0151 0154 0158 0170 0177 0183 0184 0188 " +
	"0190 0191 0192 0193 0194 0195 0196 0198 0199 0200 0201 0202 0203 0204 0205 0208 0209 0210 0211 0212 0213 0215 0216 0217 0218 " +
	"0221 0225 0230 0235 0240 9910 9913 9914 9915 9918 9919 9920 9922 9923 9924 9925 9926 9927 9928 9929 9930 9931 9932 9933 9934 " +
	"9935 9936 9937 9938 9939 9940 9941 9942 9943 9944 9945 9946 9947 9948 9949 9950 9951 9952 9953 9957 9959"

// partyRules are about seller and buyer.
var partyRules = []Rule{
	peppol("EN16931-R010", "The buyer has an electronic address.", func(r *reading) bool { return r.buyer.has("cbc:EndpointID") }),
	peppol("EN16931-R020", "The seller has an electronic address.", func(r *reading) bool { return r.seller.has("cbc:EndpointID") }),
	peppol("EN16931-CL008", "The scheme of an electronic address is on the list.", func(r *reading) bool {
		return every(r.named("EndpointID"), func(e *Element) bool { return oneOf(e.attr("schemeID"), endpointSchemes) })
	}),
	rule("BR-06", "The seller has a name.", func(r *reading) bool { return r.seller.text("cac:PartyLegalEntity", "cbc:RegistrationName") != "" }),
	rule("BR-07", "The buyer has a name.", func(r *reading) bool { return r.buyer.text("cac:PartyLegalEntity", "cbc:RegistrationName") != "" }),
	rule("BR-09", "The seller's address has a country.", func(r *reading) bool { return country2(r.seller) != "" }),
	rule("BR-11", "The buyer's address has a country.", func(r *reading) bool { return country2(r.buyer) != "" }),
	rule("BR-CO-09", "A VAT identifier begins with its country.", func(r *reading) bool {
		return every([]*Element{r.seller, r.buyer}, func(p *Element) bool {
			vat := vatOf(p)
			return vat == "" || len(vat) > 2 && strings.Trim(vat[:2], "ABCDEFGHIJKLMNOPQRSTUVWXYZ1") == ""
		})
	}),
	rule("BR-CO-26", "The seller has an identifier, a registration or a VAT identifier.", func(r *reading) bool {
		return vatOf(r.seller) != "" || r.seller.has("cac:PartyIdentification", "cbc:ID") || r.seller.has("cac:PartyLegalEntity", "cbc:CompanyID")
	}),
	rule("DE-R-002", "Between parties in Germany the seller gives a contact.", func(r *reading) bool {
		return !r.inGermany() || r.seller.has("cac:Contact")
	}),
	german("DE-R-003", "seller's city", true, "cac:PostalAddress", "cbc:CityName"),
	german("DE-R-004", "seller's post code", true, "cac:PostalAddress", "cbc:PostalZone"),
	german("DE-R-005", "seller's contact name", true, "cac:Contact", "cbc:Name"),
	german("DE-R-006", "seller's telephone", true, "cac:Contact", "cbc:Telephone"),
	german("DE-R-007", "seller's e-mail", true, "cac:Contact", "cbc:ElectronicMail"),
	german("DE-R-008", "buyer's city", false, "cac:PostalAddress", "cbc:CityName"),
	german("DE-R-009", "buyer's post code", false, "cac:PostalAddress", "cbc:PostalZone"),
	rule("DE-R-010", "Between parties in Germany a place of delivery has its city.", func(r *reading) bool { return r.delivered("cbc:CityName") }),
	rule("DE-R-011", "Between parties in Germany a place of delivery has its post code.", func(r *reading) bool { return r.delivered("cbc:PostalZone") }),
	rule("DE-R-014", "Between parties in Germany every breakdown of tax has its rate.", func(r *reading) bool {
		return !r.inGermany() || every(r.categories(), func(s *Element) bool { return s.has("cac:TaxCategory", "cbc:Percent") })
	}),
	rule("NL-R-002", "A seller in the Netherlands gives street, city and post code.", func(r *reading) bool {
		a := first(r.seller.all("cac:PostalAddress"))
		return country2(r.seller) != "NL" || a.has("cbc:StreetName") && a.has("cbc:CityName") && a.has("cbc:PostalZone")
	}),
	rule("NL-R-003", "The registration of a seller in the Netherlands is a KVK or OIN number.", func(r *reading) bool {
		return country2(r.seller) != "NL" || every(r.seller.all("cac:PartyLegalEntity", "cbc:CompanyID"), dutch)
	}),
	rule("NL-R-005", "Between parties in the Netherlands the buyer's registration is a KVK or OIN number.", func(r *reading) bool {
		return country2(r.seller) != "NL" || country2(r.buyer) != "NL" || every(r.buyer.all("cac:PartyLegalEntity", "cbc:CompanyID"), dutch)
	}),
}

func dutch(e *Element) bool {
	return oneOf(e.attr("schemeID"), "0106 0190") && strings.TrimSpace(e.Text) != ""
}

func vatOf(party *Element) string {
	for _, t := range party.all("cac:PartyTaxScheme") {
		if strings.EqualFold(t.text("cac:TaxScheme", "cbc:ID"), "VAT") {
			return t.text("cbc:CompanyID")
		}
	}
	return ""
}

// delivered reports whether the place of delivery, if the document names one,
// has a part that German rules ask for.
func (r *reading) delivered(part string) bool {
	return !r.inGermany() || every(r.all("cac:Delivery", "cac:DeliveryLocation", "cac:Address"), func(a *Element) bool { return a.text(part) != "" })
}

func german(id, what string, seller bool, path ...string) Rule {
	return rule(id, "Between parties in Germany the "+what+" is given.", func(r *reading) bool {
		party := r.buyer
		if seller {
			party = r.seller
		}
		if strings.HasPrefix(path[0], "cac:Contact") && !party.has(path[0]) {
			return true // DE-R-002 says so
		}
		return !r.inGermany() || party.text(path...) != ""
	})
}

// identifierRules check the digits of national identifiers (Peppol COMMON).
var identifierRules = []Rule{
	identifier("R040", "0088", "GLN", gln),
	identifier("R041", "0192", "Norwegian organisation number", norwegian),
	identifier("R042", "0184", "Danish CVR number", func(s string) bool {
		return len(s) == 8 && digits(s) || len(s) == 10 && s[:2] == "DK" && digits(s[2:])
	}),
	identifier("R043", "0208", "Belgian enterprise number", belgian),
	identifier("R044", "0201", "Italian IPA code", func(s string) bool { return len(s) == 6 && alphanumeric(s) }),
	identifier("R045", "0210", "Italian codice fiscale", fiscal),
	identifier("R047", "0211", "Italian partita IVA", func(s string) bool { return len(s) < 2 || !strings.EqualFold(s[:2], "IT") || partitaIVA(s[2:]) }),
	identifier("R049", "0007", "Swedish organisation number", func(s string) bool { return len(s) == 10 && digits(s) && luhn(s) }),
	identifier("R050", "0151", "Australian business number", australian),
}

// identifier checks every identifier of a party that is of the scheme.
func identifier(id, scheme, what string, valid func(string) bool) Rule {
	return peppol("COMMON-"+id, "A "+what+" has its form and check digit.", func(r *reading) bool {
		for _, p := range []*Element{r.seller, r.buyer} {
			for _, path := range [][]string{{"cbc:EndpointID"}, {"cac:PartyIdentification", "cbc:ID"}, {"cac:PartyLegalEntity", "cbc:CompanyID"}} {
				for _, e := range p.all(path...) {
					if e.attr("schemeID") == scheme && !valid(strings.TrimSpace(e.Text)) {
						return false
					}
				}
			}
		}
		return true
	})
}
