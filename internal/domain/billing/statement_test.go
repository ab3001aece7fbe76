package billing

import (
	"errors"
	"testing"
	"time"

	"trueward/internal/standard/money"
)

func at(day string) time.Time {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		panic(err)
	}
	return t.Add(12 * time.Hour)
}

func euros(minor int64) money.Amount { return money.Amount{Minor: minor, Currency: "EUR"} }

// stated is an account of one invoice of 100.00, credited by 20.00 and paid by
// 80.00, without the fact that is left out.
func stated(t *testing.T, without string) (*CurrentAccount, error) {
	t.Helper()
	a := NewCurrentAccount(time.UTC)
	if without != "invoice" {
		a.Invoice(Invoice{
			ID: "i", Number: "N-1", State: Paid, TotalMinor: 10000, PaidMinor: 8000, CreditedMinor: 2000,
			IssuedOn: "2026-10-01", DueOn: "2026-10-31", CreatedAt: at("2026-10-01"),
		}, time.Time{})
	}
	if without != "credit" {
		if err := a.Credit(CreditNote{ID: "c", Invoice: "i", Number: "CN-1", TotalMinor: 2000, IssuedOn: "2026-10-10", DecidedAt: at("2026-10-10")}); err != nil {
			return a, err
		}
	}
	if without != "payment" {
		return a, a.Payment(Payment{ID: "p", Invoice: "i", Amount: euros(8000), ReceivedOn: "2026-10-30", RecordedAt: at("2026-11-02")})
	}
	return a, nil
}

func TestStatementRunsItsBalance(t *testing.T) {
	a, err := stated(t, "")
	if err != nil {
		t.Fatal(err)
	}
	a.Dispute(Dispute{Invoice: "i", Amount: euros(500), State: DisputeWithdrawn, OpenedAt: at("2026-10-20"), ChangedAt: at("2026-10-25")})
	for _, c := range []struct {
		from, to                          string
		opening, closing, open, dis, days int64
	}{
		{"2026-10-02", "2026-10-20", 10000, 8000, 8000, 500, 0},
		{"2026-10-21", "2026-10-25", 8000, 8000, 8000, 0, 0},
		{"2026-10-31", "2026-11-01", 8000, 8000, 8000, 0, 1},
		{"2026-11-01", "2026-11-30", 8000, 0, 0, 0, 0},
		{"2026-09-01", "2026-09-30", 0, 0, 0, 0, 0},
	} {
		s, err := a.Statement(c.from, c.to)
		var open, days int64
		for _, o := range s.Open {
			open, days = open+o.OpenMinor, int64(o.DaysLate)
		}
		if err != nil || s.Opening != c.opening || s.Closing != c.closing || open != c.open || s.Disputed() != c.dis || days != c.days {
			t.Errorf("%+v: opening %d, closing %d, open %d, disputed %d, %d days late, %v", c, s.Opening, s.Closing, open, s.Disputed(), days, err)
		}
	}
	if s, err := a.Statement("", "2026-12-31"); err != nil || s.From != "2026-10-01" || len(s.Lines) != 3 || s.Lines[1].Balance != 8000 {
		t.Errorf("from the beginning: %+v, %v", s, err)
	}
}

// A fact that is missing is noticed, whichever it is.
func TestStatementNoticesWhatIsMissing(t *testing.T) {
	for _, without := range []string{"invoice", "credit", "payment"} {
		a, err := stated(t, without)
		if err == nil {
			_, err = a.Statement("2026-10-01", "2026-10-05") // before the fact itself
		}
		var uneven *UnevenError
		if !errors.As(err, &uneven) {
			t.Errorf("without the %s: %v", without, err)
		}
	}
}
