package main

import (
	"bytes"
	"database/sql"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"trueward/cmd/trueward/product"
)

// sampled is a data folder with the sample's invoices; its server has stopped.
func sampled(t *testing.T) string {
	t.Helper()
	data := t.TempDir()
	p, err := product.Open(t.Context(), product.In(data))
	if err != nil {
		t.Fatal(err)
	}
	if err := p.LoadSample(t.Context(), "a password of the test", "http://localhost", func(int, int, string) {}); err != nil {
		t.Fatal(err)
	}
	if err := p.Close(); err != nil {
		t.Fatal(err)
	}
	return data
}

func TestExportInvoices(t *testing.T) {
	data := sampled(t)
	out := t.TempDir()
	for format, begins := range map[string]string{
		"pdf": "%PDF-", "ubl": "<?xml", "x12": "ISA*", "csv": "number,", "xlsx": "PK", "gl": "date,",
		"xero": "*ContactName,", "quickbooks": "*InvoiceNo,",
	} {
		place := filepath.Join(out, format)
		args := []string{"export", "invoices", "--data", data, "--format", format, "--out", place}
		said, errs, code := call(t, "", args...)
		if code != 0 || strings.Contains(errs, "not written") {
			t.Errorf("%s: exit %d: %s%s", format, code, said, errs)
		}
		first := contents(t, place)
		for name, content := range first {
			if !bytes.HasPrefix(content, []byte(begins)) {
				t.Errorf("%s: %s begins with %q", format, name, content[:min(len(content), 20)])
			}
		}
		if _, errs, code = call(t, "", args...); code != 0 {
			t.Errorf("%s again: exit %d: %s", format, code, errs)
		}
		for name, content := range contents(t, place) {
			if !bytes.Equal(content, first[name]) {
				t.Errorf("%s: %s is another file the second time", format, name)
			}
		}
	}
}

// TestExportInvoicesNamesWhatIsKeptBack takes the tax number from one hospital
// of the sample: its documents cannot leave as UBL, the others do.
func TestExportInvoicesNamesWhatIsKeptBack(t *testing.T) {
	data := sampled(t)
	forget(t, data, "36-4021178")
	place := filepath.Join(t.TempDir(), "ubl")
	args := []string{"export", "invoices", "--data", data, "--format", "ubl", "--out", place}
	said, errs, code := call(t, "", args...)
	if code != 1 {
		t.Errorf("exit %d: %s%s", code, said, errs)
	}
	if !strings.Contains(errs, "not written") || !strings.Contains(errs, "PEPPOL-EN16931-R010") {
		t.Errorf("what is kept back is not named: %s", errs)
	}
	first := contents(t, place)
	if len(first) == 0 {
		t.Error("nothing left at all")
	}
	if _, errs, code = call(t, "", args...); code != 1 {
		t.Errorf("again: exit %d: %s", code, errs)
	}
	for name, content := range contents(t, place) {
		if !bytes.Equal(content, first[name]) {
			t.Errorf("%s is another file the second time", name)
		}
	}
}

// forget takes a tax number out of a database, and out of the parties as they
// were when documents were issued.
func forget(t *testing.T, data, taxID string) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(data, "trueward.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec(`DROP TRIGGER render_parties_no_update`); err != nil {
		t.Fatal(err)
	}
	for _, edit := range []string{
		`UPDATE organisations SET tax_id = '' WHERE tax_id = ?`,
		`UPDATE render_parties SET parties = replace(parties, ?, '')`,
	} {
		if _, err := db.Exec(edit, taxID); err != nil {
			t.Fatal(err)
		}
	}
}

// contents are the files of a folder, or the one file.
func contents(t *testing.T, place string) map[string][]byte {
	t.Helper()
	found := map[string][]byte{}
	err := filepath.WalkDir(place, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		found[path], err = os.ReadFile(path)
		return err
	})
	if err != nil || len(found) == 0 {
		t.Fatalf("%s: %d files, %v", place, len(found), err)
	}
	return found
}

func TestExportInvoicesRefuses(t *testing.T) {
	data := t.TempDir()
	if out, errs, code := call(t, "", "migrate", "up", "--data", data); code != 0 {
		t.Fatalf("migrate: exit %d: %s%s", code, out, errs)
	}
	taken := filepath.Join(t.TempDir(), "taken.csv")
	if err := os.WriteFile(taken, []byte("something else"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		args []string
		code int
		says string
	}{
		"no database":    {[]string{"--data", t.TempDir(), "--format", "pdf", "--out", t.TempDir()}, 1, "There is no database"},
		"format":         {[]string{"--data", data, "--format", "doc", "--out", t.TempDir()}, 2, "must be one of"},
		"no out":         {[]string{"--data", data, "--format", "pdf"}, 2, "--out"},
		"vendor":         {[]string{"--data", data, "--format", "pdf", "--out", t.TempDir(), "--vendor", "Nobody"}, 1, `no vendor "Nobody"`},
		"period":         {[]string{"--data", data, "--format", "pdf", "--out", t.TempDir(), "--period", "October"}, 1, "2026-10"},
		"turned period":  {[]string{"--data", data, "--format", "pdf", "--out", t.TempDir(), "--period", "2026-03..2026-01"}, 1, "2026-10"},
		"status":         {[]string{"--data", data, "--format", "csv", "--out", taken, "--status", "frozen"}, 1, "Only issued"},
		"column":         {[]string{"--data", data, "--format", "csv", "--out", taken, "--columns", "patient"}, 1, "no column patient"},
		"nothing":        {[]string{"--data", data, "--format", "csv", "--out", taken}, 1, "No issued invoice matches"},
		"nothing posted": {[]string{"--data", data, "--format", "gl", "--out", taken}, 1, "Nothing was posted"},
	} {
		out, errs, code := call(t, "", append([]string{"export", "invoices"}, c.args...)...)
		if code != c.code || !strings.Contains(errs, c.says) {
			t.Errorf("%s: exit %d: %s%s", name, code, out, errs)
		}
	}
}

func TestPlaceNeverOverwrites(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.csv")
	if err := place(path, []byte("one")); err != nil {
		t.Fatal(err)
	}
	if err := place(path, []byte("one")); err != nil {
		t.Errorf("the same again: %v", err)
	}
	if err := place(path, []byte("two")); err == nil {
		t.Error("another file was overwritten")
	}
	if left, err := os.ReadDir(filepath.Dir(path)); err != nil || len(left) != 1 {
		t.Errorf("%d files are left, %v", len(left), err)
	}
}

func TestMonths(t *testing.T) {
	for period, want := range map[string]string{"": " ", "2026-02": "2026-02-01 2026-02-28", "2025-12..2026-01": "2025-12-01 2026-01-31"} {
		if from, to, err := months(period); err != nil || from+" "+to != want {
			t.Errorf("%s: %s %s, %v", period, from, to, err)
		}
	}
}
