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

// Engine is the version of the price rules. A stored decision names the one
// that made it, so that explaining it later runs the same rules.
const Engine = "list-less-discount/1"

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

// Decide computes the price: list price less the agreement's discount, times
// the quantity, nothing for waste that the vendor bears. Rounded once per unit
// price, so that unit price × quantity is the line. An amount out of range
// makes the usage unpriced with that reason; it never fails.
func Decide(in PriceInputs) (PriceOutcome, money.Amount, money.Amount, Steps) {
	none := money.Amount{Currency: in.Currency}
	switch {
	case !in.InForce:
		return Unpriced, none, none, Steps{in.step(StepNotInForce)}
	case in.Outcome == usage.Wasted && in.WastePayer == consign.VendorPays:
		return Priced, none, none, Steps{in.step(StepWasteVendor)}
	case !in.Listed:
		return Unpriced, none, none, Steps{in.step(StepNoListPrice)}
	case in.ListMinor < 0 || in.Quantity <= 0 || in.DiscountBP < 0 || in.DiscountBP > 10_000:
		return Unpriced, none, none, Steps{in.step(StepOutOfRange)}
	}
	list := money.Amount{Minor: in.ListMinor, Currency: in.Currency}
	unit, err := list.BasisPoints(int64(10_000 - in.DiscountBP))
	if err != nil {
		return Unpriced, none, none, Steps{in.step(StepOutOfRange)}
	}
	net, err := unit.Times(in.Quantity)
	if err != nil {
		return Unpriced, none, none, Steps{in.step(StepOutOfRange)}
	}
	return Priced, unit, net, in.pricedSteps(list, unit, net)
}

func (in PriceInputs) pricedSteps(list, unit, net money.Amount) Steps {
	steps := Steps{in.step(StepList, "list", amountText(list), "unit", amountText(unit), "discount_bp", basisPoints(in.DiscountBP))}
	if in.Quantity != 1 {
		steps = append(steps, in.step(StepQuantity, "unit", amountText(unit), "net", amountText(net)))
	}
	if in.Outcome == usage.Wasted {
		steps = append(steps, in.step(StepWasteHospital))
	}
	return steps
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
