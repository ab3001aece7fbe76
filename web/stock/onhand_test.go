package stock

import (
	"strings"
	"testing"
	"time"

	"trueward/internal/adapter/store"
	"trueward/internal/standard/civil"
)

func TestSpansOfTheBoard(t *testing.T) {
	got := spans(civil.Date{Year: 2026, Month: time.December, Day: 15})
	if want := "2026-12-14 2027-01-14 2027-02-13 2027-03-15"; strings.Join(got, " ") != want {
		t.Errorf("spans end on %v, want %s", got, want)
	}
}

func TestTheBoardConcludes(t *testing.T) {
	for want, counts := range map[string][]int64{
		"Nothing that is ready": {0, 0, 0, 0}, "2 expired and still on the shelf; 3 more": {2, 3, 0, 1}, "Nothing on the shelf is expired; 3 expire within 30 days, 4": {0, 3, 0, 1},
	} {
		var board []store.Expiring
		for _, n := range counts {
			board = append(board, store.Expiring{Units: n})
		}
		if got := expiryChart(board).Conclusion; !strings.HasPrefix(got, want) {
			t.Errorf("%v: %q", counts, got)
		}
	}
}
