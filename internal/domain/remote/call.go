package remote

// Call is a changing call: its step, its key and exactly one set of
// parameters. Params of every kind are JSON-able and free of patients.
type Call struct {
	Step Step
	Key  string
	// Object is what the call is about where it is no new thing: an invoice,
	// or the item to drop.
	Object string
	Params string // JSON of the step's parameters
}

// CustomerParams make the payer's record at the vendor's account.
type CustomerParams struct {
	Name     string `json:"name"`
	Email    string `json:"email"`
	Hospital string `json:"hospital"`
}

// Field is a line in the head of a document.
type Field struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// DraftParams make an empty draft.
type DraftParams struct {
	Customer    string  `json:"customer"`
	Currency    string  `json:"currency"`
	PaymentDays int     `json:"payment_days"`
	Invoice     string  `json:"invoice"`
	Fields      []Field `json:"fields,omitempty"`
}

// ItemParams add a line to a draft: Unit × Quantity in the service's units.
type ItemParams struct {
	Customer    string            `json:"customer"`
	Draft       string            `json:"draft"`
	Currency    string            `json:"currency"`
	Unit        int64             `json:"unit"`
	Quantity    int64             `json:"quantity"`
	Description string            `json:"description"`
	Marks       map[string]string `json:"marks"`
}

// TaxParams set the tax of a line of a draft.
type TaxParams struct {
	Draft   string `json:"draft"`
	Taxable int64  `json:"taxable"`
	Amount  int64  `json:"amount"`
	RateBP  int    `json:"rate_bp"`
	Name    string `json:"name"`
}

// NumberParams give a draft our number.
type NumberParams struct {
	Number string `json:"number"`
}

// CreditLine takes an amount, and its tax, off a line.
type CreditLine struct {
	Line    string `json:"line"` // the service's id of the invoice line
	Amount  int64  `json:"amount"`
	Tax     int64  `json:"tax"`
	TaxRate string `json:"tax_rate,omitempty"` // the service's id
}

// CreditParams make a credit note.
type CreditParams struct {
	Invoice   string       `json:"invoice"`
	Note      string       `json:"note"` // our id
	Memo      string       `json:"memo"` // our number
	Reason    string       `json:"reason"`
	Lines     []CreditLine `json:"lines"`
	Refund    int64        `json:"refund"`
	Elsewhere int64        `json:"elsewhere"`
}
