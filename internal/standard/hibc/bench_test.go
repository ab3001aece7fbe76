package hibc

import "testing"

const full = "+A99912345/$$52001510X3/16D20111212/S77DE1G45-"

func BenchmarkParse(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Parse(full); err != nil {
			b.Fatal(err)
		}
	}
}

// A label's parts are slices of the input: nothing is allocated.
func TestAllocations(t *testing.T) {
	if n := testing.AllocsPerRun(200, func() {
		if _, err := Parse(full); err != nil {
			t.Fatal(err)
		}
	}); n > 0 {
		t.Errorf("%v allocations", n)
	}
}
