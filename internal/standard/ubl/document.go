package ubl

import "trueward/internal/standard/money"

// Kind is what a document does.
type Kind string

// The kinds, with their codes of UNTDID 1001.
const (
	Invoice    Kind = "380"
	CreditNote Kind = "381"
)

// Document is an invoice or a credit note in one currency. All amounts are
// minor units; those of a credit note are positive. Dates are YYYY-MM-DD.
// Empty fields are left out.
type Document struct {
	Kind           Kind
	Number         string
	IssuedOn       string
	DueOn          string // not of a credit note
	Note           string
	Currency       money.Currency
	BuyerReference string
	OrderReference string
	Period         Period
	Preceding      []Reference // invoices that this document corrects
	Seller, Buyer  Party
	DeliverTo      Address // needed by supplies within the Community: its country, in Germany its town too
	Payment        Payment
	Terms          string
	Allowances     []Allowance
	Taxes          []Tax
	Prepaid        int64
	Lines          []Line
}

// Period is a span of days, both included.
type Period struct{ Start, End string }

// Reference names an earlier document.
type Reference struct{ Number, IssuedOn string }

// Identifier is a value of an identification scheme: ISO 6523 ICD for parties
// and items, the Electronic Address Scheme list for endpoints.
type Identifier struct{ Scheme, Value string }

// Party is a seller or buyer.
type Party struct {
	Name       string // by which it trades
	LegalName  string
	Endpoint   Identifier
	ID         Identifier // GLN or another identifier of the party
	VAT        string     // with its country prefix
	TaxID      string     // a tax registration that is no VAT identifier
	Registered Identifier // in the register of companies
	Address    Address
	Contact    Contact
}

// Address is where a party sits; only Country (ISO 3166-1 alpha-2) is needed.
type Address struct {
	Street, More, City, PostalZone, Region, Country string
}

// Contact is whom to ask.
type Contact struct{ Name, Phone, Email string }

// Payment says how to pay.
type Payment struct {
	Means     string // UNTDID 4461: 30 credit transfer, 58 SEPA credit transfer, 1 not defined
	Reference string
	Account   string // IBAN or another account number
	Payee     string
}

// Category is a duty or tax category of UNCL5305.
type Category struct {
	Code   string // S, Z, E, AE, K, G or O
	RateBP int    // basis points; none for O
}

// Tax is the tax of one category over the document, computed by the seller:
// this package checks it and never computes it again.
type Tax struct {
	Category
	Net, Amount int64
	Reason      string // of an exemption
	ReasonCode  string // VATEX
}

// Allowance lowers the sum of the document or of a line, or raises it when
// Charge is true. Base and PercentBP are given together or not at all.
type Allowance struct {
	Charge    bool
	Reason    string
	Amount    int64
	Base      int64
	PercentBP int
	Category  Category // of a document's allowance; a line's has its line's
}

// Line is one position.
type Line struct {
	ID         string
	Note       string
	Quantity   int64
	Unit       string // UN/ECE Recommendation 20; EA when empty
	Net        int64
	Period     Period
	OrderLine  string
	Allowances []Allowance
	Name       string
	SellersID  string
	Standard   Identifier // of the item: GTIN has scheme 0160
	Category   Category
	Attributes []Attribute
	Price      Price
}

// Attribute is a property of an item.
type Attribute struct{ Name, Value string }

// Price is what BaseQuantity units cost. Gross and Discount explain it when
// both are given: net = gross − discount.
type Price struct {
	Net, Gross, Discount int64
	BaseQuantity         int64 // 1 when zero
}
