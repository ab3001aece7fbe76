package main

import (
	"database/sql"
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"

	_ "modernc.org/sqlite"

	"trueward/internal/domain/billing"
	"trueward/internal/domain/usage"
)

// TestExplainPrice computes a stored price again, and sees one that was changed.
func TestExplainPrice(t *testing.T) {
	data := t.TempDir()
	if out, errs, code := call(t, "", "migrate", "up", "--data", data); code != 0 {
		t.Fatalf("migrate: exit %d: %s%s", code, out, errs)
	}
	in := billing.PriceInputs{
		AgreementNumber: "A-12", Version: 3, Currency: "EUR", InForce: true, Listed: true, ListMinor: 160000, DiscountBP: 750,
		Outcome: usage.Used, Quantity: 1,
	}
	storeDecision(t, data, "kept", in, 0)
	storeDecision(t, data, "changed", in, 1)
	out, errs, code := call(t, "", "explain", "price", "kept", "--data", data)
	if code != 0 || !strings.Contains(out, "Agreement A-12 v3: list €1,600.00, discount 7.5\u00a0% → €1,480.00.") || !strings.Contains(out, "the same") {
		t.Errorf("exit %d: %s%s", code, out, errs)
	}
	if out, errs, code = call(t, "", "explain", "price", "changed", "--data", data); code != 1 || !strings.Contains(out, "DIFFERENCE: Computed again it is priced, 1480.00 EUR") {
		t.Errorf("a changed amount: exit %d: %s%s", code, out, errs)
	}
	if _, errs, code = call(t, "", "explain", "price", "none", "--data", data); code != 1 || !strings.Contains(errs, "No price was decided") {
		t.Errorf("an unknown usage: exit %d: %s", code, errs)
	}
}

// storeDecision puts a decision into the database behind the product's back,
// its amount off by a number of minor units.
func storeDecision(t *testing.T, data, id string, in billing.PriceInputs, off int64) {
	t.Helper()
	db, err := sql.Open("sqlite", filepath.Join(data, databaseFile)+"?_pragma=foreign_keys(0)")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	digest, text, err := in.Sum()
	if err != nil {
		t.Fatal(err)
	}
	outcome, unit, net, steps := billing.Decide(in)
	reasons, err := json.Marshal(steps)
	if err != nil {
		t.Fatal(err)
	}
	_, err = db.ExecContext(t.Context(), `INSERT INTO price_decisions (id, usage_id, revision, vendor_id, hospital_id, agreement_version_id, outcome,
		currency, unit_minor, net_minor, quantity, inputs, inputs_sha256, steps, engine, decided_at)
		VALUES (?, ?, 1, 'v', 'h', 'a', ?, ?, ?, ?, 1, ?, ?, ?, ?, 0)`,
		id, id, string(outcome), string(in.Currency), unit.Minor, net.Minor+off, text, digest, string(reasons), billing.Engine)
	if err != nil {
		t.Fatal(err)
	}
}
