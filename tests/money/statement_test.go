package money_test

import (
	"encoding/csv"
	"strings"
	"testing"
	"time"

	"trueward/internal/adapter/store"
	"trueward/internal/adapter/store/storetest"
	"trueward/internal/app/approving"
	"trueward/internal/app/disputing"
	"trueward/internal/app/exporting"
	"trueward/internal/app/paying"
	"trueward/internal/clock"
	"trueward/internal/domain/access"
	"trueward/internal/domain/billing"
	"trueward/internal/fault"
)

const day = 24 * time.Hour

// busy is an account in which everything happens, a day apart: four invoices of
// 1,790.80, one of them paid, credited and refunded, one voided, one partly
// paid and disputed, one given up; and a payment that was a mistake.
func busy(t *testing.T, s *store.Store, clk *clock.Fake) *world {
	t.Helper()
	w := several(t, s, clk, 4)
	all := w.invoices()
	ok := func(_ any, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		clk.Advance(day)
	}
	clk.Advance(day)
	pay := paying.RecordInput{Invoice: all[0].ID, Amount: "1,790.80", ReceivedOn: "2027-03-03", Method: billing.BankTransfer, Reference: "=REF 1"}
	ok(w.paying.Record(t.Context(), cmd(w.finance, "p1"), pay))
	w.credit("c", all[0].ID, billing.Recalled, billing.CreditPart{Line: w.lines(all[0].ID)[0].ID, NetMinor: 48000})
	clk.Advance(day)
	pay.Amount, pay.Reference = "300.00", ""
	ok(w.paying.Refund(t.Context(), cmd(w.finance, "r"), pay))
	for _, end := range []struct {
		invoice billing.InvoiceID
		kind    billing.EndKind
	}{{all[1].ID, billing.EndVoid}, {all[3].ID, billing.EndUncollectible}} {
		ok(w.approving.AskToEnd(t.Context(), cmd(w.office, "ask "+string(end.kind)), approving.EndInput{Invoice: end.invoice, Kind: end.kind, Reason: "Wrong."}))
		ok(w.approving.Decide(t.Context(), cmd(w.second, "do "+string(end.kind)), end.invoice, true))
	}
	pay.Invoice, pay.Amount = all[2].ID, "500.00"
	mistake, err := w.paying.Record(t.Context(), cmd(w.finance, "p2"), pay)
	ok(mistake, err)
	ok(w.paying.Undo(t.Context(), cmd(w.finance, "u"), paying.UndoInput{Payment: mistake.Payment, Reason: "Another hospital's."}))
	pay.Amount = "90.80"
	ok(w.paying.Record(t.Context(), cmd(w.finance, "p3"), pay))
	ok(w.disputing.Open(t.Context(), cmd(w.finance, "d"), disputing.OpenInput{
		Invoice: all[2].ID, Line: w.lines(all[2].ID)[0].ID, Amount: "600.00", Reason: "The agreed price is lower.",
	}))
	return w
}

func (w *world) state(actor access.Actor, f exporting.Filter) (billing.Statement, error) {
	w.t.Helper()
	return w.exporting.Statement(w.t.Context(), actor, f)
}

// TestStatementClosesWithWhatIsDue holds a statement against the invoices of
// its two parties, and two halves of it against the whole.
func TestStatementClosesWithWhatIsDue(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, clk *clock.Fake) {
		w := busy(t, s, clk)
		whole, err := w.state(w.finance, exporting.Filter{Vendor: w.vendor})
		if err != nil {
			t.Fatal(err)
		}
		var due, open int64
		for _, i := range w.invoices() {
			due += i.Due().Minor
		}
		for _, o := range whole.Open {
			open += o.OpenMinor
		}
		if whole.Closing != due || open != due || due == 0 || whole.Opening != 0 || len(whole.Lines) != 11 {
			t.Errorf("closing %d, open %d, due %d, opening %d, %d lines", whole.Closing, open, due, whole.Opening, len(whole.Lines))
		}
		if whole.Disputed() != 60000 || whole.GivenUp() != 179080 || whole.From != "2027-03-03" || whole.To != clk.Now().Format(time.DateOnly) {
			t.Errorf("disputed %d, given up %d, %s to %s", whole.Disputed(), whole.GivenUp(), whole.From, whole.To)
		}
		if sold, err := w.state(w.office, exporting.Filter{Hospital: w.hospital}); err != nil || sold.Closing != whole.Closing || len(sold.Lines) != len(whole.Lines) {
			t.Errorf("the vendor reads %d, %v", sold.Closing, err)
		}
		for d, last := storetest.Start, clk.Now().Add(-day); d.Before(last); d = d.Add(day) {
			first, err1 := w.state(w.finance, exporting.Filter{Vendor: w.vendor, To: d.Format(time.DateOnly)})
			rest, err2 := w.state(w.finance, exporting.Filter{Vendor: w.vendor, From: d.Add(day).Format(time.DateOnly)})
			if err1 != nil || err2 != nil || first.Closing != rest.Opening || rest.Closing != due || len(first.Lines)+len(rest.Lines) != len(whole.Lines) {
				t.Errorf("%s: closes with %d, opens with %d, %v %v", d.Format(time.DateOnly), first.Closing, rest.Opening, err1, err2)
			}
		}
		clk.Advance(40 * day)
		if late, err := w.state(w.finance, exporting.Filter{Vendor: w.vendor}); err != nil || late.Aged()[billing.Late30] != 349080 || late.Aged()[billing.OwedBack] != -28080 {
			t.Errorf("%v, %v", late.Aged(), err)
		}
	})
}

