package money_test

import (
	"database/sql"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"trueward/internal/adapter/store"
	"trueward/internal/adapter/store/storetest"
	"trueward/internal/app/closing"
	"trueward/internal/clock"
)

// opened is a store on a file, and the bare file beside it.
func opened(t *testing.T) (*store.Store, *clock.Fake, *sql.DB) {
	t.Helper()
	path, clk := filepath.Join(t.TempDir(), "trueward.db"), clock.NewFake(storetest.Start)
	s, err := store.Open(t.Context(), store.Config{SQLitePath: path, Clock: clk, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	if err := s.Engine().Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	bare, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = bare.Close() })
	return s, clk, bare
}

const wrongCredit = `INSERT INTO credit_notes (id, vendor_id, hospital_id, invoice_id, currency, state, number, reason, explanation, net_minor,
	tax_minor, total_minor, issued_on, provider_number, proposed_by, proposed_at, decided_by, decline_reason, sample, version)
	SELECT 'c', vendor_id, hospital_id, id, currency, 'proposed', '', 'wrong_price', '', 999999, 1, 1000000, '', '', 'p', 1, '', '', FALSE, 1 FROM invoices;
	INSERT INTO credit_lines (id, credit_note_id, vendor_id, hospital_id, invoice_line_id, position, quantity, net_minor, tax_minor)
	SELECT 'l', 'c', vendor_id, hospital_id, id, 1, 1, 999999, 1 FROM invoice_lines WHERE position = 1`

const secondLine = `DROP INDEX invoice_lines_serial; DROP INDEX invoice_lines_usage; CREATE TABLE spare AS SELECT * FROM invoice_lines WHERE position = 1;
	UPDATE spare SET id = 'l', position = 9; INSERT INTO invoice_lines SELECT * FROM spare; DROP TABLE spare`

// Each planted fault is found by the checker, by the rule that is meant for it;
// before it is planted the same books hold.
func TestCheckerFindsPlantedFaults(t *testing.T) {
	for _, f := range []struct{ name, kind, sentence, plant string }{
		{"an early number", "invoice", "before it may have one", `UPDATE invoices SET state = 'verified'`},
		{"more credited than asked for", "invoice line", "more is credited", wrongCredit},
		{"a credit without a note", "invoice", "sum of its credit notes", `UPDATE invoices SET credited_minor = 1`},
		{"a dispute that nobody opened", "invoice", "live disputes", `UPDATE invoices SET disputed_minor = 1`},
		{"a void by one person", "invoice", "two people", `UPDATE invoices SET state = 'uncollectible', void_reason = 'x'`},
		{"a credit note's number skipped", "number series", "a gap", `INSERT INTO number_series (vendor_id, document, fiscal_year, prefix, next)
			SELECT vendor_id, 'credit_note', 2027, 'NV-CN', 2 FROM invoices`},
		{"a closed month changed", "period", "not those it was closed with", `DROP TRIGGER periods_no_update; UPDATE periods SET entries = entries + 1`},
		{"an entry taken out of a closed month", "period", "not those it was closed with",
			`DROP TRIGGER journal_entries_no_update; UPDATE journal_entries SET period = '2027-04' WHERE book = 'hospital' AND kind = 'matched'`},
		{"lost indexes and a usage twice", "vendor line", "not exactly one live invoice line", secondLine},
	} {
		t.Run(f.name, func(t *testing.T) {
			s, clk, bare := opened(t)
			w, _ := issued(t, s, clk, 2)
			w.closeMarch(clk)
			w.verify()
			if _, err := bare.ExecContext(t.Context(), f.plant); err != nil {
				t.Fatal(err)
			}
			breach, err := w.all().CheckLedger()
			if err != nil || breach == nil || breach.Kind != f.kind || !strings.Contains(breach.Sentence, f.sentence) {
				t.Errorf("found %+v (%v), want a fault of the %s: … %s …", breach, err, f.kind, f.sentence)
			}
		})
	}
}

// closeMarch closes the hospital's month of the test.
func (w *world) closeMarch(clk *clock.Fake) {
	w.t.Helper()
	clk.Set(time.Date(2027, 4, 2, 9, 0, 0, 0, time.UTC))
	book := closing.Own(w.finance)
	if _, err := w.closing.SoftClose(w.t.Context(), cmd(w.finance, "soft"), book, "2027-03"); err != nil {
		w.t.Fatal(err)
	}
	if _, err := w.closing.Close(w.t.Context(), cmd(w.finance, "close"), book, "2027-03"); err != nil {
		w.t.Fatal(err)
	}
}
