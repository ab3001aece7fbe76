package billing

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"trueward/internal/domain/consign"
	"trueward/internal/domain/usage"
	"trueward/internal/fault"
	"trueward/internal/standard/civil"
	"trueward/internal/standard/money"
)

func inputs() PriceInputs {
	return PriceInputs{
		AgreementNumber: "A-12", Version: 3, Currency: "EUR", InForce: true, ListMinor: 160000, Listed: true,
		DiscountBP: 750, WastePayer: consign.VendorPays, Outcome: usage.Used, Quantity: 1,
	}
}

func TestPriceSentences(t *testing.T) {
	for name, c := range map[string]struct {
		change  func(*PriceInputs)
		outcome PriceOutcome
		net     int64
		words   string
	}{
		"list less discount": {func(*PriceInputs) {}, Priced, 148000,
			"Agreement A-12 v3: list €1,600.00, discount 7.5\u00a0% → €1,480.00."},
		"list alone": {func(in *PriceInputs) { in.DiscountBP = 0 }, Priced, 160000,
			"Agreement A-12 v3: list price €1,600.00."},
		"three": {func(in *PriceInputs) { in.Quantity = 3 }, Priced, 444000,
			"Agreement A-12 v3: list €1,600.00, discount 7.5\u00a0% → €1,480.00. 3 × €1,480.00 → €4,440.00."},
		"waste, vendor": {func(in *PriceInputs) { in.Outcome, in.Reason = usage.Wasted, "dropped" }, Priced, 0,
			"Agreement A-12 v3: opened, not used (dropped): vendor pays → €0.00."},
		"waste, hospital": {func(in *PriceInputs) { in.Outcome, in.WastePayer = usage.Wasted, consign.HospitalPays }, Priced, 148000,
			"Agreement A-12 v3: list €1,600.00, discount 7.5\u00a0% → €1,480.00. Opened, not used: hospital pays."},
		"no price": {func(in *PriceInputs) { in.Listed = false }, Unpriced, 0,
			"Agreement A-12 v3: no list price in EUR at the time of use. Waits for a price."},
		"not in force": {func(in *PriceInputs) { in.InForce = false }, Unpriced, 0,
			"Agreement A-12 v3 was not in force at the time of use. Waits for a price."},
		"overflow": {func(in *PriceInputs) { in.ListMinor, in.Quantity = 1<<62, 1<<40 }, Unpriced, 0,
			"Agreement A-12 v3: the amount is out of range. Waits for a price."},
		"negative": {func(in *PriceInputs) { in.ListMinor = -1 }, Unpriced, 0,
			"Agreement A-12 v3: the amount is out of range. Waits for a price."},
		"yen": {func(in *PriceInputs) { in.Currency, in.ListMinor, in.DiscountBP = "JPY", 333, 500 }, Priced, 316,
			"Agreement A-12 v3: list ¥333, discount 5\u00a0% → ¥316."},
	} {
		in := inputs()
		c.change(&in)
		outcome, _, net, steps := Decide(in)
		if outcome != c.outcome || net.Minor != c.net || steps.Sentence("en") != c.words {
			t.Errorf("%s: %s %d %q\nwant %s %d %q", name, outcome, net.Minor, steps.Sentence("en"), c.outcome, c.net, c.words)
		}
	}
}

