package main

import (
	"strings"
	"testing"

	"trueward/internal/fault"
)

func TestReconcileWithoutConnectionSaysSo(t *testing.T) {
	var out, errs strings.Builder
	folder := t.TempDir()
	std := streams{in: strings.NewReader(""), out: &out, err: &errs}
	if code := run(t.Context(), []string{"reconcile", "stripe", "--data", folder}, std); code != 1 {
		t.Errorf("exit code %d without a database", code)
	}
	if code := run(t.Context(), []string{"migrate", "up", "--data", folder}, std); code != 0 {
		t.Fatalf("migrate: %d: %s", code, errs.String())
	}
	errs.Reset()
	if code := run(t.Context(), []string{"reconcile", "stripe", "--data", folder}, std); code != 1 || !strings.Contains(errs.String(), "connected to Stripe") {
		t.Errorf("exit code %d: %s", code, errs.String())
	}
}

func TestSimulatedStripeStaysOnThisMachine(t *testing.T) {
	err := simulateStripeCmd{Listen: "0.0.0.0:0"}.Run(t.Context(), streams{})
	if !fault.Is(err, fault.Invalid) {
		t.Errorf("%v", err)
	}
}
