package carrier_test

import (
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"

	"trueward/internal/standard/carrier"
	"trueward/internal/standard/gs1"
)

const scan = "]d20109506000134352112501011728013110LT4471\x1d21SN90313A"

// BenchmarkDispatch compares with BenchmarkParser, the parser alone, on the
// same scan: the difference is what this package adds.
func BenchmarkDispatch(b *testing.B) {
	o := options()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := carrier.Identify(scan, o); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkParser(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		s, err := gs1.ParseScan(scan)
		if err != nil {
			b.Fatal(err)
		}
		s.Message.Expiry(now)
		s.Message.Manufactured(now)
	}
}

// BenchmarkInspectLines reports mixed lines a second, output included.
func BenchmarkInspectLines(b *testing.B) {
	const lines = 120_000
	text := strings.Repeat(strings.Join(samples(), "\n")+"\n", lines/len(samples()))
	b.ReportAllocs()
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		if _, err := carrier.InspectLines(strings.NewReader(text), io.Discard, now); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)*lines/b.Elapsed().Seconds(), "lines/s")
}

// TestAllocations gates on what dispatch adds to the parsers: nothing for a
// scan without warnings; the elements of an EPC.
func TestAllocations(t *testing.T) {
	o := options()
	parser := testing.AllocsPerRun(100, func() {
		if _, err := gs1.ParseScan(scan); err != nil {
			t.Fatal(err)
		}
	})
	for in, most := range map[string]float64{
		scan: parser, "9506000134352": 1, "3074257BF7194E4000001A85": 4, "04782E21801D80": 0,
		"https://tap.example/t/1?p=EF963FF7828658A599F3041510671E88&c=94EED9EE65337086": 0,
	} {
		got := testing.AllocsPerRun(100, func() {
			if _, err := carrier.Identify(in, o); err != nil {
				t.Fatal(err)
			}
		})
		if got > most {
			t.Errorf("%s: %v allocations, at most %v", in, got, most)
		}
	}
}

// TestConstantMemory: a hundred times the lines allocate no more per line.
func TestConstantMemory(t *testing.T) {
	perLine := func(lines int) float64 {
		text := strings.Repeat("9506000134352\n", lines)
		return testing.AllocsPerRun(2, func() {
			if _, err := carrier.InspectLines(strings.NewReader(text), io.Discard, now); err != nil {
				t.Fatal(err)
			}
		}) / float64(lines)
	}
	if few, many := perLine(2_000), perLine(40_000); many > few {
		t.Errorf("%v allocations a line for many lines, %v for few", many, few)
	}
}

// TestHostileScansAllocateLittle: whatever is scanned, all that is allocated for
// it, taken together, stays within 64 KiB; the control allocates more and is noticed.
func TestHostileScansAllocateLittle(t *testing.T) {
	const bound, rounds = 64 << 10, 20
	each := func(work func()) uint64 {
		var before, after runtime.MemStats
		work() // what is made once is not counted
		runtime.ReadMemStats(&before)
		for range rounds {
			work()
		}
		runtime.ReadMemStats(&after)
		return (after.TotalAlloc - before.TotalAlloc) / rounds
	}
	if each(func() { control = make([]byte, bound+1) }) <= bound {
		t.Fatal("an allocation over the bound is not noticed")
	}
	for name, in := range hostile() {
		if got := each(func() { _, _ = carrier.Identify(in, options()) }); got > bound {
			t.Errorf("%s: identifying takes %d bytes", name, got)
		}
		if got := each(func() { carrier.Inspect(in, now) }); got > bound {
			t.Errorf("%s: inspecting takes %d bytes", name, got)
		}
	}
}

var control []byte

// hostile are scans that claim much: long ones of every kind, ones of many
// parts, and ones that could be split in many ways.
func hostile() map[string]string {
	out := map[string]string{}
	for i, s := range samples() {
		for _, length := range []int{200, 512, 4 << 10, 64 << 10} {
			out[fmt.Sprintf("sample %d as %d bytes", i, length)] = strings.Repeat(s, 1+length/max(1, len(s)))[:length]
			out[fmt.Sprintf("sample %d and zeros to %d bytes", i, length)] = s + strings.Repeat("0", max(0, length-len(s)))
		}
	}
	for name, unit := range map[string]string{"separators": "\x1d", "brackets": "(10)A", "lots": "10A\x1d", "slashes": "/10/A", "pairs": "a=1&", "percent": "%30", "hex": "FF", "no separator": "1021"} {
		for _, length := range []int{200, 8 << 10, 64 << 10} {
			text := strings.Repeat(unit, length/len(unit))
			out[fmt.Sprintf("%s, %d bytes", name, length)] = text
			out[fmt.Sprintf("link of %s, %d bytes", name, length)] = "https://id.example/01/09506000134352?" + text
			out[fmt.Sprintf("product and %s, %d bytes", name, length)] = "0109506000134352" + text
		}
	}
	return out
}
