package catalog_test

import (
	"testing"

	"trueward/internal/domain/catalog"
	"trueward/internal/fault"
)

// The GTINs are of the range that GS1 keeps for examples (952), the HIBC code is
// the supplier standard's own example.
func TestParseDI(t *testing.T) {
	for in, want := range map[string]string{
		"09506000134352":        "09506000134352",
		" 9506000134352 ":       "09506000134352",
		"950600013435-2":        "09506000134352",
		"+A123BJC5D6E71G":       "A123BJC5D6E71",
		"+a123bjc5d6e71g":       "A123BJC5D6E71",
		"09506000134353":        "",
		"95060001343":           "",
		"+A123BJC5D6E71H":       "",
		"A123BJC5D6E71":         "",
		"":                      "",
		"٠٩٥٠٦٠٠٠١٣٤٣٥٢":        "",
		"095060001343520950600": "",
	} {
		got, err := catalog.ParseDI(in)
		if got != want || (err == nil) != (want != "") {
			t.Errorf("%q: %q, %v; want %q", in, got, err, want)
		}
		if err != nil && (!fault.Is(err, fault.Invalid) || fault.All(err)[0].Field != "di") {
			t.Errorf("%q: refused by %v", in, err)
		}
		if want != "" && !catalog.IsDI(got) {
			t.Errorf("%q is not a DI in its stored form", got)
		}
	}
}

func TestIsDI(t *testing.T) {
	for _, no := range []string{"", "09506000134353", "9506000134352", "a123bjc5d6e71", "A123", "12345678901234567"} {
		if catalog.IsDI(no) {
			t.Errorf("%q is taken for a DI", no)
		}
	}
}
