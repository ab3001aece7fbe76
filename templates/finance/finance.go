// Package finance holds the screens of money: the queue of what is on its way
// to an invoice, invoices with their payments, and the export centre. Hospital
// and vendor look at the same screens, each at its own rows.
//
// A screen is a pure function of its props. No prop holds a patient; the name
// of who used a unit is handed in for the hospital's own people only.
package finance

import (
	"strings"
	"time"

	"trueward/internal/domain/billing"
	"trueward/internal/standard/civil"
	"trueward/internal/standard/money"
	"trueward/templates/page"
	"trueward/templates/ui"
)

// Locale is how amounts are written until people choose their own.
const Locale = "en"

// Line is a usage on its way to an invoice.
type Line struct {
	ID        string
	Href      string
	Product   string
	Lot       string
	Serial    string
	Case      string // pseudonym
	Party     string // the other side
	Site      string
	At        time.Time
	Zone      *time.Location
	Amount    money.Amount
	State     billing.LineState
	Reason    string
	Unpriced  bool
	Corrected bool
}

// Parked is work that cannot go on by itself.
type Parked struct {
	What   string
	Reason string
	Href   string // the record; may be empty
	Retry  string // address that lets it try again; empty when the person may not
	Key    string
	Since  time.Time
}

// QueueProps describe the queue.
type QueueProps struct {
	Frame  page.Props
	Tabs   []ui.Tab
	Lead   string
	Lines  []Line
	Parked []Parked
	Empty  string
	Pager  ui.PagerProps
	View   ui.ListView
	Label  string // of the other side
}

// InvoiceItem is an invoice in a list.
type InvoiceItem struct {
	billing.NamedInvoice
	Href  string
	Party string // the other side
	Today civil.Date
}

// ListProps describe the list of invoices.
type ListProps struct {
	Frame      page.Props
	Action     string
	Clear      string
	Text       string
	Status     string
	Statuses   []ui.Option
	Party      string
	PartyLabel string
	Parties    []ui.Option
	From, To   string
	Items      []InvoiceItem
	Pager      ui.PagerProps
	View       ui.ListView
	ExportHref string
	Tiles      []ui.StatProps
}

// InvoiceProps describe one invoice.
type InvoiceProps struct {
	Frame     page.Props
	Item      InvoiceItem
	Facts     []ui.Pair
	Lines     []DocumentLine
	MoreLines bool // the list was cut
	Taxes     []billing.TaxLine
	Payments  []Payment
	Events    []ui.Event
	Actions   []Action
	PDF       string // address; empty before issue
	PayPage   string // of the payment service, where the hospital pays; empty without one
	Pay       *PayForm
	Parts     []Part // credit notes, disputes and how it may end
	Summary   []ui.FieldError
}

// DocumentLine is a line of an invoice, frozen or still collected.
type DocumentLine struct {
	Position string
	Href     string // the walk to usage, scan and person
	Product  string
	Lot      string
	Serial   string
	Case     string
	Date     string
	Sentence string
	Quantity int64
	Net      money.Amount
	Tax      money.Amount
}

// Payment is money booked on an invoice.
type Payment struct {
	Amount    money.Amount
	On        string
	Method    string
	Reference string
	Reversal  bool
	Refund    bool
	Reason    string
	Undone    bool
	Undo      string // address; empty when it cannot be undone
	Key       string
}

// Action is a button of an invoice that changes it.
type Action struct {
	Text   string
	Action string
	Key    string
	Kind   ui.ButtonKind
	Hint   string
}

// PayForm is the form that books a payment.
type PayForm struct {
	Action    string
	Key       string
	Amount    string
	On        string
	Method    string
	Reference string
	Errors    map[string]string
	Methods   []ui.Option
}

// LineProps describe one line: what it costs and why, and the walk back to the
// scan.
type LineProps struct {
	Frame   page.Props
	Line    Line
	Facts   []ui.Pair
	Walk    []ui.Event
	Words   string // the price in words
	Doubt   string // set when computing it again differs
	Release *Action
	Hold    *HoldForm
	Split   *SplitForm
	Price   *PriceForm
	Summary []ui.FieldError
}

