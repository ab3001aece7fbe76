package billing

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"trueward/internal/domain/consign"
	"trueward/internal/standard/civil"
	"trueward/internal/standard/money"
)

func TestMatch(t *testing.T) {
	claim := ClaimLine{DI: "09506000134352", Lot: "LT1", Serial: "S1", Quantity: 1, UnitMinor: 148000, NetMinor: 148000, TaxRateBP: 2100, Currency: "EUR"}
	fact := Fact{
		DI: "09506000134352", Lot: "LT1", Quantity: 1, TaxRateBP: 2100, Rule: consign.PONone, Tolerance: consign.Tolerance{Minor: 500, BP: 100},
		Line: Line{Net: money.Amount{Minor: 148000, Currency: "EUR"}, State: LineBillable},
	}
	for name, c := range map[string]struct {
		claim   func(*ClaimLine)
		fact    func(*Fact)
		outcome MatchOutcome
		codes   []MatchCode
	}{
		"the same":         {nil, nil, Matched, nil},
		"five euro more":   {func(c *ClaimLine) { c.UnitMinor, c.NetMinor = 148500, 148500 }, nil, WithinTolerance, nil},
		"a cent too much":  {func(c *ClaimLine) { c.UnitMinor, c.NetMinor = 148501, 148501 }, nil, Mismatch, []MatchCode{CodePrice}},
		"another item":     {func(c *ClaimLine) { c.DI = "09506000134369" }, nil, Mismatch, []MatchCode{CodeItem}},
		"lot and tax":      {func(c *ClaimLine) { c.Lot, c.TaxRateBP = "LT2", 900 }, nil, Mismatch, []MatchCode{CodeLot, CodeTax}},
		"dollars":          {func(c *ClaimLine) { c.Currency = "USD" }, nil, Mismatch, []MatchCode{CodeCurrency}},
		"two":              {func(c *ClaimLine) { c.Quantity, c.UnitMinor = 2, 74000 }, nil, Mismatch, []MatchCode{CodeQuantity}},
		"a sum that fails": {func(c *ClaimLine) { c.UnitMinor = 147000 }, nil, Mismatch, []MatchCode{CodeSum}},
		"billed by us":     {nil, func(f *Fact) { f.BilledOn = "NV-1" }, Mismatch, []MatchCode{CodeDuplicate}},
		"corrected":        {nil, func(f *Fact) { f.Corrected = true }, Mismatch, []MatchCode{CodeCorrected}},
		"no order yet":     {nil, func(f *Fact) { f.Rule, f.Line.PO = consign.POPerSheet, POAwaiting }, MissingPO, nil},
		"with its order":   {func(c *ClaimLine) { c.PONumber = "po 1" }, func(f *Fact) { f.Rule, f.Line.PO, f.Line.PONumber = consign.POPerSheet, POAttached, "PO1" }, Matched, nil},
		"another order":    {func(c *ClaimLine) { c.PONumber = "PO2" }, func(f *Fact) { f.Rule, f.Line.PO, f.Line.PONumber = consign.POPerSheet, POAttached, "PO1" }, Mismatch, []MatchCode{CodePO}},
	} {
		cl, f := claim, fact
		if c.claim != nil {
			c.claim(&cl)
		}
		if c.fact != nil {
			c.fact(&f)
		}
		r := Match(cl, f, true)
		if r.Outcome != c.outcome || !slices.Equal(r.Codes, c.codes) || r.Outcome.Payable() != (c.outcome == Matched || c.outcome == WithinTolerance) {
			t.Errorf("%s: %+v", name, r)
		}
		if !r.Outcome.Payable() && r.Sentence == "" {
			t.Errorf("%s: no word of what to do", name)
		}
	}
	if r := Match(claim, fact, false); r.Outcome != MissingUsage || r.Outcome.Payable() {
		t.Errorf("without usage: %+v", r)
	}
}

func TestOfTwoTolerancesTheSmallerBinds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		agreed := rapid.Int64Range(0, 1e9).Draw(t, "agreed")
		tol := consign.Tolerance{Minor: rapid.Int64Range(0, 1e6).Draw(t, "minor"), BP: rapid.IntRange(0, 10_000).Draw(t, "bp")}
		off := rapid.Int64Range(-2e6, 2e6).Draw(t, "off")
		share, _ := money.MulDiv(agreed, int64(tol.BP), 10_000)
		limit := tol.Minor
		switch {
		case tol.BP > 0 && tol.Minor > 0:
			limit = min(share, tol.Minor)
		case tol.BP > 0:
			limit = share
		}
		if got := Within(agreed, agreed+off, tol); got != (max(off, -off) <= limit) {
			t.Fatalf("%d off %d within %+v: %v", off, agreed, tol, got)
		}
	})
}

func TestDocumentNumbersThatReadAlike(t *testing.T) {
	for a, b := range map[string]string{"INV 0012": "inv-12", "2026/7": "2026-07", "A0B1": "a-0-b-1", "000": "0"} {
		if CleanDocumentNumber(a) != CleanDocumentNumber(b) {
			t.Errorf("%s %q, %s %q", a, CleanDocumentNumber(a), b, CleanDocumentNumber(b))
		}
	}
	for a, b := range map[string]string{"INV-12": "INV-120", "A0B": "AB", "10": "1", "2026-7": "2026-70"} {
		if CleanDocumentNumber(a) == CleanDocumentNumber(b) {
			t.Errorf("%s and %s are two", a, b)
		}
	}
}

func TestOrdersAreChecked(t *testing.T) {
	on := civil.Date{Year: 2026, Month: 10, Day: 9}
	part := func(change func(*PurchaseOrder)) OrderPart {
		o := PurchaseOrder{Number: "PO-1", Kind: BlanketOrder, Currency: "EUR", AmountMinor: 1000, Quantity: 3, ValidFrom: "2026-10-09", ValidTo: "2026-10-09"}
		if change != nil {
			change(&o)
		}
		return OrderPart{Order: o, Quantity: 1, NetMinor: 1000}
	}
	for name, c := range map[string]struct {
		change func(*PurchaseOrder)
		want   POState
	}{
		"fits":          {nil, POAttached},
		"closed":        {func(o *PurchaseOrder) { o.Closed = true }, POMismatch},
		"currency":      {func(o *PurchaseOrder) { o.Currency = "USD" }, POMismatch},
		"too early":     {func(o *PurchaseOrder) { o.ValidFrom = "2026-10-10" }, POMismatch},
		"too late":      {func(o *PurchaseOrder) { o.ValidTo = "2026-10-08" }, POMismatch},
		"amount gone":   {func(o *PurchaseOrder) { o.UsedMinor = 1 }, POMismatch},
		"quantity gone": {func(o *PurchaseOrder) { o.UsedQuantity = 3 }, POMismatch},
		"names it":      {func(o *PurchaseOrder) { o.Lines = []OrderLine{{1, "d", 1, 1000}} }, POConfirmed},
		"other price":   {func(o *PurchaseOrder) { o.Lines = []OrderLine{{1, "d", 1, 999}} }, POMismatch},
		"other item":    {func(o *PurchaseOrder) { o.Lines = []OrderLine{{1, "e", 1, 1000}} }, POMismatch},
	} {
		got := CheckOrder(part(c.change), "d", "EUR", on, consign.Tolerance{})
		if got.State != c.want || (got.State == POMismatch) != (got.Reason != "") {
			t.Errorf("%s: %+v", name, got)
		}
	}
}
