package billing_test

import (
	"testing"
	"time"

	"trueward/internal/domain/billing"
	"trueward/internal/standard/money"
)

func TestNumberPartsReadWhatDocumentNumberWrites(t *testing.T) {
	year, n, ok := billing.NumberParts("NV", billing.DocumentNumber("NV", 2027, 42))
	if !ok || year != 2027 || n != 42 {
		t.Errorf("%d, %d, %v", year, n, ok)
	}
	for _, foreign := range []string{"", "NV-2027", "XX-2027-000042", "NV-2027-42", "NV-CN-2027-000042", "FAKE-0001"} {
		if _, _, ok := billing.NumberParts("NV", foreign); ok {
			t.Errorf("%q passed for a number of the series", foreign)
		}
	}
}

func TestEntriesOfAPaymentServiceBalance(t *testing.T) {
	at, p := time.Unix(0, 0), billing.Parties{Vendor: "v", Hospital: "h"}
	for _, minor := range []int64{1, -1, 148000} {
		amount := money.Amount{Minor: minor, Currency: "EUR"}
		all := append(billing.FeeEntries("txn", "i", p, amount, at), billing.PayoutEntries("po", p, amount, at)...)
		all = append(all, billing.ContestEntries("k", "i", p, amount, at)...)
		for _, e := range all {
			if err := e.Check(); err != nil || e.Book != billing.VendorBook {
				t.Errorf("%s: %v in book %s", e.Kind, err, e.Book)
			}
		}
		if len(all) != 3 {
			t.Errorf("%d entries", len(all))
		}
	}
}
