package money_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"trueward/internal/adapter/export"
	"trueward/internal/adapter/store"
	"trueward/internal/adapter/store/storetest"
	"trueward/internal/app/auditing"
	"trueward/internal/app/exporting"
	"trueward/internal/clock"
	"trueward/internal/domain/access"
	"trueward/internal/domain/billing"
	"trueward/internal/fault"
	"trueward/internal/standard/ubl"
)

// several issues an invoice for each of n cases.
func several(t *testing.T, s *store.Store, clk *clock.Fake, n int) *world {
	t.Helper()
	w := newWorld(t, s, clk, defaults()).priced()
	for i := range n {
		c := w.openCase(fmt.Sprintf("C-%04d", i))
		w.use(c, nil)
		w.closeCase(c)
	}
	clk.Advance(11 * time.Minute)
	w.drain()
	return w
}

// TestLargeBundlesAreMadeInTheBackground holds that a bundle is whole whatever
// becomes of the worker that began it, and is made once.
func TestLargeBundlesAreMadeInTheBackground(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, clk *clock.Fake) {
		w := several(t, s, clk, 3)
		if err := s.Keep(t.Context(), func(tx *store.Tx) error { return tx.SetGrants(w.finance.Person, w.finance.Grants) }); err != nil {
			t.Fatal(err)
		}
		desk := &exporting.Desk{Store: s, Writer: export.Writer{}, AtOnce: 2}
		in := exporting.Input{Format: billing.DocumentsUBL}
		job, err := desk.Take(t.Context(), cmd(w.finance, "large"), in)
		again, err2 := desk.Take(t.Context(), cmd(w.finance, "large"), in)
		if err != nil || err2 != nil || job != again {
			t.Fatalf("%s %v, %s %v", job, err, again, err2)
		}
		if _, err := s.ClaimJobs(t.Context(), []string{exporting.Topic}, 1, time.Minute); err != nil { // and dies
			t.Fatal(err)
		}
		if n, err := desk.Run(t.Context()); n != 0 || err != nil {
			t.Fatalf("the dead worker's claim was not kept: %d, %v", n, err)
		}
		clk.Advance(2 * time.Minute)
		if n, err := desk.Run(t.Context()); n != 1 || err != nil {
			t.Fatalf("%d, %v", n, err)
		}
		done, err := w.all().ExportJob(job)
		if err != nil || done.State != store.ExportDone || done.Done != 3 || done.Total != 3 {
			t.Fatalf("%+v, %v", done, err)
		}
		run, err := desk.Get(t.Context(), w.finance, done.Run)
		if err != nil || run.Parts == 0 || run.Size != int64(len(run.Bytes)) {
			t.Fatalf("%d parts, %d bytes of %d, %v", run.Parts, len(run.Bytes), run.Size, err)
		}
		bundle, err := zip.NewReader(bytes.NewReader(run.Bytes), run.Size)
		if err != nil || len(bundle.File) != 3 || !strings.HasSuffix(bundle.File[0].Name, ".xml") {
			t.Fatalf("%v: %v", bundle, err)
		}
		if _, err := desk.Get(t.Context(), w.office, done.Run); !fault.Is(err, fault.NotFound) {
			t.Errorf("the vendor read the hospital's bundle: %v", err)
		}
		if open, err := s.Read(t.Context(), w.finance.Scope()).OpenExportJobs(clk.Now().Add(-time.Hour)); err != nil || len(open) != 0 {
			t.Errorf("%d jobs are still open, %v", len(open), err)
		}
	})
}

// TestOnlyWhatChangedSinceTheLastExport is for those who load every export
// into another system.
func TestOnlyWhatChangedSinceTheLastExport(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, clk *clock.Fake) {
		w := several(t, s, clk, 2)
		in := exporting.Input{Format: billing.XeroCSV, SinceLast: true}
		first, err := w.exporting.Take(t.Context(), cmd(w.finance, "1"), in)
		if err != nil {
			t.Fatal(err)
		}
		clk.Advance(time.Minute)
		if _, err := w.exporting.Take(t.Context(), cmd(w.finance, "2"), in); !fault.Is(err, fault.NotFound) {
			t.Errorf("nothing changed: %v", err)
		}
		c := w.openCase("C-LATE")
		w.use(c, nil)
		w.closeCase(c)
		clk.Advance(11 * time.Minute)
		w.drain()
		second, err := w.exporting.Take(t.Context(), cmd(w.finance, "3"), in)
		if err != nil {
			t.Fatal(err)
		}
		for id, want := range map[string]int{first: 3, second: 2} {
			run, err := w.exporting.Get(t.Context(), w.finance, id)
			if rows := strings.Count(string(run.Bytes), "\r\n"); err != nil || rows != want {
				t.Errorf("%d rows, want %d, %v", rows, want, err)
			}
		}
	})
}

