package billing

import (
	"strings"
	"testing"
)

// Whatever is typed is an account or a refusal at its field, of any length.
func TestReadAccount(t *testing.T) {
	for text, want := range map[string]string{
		" de89 3704 0044 0532 0130 00 ": "DE89370400440532013000", "12345678": "12345678", "12-3456-78": "12-3456-78", "AB12": "AB12",
	} {
		if got, err := ReadAccount(text); err != nil || got != want {
			t.Errorf("%q: %q, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "D", "DE", "DE8", "DE89370400440532013001", "<script>", "ÄÖÜ1", strings.Repeat("1", 35)} {
		if got, err := ReadAccount(text); err == nil {
			t.Errorf("%q is taken as %q", text, got)
		}
	}
	for n := range 40 { // every length of letters and of digits
		_, _ = ReadAccount(strings.Repeat("A", n))
		_, _ = ReadAccount(strings.Repeat("1", n))
	}
	if got := MaskedAccount("DE89370400440532013000"); got != "…3000" {
		t.Errorf("masked %q", got)
	}
}