func TestFirstStateHoldsWhatIsNotBillable(t *testing.T) {
	priced := Decision{Outcome: Priced, Net: money.Amount{Minor: 1, Currency: "EUR"}}
	for want, c := range map[LineState]struct {
		u usage.Usage
		d Decision
	}{
		LineWaiting:  {usage.Usage{}, priced},
		LineHeld:     {usage.Usage{OverrideReason: "needed"}, priced},
		LineUnpriced: {usage.Usage{}, Decision{Outcome: Unpriced}},
		LineNoCharge: {usage.Usage{}, Decision{Outcome: Priced}},
	} {
		if got, _ := FirstState(c.u, c.d); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
	if got, reason := FirstState(usage.Usage{Incomplete: "lot"}, priced); got != LineHeld || !strings.Contains(reason, "lot") {
		t.Errorf("incomplete: %s %q", got, reason)
	}
}

func TestTaxIsRoundedOnceAndDistributed(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		lines := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) InvoiceLine {
			category := rapid.SampledFrom([]string{"S", "Z", "E"}).Draw(t, "category")
			rate := map[string]int{"S": rapid.SampledFrom([]int{2100, 900, 550}).Draw(t, "rate")}[category]
			return InvoiceLine{NetMinor: rapid.Int64Range(0, 1e12).Draw(t, "net"), TaxCategory: category, TaxRateBP: rate}
		}), 1, 300).Draw(t, "lines")
		totals, err := ApplyTax(lines)
		if err != nil {
			t.Fatal(err)
		}
		checkDocument(t, lines, totals)
	})
}

func checkDocument(t *rapid.T, lines []InvoiceLine, totals Totals) {
	var net, tax int64
	for _, l := range lines {
		net, tax = net+l.NetMinor, tax+l.TaxMinor
	}
	if net != totals.NetMinor || tax != totals.TaxMinor || net+tax != totals.TotalMinor {
		t.Fatalf("document %+v, lines %d + %d", totals, net, tax)
	}
	for _, row := range totals.Taxes {
		if want, _ := money.MulDiv(row.NetMinor, int64(row.RateBP), 10_000); want != row.TaxMinor {
			t.Fatalf("category %s: tax %d, want %d", row.Category, row.TaxMinor, want)
		}
	}
	i := Invoice{ID: "i", Currency: "EUR", NetMinor: totals.NetMinor, TaxMinor: totals.TaxMinor, TotalMinor: totals.TotalMinor}
	for _, e := range IssueEntries(i, time.Time{}) {
		if err := e.Check(); err != nil {
			t.Fatal(err)
		}
		if got := balance(e, Receivable) - balance(e, Payable); got != totals.TotalMinor {
			t.Fatalf("%s book posts %d, document says %d", e.Book, got, totals.TotalMinor)
		}
	}
}

func balance(e Entry, a Account) (sum int64) {
	for _, p := range e.Postings {
		if p.Account == a {
			sum += p.Minor
		}
	}
	return sum
}

// The clash measured by others: per line 21.00, per document 20.99.
func TestTaxOfTheKnownClash(t *testing.T) {
	lines := make([]InvoiceLine, 3)
	for i := range lines {
		lines[i] = InvoiceLine{NetMinor: 3331, TaxCategory: "S", TaxRateBP: 2100}
	}
	totals, err := ApplyTax(lines)
	if err != nil || totals.TaxMinor != 2099 || lines[0].TaxMinor != 700 || lines[2].TaxMinor != 699 {
		t.Fatalf("%+v %+v %v", totals, lines, err)
	}
}

func TestEntriesBalanceAndReverse(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		amount := money.Amount{Minor: rapid.Int64Range(1, 1e15).Draw(t, "minor"), Currency: "KWD"}
		entries := append(TitleEntries("u", 1, Parties{}, amount, time.Time{}), PaymentEntries("p", Parties{}, amount, time.Time{})...)
		for _, e := range entries {
			back := e.Reverse(UnUseEntry, "usage", "u", time.Time{})
			if e.Check() != nil || back.Check() != nil {
				t.Fatal("unbalanced")
			}
			for _, p := range e.Postings {
				if balance(e, p.Account)+balance(back, p.Account) != 0 {
					t.Fatalf("%s is not taken back", p.Account)
				}
			}
		}
	})
	broken := Entry{Postings: []Posting{{Cash, "EUR", 1}, {Payable, "USD", -1}}}
	if broken.Check() == nil {
		t.Error("an entry over two currencies passed")
	}
}

