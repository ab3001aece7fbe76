package billing

import (
	"strconv"
	"strings"

	"trueward/internal/standard/money"
)

// StepCode names a step of a price decision.
type StepCode string

// The steps. A stored code is never renamed.
const (
	StepList          StepCode = "list_less_discount"
	StepQuantity      StepCode = "quantity"
	StepWasteVendor   StepCode = "waste_vendor_pays"
	StepWasteHospital StepCode = "waste_hospital_pays"
	StepNoListPrice   StepCode = "no_list_price"
	StepNotInForce    StepCode = "agreement_not_in_force"
	StepOutOfRange    StepCode = "amount_out_of_range"
	StepAmbiguous     StepCode = "agreements_equal"
	StepAgreed        StepCode = "agreed_price"
	StepTier          StepCode = "tier_marginal"
	StepTierReached   StepCode = "tier_retroactive"
	StepTierSpend     StepCode = "tier_spend"
	StepWasteShared   StepCode = "waste_shared"
	StepCapPending    StepCode = "case_cap_pending"
	StepCapNotReached StepCode = "case_cap_not_reached"
	StepCapped        StepCode = "case_cap"
)

// Step is one reason with its arguments; words are made when it is shown.
type Step struct {
	Code StepCode          `json:"code"`
	Args map[string]string `json:"args"`
}

// Steps are the reasons of one decision, in order.
type Steps []Step

func (in PriceInputs) step(code StepCode, args ...string) Step {
	s := Step{code, map[string]string{
		"agreement": in.AgreementNumber, "version": strconv.Itoa(in.Version), "currency": string(in.Currency),
	}}
	if in.Quantity != 1 {
		s.Args["quantity"] = strconv.FormatInt(in.Quantity, 10)
	}
	if in.Reason != "" {
		s.Args["reason"] = in.Reason
	}
	for i := 0; i+1 < len(args); i += 2 {
		if args[i+1] != "" {
			s.Args[args[i]] = args[i+1]
		}
	}
	return s
}

func amountText(a money.Amount) string { return a.Decimal() }

func basisPoints(bp int) string { return strconv.Itoa(bp) }

// Sentence renders the steps for people of a locale (BCP 47 tag): "Agreement
// A-12 v3: list €1,600.00, discount 7.5 % → €1,480.00."
func (s Steps) Sentence(locale string) string {
	parts := make([]string, len(s))
	for i, step := range s {
		parts[i] = step.words(locale)
	}
	return strings.Join(parts, " ")
}

func (s Step) words(locale string) string {
	agreement := "Agreement " + s.Args["agreement"] + " v" + s.Args["version"]
	switch s.Code {
	case StepList:
		if s.Args["discount_bp"] == "0" {
			return agreement + ": list price " + s.amount("unit", locale) + s.of() + "."
		}
		return agreement + ": list " + s.amount("list", locale) + s.of() + ", discount " + Percent(s.Args["discount_bp"]) +
			" → " + s.amount("unit", locale) + "."
	case StepQuantity:
		return s.Args["quantity"] + " × " + s.amount("unit", locale) + " → " + s.amount("net", locale) + "."
	case StepWasteVendor:
		return agreement + ": opened, not used" + s.because() + ": vendor pays → " + money.Amount{Currency: s.currency()}.Format(locale) + "."
	case StepWasteHospital:
		return "Opened, not used" + s.because() + ": hospital pays."
	case StepNoListPrice:
		return agreement + ": no list price in " + s.Args["currency"] + " at the time of use. Waits for a price."
	case StepNotInForce:
		return agreement + " was not in force at the time of use. Waits for a price."
	case StepOutOfRange:
		return agreement + ": the amount is out of range. Waits for a price."
	}
	return s.termsWords(agreement, locale)
}

func (s Step) because() string {
	if r := s.Args["reason"]; r != "" {
		return " (" + r + ")"
	}
	return ""
}

func (s Step) currency() money.Currency { return money.Currency(s.Args["currency"]) }

func (s Step) amount(name, locale string) string {
	a, err := money.ParseDecimal(s.Args[name], s.currency())
	if err != nil {
		return s.Args[name] + " " + s.Args["currency"]
	}
	return a.Format(locale)
}

// Percent writes basis points as a percentage without idle zeros: "750" is
// "7.5 %". The space does not break.
func Percent(bp string) string {
	n, err := strconv.Atoi(bp)
	if err != nil {
		return bp
	}
	text := strings.TrimRight(strings.TrimRight(strconv.FormatFloat(float64(n)/100, 'f', 2, 64), "0"), ".")
	return text + "\u00a0%"
}
