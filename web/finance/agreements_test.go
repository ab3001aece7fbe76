package finance

import (
	"strings"
	"testing"
	"time"

	"trueward/internal/domain/consign"
)

// A version begins at midnight of its hospital, which in summer is the evening
// before in UTC.
func TestVersionBeginsOnTheHospitalsDay(t *testing.T) {
	dublin, err := time.LoadLocation("Europe/Dublin")
	if err != nil {
		t.Fatal(err)
	}
	v := consign.Version{
		Version: 1, ValidFrom: time.Date(2027, time.July, 1, 0, 0, 0, 0, dublin).UTC(),
		ValidTo: time.Date(2027, time.August, 1, 0, 0, 0, 0, dublin).UTC(),
	}
	var page strings.Builder
	for _, cell := range versionRow(consign.Agreement{ID: "a"}, v, v.ValidFrom, dublin).Cells {
		if err := cell.Render(t.Context(), &page); err != nil {
			t.Fatal(err)
		}
	}
	if !strings.Contains(page.String(), "1 Jul 2027, until 1 Aug 2027") {
		t.Errorf("the row says %s", page.String())
	}
}
