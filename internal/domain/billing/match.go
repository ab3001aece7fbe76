package billing

import (
	"cmp"
	"regexp"
	"strconv"
	"strings"

	"trueward/internal/domain/consign"
	"trueward/internal/standard/money"
)

// MatchOutcome is what holding a vendor's own invoice against usage and order
// found for one line. Only matched lines, and those within tolerance, go to
// payment.
type MatchOutcome string

// The outcomes.
const (
	Matched         MatchOutcome = "matched"
	WithinTolerance MatchOutcome = "within_tolerance"
	Mismatch        MatchOutcome = "mismatch"
	MissingUsage    MatchOutcome = "missing_usage"
	MissingPO       MatchOutcome = "missing_po"
	MissingInvoice  MatchOutcome = "missing_invoice"
)

// Payable reports whether the line may be paid.
func (o MatchOutcome) Payable() bool { return o == Matched || o == WithinTolerance }

// Word returns the outcome as people read it.
func (o MatchOutcome) Word() string {
	switch o {
	case Matched:
		return "Matched"
	case WithinTolerance:
		return "Within tolerance"
	case Mismatch:
		return "Does not match"
	case MissingUsage:
		return "No usage"
	case MissingPO:
		return "No PO"
	case MissingInvoice:
		return "Not invoiced"
	}
	return string(o)
}

// MatchCode names what does not match.
type MatchCode string

// The codes.
const (
	CodeItem      MatchCode = "item"
	CodeLot       MatchCode = "lot"
	CodeQuantity  MatchCode = "quantity"
	CodePrice     MatchCode = "price"
	CodeSum       MatchCode = "sum" // unit price × quantity is not the line
	CodeTax       MatchCode = "tax"
	CodeCurrency  MatchCode = "currency"
	CodePO        MatchCode = "po"
	CodeDuplicate MatchCode = "duplicate"
	CodeCorrected MatchCode = "corrected"
)

// ClaimLine is a line of an invoice that the vendor sent by itself.
type ClaimLine struct {
	DI, Lot, Serial string
	PONumber        string
	Quantity        int64
	UnitMinor       int64
	NetMinor        int64
	TaxRateBP       int
	Currency        money.Currency
}

// Fact is the usage that a claim is held against, with its price and order.
type Fact struct {
	Line      Line
	DI, Lot   string
	Quantity  int64
	TaxRateBP int
	Rule      consign.PORule
	Tolerance consign.Tolerance
	BilledOn  string // document of ours that bills it already; empty for none
	Corrected bool
}

// MatchResult is the outcome for one line, in words that say what to do.
type MatchResult struct {
	Outcome       MatchOutcome
	Codes         []MatchCode
	Sentence      string
	VarianceMinor int64 // claimed less agreed
}

// Match holds a claim against the usage and its order. found is false when the
// hospital recorded no such usage: that is never approved by itself.
func Match(c ClaimLine, f Fact, found bool) MatchResult {
	if !found {
		return MatchResult{Outcome: MissingUsage, Sentence: "No usage of this serial or lot is recorded. Ask the ward, or refuse the line."}
	}
	r := MatchResult{VarianceMinor: c.NetMinor - f.Line.Net.Minor}
	var words []string
	bad := func(code MatchCode, sentence string) {
		r.Codes = append(r.Codes, code)
		words = append(words, sentence)
	}
	agreed := f.Line.Net
	if f.Corrected || f.Line.State == LineCancelled {
		bad(CodeCorrected, "The usage was corrected.")
	}
	if f.BilledOn != "" {
		bad(CodeDuplicate, "It is billed already on "+f.BilledOn+".")
	}
	if c.DI != "" && c.DI != f.DI {
		bad(CodeItem, "Used was item "+f.DI+".")
	}
	if c.Lot != "" && c.Lot != f.Lot {
		bad(CodeLot, "Used was lot "+f.Lot+".")
	}
	if c.Quantity != f.Quantity {
		bad(CodeQuantity, "Used were "+strconv.FormatInt(f.Quantity, 10)+" units.")
	}
	if c.Currency != agreed.Currency {
		bad(CodeCurrency, "Agreed is "+string(agreed.Currency)+".")
	} else if !Within(agreed.Minor, c.NetMinor, f.Tolerance) {
		bad(CodePrice, "Agreed is "+agreed.Format("en")+".")
	}
	if sum, err := money.Mul(c.UnitMinor, c.Quantity); err != nil || c.UnitMinor != 0 && sum != c.NetMinor {
		bad(CodeSum, "Unit price and quantity do not make the amount.")
	}
	if c.TaxRateBP != f.TaxRateBP {
		bad(CodeTax, "Agreed tax is "+Percent(strconv.Itoa(f.TaxRateBP))+".")
	}
	if c.PONumber != "" && f.Line.PONumber != "" && CleanOrderNumber(c.PONumber) != f.Line.PONumber {
		bad(CodePO, "Attached is order "+f.Line.PONumber+".")
	}
	return r.decide(words, f)
}

func (r MatchResult) decide(words []string, f Fact) MatchResult {
	switch {
	case len(r.Codes) > 0:
		r.Outcome, r.Sentence = Mismatch, strings.Join(words, " ")
	case !f.Line.PO.Settled(f.Rule):
		r.Outcome, r.Sentence = MissingPO, "The usage waits for its order. Attach it, then check again."
	case r.VarianceMinor != 0:
		r.Outcome, r.Sentence = WithinTolerance, "The difference is within what was agreed, and is recorded."
	default:
		r.Outcome = Matched
	}
	return r
}

var runs = regexp.MustCompile(`[A-Z]+|[0-9]+`)

// CleanDocumentNumber is a document's number as it is compared: its runs of
// letters and digits, in capitals and without leading zeros, so that
// "INV 0012" and "inv-12" are one.
func CleanDocumentNumber(number string) string {
	parts := runs.FindAllString(strings.ToUpper(number), -1)
	for i, p := range parts {
		if p[0] <= '9' {
			parts[i] = cmp.Or(strings.TrimLeft(p, "0"), "0")
		}
	}
	return strings.Join(parts, "-")
}
