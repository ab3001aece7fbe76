package money_test

import (
	"strings"
	"testing"
	"time"

	"trueward/internal/adapter/store"
	"trueward/internal/adapter/store/storetest"
	"trueward/internal/app/ordering"
	"trueward/internal/clock"
	"trueward/internal/domain/access"
	"trueward/internal/domain/billing"
	"trueward/internal/domain/consign"
	"trueward/internal/domain/usage"
	"trueward/internal/fault"
)

const stentDI = "09506000134352"

func orderTerms(rule consign.PORule) consign.Terms {
	t := defaults()
	t.PORule, t.Consolidation = rule, consign.PerMonth
	t.Pricing.Tolerance = consign.Tolerance{Minor: 100, BP: 50}
	return t
}

// waiting is a world in which n usages wait for their order.
func waiting(t *testing.T, s *store.Store, clk *clock.Fake, n int) (*world, *ordering.Desk, []usage.Usage) {
	w := newWorld(t, s, clk, orderTerms(consign.POPerSheet)).priced()
	c := w.openCase("C-ORDR")
	usages := make([]usage.Usage, n)
	for i := range usages {
		usages[i] = w.use(c, nil)
	}
	clk.Advance(11 * time.Minute)
	w.drain()
	for _, u := range usages {
		if l := w.line(u); l.State != billing.LineAwaitingPO || l.PO != billing.POAwaiting {
			t.Fatalf("before an order: %s %s", l.State, l.PO)
		}
	}
	return w, &ordering.Desk{Store: s}, usages
}

func (w *world) attach(d *ordering.Desk, key, number string, usages ...usage.Usage) ordering.Attached {
	w.t.Helper()
	in := ordering.Attachment{Number: number}
	for _, u := range usages {
		in.Lines = append(in.Lines, w.line(u).ID)
	}
	out, err := d.Attach(w.t.Context(), cmd(w.finance, key), in)
	if err != nil {
		w.t.Fatal(err)
	}
	return out
}

func TestAnOrderReachesTheInvoice(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, clk *clock.Fake) {
		w, d, usages := waiting(t, s, clk, 3)
		if out := w.attach(d, "a", " po-77 ", usages[0], usages[1]); out.Lines != 2 {
			t.Fatalf("%+v", out)
		}
		if out := w.attach(d, "b", "PO-78", usages[2]); out.Lines != 1 {
			t.Fatalf("%+v", out)
		}
		if again := w.attach(d, "b", "PO-78", usages[2]); again.Lines != 1 {
			t.Fatalf("the same key again: %+v", again)
		}
		w.drain()
		clk.Advance(40 * 24 * time.Hour)
		w.drain()
		byOrder := map[string]int{}
		for _, i := range w.invoices() {
			lines, err := w.all().InvoiceLines(i.ID)
			if err != nil {
				t.Fatal(err)
			}
			for _, l := range lines {
				if l.PONumber != i.OrderReference {
					t.Errorf("line of %s on the invoice of %s", l.PONumber, i.OrderReference)
				}
			}
			byOrder[i.OrderReference] = len(lines)
		}
		if len(byOrder) != 2 || byOrder["PO-77"] != 2 || byOrder["PO-78"] != 1 {
			t.Errorf("%v", byOrder)
		}
		noBreach(t, w)
	})
}

func (w *world) order(d *ordering.Desk, o billing.PurchaseOrder) {
	w.t.Helper()
	o.Vendor, o.Currency = w.vendor, "EUR"
	if _, err := d.NewOrder(w.t.Context(), cmd(w.finance, "new"+o.Number), o); err != nil {
		w.t.Fatal(err)
	}
}

func TestABlanketIsNeverUsedTwice(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, clk *clock.Fake) {
		w, d, usages := waiting(t, s, clk, 4)
		w.order(d, billing.PurchaseOrder{Number: "BL-1", Kind: billing.BlanketOrder, AmountMinor: 2*148000 + 5})
		out := w.attach(d, "a", "BL-1", usages[:3]...)
		if out.Lines != 2 || len(out.Mismatches) != 1 || !strings.Contains(out.Mismatches[0], "no amount left") {
			t.Fatalf("%+v", out)
		}
		if l := w.line(usages[2]); l.State != billing.LineAwaitingPO || l.PO != billing.POMismatch || !strings.Contains(l.Reason, "BL-1") {
			t.Errorf("the third: %s %s %q", l.State, l.PO, l.Reason)
		}
		w.undo(usages[0]) // gives back what it took
		if out := w.attach(d, "b", "BL-1", usages[3]); out.Lines != 1 {
			t.Errorf("after a correction: %+v", out)
		}
		o, err := w.all().Order(billing.Parties{Vendor: w.vendor, Hospital: w.hospital}, "BL-1")
		if err != nil || o.UsedMinor != 2*148000 || o.UsedQuantity != 2 {
			t.Errorf("%+v %v", o, err)
		}
	})
}

