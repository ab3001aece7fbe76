package billing

import (
	"trueward/internal/domain/consign"
	"trueward/internal/domain/usage"
	"trueward/internal/standard/money"
)

// decideList is the engine EngineList: list price less the agreement's
// discount, times the quantity, nothing for waste that the vendor bears,
// rounded once per unit price. It decides nothing any more; it explains what it
// decided once.
func decideList(in PriceInputs) (PriceOutcome, money.Amount, money.Amount, Steps) {
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
	steps := Steps{in.step(StepList, "list", amountText(list), "unit", amountText(unit), "discount_bp", basisPoints(in.DiscountBP))}
	if in.Quantity != 1 {
		steps = append(steps, in.step(StepQuantity, "unit", amountText(unit), "net", amountText(net)))
	}
	if in.Outcome == usage.Wasted {
		steps = append(steps, in.step(StepWasteHospital))
	}
	return Priced, unit, net, steps
}
