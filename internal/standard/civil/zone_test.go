package civil

import (
	"testing"
	"time"
)

func TestZoneIsReadOnce(t *testing.T) {
	first, err := Zone("Europe/Dublin")
	if err != nil {
		t.Fatal(err)
	}
	again, err := Zone("Europe/Dublin")
	if err != nil || again != first {
		t.Errorf("the second time it is %p and not %p, %v", again, first, err)
	}
	if at := time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC).In(first); at.Hour() != 13 {
		t.Errorf("noon in July is %s in Dublin", at)
	}
	for range 2 {
		if zone, err := Zone("Nowhere/Land"); err == nil {
			t.Errorf("a zone that does not exist is %s", zone)
		}
	}
}
