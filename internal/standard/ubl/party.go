package ubl

import (
	"strconv"
	"strings"
)

func (p Party) element() *Element {
	a, endpoint := p.Address, p.Endpoint
	e := group("Party", value("EndpointID", endpoint.Value, "schemeID", endpoint.Scheme),
		group("PartyIdentification", value("ID", p.ID.Value, "schemeID", p.ID.Scheme)),
		group("PartyName", value("Name", p.Name)),
		group("PostalAddress", value("StreetName", a.Street), value("AdditionalStreetName", a.More), value("CityName", a.City),
			value("PostalZone", a.PostalZone), value("CountrySubentity", a.Region), country(a.Country)),
	)
	if p.VAT != "" {
		e.add(group("PartyTaxScheme", value("CompanyID", p.VAT), group("TaxScheme", value("ID", "VAT"))))
	}
	if p.TaxID != "" {
		e.add(group("PartyTaxScheme", value("CompanyID", p.TaxID), group("TaxScheme", value("ID", "TAX"))))
	}
	return e.add(
		group("PartyLegalEntity", value("RegistrationName", p.LegalName),
			value("CompanyID", p.Registered.Value, "schemeID", p.Registered.Scheme)),
		group("Contact", value("Name", p.Contact.Name), value("Telephone", p.Contact.Phone), value("ElectronicMail", p.Contact.Email)),
	)
}

func country(code string) *Element { return group("Country", value("IdentificationCode", code)) }

func (w writer) line(l Line) *Element {
	name, quantity := "InvoiceLine", "InvoicedQuantity"
	if w.Kind == CreditNote {
		name, quantity = "CreditNoteLine", "CreditedQuantity"
	}
	unit := l.Unit
	if unit == "" {
		unit = "EA"
	}
	e := group(name, value("ID", l.ID), value("Note", l.Note), value(quantity, strconv.FormatInt(l.Quantity, 10), "unitCode", unit),
		w.amount("LineExtensionAmount", l.Net), period(l.Period), group("OrderLineReference", value("LineID", l.OrderLine)))
	for _, a := range l.Allowances {
		e.add(w.allowance(a))
	}
	return e.add(w.item(l), w.price(l.Price, unit))
}

func (w writer) item(l Line) *Element {
	e := group("Item", value("Name", l.Name),
		group("SellersItemIdentification", value("ID", l.SellersID)),
		group("StandardItemIdentification", value("ID", l.Standard.Value, "schemeID", l.Standard.Scheme)),
		category("ClassifiedTaxCategory", l.Category, "", ""))
	for _, a := range l.Attributes {
		if clean(a.Value) != "" {
			e.add(group("AdditionalItemProperty", value("Name", a.Name), value("Value", a.Value)))
		}
	}
	return e
}

func (w writer) price(p Price, unit string) *Element {
	e := group("Price", w.amount("PriceAmount", p.Net))
	if p.BaseQuantity > 1 {
		e.add(value("BaseQuantity", strconv.FormatInt(p.BaseQuantity, 10), "unitCode", unit))
	}
	if p.Gross != 0 {
		e.add(group("AllowanceCharge", value("ChargeIndicator", "false"), w.amount("Amount", p.Discount), w.amount("BaseAmount", p.Gross)))
	}
	return e
}

// vatSchemes are the schemes of electronic addresses that are VAT identifiers,
// by country (Electronic Address Scheme list of OpenPeppol).
var vatSchemes = map[string]string{
	"AD": "9922", "AL": "9923", "AT": "9914", "BA": "9924", "BE": "9925", "BG": "9926", "CH": "9927", "CY": "9928", "CZ": "9929",
	"DE": "9930", "EE": "9931", "EL": "9933", "ES": "9920", "FR": "9957", "GB": "9932", "GR": "9933", "HR": "9934", "HU": "9910",
	"IE": "9935", "IT": "0211", "LI": "9936", "LT": "9937", "LU": "9938", "LV": "9939", "MC": "9940", "ME": "9941", "MK": "9942",
	"MT": "9943", "NL": "9944", "PL": "9945", "PT": "9946", "RO": "9947", "RS": "9948", "SI": "9949", "SK": "9950", "SM": "9951",
	"TR": "9952", "VA": "9953",
}

// EndpointOf returns the electronic address that a VAT identifier with its
// country's prefix makes, or nothing where the country's is of another kind.
func EndpointOf(vat string) Identifier {
	vat = strings.ReplaceAll(vat, " ", "")
	if len(vat) < 4 || vatSchemes[vat[:2]] == "" {
		return Identifier{}
	}
	return Identifier{vatSchemes[vat[:2]], vat}
}

// KnownEndpointScheme reports whether a scheme of electronic addresses is one
// that receivers accept.
func KnownEndpointScheme(scheme string) bool { return oneOf(scheme, endpointSchemes) }

// ValidGLN reports whether a Global Location Number has 13 digits and its check
// digit.
func ValidGLN(s string) bool { return len(s) == 13 && gln(s) }
