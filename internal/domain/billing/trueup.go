package billing

import (
	"fmt"
	"strconv"
	"strings"

	"trueward/internal/domain/consign"
)

// TrueUp is the credit that a retroactive tier owes at the end of its window.
type TrueUp struct {
	Tier       int // reached
	DiscountBP int
	Paid       int64   // net of the window's usages as decided
	Due        int64   // what they cost at the tier reached
	Shares     []int64 // of each decision, in their order: what is owed for it, never negative
}

// Credit is what is owed to the hospital: the sum of the shares.
func (t TrueUp) Credit() (owed int64) {
	for _, share := range t.Shares {
		owed += share
	}
	return owed
}

// TrueUpOf computes the true-up of a window from the live decisions in it:
// each is decided again at the position where the window ended. Decisions that
// another engine made, or that no tier touched, count as they are.
func TrueUpOf(decisions []Decision, tier consign.Tier, reached int64) (TrueUp, error) {
	n, step := tier.At(max(reached, 1))
	up := TrueUp{Tier: n, DiscountBP: step.DiscountBP, Shares: make([]int64, len(decisions))}
	for i, d := range decisions {
		due, err := d.dueAt(tier, reached)
		if err != nil {
			return up, err
		}
		up.Paid += d.Net.Minor
		up.Due += due
		up.Shares[i] = max(d.Net.Minor-due, 0)
	}
	return up, nil
}

// dueAt is what a decision comes to where its tier's window ended.
func (d Decision) dueAt(tier consign.Tier, reached int64) (int64, error) {
	in, err := d.inputs()
	if err != nil {
		return 0, err
	}
	if d.Engine != EngineTerms || in.Tier == nil || in.Tier.Tier.Name != tier.Name || in.Cap != nil && len(in.Cap.Nets) > 0 {
		return d.Net.Minor, nil
	}
	in.Tier.Before = max(reached-in.Quantity, 0)
	if tier.Basis == consign.BySpend {
		in.Tier.Before = max(reached-1, 0)
	}
	_, _, net, _ := Decide(in)
	return net.Minor, nil
}

// Sentence is why the credit notes of a true-up are written, in words that both
// sides read.
func (t TrueUp) Sentence(tier, window string) string {
	_, name, found := strings.Cut(window, ":")
	if !found {
		name = "whole contract"
	}
	return fmt.Sprintf("tier %q, %s, −%s on everything in it.", tier, name, Percent(strconv.Itoa(t.DiscountBP)))
}
