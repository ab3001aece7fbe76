package usage

import (
	"io"
	"strings"

	"trueward/internal/domain/authentic"
	"trueward/internal/domain/custody"
)

// letters of pseudonyms: none that looks or sounds like another (no 0 O, 1 I L,
// 2 Z, 5 S, 8 B, U V).
const letters = "34679ACDEFGHJKMNPQRTWXY"

// NewPseudonym returns a random name for a case, "C-7Q4M", from randomness
// handed in. It says nothing about the case. The space is small (280,000), so
// the caller asks again when a name is taken.
func NewPseudonym(random io.Reader) (string, error) {
	var b strings.Builder
	b.WriteString("C-")
	for n := 0; n < 4; {
		var one [1]byte
		if _, err := io.ReadFull(random, one[:]); err != nil {
			return "", err
		}
		// Values over the largest multiple would favour the first letters.
		if v := int(one[0]); v < 256/len(letters)*len(letters) {
			b.WriteByte(letters[v%len(letters)])
			n++
		}
	}
	return b.String(), nil
}

// ShortName writes a person's name as it stands on shared screens: "Amy O.".
func ShortName(name string) string {
	words := strings.Fields(name)
	if len(words) < 2 {
		return name
	}
	last := []rune(words[len(words)-1])
	return words[0] + " " + string(last[0]) + "."
}

// Override is what lets a stopped unit be used: why, and which second person
// stands for it.
type Override struct {
	Reason string
	By     string // person id
}

// Given reports whether there is an override at all.
func (o Override) Given() bool { return o.Reason != "" && o.By != "" }

// NeedsOverride reports whether using the unit needs a reason and a second
// person: it is stopped, or its tag was checked and refused.
func NeedsOverride(d custody.Disposition, v authentic.Verdict) bool {
	return d.Level == custody.Stop || v.Level == authentic.Refused
}

// OpensIncident reports whether such a use is an incident that holds billing.
func OpensIncident(d custody.Disposition, v authentic.Verdict) bool {
	return d.OpensIncident() || v.Level == authentic.Refused
}
