package remote_test

import (
	"testing"
	"time"

	"trueward/internal/domain/remote"
	"trueward/internal/fault"
	"trueward/internal/standard/money"
)

func TestWhatIsNextForAnOperation(t *testing.T) {
	now := time.Date(2027, time.March, 3, 9, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		state remote.OpState
		age   time.Duration
		want  remote.Next
	}{
		{remote.OpDone, 0, remote.Nothing},
		{remote.OpDone, 48 * time.Hour, remote.Nothing},
		{remote.OpSent, time.Minute, remote.SendAgain},
		{remote.OpSent, 20*time.Hour - time.Second, remote.SendAgain},
		{remote.OpSent, 20 * time.Hour, remote.LookFirst},
		{remote.OpUnknown, time.Minute, remote.LookFirst},
		{remote.OpFailed, time.Minute, remote.LookFirst},
	} {
		if got := (remote.Op{State: c.state, FirstSentAt: now.Add(-c.age)}).After(now); got != c.want {
			t.Errorf("%s after %v: %s, want %s", c.state, c.age, got, c.want)
		}
	}
}

func TestKeysDifferByWhatTheyAreFor(t *testing.T) {
	seen := map[string]bool{}
	for _, mode := range []remote.Mode{remote.Test, remote.Live} {
		for _, step := range []remote.Step{remote.MakeDraft, remote.AddItem} {
			for _, subject := range []string{"a", "b"} {
				for epoch := range 3 {
					seen[remote.KeyOf(mode, step, subject, epoch)] = true
				}
			}
		}
	}
	if len(seen) != 24 {
		t.Errorf("%d keys for 24 things", len(seen))
	}
}

func TestUnits(t *testing.T) {
	for _, c := range []struct {
		currency string
		minor    int64
		want     int64
	}{
		{"EUR", 148000, 148000}, {"EUR", -148000, -148000}, {"JPY", 1480, 1480}, {"KWD", 1480, 1480}, {"ISK", 1480, 148000},
		{"UGX", 1480, 148000}, {"KRW", 99999999, 99999999},
	} {
		a, err := money.New(c.minor, c.currency)
		if err != nil {
			t.Fatal(err)
		}
		got, err := remote.Units(a)
		if err != nil || got != c.want {
			t.Errorf("%v: %d, %v, want %d", a, got, err, c.want)
		}
		if back := remote.FromUnits(got, a.Currency); back != a {
			t.Errorf("%v came back as %v", a, back)
		}
	}
	for _, a := range []money.Amount{{Minor: 1481, Currency: "KWD"}, {Minor: 100_000_000, Currency: "EUR"}, {Minor: -100_000_000, Currency: "EUR"}} {
		if got, err := remote.Units(a); !fault.Is(err, fault.Invalid) {
			t.Errorf("%v was taken as %d, %v", a, got, err)
		}
	}
}

func TestNumbersThatFit(t *testing.T) {
	for number, fits := range map[string]bool{
		"NV-2027-000001": true, "": false, "nv-2027-000001": false, "NV/2027/1": false, "ABCDEFGHIJKLMNOPQRSTUVWXYZ": true,
		"ABCDEFGHIJKLMNOPQRSTUVWXYZ1": false,
	} {
		if remote.FitsNumber(number) != fits {
			t.Errorf("%q", number)
		}
	}
}
