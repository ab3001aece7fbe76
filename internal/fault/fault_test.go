package fault_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"trueward/internal/fault"
)

func TestKindOf(t *testing.T) {
	inner := errors.New("UNIQUE constraint failed: units.serial")
	cases := []struct {
		name string
		err  error
		want fault.Kind
	}{
		{"nil", nil, ""},
		{"unclassified", inner, fault.Internal},
		{"plain fault", fault.New(fault.Conflict, "Already used."), fault.Conflict},
		{"wrapped fault", fmt.Errorf("use: %w", fault.New(fault.NotFound, "No such unit.")), fault.NotFound},
		{"joined fields", fault.Refusals{fault.At("lot", "x"), fault.At("serial", "y")}.Err(), fault.Invalid},
	}
	for _, c := range cases {
		if got := fault.KindOf(c.err); got != c.want {
			t.Errorf("%s: kind %q, want %q", c.name, got, c.want)
		}
	}
}

func TestErrorNeverPrintsItsCause(t *testing.T) {
	err := fault.Wrap(fault.Unavailable, "The database is busy.", errors.New("/var/lib/secret.db is locked"))
	if strings.Contains(err.Error(), "secret") {
		t.Errorf("the cause leaks into the text: %s", err)
	}
	if errors.Unwrap(err) == nil {
		t.Error("the cause is lost to the log")
	}
}

func TestAllKeepsOrder(t *testing.T) {
	var r fault.Refusals
	r.At("lot", "Type the lot.")
	r.At("serial", "Type the serial.")
	all := fault.All(fmt.Errorf("form: %w", r.Err()))
	if len(all) != 2 || all[0].Field != "lot" || all[1].Field != "serial" {
		t.Errorf("got %v", all)
	}
}