func TestAnOrderThatNamesItemsConfirmsOrStops(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, clk *clock.Fake) {
		w, d, usages := waiting(t, s, clk, 3)
		for number, unit := range map[string]int64{"OK-1": 148090, "NO-1": 148200} { // 0.5 % is more than €1.00
			w.order(d, billing.PurchaseOrder{Number: number, Kind: billing.SingleOrder, Lines: []billing.OrderLine{{Position: 1, DI: stentDI, Quantity: 5, UnitMinor: unit}}})
		}
		w.order(d, billing.PurchaseOrder{Number: "OT-1", Kind: billing.SingleOrder, Lines: []billing.OrderLine{{Position: 1, DI: "09506000134369", Quantity: 5, UnitMinor: 1}}})
		for i, c := range []struct {
			number string
			state  billing.POState
			words  string
		}{{"OK-1", billing.POConfirmed, ""}, {"NO-1", billing.POMismatch, "another price"}, {"OT-1", billing.POMismatch, "does not name this item"}} {
			w.attach(d, c.number, c.number, usages[i])
			if l := w.line(usages[i]); l.PO != c.state || !strings.Contains(l.Reason, c.words) {
				t.Errorf("%s: %s %q", c.number, l.PO, l.Reason)
			}
		}
	})
}

func TestAFileOfOrders(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, clk *clock.Fake) {
		w, d, usages := waiting(t, s, clk, 2)
		rows, err := ordering.ReadFile(strings.NewReader("\ufeffserial;po_number;quantity\nSN00001;PO-1;\nSN00002;PO-2;2\nSN99999;PO-3;\n"))
		if err != nil {
			t.Fatal(err)
		}
		for range 2 {
			results, err := d.AttachFile(t.Context(), cmd(w.finance, "file"), rows)
			if err != nil || len(results) != 3 {
				t.Fatalf("%+v %v", results, err)
			}
			if results[0].Sentence != "" || !strings.Contains(results[1].Sentence, "come to 2 units, the line has 1") || !strings.Contains(results[2].Sentence, "No one usage") {
				t.Fatalf("%+v", results)
			}
		}
		if l := w.line(usages[0]); l.PONumber != "PO-1" || l.State != billing.LineBillable {
			t.Errorf("%+v", l)
		}
		for name, text := range map[string]string{
			"no heading": "SN1,PO-1\n", "no serial": "serial,po_number\n,PO-1\n", "quantity": "serial,po_number,quantity\nA,B,-1\n", "quotes": "serial,po_number\n\"a,b\n",
		} {
			if _, err := ordering.ReadFile(strings.NewReader(text)); !atField(err, "file") {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}

func TestOneLineOverTwoOrders(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, clk *clock.Fake) {
		w := newWorld(t, s, clk, orderTerms(consign.POPerSheet)).priced()
		u := w.use(w.openCase("C-TWOS"), func(u *usage.Usage) { u.Quantity = 3 })
		clk.Advance(11 * time.Minute)
		w.drain()
		d := &ordering.Desk{Store: s}
		parts := []ordering.Part{{Number: "PO-1", Position: 10, Quantity: 2}, {Number: "PO-2", Quantity: 1}}
		out, err := d.Attach(t.Context(), cmd(w.finance, "x"), ordering.Attachment{Lines: []billing.LineID{w.line(u).ID}, Parts: parts})
		if err != nil || out.Lines != 1 {
			t.Fatalf("%+v %v", out, err)
		}
		taken, err := w.all().Attachments(w.line(u).ID)
		if err != nil || len(taken) != 2 || taken[0].NetMinor+taken[1].NetMinor != 3*148000 || taken[0].NetMinor != 2*148000 {
			t.Errorf("%+v %v", taken, err)
		}
	})
}

func TestWhoMayOrderAndWhatIsTooLate(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, clk *clock.Fake) {
		w, d, usages := waiting(t, s, clk, 1)
		in := ordering.Attachment{Lines: []billing.LineID{w.line(usages[0]).ID}, Number: "PO-1"}
		if _, err := d.Attach(t.Context(), cmd(w.nurse, "n"), in); !fault.Is(err, fault.Forbidden) {
			t.Errorf("a nurse: %v", err)
		}
		stranger := w.office
		stranger.Organisation = access.OrganisationID("01900000-0000-7000-8000-000000000000")
		if _, err := d.Attach(t.Context(), cmd(stranger, "s"), in); !fault.Is(err, fault.NotFound) {
			t.Errorf("another vendor: %v", err)
		}
		w.attach(d, "a", "PO-1", usages[0])
		if _, err := d.Attach(t.Context(), cmd(w.finance, "late"), in); !fault.Is(err, fault.Conflict) {
			t.Errorf("twice: %v", err)
		}
		ages, err := d.Ages(t.Context(), w.finance)
		if err != nil || len(ages) != 0 {
			t.Errorf("nothing waits: %+v %v", ages, err)
		}
	})
}

func TestAgesFollowTheSitesCalendar(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, clk *clock.Fake) {
		w, d, _ := waiting(t, s, clk, 2)
		for i, days := range []int{2, 1, 5, 7, 16} { // 2, 3, 8, 15, 31 days old
			clk.Advance(time.Duration(days) * 24 * time.Hour)
			ages, err := d.Ages(t.Context(), w.office)
			if err != nil || len(ages) != 1 || ages[0].Counts[i] != 2 || ages[0].Buckets[i] != 2*148000 {
				t.Fatalf("bucket %d: %+v %v", i, ages, err)
			}
		}
	})
	if got := ordering.AgeInDays(time.Date(2026, 3, 28, 23, 59, 0, 0, time.UTC), time.Date(2026, 3, 29, 0, 1, 0, 0, time.UTC), "Europe/Dublin"); got != 1 {
		t.Errorf("two minutes over a midnight are a day: %d", got)
	}
}
