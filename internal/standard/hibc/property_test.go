package hibc

import (
	"testing"

	"pgregory.net/rapid"
)

func drawText(t *rapid.T, label string, least, most int) string {
	const letters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	return string(rapid.SliceOfN(rapid.SampledFrom([]byte(letters)), least, most).Draw(t, label))
}

// drawSecondary draws lot or serial with every combination of quantity and date.
func drawSecondary(t *rapid.T) string {
	quantity := rapid.SampledFrom([]string{"", "805", "900123"}).Draw(t, "quantity")
	date := rapid.SampledFrom([]string{"0128", "1299", "2022928", "3280229", "428022923", "528366", "62836600", "7"}).Draw(t, "date")
	lot := drawText(t, "lot", 1, 18)
	return rapid.SampledFrom([]string{"$" + lot, "$+" + lot, "28366" + lot, "$$" + quantity + date + lot, "$$+" + quantity + date + lot}).Draw(t, "form")
}

func drawSupplements(t *rapid.T) string {
	s := ""
	for _, field := range rapid.Permutation([]string{"/16D20240229", "/Q7", "/SABC"}).Draw(t, "order") {
		if rapid.Bool().Draw(t, field) {
			s += field
		}
	}
	return s
}

func draw(t *rapid.T) string {
	s := "+" + rapid.SampledFrom([]string{"", "A123" + drawText(t, "pcn", 1, 18) + "0"}).Draw(t, "primary")
	if s != "+" {
		if rapid.Bool().Draw(t, "secondary") {
			s += "/" + drawSecondary(t)
		}
		s += drawSupplements(t)
	} else {
		s += drawSecondary(t) + drawSupplements(t) + "K"
	}
	c, _ := CheckCharacter(s)
	return s + string(rune(c))
}

// A label that is written again says the same, and is written the same.
func TestRoundTrip(t *testing.T) {
	written := 0
	rapid.Check(t, func(rt *rapid.T) {
		in := draw(rt)
		m, err := Parse(in)
		if err != nil {
			if e := err.(*Error); e.Code != CodeConflict {
				rt.Fatalf("%s: %v", in, err)
			}
			return // two quantities or serials that differ
		}
		stable(rt, in, m)
		written++
	})
	if written == 0 {
		t.Error("no label was written")
	}
}

// failer is what a test and a property have in common.
type failer interface{ Fatalf(string, ...any) }

func stable(t failer, in string, m Message) {
	again, err := Parse(m.String())
	if err != nil {
		t.Fatalf("%q became %q: %v", in, m.String(), err)
	}
	if again.String() != m.String() {
		t.Fatalf("%q became %q", m.String(), again.String())
	}
	if again.DI() != m.DI() || again.Lot != m.Lot || again.Serial != m.Serial || again.Quantity != m.Quantity ||
		again.Link != m.Link || again.ExpiryText(clock) != m.ExpiryText(clock) || again.manufactured != m.manufactured {
		t.Fatalf("%q lost something: %+v, %+v", in, m, again)
	}
}

// The check character finds every single wrong character.
func TestCheckFindsEverySingleError(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		in := []byte(draw(rt))
		at := rapid.IntRange(0, len(in)-1).Draw(rt, "at")
		other := alphabet[rapid.IntRange(0, len(alphabet)-1).Draw(rt, "other")]
		if in[at] == other {
			return
		}
		in[at] = other
		if m, err := Parse(string(in)); err == nil {
			rt.Fatalf("%s accepted as %+v", in, m)
		}
	})
}

func FuzzHIBC(f *testing.F) {
	labels, _ := loadLabels(f)
	for _, l := range labels {
		f.Add(l.In)
	}
	f.Fuzz(func(t *testing.T, in string) {
		m, err := parse(in, false)
		if err != nil {
			e, ok := err.(*Error)
			if !ok || e.Offset < 0 || e.Offset > len(in) || m != (Message{}) {
				t.Fatalf("not a well formed refusal: %v, %+v", err, m)
			}
			return
		}
		stable(t, in, m)
	})
}
