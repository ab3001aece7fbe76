package gs1

import "testing"

const (
	udiScan = "]d201095060001343521726123110LOT42\x1d21SN0001"
	udiLink = "https://id.gs1.org/01/09506000134352/10/LOT42/21/SN0001?17=261231"
)

func BenchmarkScanUDI(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := ParseScan(udiScan); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkDigitalLink(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := ParseDigitalLink(udiLink); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkBuildLink(b *testing.B) {
	scan, err := ParseScan(udiScan)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := scan.Message.DigitalLink(); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkSplits(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Splits("0109506000134352172612311 0LOT4221SN0001", DeviceLabel()); err == nil {
			b.Fatal("a space was accepted")
		}
		if _, err := Splits("01095060001343521726123110LOT4221SN0001", DeviceLabel()); err != nil {
			b.Fatal(err)
		}
	}
}

// Allocations gate speed where time cannot: the elements of a scan are one
// slice over the input, a link adds the list of its path.
func TestAllocations(t *testing.T) {
	gates := []struct {
		name  string
		limit float64
		run   func() error
	}{
		{"scan", 1, func() error { _, err := ParseScan(udiScan); return err }},
		{"bracketed", 1, func() error {
			_, err := ParseBracketed("(01)09506000134352(17)261231(10)LOT42(21)SN0001")
			return err
		}},
		{"link", 1, func() error { _, err := ParseDigitalLink(udiLink); return err }},
	}
	for _, g := range gates {
		got := testing.AllocsPerRun(200, func() {
			if err := g.run(); err != nil {
				t.Fatal(err)
			}
		})
		if got > g.limit {
			t.Errorf("%s: %v allocations, limit %v", g.name, got, g.limit)
		}
	}
}
