package main

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"trueward/internal/adapter/store"
	"trueward/internal/clock"
	"trueward/internal/domain/access"
	"trueward/internal/domain/audit"
	"trueward/internal/domain/billing"
)

// booked makes a data folder with one entry of a past month in each book.
func booked(t *testing.T) string {
	t.Helper()
	folder := t.TempDir()
	clk := clock.NewFake(time.Date(2025, 3, 3, 9, 0, 0, 0, time.UTC))
	s, err := store.Open(t.Context(), store.Config{SQLitePath: filepath.Join(folder, databaseFile), Clock: clk})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := s.Engine().Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	err = s.Write(t.Context(), access.System("test"), func(tx *store.Tx) error {
		tx.Audit(audit.Change{Chain: audit.SystemChain, Action: "test.made", Kind: "test", Object: "x"})
		vendor, err := tx.CreateOrganisation(access.Organisation{Kind: access.Vendor, Name: "Norvane", Currency: "EUR"})
		if err != nil {
			return err
		}
		hospital, err := tx.CreateOrganisation(access.Organisation{Kind: access.Hospital, Name: "St. Brannoc", Currency: "EUR"})
		if err != nil {
			return err
		}
		p := billing.Parties{Vendor: vendor, Hospital: hospital}
		return tx.Post(billing.PaymentEntries("p", p, billing.Invoice{Currency: "EUR"}.Amount(12300), tx.Now()))
	})
	if err != nil {
		t.Fatal(err)
	}
	return folder
}

func TestPeriodCommands(t *testing.T) {
	folder := booked(t)
	for _, step := range []struct {
		args []string
		code int
		says string
	}{
		{[]string{"period", "status"}, 0, "Norvane\t2025-03\topen\t1 entries"},
		{[]string{"period", "close", "--organisation", "Nobody", "--month", "2025-03"}, 1, "No hospital or vendor"},
		{[]string{"period", "close", "--organisation", "Norvane", "--month", "2025-13"}, 1, "Write the month"},
		{[]string{"period", "close", "--organisation", "Norvane", "--month", "2025-04"}, 1, "March 2025 is still open"},
		{[]string{"period", "close", "--organisation", "Norvane", "--month", "2999-01"}, 1, "not over yet"},
		{[]string{"period", "close", "--organisation", "norvane", "--month", "2025-03", "--soft"}, 0, "post in 2025-04"},
		{[]string{"period", "close", "--organisation", "Norvane", "--month", "2025-03"}, 0, "closed: 1 entries"},
		{[]string{"period", "close", "--organisation", "Norvane", "--month", "2025-03"}, 1, "closed already"},
		{[]string{"period", "status", "--organisation", "Norvane"}, 0, "closed\t1 entries"},
		{[]string{"period", "status", "--organisation", "St. Brannoc"}, 0, "open\t1 entries"},
	} {
		var out, errs strings.Builder
		code := run(t.Context(), append(step.args, "--data", folder), streams{out: &out, err: &errs})
		if code != step.code || !strings.Contains(out.String()+errs.String(), step.says) {
			t.Errorf("%v: code %d, %q %q", step.args, code, out.String(), errs.String())
		}
	}
}
