package gs1

import (
	"strings"
	"testing"
)

// The set form of the rules rests on this: all AIs of a row begin with a prefix
// or none does, and no AI is the beginning of another.
func TestPrefixesNeverSplitRows(t *testing.T) {
	prefixes := map[string]bool{}
	for i := range rows {
		for _, group := range rows[i].requires {
			for _, p := range group {
				prefixes[p] = true
			}
		}
		for _, p := range rows[i].excludes {
			prefixes[p] = true
		}
	}
	if len(prefixes) < 40 {
		t.Fatalf("only %d prefixes", len(prefixes))
	}
	for p := range prefixes {
		matched := false
		for i := range rows {
			first, last := rows[i], rows[i]
			last.lo = last.hi
			a, b := strings.HasPrefix(first.firstAI(), p), strings.HasPrefix(last.firstAI(), p)
			if a != b {
				t.Errorf("prefix %s splits the row of %s", p, first.firstAI())
			}
			matched = matched || a
		}
		if !matched {
			t.Errorf("prefix %s names no AI", p)
		}
	}
}

// Only the last part of a value varies in length; lengths add up; every AI finds
// its own row.
func TestTableIsSound(t *testing.T) {
	seen := map[string]bool{}
	for i := range rows {
		r := &rows[i]
		low, high := 0, 0
		for j, p := range r.parts {
			if p.min != p.max && j != len(r.parts)-1 {
				t.Errorf("%s: part %d varies", r.firstAI(), j)
			}
			high += p.max
			if !p.optional {
				low += p.min
			}
		}
		if low != r.min || high != r.max || (r.predefined && low != high) {
			t.Errorf("%s: lengths %d to %d, parts give %d to %d", r.firstAI(), r.min, r.max, low, high)
		}
		for n := r.lo; n <= r.hi; n++ {
			one := row{lo: n, width: r.width}
			ai := one.firstAI()
			if exactRow(ai) != r || prefixRow(ai+"9") != r || seen[ai] {
				t.Errorf("%s does not find its row", ai)
			}
			seen[ai] = true
		}
	}
	if len(rows) != 224 || len(seen) != 541 {
		t.Errorf("%d rows with %d AIs, revision ff2eb4b has 224 with 541", len(rows), len(seen))
	}
}
