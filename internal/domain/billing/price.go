package billing

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"trueward/internal/domain/consign"
	"trueward/internal/domain/usage"
	"trueward/internal/standard/money"
)

// The engines: versions of the price rules. A stored decision names the one
// that made it, so that explaining it later runs the same rules. Engine is the
// one that decides today.
const (
	EngineList  = "list-less-discount/1"
	EngineTerms = "agreement-terms/2"
	Engine      = EngineTerms
)

// PriceOutcome says whether a price could be decided.
type PriceOutcome string

// The outcomes of a price decision.
const (
	Priced   PriceOutcome = "priced"
	Unpriced PriceOutcome = "unpriced" // waits in a queue; the nurse never notices
)

// PriceInputs is everything a decision depends on. It is stored word by word
// with its SHA-256, so that the decision can be computed again.
type PriceInputs struct {
	AgreementNumber string            `json:"agreement"`
	Version         int               `json:"version"`
	VersionID       consign.VersionID `json:"version_id"`
	Currency        money.Currency    `json:"currency"`
	InForce         bool              `json:"in_force"`
	// Ambiguous names the agreements of equal rank of which none was chosen.
	Ambiguous []string `json:"ambiguous,omitempty"`
	// ListMinor is the list price of one unit of use in force at FactAt;
	// Listed is false when there was none.
	ListMinor  int64         `json:"list_minor"`
	Listed     bool          `json:"listed"`
	DiscountBP int           `json:"discount_bp"`
	WastePayer consign.Payer `json:"waste_payer"`
	Outcome    usage.Outcome `json:"outcome"`
	Reason     string        `json:"reason"`
	Quantity   int64         `json:"quantity"`
	FactAt     time.Time     `json:"fact_at"`

	// Rule is the agreement's own price of the item or its family.
	Rule *consign.Price `json:"rule,omitempty"`
	// Instead is the name of the product whose price holds, because this one
	// was allowed as its substitute; ListMinor is then of that product.
	Instead string `json:"instead,omitempty"`
	// Fate is what became of the unit; empty means used. HospitalBP is the
	// hospital's share of its price, nil for the whole.
	Fate       consign.WasteOutcome `json:"fate,omitempty"`
	HospitalBP *int                 `json:"hospital_bp,omitempty"`
	Tier       *TierPosition        `json:"tier,omitempty"`
	Cap        *CapShare            `json:"cap,omitempty"`
	Rounding   money.Rounding       `json:"rounding,omitempty"`
}

// TierPosition is where a usage stands in the window of a tier.
type TierPosition struct {
	Tier consign.Tier `json:"tier"`
	// Window is the key of the window: "quarter:2026-Q4".
	Window string `json:"window"`
	// Before is what was committed in the window before this usage: units of
	// use, or minor units of net before the tier.
	Before int64 `json:"before"`
}

// CapShare is how a case's cap meets a usage. Until the case is closed only
// the cap is known.
type CapShare struct {
	Cap consign.Cap `json:"cap"`
	// Nets are what the usages under the cap cost before it, in the order of
	// their recording; Index is this one's place. Empty while the case is open.
	Nets  []int64 `json:"nets,omitempty"`
	Index int     `json:"index,omitempty"`
	// Taken is what earlier decisions left of the cap to others: lines that
	// were billed already.
	Taken int64 `json:"taken,omitempty"`
}

// Sum returns the SHA-256 (hex) of the inputs' text, and the text.
func (in PriceInputs) Sum() (digest, text string, err error) {
	raw, err := json.Marshal(in)
	if err != nil {
		return "", "", err
	}
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:]), string(raw), nil
}

// Decision is the price of a usage, decided once, with its reasons.
type Decision struct {
	ID       DecisionID
	Usage    UsageID
	Revision int // 1 for the first
	Parties
	Version      consign.VersionID
	Outcome      PriceOutcome
	Unit         money.Amount // of one unit of use
	Net          money.Amount // of the usage, before tax
	Quantity     int64
	Inputs       string // JSON of PriceInputs
	InputsSHA256 string
	Steps        Steps
	Engine       string
	DecidedAt    time.Time
}

// AwaitsCap reports whether the amount is still to meet the cap of its case.
func (d Decision) AwaitsCap() bool {
	return len(d.Steps) > 0 && d.Steps[len(d.Steps)-1].Code == StepCapPending
}

// clearedReasons are the reasons of waste that may stand on a document of the
// vendor. Anything else is free text of the ward, which may name a patient.
var clearedReasons = []string{
	"dropped", "wrong size", "defect", "defective", "damaged", "contaminated", "not needed",
	"opened by mistake", "could not be deployed", "failed in use", "expired",
}

// ClearedReason returns the reason if a vendor may read it, else nothing.
func ClearedReason(reason string) string {
	word := strings.ToLower(strings.TrimSpace(reason))
	if slices.Contains(clearedReasons, word) {
		return word
	}
	return ""
}

// FateOf tells what became of a unit as agreements tell payers apart.
func FateOf(u usage.Usage) consign.WasteOutcome {
	if u.Outcome != usage.Wasted {
		return consign.Consumed
	}
	switch ClearedReason(u.Reason) {
	case "defect", "defective", "failed in use", "could not be deployed":
		return consign.Defective
	case "expired":
		return consign.Expired
	case "damaged":
		return consign.Damaged
	}
	return consign.OpenedWasted
}
