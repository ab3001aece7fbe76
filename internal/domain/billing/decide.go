package billing

import (
	"strconv"
	"strings"

	"trueward/internal/domain/consign"
	"trueward/internal/domain/usage"
	"trueward/internal/standard/money"
)

// Decide computes the price of a usage by today's rules: the item's own price,
// its family's, that of the item it replaces, or the list less the discount;
// the tier; the share of waste; the case's cap; rounded once, as the seller
// rounds. An amount out of range makes the usage unpriced with that reason; it
// never fails.
func Decide(in PriceInputs) (PriceOutcome, money.Amount, money.Amount, Steps) {
	none := money.Amount{Currency: in.Currency}
	d := deciding{in: in}
	switch {
	case len(in.Ambiguous) > 1:
		d.say(StepAmbiguous, "agreements", strings.Join(in.Ambiguous, ", "))
		return Unpriced, none, none, d.steps
	case !in.InForce:
		d.say(StepNotInForce)
		return Unpriced, none, none, d.steps
	case in.free():
		d.say(StepWasteVendor)
		return Priced, none, none, d.steps
	case in.Rule == nil && !in.Listed || in.Rule != nil && !in.Rule.Fixed && !in.Listed:
		d.say(StepNoListPrice)
		return Unpriced, none, none, d.steps
	}
	unit, net, ok := d.price()
	if !ok {
		return Unpriced, none, none, Steps{in.step(StepOutOfRange)}
	}
	return Priced, unit, net, d.steps
}

// free reports whether the vendor bears the whole of a wasted unit.
func (in PriceInputs) free() bool {
	if in.HospitalBP != nil {
		return *in.HospitalBP == 0
	}
	return in.Outcome == usage.Wasted && in.WastePayer == consign.VendorPays
}

// deciding is one computation with the reasons it gathers.
type deciding struct {
	in    PriceInputs
	steps Steps
}

func (d *deciding) say(code StepCode, args ...string) {
	d.steps = append(d.steps, d.in.step(code, args...))
}

// price runs the steps in their order; false means an amount out of range.
func (d *deciding) price() (unit, net money.Amount, ok bool) {
	if d.in.Quantity <= 0 {
		return unit, net, false
	}
	one, ok := d.base()
	if !ok {
		return unit, net, false
	}
	sum, one, ok := d.tiered(one)
	if !ok {
		return unit, net, false
	}
	if bp := d.in.HospitalBP; bp != nil && *bp != 10_000 {
		sum, one = sum.BasisPoints(int64(*bp)), one.BasisPoints(int64(*bp))
		d.say(StepWasteShared, "vendor_bp", strconv.Itoa(10_000-*bp), "fate", string(d.in.Fate), "net", d.text(sum))
	} else if d.in.Outcome == usage.Wasted {
		d.say(StepWasteHospital)
	}
	net, err := sum.Round(d.in.Rounding)
	if err != nil {
		return unit, net, false
	}
	if unit, err = one.Round(d.in.Rounding); err != nil {
		return unit, net, false
	}
	return d.capped(unit, net)
}

// text writes an amount in between: as it would be rounded now.
func (d *deciding) text(e money.Exact) string {
	a, err := e.Round(d.in.Rounding)
	if err != nil {
		return "?"
	}
	return a.Decimal()
}

// each writes the price of one: exact where it is multiplied, else as it would
// be rounded now.
func (d *deciding) each(e money.Exact) string {
	if d.in.Quantity != 1 {
		return e.Decimal()
	}
	return d.text(e)
}

// base is the price of one unit of use before tier, waste and cap.
func (d *deciding) base() (money.Exact, bool) {
	in := d.in
	if in.ListMinor < 0 || in.DiscountBP < 0 || in.DiscountBP > 10_000 {
		return money.Exact{}, false
	}
	list := money.Amount{Minor: in.ListMinor, Currency: in.Currency}.Exact()
	switch r := in.Rule; {
	case r != nil && r.Fixed:
		one, err := money.PriceOf(r.Value, r.Scale, max(r.Per, 1), in.Currency)
		if err != nil || r.Value < 0 {
			return one, false
		}
		d.say(StepAgreed, "kind", string(r.Kind), "family", r.Family, "instead", in.Instead, "unit", d.each(one),
			"per", strconv.FormatInt(max(r.Per, 1), 10), "price", d.text(one.Times(max(r.Per, 1))))
		return one, true
	case r != nil:
		if r.DiscountBP < 0 || r.DiscountBP > 10_000 {
			return money.Exact{}, false
		}
		one := list.BasisPoints(int64(10_000 - r.DiscountBP))
		d.say(StepList, "list", list.Decimal(), "unit", d.each(one), "discount_bp", basisPoints(r.DiscountBP),
			"kind", string(r.Kind), "family", r.Family, "instead", in.Instead)
		return one, true
	}
	one := list.BasisPoints(int64(10_000 - in.DiscountBP))
	d.say(StepList, "list", list.Decimal(), "unit", d.each(one), "discount_bp", basisPoints(in.DiscountBP), "instead", in.Instead)
	return one, true
}

// tiered multiplies by the quantity, each unit at the discount of its position,
// and returns the sum and the price of the last unit.
func (d *deciding) tiered(one money.Exact) (sum, last money.Exact, ok bool) {
	if d.in.Tier == nil || len(d.in.Tier.Tier.Steps) == 0 {
		sum = one.Times(d.in.Quantity)
		if d.in.Quantity != 1 {
			d.say(StepQuantity, "unit", one.Decimal(), "net", d.text(sum))
		}
		return sum, one, true
	}
	for _, part := range d.in.Tier.parts(d.in.Quantity) {
		last = one.BasisPoints(int64(10_000 - part.discountBP))
		all := last.Times(part.units)
		var err error
		if sum, err = sum.Add(all); err != nil {
			return sum, last, false
		}
		d.say(part.code(), "tier", strconv.Itoa(part.tier), "first", strconv.FormatInt(part.first, 10), "units", strconv.FormatInt(part.units, 10),
			"window", d.in.Tier.Window, "basis", string(d.in.Tier.Tier.Basis), "tier_bp", basisPoints(part.discountBP), "net", d.text(all))
	}
	return sum, last, true
}

// capped bounds the net by its share of the case's cap.
func (d *deciding) capped(unit, net money.Amount) (money.Amount, money.Amount, bool) {
	c := d.in.Cap
	if c == nil {
		return unit, net, true
	}
	limit := money.Amount{Minor: c.Cap.Minor, Currency: d.in.Currency}
	if len(c.Nets) == 0 {
		d.say(StepCapPending, "cap", limit.Decimal(), "name", c.Cap.Name)
		return unit, net, true
	}
	if c.Index < 0 || c.Index >= len(c.Nets) || c.Nets[c.Index] != net.Minor {
		return unit, net, false
	}
	shares, together, err := c.shares()
	if err != nil {
		return unit, net, false
	}
	if shares[c.Index] == net.Minor {
		d.say(StepCapNotReached, "cap", limit.Decimal(), "name", c.Cap.Name)
		return unit, net, true
	}
	net.Minor = shares[c.Index]
	if unit.Minor, err = money.MulDiv(net.Minor, 1, d.in.Quantity); err != nil {
		return unit, net, false
	}
	all := money.Amount{Minor: together, Currency: d.in.Currency}
	d.say(StepCapped, "cap", limit.Decimal(), "name", c.Cap.Name, "together", all.Decimal(), "net", net.Decimal())
	return unit, net, true
}
