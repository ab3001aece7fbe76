package billing

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
)

// Difference computes the decision again and says how what is stored differs, or
// nothing.
func (d Decision) Difference() string {
	sum := sha256.Sum256([]byte(d.Inputs))
	if hex.EncodeToString(sum[:]) != d.InputsSHA256 {
		return "The stored inputs do not match their digest."
	}
	if d.Engine != Engine {
		return "This program no longer has the engine " + d.Engine + "."
	}
	var in PriceInputs
	if err := json.Unmarshal([]byte(d.Inputs), &in); err != nil {
		return "The stored inputs cannot be read."
	}
	outcome, unit, net, steps := Decide(in)
	switch {
	case outcome != d.Outcome || unit != d.Unit || net != d.Net:
		return "Computed again it is " + string(outcome) + ", " + net.String() + "; stored is " + string(d.Outcome) + ", " + d.Net.String() + "."
	case steps.Sentence("en") != d.Steps.Sentence("en"):
		return "The reasons computed again read differently."
	}
	return ""
}