// HoldForm stops a line.
type HoldForm struct {
	Action, Key, Reason, Until string
	Errors                     map[string]string
}

// SplitForm gives the units of one line to several orders.
type SplitForm struct {
	Action, Key string
	Quantity    string // of the line
	Parts       []SplitPart
	Errors      map[string]string
}

// SplitPart is what one order takes of a line.
type SplitPart struct{ Number, Position, Quantity string }

// PriceForm gives a product its list price.
type PriceForm struct {
	Action, Key, Price, From, Currency string
	Errors                             map[string]string
}

// ExportProps describe the export centre.
type ExportProps struct {
	Frame    page.Props
	Action   string
	Key      string
	Format   string
	Formats  []ui.Option
	Status   string
	Statuses []ui.Option
	Party    string
	Label    string
	Name     string // form field of the party
	Parties  []ui.Option
	From, To string
	Currency string // of a statement
	Since    bool
	Choices  []Columns // by kind of table
	Details  string    // address of the details on documents
	Making   []Making
	Errors   map[string]string
	Summary  []ui.FieldError
	Runs     []Run
	Pager    ui.PagerProps
}

// Run is an export taken before.
type Run struct {
	Name   string
	Href   string
	At     time.Time
	Words  string // what was asked
	Digest string
}

// tone colours an invoice's state; green is never among them.
func tone(i InvoiceItem) ui.Tone {
	switch {
	case i.Parked:
		return ui.Stop
	case i.Overdue(i.Today), i.DisputedMinor > 0, i.Refundable().Minor > 0:
		return ui.Warn
	case i.State == billing.Void, i.State == billing.Uncollectible:
		return ui.Calm
	case i.State == billing.Paid, i.State == billing.Collecting:
		return ui.Calm
	case i.State == billing.Frozen:
		return ui.Warn
	}
	return ui.Info
}

func word(i InvoiceItem) string {
	switch {
	case i.Parked:
		return "Parked"
	case i.Overdue(i.Today):
		return "Overdue"
	case i.State.Payable() && i.DisputedMinor > 0:
		return "Disputed in part"
	case i.State.Payable() && i.PaidMinor > 0:
		return "Partly paid"
	case i.State == billing.Paid && i.Refundable().Minor > 0:
		return "Refund due"
	}
	return i.State.Word()
}

// name is what an invoice is called before it has a number.
func name(i InvoiceItem) string {
	if i.Number != "" {
		return i.Number
	}
	return "Draft"
}

// WindowWords says which usages an invoice collects.
func WindowWords(w billing.Window) string {
	key, _, _ := strings.Cut(w.Key, "#")
	kind, value, _ := strings.Cut(key, ":")
	switch kind {
	case "use":
		return "one use"
	case "month":
		if t, err := time.Parse("2006-01", value); err == nil {
			return t.Format("January 2006")
		}
	case "day":
		if t, err := time.Parse(time.DateOnly, value); err == nil {
			return t.Format("2 Jan 2006")
		}
	case "rebill":
		return "billed again"
	case "week":
		return "week " + value
	}
	return "one case"
}

func shown(i InvoiceItem) money.Amount {
	if i.State == billing.Collecting {
		return i.Net()
	}
	return i.Total()
}

// Date reads YYYY-MM-DD; anything else is no date.
func Date(text string) civil.Date {
	t, err := time.Parse(time.DateOnly, text)
	if err != nil {
		return civil.Date{}
	}
	return civil.Of(t)
}

// DateWords writes YYYY-MM-DD as "31 Dec 2027"; anything else as it is.
func DateWords(date string) string {
	t, err := time.Parse(time.DateOnly, date)
	if err != nil {
		return date
	}
	return t.Format("2 Jan 2006")
}

func lineTone(s billing.LineState) ui.Tone {
	switch s {
	case billing.LineHeld, billing.LineUnpriced, billing.LineAwaitingPO:
		return ui.Warn
	case billing.LineCancelled, billing.LineNoCharge, billing.LineInvoiced:
		return ui.Calm
	}
	return ui.Info
}
