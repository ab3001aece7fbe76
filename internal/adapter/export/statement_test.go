package export

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"trueward/internal/domain/access"
	"trueward/internal/domain/billing"
	"trueward/internal/standard/money"
)

// statement is an account of n invoices, each half paid ten days later; the
// last is disputed in part.
func statement(t *testing.T, n int) billing.Statement {
	t.Helper()
	a := billing.NewCurrentAccount(time.UTC)
	start := time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)
	for i := range n {
		at := start.AddDate(0, 0, i/4)
		id := billing.InvoiceID(fmt.Sprint(i))
		a.Invoice(billing.Invoice{
			ID: id, Number: fmt.Sprintf("NV-2026-%06d", i+1), State: billing.Sent, TotalMinor: 179080, PaidMinor: 89540,
			IssuedOn: at.Format(time.DateOnly), DueOn: at.AddDate(0, 0, 30).Format(time.DateOnly), CreatedAt: at,
		}, time.Time{})
		paid := at.AddDate(0, 0, 10)
		if err := a.Payment(billing.Payment{
			Invoice: id, Amount: money.Amount{Minor: 89540, Currency: "EUR"}, ReceivedOn: paid.Format(time.DateOnly), RecordedAt: paid,
			Method: billing.BankTransfer, Reference: "RF18 5390 0754 7034",
		}); err != nil {
			t.Fatal(err)
		}
		if i == n-1 {
			a.Dispute(billing.Dispute{Invoice: id, Amount: money.Amount{Minor: 20000, Currency: "EUR"}, State: billing.DisputeOpened, OpenedAt: paid})
		}
	}
	s, err := a.Statement("2026-01-06", start.AddDate(0, 0, n/4+45).Format(time.DateOnly))
	if err != nil {
		t.Fatal(err)
	}
	doc := sample(1)
	s.Vendor, s.Hospital, s.Currency = doc.Seller, doc.Payer, "EUR"
	return s
}

func TestStatementPDFCarriesItsBalance(t *testing.T) {
	for n, pages := range map[int]int{3: 1, 120: 6} {
		st := statement(t, n)
		content := PDF{}.Statement(st)
		if !bytes.Equal(content, PDF{}.Statement(st)) {
			t.Fatal("another rendering gives other bytes")
		}
		if got := bytes.Count(content, []byte("/Type/Page/")); got < pages || n == 3 && got > 1 {
			t.Errorf("%d invoices: %d pages, at least %d are wanted", n, got, pages)
		}
		if _, err := exec.LookPath("pdftotext"); err == nil {
			checkStatement(t, content, st)
		}
	}
}

func checkStatement(t *testing.T, content []byte, st billing.Statement) {
	path := filepath.Join(t.TempDir(), "statement.pdf")
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("pdftotext", "-layout", path, "-").Output()
	if err != nil {
		t.Fatal(err)
	}
	text := string(out)
	pages := strings.Count(text, "\f")
	for _, words := range []string{
		"Statement", "St. Brannoc Hospital Trust", "Opening balance", "Closing balance", st.Amount(st.Closing).Format("en"),
		st.Amount(st.Disputed()).Format("en"), "31–60 days late", fmt.Sprintf("page %d of %d", pages, pages), "DE02 1203",
	} {
		if !strings.Contains(text, words) {
			t.Errorf("%q is missing", words)
		}
	}
	// The balance that leaves a page is the one that the next begins with.
	var carried, brought []string
	for line := range strings.Lines(text) {
		f := strings.Fields(line)
		switch {
		case strings.Contains(line, "Carried forward"):
			carried = append(carried, f[len(f)-1])
		case strings.Contains(line, "Brought forward"):
			brought = append(brought, f[len(f)-1])
		}
	}
	if strings.Join(brought, " ") != strings.Join(carried, " ") || pages > 2 && len(brought) == 0 {
		t.Errorf("carried %v, brought %v", carried, brought)
	}
}

func TestStatementOfSampleIsMarkedAndHasNoPatientColumn(t *testing.T) {
	st := statement(t, 1)
	plain := PDF{}.Statement(st)
	st.Vendor = access.Organisation{Name: "Norvane", LegalName: "Norvane GmbH", Sample: true}
	if bytes.Equal(plain, PDF{}.Statement(st)) {
		t.Error("a sample's statement is not marked")
	}
	for _, name := range (Writer{}).Columns(billing.StatementCSV) {
		if strings.Contains(name, "patient") || strings.Contains(name, "case") {
			t.Errorf("column %s", name)
		}
	}
}
