package finance

import (
	"strconv"
	"strings"

	"trueward/internal/domain/billing"
	"trueward/internal/domain/consign"
	"trueward/internal/standard/money"
	view "trueward/templates/finance"
	"trueward/templates/ui"
)

// moneyTerms are the terms of a version that make its prices.
func moneyTerms(v consign.Version) []ui.Pair {
	pairs := []ui.Pair{
		{Key: "Prices", Value: ui.Text(discountWords(v) + ", in " + v.Currency)},
		{Key: "Opened, not used", Value: ui.Text(wasteWords(v.Terms))},
	}
	for _, t := range v.Pricing.Tiers {
		pairs = append(pairs, ui.Pair{Key: "Tier " + t.Name, Value: ui.Text(tierWords(t, money.Currency(v.Currency)))})
	}
	for _, c := range v.Pricing.Caps {
		limit := money.Amount{Minor: c.Minor, Currency: money.Currency(v.Currency)}
		pairs = append(pairs, ui.Pair{Key: "Case cap " + c.Name, Value: ui.Text(limit.Format(view.Locale) + " for " + itemWords(c.Items))})
	}
	if t := v.Pricing.Tolerance; t.Minor > 0 || t.BP > 0 {
		pairs = append(pairs, ui.Pair{Key: "Tolerance", Value: ui.Text(toleranceWords(t, money.Currency(v.Currency)))})
	}
	return append(pairs,
		ui.Pair{Key: "Tax", Value: ui.Text("Category " + v.TaxCategory + ", " + billing.Percent(strconv.Itoa(v.TaxRateBP)))},
		ui.Pair{Key: "Payment", Value: ui.Text(strconv.Itoa(v.PaymentDays) + " days")})
}

func discountWords(v consign.Version) string {
	if v.DiscountBP == 0 {
		return "List price"
	}
	return "List less " + billing.Percent(strconv.Itoa(v.DiscountBP))
}

func wasteWords(t consign.Terms) string {
	words := payerWords(t.HospitalShare(consign.OpenedWasted))
	for _, w := range t.Pricing.Waste {
		if w.Outcome != consign.OpenedWasted {
			words += "; " + string(w.Outcome) + ": " + strings.ToLower(payerWords(w.HospitalBP))
		}
	}
	return words
}

func payerWords(hospitalBP int) string {
	switch hospitalBP {
	case 0:
		return "Vendor pays"
	case 10_000:
		return "Hospital pays"
	}
	return "Hospital pays " + billing.Percent(strconv.Itoa(hospitalBP))
}

func tierWords(t consign.Tier, currency money.Currency) string {
	var steps []string
	for _, s := range t.Steps {
		from := "unit " + strconv.FormatInt(s.From, 10)
		if t.Basis == consign.BySpend {
			from = money.Amount{Minor: s.From - 1, Currency: currency}.Format(view.Locale)
		}
		steps = append(steps, "from "+from+": "+billing.Percent(strconv.Itoa(s.DiscountBP)))
	}
	kind := "each unit at its own step"
	if t.Retroactive {
		kind = "the step reached holds for all, credited at the end"
	}
	return "Per " + string(t.Window) + " and " + string(t.Scope) + ", for " + itemWords(t.Items) + ": " + strings.Join(steps, ", ") + "; " + kind
}

func itemWords(i consign.Items) string {
	switch {
	case len(i.Families) > 0:
		return strings.Join(i.Families, ", ")
	case len(i.Products) > 0:
		return strconv.Itoa(len(i.Products)) + " items"
	}
	return "every item"
}

func toleranceWords(t consign.Tolerance, currency money.Currency) string {
	limit := money.Amount{Minor: t.Minor, Currency: currency}.Format(view.Locale)
	switch {
	case t.BP == 0:
		return limit
	case t.Minor == 0:
		return billing.Percent(strconv.Itoa(t.BP))
	}
	return limit + " or " + billing.Percent(strconv.Itoa(t.BP)) + ", whichever is less"
}

// otherTerms are the terms of title, order and calendar.
func otherTerms(v consign.Version) []ui.Pair {
	return []ui.Pair{
		{Key: "Title passes when", Value: ui.Text(titleWords(v.TitleEvent))},
		{Key: "Order", Value: ui.Text(orderWords(v.PORule))},
		{Key: "One invoice per", Value: ui.Text(gatherWords(v.Terms))},
		{Key: "Issued", Value: ui.Text(issueWords(v.IssueMode))},
		{Key: "Undo time", Value: ui.Text(strconv.Itoa(v.UndoMinutes) + " minutes")},
		{Key: "Removed, not charged", Value: ui.Text("Asked about after " + strconv.Itoa(v.RemovedMinutes) + " minutes")},
	}
}

func titleWords(e consign.TitleEvent) string {
	switch e {
	case consign.TitleCountedMissing:
		return "counted missing"
	case consign.TitleImplanted:
		return "it is implanted"
	}
	return "it is " + string(e)
}

func orderWords(r consign.PORule) string {
	switch r {
	case consign.POBuyerReference:
		return "An invoice names the buyer's reference"
	case consign.POPerSheet:
		return "An invoice answers a purchase order"
	case consign.POBlanket:
		return "Usages are taken from a blanket order"
	}
	return "None needed"
}

func gatherWords(t consign.Terms) string {
	if t.Pricing.PerUse {
		return "use"
	}
	words := string(t.Consolidation)
	switch c := t.Pricing.CutOff; c.Rule {
	case consign.CutOffDay:
		words += ", cut off on day " + strconv.Itoa(c.Day)
	case consign.CutOffBusiness:
		words += ", cut off on the last business day"
	case consign.CutOffWeekday:
		words += ", cut off on day " + strconv.Itoa(c.Day) + " of the week"
	}
	if at := t.Pricing.CutOff.At; at != "" {
		words += " at " + at
	}
	return words
}

func issueWords(m consign.IssueMode) string {
	if m == consign.IssueVendorApproves {
		return "After the vendor's approval"
	}
	return "By itself"
}
