package documents_test

import (
	"fmt"
	"math/rand/v2"
	"time"

	"trueward/internal/domain/access"
	"trueward/internal/domain/billing"
	"trueward/internal/standard/money"
)

// basket draws documents: any currency, categories, rates, sizes.
type basket struct{ *rand.Rand }

func newBasket(seed uint64) basket { return basket{rand.New(rand.NewPCG(seed, 7))} }

func pick[T any](b basket, from ...T) T { return from[b.IntN(len(from))] }

// countries are the sellers that documents are drawn for, with identifiers
// whose check digits hold.
var sellers = []access.Organisation{
	{Name: "Norvane", LegalName: "Norvane Medical GmbH", Address: "Werkstraße 8\n79110 Freiburg", Country: "DE", TaxID: "DE811234567", Email: "billing@norvane.example", BankAccount: "DE89370400440532013000"},
	{Name: "Corvidia", LegalName: "Corvidia Vascular B.V.", Address: "Havenkade 21\n3511 AA Utrecht", Country: "NL", TaxID: "NL812345678B01", Email: "invoices@corvidia.example", BankAccount: "NL91 ABNA 0417 1643 00"},
	{Name: "Ardsley & Sons <Ltd>", LegalName: "Ardsley & Sons Ltd", Address: "4 Mill Lane\nLeeds LS1 4AP\nUnited Kingdom", Country: "GB", TaxID: "GB123456789", Email: "ar@ardsley.example", BankAccount: "12345678"},
	{Name: "Palmward", LegalName: "Palmward Protective Inc.", Address: "12 Foundry Lane\nColumbus, OH 43215", Country: "US", TaxID: "123456789"},
}

var payers = []access.Organisation{
	{Name: "St. Brannoc's", LegalName: "St. Brannoc's Hospital Trust", Address: "1 Harbour Road\nD02 XK40 Dublin", Country: "IE", TaxID: "IE9876543W", Email: "accounts@brannoc.example"},
	{Name: "Klinik am Wald", LegalName: "Klinik am Wald gGmbH", Address: "Waldweg 3\n10115 Berlin", Country: "DE", TaxID: "DE136695976", Email: "rechnung@wald.example"},
}

// document draws a document whose amounts agree with each other as those of
// the product do: tax rounded once a category and distributed.
func (b basket) document(kind billing.DocumentKind) billing.Document {
	doc := billing.Document{Kind: kind, Seller: pick(b, sellers...), Payer: pick(b, payers...)}
	doc.SellerDetails.Phone = "+49 761 5550100"
	currency := pick(b, "EUR", "EUR", "USD", "GBP", "JPY", "KWD")
	issued := time.Date(2026, time.Month(1+b.IntN(12)), 1+b.IntN(28), 0, 0, 0, 0, time.UTC)
	number := fmt.Sprintf("NV-2026-%06d", 1+b.IntN(999_999))
	doc.Invoice = billing.Invoice{
		ID: billing.InvoiceID(number), Number: number, Currency: money.Currency(currency), State: billing.Open, PaymentReference: billing.PaymentReference(number),
		IssuedOn: issued.Format(time.DateOnly), DueOn: issued.AddDate(0, 0, 30).Format(time.DateOnly), CreatedAt: issued, Sample: b.IntN(4) == 0,
		BuyerReference: pick(b, "", "PO-4471", "Kostenstelle 12 & 14"), Window: billing.Window{Key: "month:2026-10"},
	}
	if kind == billing.CreditNoteDocument {
		doc.Original = &billing.DocumentReference{Number: "NV-2026-000001", IssuedOn: "2026-01-02"}
	}
	b.lines(&doc, pick(b, 1, 1+b.IntN(5), 20, billing.MaxLines))
	return doc
}

func (b basket) lines(doc *billing.Document, n int) {
	categories := pick(b, []string{"S"}, []string{"S", "Z", "E"}, []string{"AE"}, []string{"K"}, []string{"G"}, []string{"O"}, []string{"S", "S", "AE"})
	if doc.Seller.Country == "US" && categories[0] != "O" {
		categories = []string{"S", "Z", "E"} // the others need a VAT identifier
	}
	for i := range n {
		l := billing.InvoiceLine{
			Position: i + 1, DI: "09506000134352", Lot: pick(b, "", "LT4471", "A<1>&\"2\""), Serial: fmt.Sprintf("SN%05d", i), Case: "C-7Q4M",
			Description: pick(b, "Coronary stent Halden, 3.0 × 18 mm", "=cmd|' /C calc'!A0", "Führungsdraht \"weich\"", "縫合糸"), ServiceDate: "2026-10-03",
			PriceSentence: "Agreement A-12 v3: list €1,600.00, discount 7.5\u00a0% → €1,480.00.", Quantity: pick[int64](b, 1, 1, 3, 12),
			UnitMinor: b.minor(doc.Invoice.Currency), TaxCategory: pick(b, categories...),
		}
		if l.TaxCategory == "S" {
			l.TaxRateBP = pick(b, 2100, 1900, 700, 550, 875)
		}
		l.NetMinor = l.UnitMinor * l.Quantity
		if b.IntN(8) == 0 && doc.Invoice.Currency.Digits() < 3 { // a cap or a part credited
			l.NetMinor = l.NetMinor * 2 / 3 // for 3 or 12 pieces a price of one with more digits than any currency has
		}
		doc.Lines = append(doc.Lines, l)
	}
	totals, err := billing.ApplyTax(doc.Lines)
	if err != nil {
		panic(err)
	}
	doc.Invoice.NetMinor, doc.Invoice.TaxMinor, doc.Invoice.TotalMinor = totals.NetMinor, totals.TaxMinor, totals.TotalMinor
}

// minor draws a price. In a currency of three digits it ends in zero, as does
// its tax at the rates drawn only for multiples of 10,000.
func (b basket) minor(c money.Currency) int64 {
	n := pick(b, 3331, 0, b.Int64N(100), b.Int64N(500_000), b.Int64N(90_000_000))
	if c.Digits() == 3 {
		return n * 20_000
	}
	return n
}
