package ndef_test

import (
	"testing"

	"trueward/internal/standard/ndef"
)

// BenchmarkFirstURI reads a tap URL out of the file of a Type 4 tag.
func BenchmarkFirstURI(b *testing.B) {
	message, err := ndef.Append(nil, ndef.NewURI("https://tap.example/t/s1?p=EF963FF7828658A599F3041510671E88&c=94EED9EE65337086"))
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := ndef.FirstURI(message); err != nil {
			b.Fatal(err)
		}
	}
}

// TestAllocations: records, type, URI and its copies.
func TestAllocations(t *testing.T) {
	message, err := ndef.Append(nil, ndef.NewURI("https://tap.example/t/s1"))
	if err != nil {
		t.Fatal(err)
	}
	got := testing.AllocsPerRun(100, func() {
		if _, err := ndef.FirstURI(message); err != nil {
			t.Fatal(err)
		}
	})
	if got > 4 {
		t.Errorf("%v allocations, at most 4", got)
	}
}
