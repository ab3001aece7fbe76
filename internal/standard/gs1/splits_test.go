package gs1

import (
	"strings"
	"testing"
)

func readings(t *testing.T, s string, p Policy) []string {
	t.Helper()
	found, err := Splits(s, p)
	if err != nil {
		t.Fatalf("%q: %v", s, err)
	}
	out := make([]string, len(found))
	for i, m := range found {
		out[i] = m.ElementString()
	}
	return out
}

// Without knowledge of the product a lost separator leaves several readings;
// what the product's label must have leaves one.
func TestSplitsNarrowedByPolicy(t *testing.T) {
	const lost = "01095060001343521726123110LOT4221SN0001"
	both := readings(t, lost, DeviceLabel())
	want := []string{
		"(01)09506000134352(17)261231(10)LOT4221SN0001",
		"(01)09506000134352(17)261231(10)LOT42(21)SN0001",
	}
	if strings.Join(both, " ") != strings.Join(want, " ") {
		t.Errorf("got %v, want %v", both, want)
	}
	serialised := Policy{Required: []string{"01", "10", "17", "21"}, Allowed: []string{"11"}}
	m, err := Recover(lost, serialised)
	if err != nil || m.ElementString() != want[1] {
		t.Errorf("serialised product: got %v, %v", m, err)
	}
	lotOnly := Policy{Required: []string{"01", "10", "17"}, Allowed: []string{"11"}}
	m, err = Recover(lost, lotOnly)
	if err != nil || m.ElementString() != want[0] {
		t.Errorf("product with lot only: got %v, %v", m, err)
	}
	_, err = Recover(lost, DeviceLabel())
	wantError(t, "unknown product", err, CodeConflict, "", 0)
}

func TestSplitsFindSwallowedExpiry(t *testing.T) {
	got := readings(t, "010950600013435210LOT4217261231", DeviceLabel())
	want := "(01)09506000134352(10)LOT4217261231 (01)09506000134352(10)LOT42(17)261231 " +
		"(01)09506000134352(10)LOT4(21)7261231"
	if strings.Join(got, " ") != want {
		t.Errorf("got %v", got)
	}
}

// Separators that are present still end a value.
func TestSplitsRespectSeparators(t *testing.T) {
	for _, in := range []string{
		"010950600013435210LOT42\x1d17261231",
		"^010950600013435210LOT42\x1d17261231",
		"\x1d010950600013435210LOT42\x1d17261231\x1d",
	} {
		got := readings(t, in, DeviceLabel())
		if len(got) != 1 || got[0] != "(01)09506000134352(10)LOT42(17)261231" {
			t.Errorf("%q: %v", in, got)
		}
	}
}

func TestSplitsErrors(t *testing.T) {
	cases := []struct {
		name, in string
		policy   Policy
		code     Code
		offset   int
	}{
		{"empty", "", Policy{}, CodeMalformed, 0},
		{"no AI", "890", Policy{}, CodeMalformed, 0},
		{"check digit", "0109506000134353", Policy{}, CodeMalformed, 0},
		{"rules between AIs", "10LOT", Policy{}, CodeMalformed, 0},
		{"not allowed", "010950600013435291X", DeviceLabel(), CodeMalformed, 0},
		{"required is absent", "010950600013435210A", Policy{Required: []string{"21"}}, CodeMalformed, 0},
		{"repeated AI", "01095060001343521726123117261231", Policy{}, CodeMalformed, 0},
		{"too long", strings.Repeat("9", maxSplitText+1), Policy{}, CodeOversize, maxSplitText},
		{"too many readings", "0109506000134352" + strings.Repeat("91929394959697989910", 4), Policy{}, CodeConflict, 0},
	}
	for _, c := range cases {
		_, err := Recover(c.in, c.policy)
		wantError(t, c.name, err, c.code, "", c.offset)
	}
}

func TestPolicy(t *testing.T) {
	m := mustParse(t, "^010950600013435210A")
	for _, c := range []struct {
		p    Policy
		want bool
	}{
		{Policy{}, true},
		{Policy{Required: []string{"01", "10"}}, true},
		{Policy{Required: []string{"17"}}, false},
		{Policy{Allowed: []string{"01"}}, false},
		{Policy{Required: []string{"01"}, Allowed: []string{"10"}}, true},
	} {
		if got := c.p.Accepts(m); got != c.want {
			t.Errorf("%+v: %v", c.p, got)
		}
	}
}