func TestWindowsFollowTheSitesCalendar(t *testing.T) {
	zone := func(name string) *time.Location {
		l, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		return l
	}
	at := func(s string) time.Time {
		v, err := time.Parse(time.RFC3339, s)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	for name, c := range map[string]struct {
		rule            consign.Consolidation
		t, zone         string
		key, start, end string
	}{
		"month end by the site's clock": {consign.PerMonth, "2026-10-31T23:30:00Z", "Europe/Berlin",
			"month:2026-11", "2026-10-31T23:00:00Z", "2026-11-30T23:00:00Z"},
		"month over a change of clocks": {consign.PerMonth, "2026-03-10T10:00:00Z", "Europe/Berlin",
			"month:2026-03", "2026-02-28T23:00:00Z", "2026-03-31T22:00:00Z"},
		"week": {consign.PerWeek, "2026-01-01T12:00:00Z", "Europe/Dublin",
			"week:2026-W01", "2025-12-29T00:00:00Z", "2026-01-05T00:00:00Z"},
		"midnight that does not exist": {consign.PerDay, "2024-09-08T12:00:00Z", "America/Santiago",
			"day:2024-09-08", "2024-09-08T04:00:00Z", "2024-09-09T03:00:00Z"},
		"midnight that comes twice": {consign.PerDay, "2024-11-03T12:00:00Z", "America/Havana",
			"day:2024-11-03", "2024-11-03T04:00:00Z", "2024-11-04T05:00:00Z"},
	} {
		w := WindowOf(c.rule, at(c.t), zone(c.zone), "")
		if w.Key != c.key || !w.Start.Equal(at(c.start)) || !w.End.Equal(at(c.end)) {
			t.Errorf("%s: %+v", name, w)
		}
	}
	if w := WindowOf(consign.PerCase, at("2026-01-01T12:00:00Z"), time.UTC, "c"); w.Key != "case:c" {
		t.Errorf("case: %+v", w)
	}
}

func TestPaymentReference(t *testing.T) {
	// The published example of the standard's check digits.
	if !ValidPaymentReference("RF18 5390 0754 7034") {
		t.Error("the known reference is refused")
	}
	if got := PaymentReference("539007547034"); got != "RF18539007547034" {
		t.Error(got)
	}
	rapid.Check(t, func(t *rapid.T) {
		r := PaymentReference(rapid.StringMatching(`[A-Z0-9-]{1,26}`).Draw(t, "number"))
		if len(r) > 4 && !ValidPaymentReference(r) {
			t.Fatal(r)
		}
		i := rapid.IntRange(4, max(4, len(r)-1)).Draw(t, "i")
		if i < len(r) && r[i] >= '0' && r[i] <= '8' && ValidPaymentReference(r[:i]+string(r[i]+1)+r[i+1:]) {
			t.Fatalf("a changed digit passes: %s", r)
		}
	})
}

func TestStatesOnlyMoveAsDrawn(t *testing.T) {
	if Collecting.MayBecome(Numbered) || Sent.MayBecome(Collecting) || !Frozen.MayBecome(Collecting) || Void.MayBecome(Open) {
		t.Error("an invoice moves where it must not, or not where it must")
	}
	if LineInvoiced.MayBecome(LineCancelled) || LineCancelled.MayBecome(LineWaiting) || !LineHeld.MayBecome(LineWaiting) {
		t.Error("a line moves where it must not, or not where it must")
	}
}

func TestAccept(t *testing.T) {
	i := Invoice{State: Sent, Currency: "EUR", TotalMinor: 1000, PaidMinor: 400}
	eur := func(minor int64) money.Amount { return money.Amount{Minor: minor, Currency: "EUR"} }
	if err := i.Accept(eur(600)); err != nil {
		t.Error(err)
	}
	for _, refused := range []money.Amount{eur(601), eur(0), eur(-1), {Minor: 1, Currency: "USD"}} {
		if err := i.Accept(refused); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", refused, err)
		}
	}
	i.State = Frozen
	if err := i.Accept(eur(1)); !fault.Is(err, fault.Conflict) {
		t.Errorf("frozen: %v", err)
	}
	if got := DueDate(civil.Date{Year: 2026, Month: 12, Day: 15}, 30).String(); got != "2027-01-14" {
		t.Error(got)
	}
}
