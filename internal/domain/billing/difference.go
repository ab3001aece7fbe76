package billing

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"

	"trueward/internal/standard/money"
)

// engines are all that ever decided.
var engines = map[string]func(PriceInputs) (PriceOutcome, money.Amount, money.Amount, Steps){
	EngineList:  decideList,
	EngineTerms: Decide,
}

// inputs reads the stored inputs.
func (d Decision) inputs() (in PriceInputs, err error) {
	err = json.Unmarshal([]byte(d.Inputs), &in)
	return in, err
}

// Difference computes the decision again and says how what is stored differs, or
// nothing.
func (d Decision) Difference() string {
	sum := sha256.Sum256([]byte(d.Inputs))
	if hex.EncodeToString(sum[:]) != d.InputsSHA256 {
		return "The stored inputs do not match their digest."
	}
	engine, known := engines[d.Engine]
	if !known {
		return "This program no longer has the engine " + d.Engine + "."
	}
	in, err := d.inputs()
	if err != nil {
		return "The stored inputs cannot be read."
	}
	outcome, unit, net, steps := engine(in)
	switch {
	case outcome != d.Outcome || unit != d.Unit || net != d.Net:
		return "Computed again it is " + string(outcome) + ", " + net.String() + "; stored is " + string(d.Outcome) + ", " + d.Net.String() + "."
	case steps.Sentence("en") != d.Steps.Sentence("en"):
		return "The reasons computed again read differently."
	}
	return ""
}
