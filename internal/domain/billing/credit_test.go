package billing_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"trueward/internal/domain/billing"
	"trueward/internal/fault"
	"trueward/internal/standard/money"
)

// However a line is credited, its parts never come to more than the line, and
// the part that takes the rest of the net takes the rest of the tax.
func TestCreditsNeverExceedTheirLine(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		line := billing.InvoiceLine{
			ID: "l", Quantity: rapid.Int64Range(1, 20).Draw(t, "quantity"),
			NetMinor: rapid.Int64Range(1, 1_000_000).Draw(t, "net"), TaxMinor: rapid.Int64Range(0, 300_000).Draw(t, "tax"),
		}
		var before billing.Credited
		for before.NetMinor < line.NetMinor {
			rest := before.Rest(line)
			c, err := line.Credit(before, 1, rapid.Int64Range(1, rest.NetMinor).Draw(t, "part"))
			if err != nil {
				t.Fatal(err)
			}
			before.NetMinor, before.TaxMinor = before.NetMinor+c.NetMinor, before.TaxMinor+c.TaxMinor
			if c.TaxMinor < 0 || before.NetMinor > line.NetMinor || before.TaxMinor > line.TaxMinor {
				t.Fatalf("credited %+v of %+v", before, line)
			}
		}
		if before.TaxMinor != line.TaxMinor || !before.Full(line) {
			t.Fatalf("all of the net is credited, of the tax %d of %d", before.TaxMinor, line.TaxMinor)
		}
		if _, err := line.Credit(before, 1, 1); !fault.Is(err, fault.Invalid) {
			t.Fatalf("credited one over: %v", err)
		}
	})
}

func TestEntriesOfEveryEventSumToZero(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		net, tax := rapid.Int64Range(1, 1e9).Draw(t, "net"), rapid.Int64Range(0, 1e9).Draw(t, "tax")
		credit := billing.CreditNote{ID: "c", Currency: "EUR", NetMinor: net, TaxMinor: tax, TotalMinor: net + tax}
		amount := money.Amount{Minor: net, Currency: "EUR"}
		entries := billing.CreditEntries(credit, time.Time{})
		entries = append(entries, billing.RefundEntries("p", billing.Parties{}, amount, time.Time{})...)
		entries = append(entries, billing.DisputeEntries(billing.Dispute{ID: "d", Amount: amount}, time.Time{})...)
		entries = append(entries, billing.BadDebtEntries(billing.Invoice{ID: "i", Currency: "EUR", TotalMinor: net}, time.Time{})...)
		for _, book := range []billing.Book{billing.VendorBook, billing.HospitalBook} {
			e, _ := billing.AccrualSum{Currency: "EUR", Minor: net}.Entry(book, "2026-10", time.Time{})
			entries = append(entries, e)
		}
		for _, e := range entries {
			if err := e.Check(); err != nil {
				t.Fatalf("%s in the %s's book: %v", e.Kind, e.Book, err)
			}
		}
	})
}

func TestApprovalKeepsToLimitsAndDuties(t *testing.T) {
	eur := func(minor int64) money.Amount { return money.Amount{Minor: minor, Currency: "EUR"} }
	limit := func(minor int64) *billing.Limit { return &billing.Limit{Amount: eur(minor)} }
	lent := func(minor, from int64) billing.DelegatedLimit {
		return billing.DelegatedLimit{Delegation: billing.Delegation{ID: "d", Limit: eur(minor)}, FromLimit: limit(from)}
	}
	fromPricer := lent(900, 900)
	fromPricer.FromPriced = true
	cases := []struct {
		name string
		a    billing.Authority
		want string // delegation; "no" when refused
	}{
		{"no limits anywhere", billing.Authority{}, ""},
		{"within the own limit", billing.Authority{Limited: true, Own: limit(500)}, ""},
		{"over it", billing.Authority{Limited: true, Own: limit(499)}, "no"},
		{"no limit of one's own", billing.Authority{Limited: true}, "no"},
		{"delegated", billing.Authority{Limited: true, Delegated: []billing.DelegatedLimit{lent(500, 900)}}, "d"},
		{"delegated less", billing.Authority{Limited: true, Delegated: []billing.DelegatedLimit{lent(499, 900)}}, "no"},
		{"more delegated than the delegator has", billing.Authority{Limited: true, Delegated: []billing.DelegatedLimit{lent(900, 499)}}, "no"},
		{"delegated by who priced", billing.Authority{Limited: true, Delegated: []billing.DelegatedLimit{fromPricer}}, "no"},
		{"priced it", billing.Authority{Priced: true}, "no"},
		{"booked it", billing.Authority{Booked: true}, "no"},
	}
	for _, c := range cases {
		got, err := c.a.Approve(eur(500))
		if fault.Is(err, fault.Forbidden) {
			got = "no"
		}
		if got != c.want {
			t.Errorf("%s: %q (%v), want %q", c.name, got, err, c.want)
		}
	}
	self := billing.Delegation{From: "p", To: "p", Limit: eur(1), ValidTo: time.Unix(10, 0), Reason: "leave"}
	if err := self.Check(time.Unix(1, 0)); !fault.Is(err, fault.Invalid) {
		t.Errorf("delegated to oneself: %v", err)
	}
}

func TestMonthsFollowTheCalendarOfTheSite(t *testing.T) {
	zone, err := time.LoadLocation("America/Los_Angeles")
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 11, 1, 5, 0, 0, 0, time.UTC) // still October on the west coast
	if m := billing.MonthOf(at, zone); m != "2026-10" || m.Next() != "2026-11" || billing.Month("2027-01").Previous() != "2026-12" {
		t.Errorf("%s, %s", m, m.Next())
	}
	if begins := billing.Month("2026-11").Begins(zone); !begins.Equal(time.Date(2026, 11, 1, 7, 0, 0, 0, time.UTC)) {
		t.Errorf("November begins at %s", begins)
	}
	if _, err := billing.ParseMonth("2026-13"); !fault.Is(err, fault.Invalid) {
		t.Error("a thirteenth month")
	}
}
