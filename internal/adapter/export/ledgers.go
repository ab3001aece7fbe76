package export

import (
	"cmp"

	"trueward/internal/domain/billing"
	"trueward/internal/standard/money"
)

var journalColumns = []column[billing.JournalLine]{
	{name: "date", of: func(l billing.JournalLine) Cell { return Day(l.EffectiveAt.UTC().Format("2006-01-02")) }},
	{name: "period", of: func(l billing.JournalLine) Cell {
		return Text(cmp.Or(string(l.Period), l.EffectiveAt.UTC().Format("2006-01")))
	}},
	{name: "entity", of: func(l billing.JournalLine) Cell { return Text(l.Entity) }},
	{name: "book", of: func(l billing.JournalLine) Cell { return Text(string(l.Book)) }},
	{name: "account", of: func(l billing.JournalLine) Cell { return Text(string(l.Posting.Account)) }},
	{name: "dept", of: func(l billing.JournalLine) Cell { return Text(l.Department) }},
	{name: "debit", of: func(l billing.JournalLine) Cell { return side(l.Posting, 1) }, sum: true},
	{name: "credit", of: func(l billing.JournalLine) Cell { return side(l.Posting, -1) }, sum: true},
	{name: "currency", of: func(l billing.JournalLine) Cell { return Text(string(l.Posting.Currency)) }},
	{name: "ref", of: func(l billing.JournalLine) Cell { return Text(l.Reference) }},
	{name: "kind", of: func(l billing.JournalLine) Cell { return Text(string(l.Kind)) }},
	{name: "source_uuid", of: func(l billing.JournalLine) Cell { return Text(l.SourceID) }},
	{name: "journal_uuid", of: func(l billing.JournalLine) Cell { return Text(string(l.ID)) }},
	{name: "journal_line", of: func(l billing.JournalLine) Cell { return Number(int64(l.Number)) }},
}

func side(p billing.Posting, sign int64) Cell {
	if p.Minor*sign <= 0 {
		return Cell{}
	}
	return Money(money.Amount{Minor: p.Minor * sign, Currency: p.Currency})
}

// Journal returns the table of postings for a general ledger. journal_uuid is
// the same for ever, so that an importing system can refuse a row it has.
func Journal(columns []string, each func(func(billing.JournalLine) error) error) (Table, error) {
	list, err := chosen(journalColumns, columns)
	return tableOf("Journal", list, each), err
}

// xeroColumns are those of Xero's import of sales invoices; rows of one
// invoice share its number, amounts are without tax.
var xeroColumns = []column[billing.NamedLine]{
	{name: "*ContactName", of: func(r billing.NamedLine) Cell { return Text(r.HospitalName) }},
	{name: "*InvoiceNumber", of: func(r billing.NamedLine) Cell { return Text(r.Number) }},
	{name: "Reference", of: func(r billing.NamedLine) Cell { return Text(r.BuyerReference) }},
	{name: "*InvoiceDate", of: func(r billing.NamedLine) Cell { return Day(r.IssuedOn) }},
	{name: "*DueDate", of: func(r billing.NamedLine) Cell { return Day(cmp.Or(r.DueOn, r.IssuedOn)) }},
	{name: "*Description", of: func(r billing.NamedLine) Cell { return Text(described(r.Line)) }},
	{name: "*Quantity", of: func(r billing.NamedLine) Cell { return Number(r.Line.Quantity) }},
	{name: "*UnitAmount", of: func(r billing.NamedLine) Cell { return Decimal(unitPrice(r.Line, r.Currency)) }},
	{name: "*AccountCode", of: func(billing.NamedLine) Cell { return Text("200") }},
	{name: "*TaxType", of: func(r billing.NamedLine) Cell { return Text(xeroTax(r.Line)) }},
	{name: "TaxAmount", of: func(r billing.NamedLine) Cell { return Money(r.Amount(r.Line.TaxMinor)) }},
	{name: "Currency", of: func(r billing.NamedLine) Cell { return Text(string(r.Currency)) }},
}

// xeroTax is the tax rate's name of a fresh Xero organisation.
func xeroTax(l billing.InvoiceLine) string {
	if l.TaxRateBP == 0 {
		return "Tax Exempt"
	}
	return "Tax on Sales"
}

// quickBooksColumns follow the import of invoices of QuickBooks Online.
var quickBooksColumns = []column[billing.NamedLine]{
	{name: "*InvoiceNo", of: func(r billing.NamedLine) Cell { return Text(r.Number) }},
	{name: "*Customer", of: func(r billing.NamedLine) Cell { return Text(r.HospitalName) }},
	{name: "*InvoiceDate", of: func(r billing.NamedLine) Cell { return Day(r.IssuedOn) }},
	{name: "*DueDate", of: func(r billing.NamedLine) Cell { return Day(cmp.Or(r.DueOn, r.IssuedOn)) }},
	{name: "Memo", of: func(r billing.NamedLine) Cell { return Text(r.BuyerReference) }},
	{name: "Item(Product/Service)", of: func(r billing.NamedLine) Cell { return Text(cmp.Or(r.Line.DI, r.Line.Description)) }},
	{name: "ItemDescription", of: func(r billing.NamedLine) Cell { return Text(described(r.Line)) }},
	{name: "ItemQuantity", of: func(r billing.NamedLine) Cell { return Number(r.Line.Quantity) }},
	{name: "ItemRate", of: func(r billing.NamedLine) Cell { return Decimal(unitPrice(r.Line, r.Currency)) }},
	{name: "*ItemAmount", of: func(r billing.NamedLine) Cell { return Money(r.Amount(r.Line.NetMinor)) }, sum: true},
	{name: "Taxable", of: func(r billing.NamedLine) Cell { return Text(taxable(r.Line)) }},
	{name: "TaxRate", of: func(r billing.NamedLine) Cell { return Percent(r.Line.TaxRateBP) }},
	{name: "ServiceDate", of: func(r billing.NamedLine) Cell { return Day(r.Line.ServiceDate) }},
	{name: "Currency", of: func(r billing.NamedLine) Cell { return Text(string(r.Currency)) }},
}

func taxable(l billing.InvoiceLine) string {
	if l.TaxRateBP > 0 {
		return "Y"
	}
	return "N"
}

func described(l billing.InvoiceLine) string {
	identity := joined([2]string{"Lot", l.Lot}, [2]string{"Serial", l.Serial}, [2]string{"Case", l.Case})
	if identity == "" {
		return l.Description
	}
	return l.Description + " · " + identity
}

// Xero returns the table that Xero imports.
func Xero(columns []string, each func(func(billing.NamedLine) error) error) (Table, error) {
	list, err := chosen(xeroColumns, columns)
	return tableOf("Xero", list, each), err
}

// QuickBooks returns the table that QuickBooks Online imports.
func QuickBooks(columns []string, each func(func(billing.NamedLine) error) error) (Table, error) {
	list, err := chosen(quickBooksColumns, columns)
	return tableOf("QuickBooks", list, each), err
}
