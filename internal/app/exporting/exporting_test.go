package exporting

import (
	"testing"
	"time"

	"trueward/internal/domain/billing"
)

func TestNamesOfFilesStayApart(t *testing.T) {
	r := &renders{names: map[string]bool{}, file: ".pdf"}
	i := func(number, vendor string) item {
		return item{invoice: billing.NamedInvoice{Invoice: billing.Invoice{Number: number}, VendorName: vendor}}
	}
	for _, c := range []struct {
		item item
		want string
	}{
		{i("NV-2026-000001", "Norvane"), "NV-2026-000001.pdf"}, {i("NV-2026-000001", "Other / one"), "NV-2026-000001-Other___one.pdf"},
		{i("../../etc/passwd", "x"), "______etc_passwd.pdf"}, {i("NV-2026-000001", "Other / one"), "NV-2026-000001-Other___one-x.pdf"},
	} {
		if got := r.name(c.item); got != c.want {
			t.Errorf("%s, want %s", got, c.want)
		}
	}
}

func TestChangedSince(t *testing.T) {
	f := Filter{ChangedSince: "2026-10-31T10:00:00Z"}
	for _, c := range []struct {
		at   string
		want bool
	}{{"2026-10-31T10:00:00Z", false}, {"2026-10-31T10:00:00.000001Z", true}, {"2026-10-31T09:59:59Z", false}} {
		if got := f.changed(instant(t, c.at)); got != c.want {
			t.Errorf("%s: %v", c.at, got)
		}
	}
	if !(Filter{}).changed(instant(t, "2000-01-01T00:00:00Z")) {
		t.Error("without an instant everything is taken")
	}
}

func instant(t *testing.T, text string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		t.Fatal(err)
	}
	return at
}
