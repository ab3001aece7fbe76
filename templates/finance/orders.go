package finance

import (
	"github.com/a-h/templ"

	"trueward/internal/domain/billing"
	"trueward/internal/standard/money"
	"trueward/templates/page"
	"trueward/templates/ui"
)

// WaitingLine is a usage that waits for its order.
type WaitingLine struct {
	Line
	PO  billing.POState
	Age string // "12 days"
	Old bool   // waits over two weeks
}

// WaitingProps describe the queue of usages without their order.
type WaitingProps struct {
	Frame      page.Props
	Tabs       []ui.Tab
	Lead       string
	Ages       []ui.Row
	AgeColumns []ui.Column
	Lines      []WaitingLine
	View       ui.ListView
	Label      string // what the other side is called
	Pager      ui.PagerProps
	Attach     string // address; empty for those who may only look
	Ask        string
	File       string
	Key        string
	FileKey    string
	Number     string
	Rows       string
	Errors     map[string]string
	Summary    []ui.FieldError
	Results    []FileResult
}

// FileResult is what became of one row of a file of orders.
type FileResult struct{ Row, Number, Words string }

// OrderItem is a purchase order in a list.
type OrderItem struct {
	Number, Party, Kind, Left, Days string
	Closed                          bool
	Close                           string // address; empty when it cannot be closed
	Key                             string
}

// OrdersProps describe the list of purchase orders and the form of a new one.
type OrdersProps struct {
	Frame   page.Props
	Items   []OrderItem
	View    ui.ListView
	Label   string // what the other side is called
	Pager   ui.PagerProps
	New     *OrderForm
	Summary []ui.FieldError
}

// OrderForm is the form of a new order.
type OrderForm struct {
	Action, Key, Number, Kind, Party, Label, Amount, Currency, Quantity, From, To string
	Kinds, Parties                                                                []ui.Option
	Errors                                                                        map[string]string
}

// ClaimItem is a vendor's own invoice in a list.
type ClaimItem struct {
	Number, Href, Party, On string
	Lines, Open             int64
	Net, Payable            money.Amount
}

// MatchProps describe the list of vendors' own invoices.
type MatchProps struct {
	Frame   page.Props
	Items   []ClaimItem
	View    ui.ListView
	Label   string // what the other side is called
	Pager   ui.PagerProps
	Missing string // address of what nobody invoiced
	Import  *ImportForm
	Summary []ui.FieldError
}

// ImportForm takes an invoice of a vendor.
type ImportForm struct {
	Action, Key, Party, Label, Rows string
	Parties                         []ui.Option
	Errors                          map[string]string
}

// ClaimLine is a line of a vendor's own invoice with what it was held against.
type ClaimLine struct {
	Product, Href, Lot, Serial, Order, Sentence string
	Outcome                                     billing.MatchOutcome
	Quantity                                    string
	Net, Variance                               templ.Component
}

// ClaimProps describe one invoice of a vendor.
type ClaimProps struct {
	Frame  page.Props
	Number string
	Lead   string
	Facts  []ui.Pair
	Lines  []ClaimLine
	Check  *Action
}

// MissingProps describe what was used and not invoiced.
type MissingProps struct {
	Frame   page.Props
	Party   string
	Label   string
	Parties []ui.Option
	Lines   []Line
	View    ui.ListView
	Pager   ui.PagerProps
}

// AgreementItem is an agreement in a list.
type AgreementItem struct {
	Number, Href, Party, Version, Since, Words string
}

// AgreementsProps describe the list of agreements.
type AgreementsProps struct {
	Frame page.Props
	Items []AgreementItem
	Side  string // "Vendor" or "Hospital": what Party is
}

// AgreementProps describe one agreement with a version's terms.
type AgreementProps struct {
	Frame    page.Props
	Number   string
	Lead     string
	Status   templ.Component
	Terms    []ui.Pair
	Money    []ui.Pair
	Prices   []ui.Row
	Tiers    []ui.Row
	TrueUps  []ui.Row
	Versions []ui.Row
	Reprices []Reprice
	Papers   []ui.Row // tax certificates
	Paper    *PaperForm
	Summary  []ui.FieldError
}

// PaperForm adds a tax certificate.
type PaperForm struct {
	Action, Key, Number, Category, Reason, From, To string
	Categories                                      []ui.Option
	Errors                                          map[string]string
}

// Reprice is a usage that a back-dated version would price otherwise.
type Reprice struct {
	Href, Sentence, State string
	Old, New              templ.Component
	Action, Key           string // empty when nothing is to decide
}

func matchTone(o billing.MatchOutcome) ui.Tone {
	if o.Payable() {
		return ui.Info
	}
	return ui.Warn
}

func poTone(s billing.POState) ui.Tone {
	if s == billing.POMismatch {
		return ui.Stop
	}
	return ui.Warn
}
