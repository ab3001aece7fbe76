package export

import (
	"math/big"
	"strings"
)

// quotient writes minor units of the given digits, divided by n, with at most
// six decimals, half away from zero, and without idle zeros.
func quotient(minor, n int64, digits int) string {
	scale := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(digits)), nil)
	scale.Mul(scale, big.NewInt(n))
	text := new(big.Rat).SetFrac(big.NewInt(minor), scale).FloatString(6)
	return strings.TrimSuffix(strings.TrimRight(text, "0"), ".")
}