// TestStatementNoticesAMissingPayment is the planted fault of the check above:
// nothing is stated that an invoice contradicts.
func TestStatementNoticesAMissingPayment(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, clk *clock.Fake) {
		w, i := issued(t, s, clk, 1)
		if _, err := w.state(w.finance, exporting.Filter{Vendor: w.vendor}); err != nil {
			t.Fatal(err)
		}
		w.write(func(tx *store.Tx) error {
			paid, err := tx.Invoice(i.ID)
			if err != nil {
				return err
			}
			paid.PaidMinor += 100
			_, err = tx.SaveInvoice(paid.State, paid)
			return err
		})
		if got, err := w.state(w.finance, exporting.Filter{Vendor: w.vendor}); !fault.Is(err, fault.Internal) {
			t.Errorf("an invoice is paid without a payment: %+v, %v", got, err)
		}
		if _, err := w.exporting.Take(t.Context(), cmd(w.finance, "t"), exporting.Input{Format: billing.StatementPDF, Filter: exporting.Filter{Vendor: w.vendor}}); !fault.Is(err, fault.Internal) {
			t.Errorf("and is stated: %v", err)
		}
	})
}

func TestStatementsAreKeptAndTheSameAgain(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, clk *clock.Fake) {
		w := busy(t, s, clk)
		for format, begins := range map[billing.ExportFormat]string{billing.StatementCSV: "date,kind,document,", billing.StatementPDF: "%PDF-1.7"} {
			in := exporting.Input{Format: format, Filter: exporting.Filter{Vendor: w.vendor, To: clk.Now().Format(time.DateOnly)}}
			var files [2]string
			for n := range files {
				id, err := w.exporting.Take(t.Context(), cmd(w.finance, string(format)+string(rune('a'+n))), in)
				if err != nil {
					t.Fatal(err)
				}
				run, err := w.exporting.Get(t.Context(), w.finance, id)
				if err != nil || !strings.HasSuffix(run.Name, string(format)) || !strings.HasPrefix(string(run.Bytes), begins) {
					t.Fatalf("%s begins %.20q, %v", run.Name, run.Bytes, err)
				}
				if _, err := w.exporting.Get(t.Context(), w.office, id); !fault.Is(err, fault.NotFound) {
					t.Errorf("the vendor read the hospital's export: %v", err)
				}
				files[n] = string(run.Bytes)
				clk.Advance(time.Minute)
			}
			if files[0] != files[1] {
				t.Errorf("%s: taken again it is another file", format)
			}
			if format == billing.StatementCSV {
				readStatement(t, files[0])
			}
		}
	})
}

func readStatement(t *testing.T, text string) {
	t.Helper()
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	kinds := map[string]int{}
	for _, r := range rows[1:] {
		kinds[r[1]]++
	}
	want := map[string]int{"opening": 1, "invoice": 4, "payment": 3, "credit_note": 1, "refund": 1, "void": 1, "reversed": 1, "closing": 1, "open": 3}
	for kind, n := range want {
		if kinds[kind] != n {
			t.Errorf("%d rows %s, want %d", kinds[kind], kind, n)
		}
	}
	if !strings.Contains(text, "'=REF 1") || strings.Contains(text, "C-00") {
		t.Errorf("a formula or a case is in the table:\n%s", text)
	}
}

func TestStatementRefusals(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, clk *clock.Fake) {
		w, _ := issued(t, s, clk, 1)
		var stranger access.OrganisationID
		w.write(func(tx *store.Tx) (err error) {
			stranger, err = tx.CreateOrganisation(access.Organisation{Kind: access.Vendor, Name: "Other", LegalName: "Other", Country: "DE", Currency: "EUR"})
			return err
		})
		foreign := w.office
		foreign.Organisation = stranger
		for name, c := range map[string]struct {
			actor access.Actor
			in    exporting.Input
			field string
			kind  fault.Kind
		}{
			"nobody chosen":    {w.finance, exporting.Input{}, "party", fault.Invalid},
			"a state":          {w.finance, exporting.Input{Filter: exporting.Filter{Vendor: w.vendor, Status: billing.Paid}}, "status", fault.Invalid},
			"since the last":   {w.finance, exporting.Input{SinceLast: true, Filter: exporting.Filter{Vendor: w.vendor}}, "since", fault.Invalid},
			"another currency": {w.finance, exporting.Input{Filter: exporting.Filter{Vendor: w.vendor, Currency: "USD"}}, "currency", fault.Invalid},
			"a column":         {w.finance, exporting.Input{Filter: exporting.Filter{Vendor: w.vendor, Columns: []string{"patient"}}}, "columns", fault.Invalid},
			"a day to come":    {w.finance, exporting.Input{Filter: exporting.Filter{Vendor: w.vendor, From: "2028-01-01"}}, "from", fault.Invalid},
			"a stranger":       {w.finance, exporting.Input{Filter: exporting.Filter{Vendor: stranger}}, "", fault.NotFound},
			"of two others":    {foreign, exporting.Input{Filter: exporting.Filter{Vendor: w.vendor, Hospital: w.hospital}}, "", fault.NotFound},
			"a nurse":          {w.nurse, exporting.Input{Filter: exporting.Filter{Vendor: w.vendor}}, "", fault.Forbidden},
		} {
			c.in.Format = billing.StatementCSV
			_, err := w.exporting.Take(t.Context(), cmd(c.actor, name), c.in)
			if !fault.Is(err, c.kind) || c.field != "" && !atField(err, c.field) {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}
