package usage

import (
	"math/rand/v2"
	"strings"
	"testing"
)

func TestPseudonymsUseClearLettersEvenly(t *testing.T) {
	random := rand.NewChaCha8([32]byte{1})
	count := map[rune]int{}
	for range 5000 {
		p, err := NewPseudonym(random)
		if err != nil || len(p) != 6 || !strings.HasPrefix(p, "C-") || strings.ContainsAny(p[2:], "0O1IL2Z5S8BUV") {
			t.Fatalf("%q, %v", p, err)
		}
		for _, r := range p[2:] {
			count[r]++
		}
	}
	for _, r := range letters {
		if n := count[r]; n < 700 || n > 1050 { // 20,000 letters over 23: 870 expected
			t.Errorf("%c came %d times", r, n)
		}
	}
}

func TestShortName(t *testing.T) {
	for name, want := range map[string]string{"Amy Okafor": "Amy O.", "Ito": "Ito", "": "", "Jean-Luc van Østergaard": "Jean-Luc Ø."} {
		if got := ShortName(name); got != want {
			t.Errorf("%q: %q", name, got)
		}
	}
}