// TestDetailsReachTheDocument and refuse what no receiver takes.
func TestDetailsReachTheDocument(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, clk *clock.Fake) {
		w := several(t, s, clk, 1)
		good := billing.PartyDetails{EndpointScheme: "0088", Endpoint: "9506000134352", GLN: "9506000134352", City: "Freiburg", EDIQualifier: "ZZ", EDI: "NORVANE"}
		if _, err := w.exporting.SetDetails(t.Context(), cmd(w.office, "d"), good); err != nil {
			t.Fatal(err)
		}
		for name, change := range map[string]func(*billing.PartyDetails){
			"scheme": func(d *billing.PartyDetails) { d.EndpointScheme = "EM" }, "alone": func(d *billing.PartyDetails) { d.Endpoint = "" },
			"gln": func(d *billing.PartyDetails) { d.GLN = "9506000134353" }, "edi": func(d *billing.PartyDetails) { d.EDI = "X" },
		} {
			bad := good
			change(&bad)
			if _, err := w.exporting.SetDetails(t.Context(), cmd(w.office, "d"+name), bad); !fault.Is(err, fault.Invalid) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if _, err := w.exporting.SetDetails(t.Context(), cmd(w.nurse, "n"), good); !fault.Is(err, fault.Forbidden) {
			t.Errorf("a nurse: %v", err)
		}
		var written []byte
		refused, err := w.exporting.Files(t.Context(), access.System("test"), exporting.Input{Format: billing.DocumentsUBL}, func(f billing.File) error {
			written = f.Bytes
			return ubl.Check(f.Bytes)
		})
		if err != nil || len(refused) > 0 || !bytes.Contains(written, []byte(`schemeID="0088">9506000134352<`)) {
			t.Fatalf("%v %v\n%s", err, refused, written)
		}
		w.checkExports("")
		// What the vendor changes later changes no document that is made.
		if _, err := w.exporting.SetDetails(t.Context(), cmd(w.office, "later"), billing.PartyDetails{City: "Elsewhere"}); err != nil {
			t.Fatal(err)
		}
		w.checkExports("")
	})
}

// checkExports makes every document again; the finding has to hold the words.
func (w *world) checkExports(words string) {
	w.t.Helper()
	err := auditing.Desk{Store: w.s, Renderer: export.Writer{}}.Verify(w.t.Context(), []auditing.Check{auditing.Exports}, func(sum auditing.Summary) {
		if (sum.Finding != nil) != (words != "") || sum.Rows == 0 {
			w.t.Errorf("%d rows: %v", sum.Rows, sum.Finding)
		}
		if sum.Finding != nil && !strings.Contains(sum.Finding.Sentence, words) {
			w.t.Errorf("%s, want %s", sum.Finding.Sentence, words)
		}
	})
	if err != nil {
		w.t.Error(err)
	}
}

// TestAnotherDocumentIsFound is the planted fault of the check: a document
// whose bytes and digest agree, and which its lines do not make.
func TestAnotherDocumentIsFound(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, clk *clock.Fake) {
		w := several(t, s, clk, 1)
		w.checkExports("")
		i := w.one()
		doc, err := w.all().InvoiceDocument(i.ID)
		if err != nil {
			t.Fatal(err)
		}
		doc.Lines[0].NetMinor++
		forged, err := export.X12(doc, 7)
		if err != nil {
			t.Fatal(err)
		}
		plant(t, w, store.Render{Invoice: i.ID, Parties: i.Parties, Format: "x12", Renderer: export.RendererX12, Bytes: forged})
		w.checkExports("another document")
	})
}

func plant(t *testing.T, w *world, r store.Render) {
	t.Helper()
	if err := w.s.Keep(t.Context(), func(tx *store.Tx) error {
		_, err := tx.AddRender(r)
		return err
	}); err != nil {
		t.Fatal(err)
	}
}
