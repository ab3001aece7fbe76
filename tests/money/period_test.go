package money_test

import (
	"strings"
	"testing"
	"time"

	"trueward/internal/adapter/store"
	"trueward/internal/adapter/store/storetest"
	"trueward/internal/app/closing"
	"trueward/internal/clock"
	"trueward/internal/domain/access"
	"trueward/internal/domain/billing"
	"trueward/internal/domain/usage"
	"trueward/internal/fault"
	"trueward/internal/standard/money"
)

// entriesIn counts the entries of a book by month.
func (w *world) entriesIn(book closing.Book) map[billing.Month]int64 {
	w.t.Helper()
	s, err := w.closing.Status(w.t.Context(), access.Everything(), book)
	if err != nil {
		w.t.Fatal(err)
	}
	return s.ByMonth
}

func TestClosedMonthTakesNothingAndLaterEventsPostInTheNext(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, clk *clock.Fake) {
		w, i := issued(t, s, clk, 2)
		book := closing.Own(w.finance)
		if _, err := w.closing.SoftClose(t.Context(), cmd(w.finance, "early"), book, "2027-03"); !fault.Is(err, fault.Conflict) {
			t.Errorf("closed a month that is not over: %v", err)
		}
		clk.Set(time.Date(2027, 4, 2, 9, 0, 0, 0, time.UTC))
		if _, err := w.closing.Close(t.Context(), cmd(w.finance, "hard"), book, "2027-03"); !fault.Is(err, fault.Conflict) {
			t.Errorf("closed without a soft close: %v", err)
		}
		if _, err := w.closing.SoftClose(t.Context(), cmd(w.office, "foreign"), book, "2027-03"); !fault.Is(err, fault.Forbidden) {
			t.Errorf("the vendor closes the hospital's book: %v", err)
		}
		if _, err := w.closing.SoftClose(t.Context(), cmd(w.finance, "soft"), book, "2027-03"); err != nil {
			t.Fatal(err)
		}
		before := w.entriesIn(book)["2027-03"]
		c := w.openCase("C-LATE")
		late := w.use(c, func(u *usage.Usage) { u.FactAt = time.Date(2027, 3, 31, 9, 0, 0, 0, time.UTC) })
		if got := w.entriesIn(book); got["2027-03"] != before || got["2027-04"] != 1 {
			t.Errorf("a late usage posted in %v", got)
		}
		if got := w.entriesIn(closing.Own(w.office)); got["2027-04"] != 0 {
			t.Errorf("the vendor's own March is open, yet it posted in %v", got)
		}
		entries, err := w.all().EntriesOf(string(late.ID))
		if err != nil || !entries[0].EffectiveAt.Equal(late.FactAt) {
			t.Errorf("its date is lost: %+v, %v", entries, err)
		}
		p, err := w.closing.Close(t.Context(), cmd(w.finance, "close"), book, "2027-03")
		if err != nil || p.Entries != before || len(p.SHA256) != 64 || len(p.Sums) == 0 {
			t.Fatalf("%+v, %v", p, err)
		}
		if _, err := w.closing.Close(t.Context(), cmd(w.finance, "twice"), book, "2027-03"); !fault.Is(err, fault.Conflict) {
			t.Errorf("closed twice: %v", err)
		}
		w.refusesClosed(i)
		w.undo(late) // March is closed: what takes it back posts in April
		w.check()
		w.mustHold()
	})
}

// refusesClosed tries to post into the hospital's closed March past every
// rule of the program: the database refuses.
func (w *world) refusesClosed(i billing.NamedInvoice) {
	w.t.Helper()
	e := billing.Entry{
		Book: billing.HospitalBook, Key: "late", Kind: billing.TitleEntry, SourceKind: "usage", SourceID: "x", Parties: i.Parties,
		EffectiveAt: w.clk.Now(), Period: "2027-03", Postings: []billing.Posting{{Account: billing.Cash, Currency: "EUR", Minor: 1}, {Account: billing.Payable, Currency: "EUR", Minor: -1}},
	}
	err := w.s.Write(w.t.Context(), w.finance, func(tx *store.Tx) error {
		tx.Audit(auditTest)
		return tx.Post([]billing.Entry{e})
	})
	if !fault.Is(err, fault.Conflict) || !strings.Contains(err.Error(), "closed") {
		w.t.Errorf("posted into a closed month: %v", err)
	}
	e.Period = "2027-04"
	w.write(func(tx *store.Tx) error { return tx.Post([]billing.Entry{e}) })
	w.write(func(tx *store.Tx) error {
		return tx.ReverseEntries("x", billing.TitleEntry, billing.UnUseEntry, "usage", "x")
	})
	err = w.s.Write(w.t.Context(), w.finance, func(tx *store.Tx) error {
		tx.Audit(auditTest)
		return tx.SaveBooks(store.Books{Organisation: w.hospital, OpenFrom: "2027-03", ClosedThrough: "2027-02"})
	})
	if err == nil {
		w.t.Error("a closed month was opened again")
	}
}

// mustHold asks the checker for closed periods.
func (w *world) mustHold() {
	w.t.Helper()
	if breach, err := w.all().CheckLedger(); err != nil || breach != nil && breach.Kind != "usage" {
		w.t.Errorf("ledger: %+v, %v", breach, err)
	}
}

// What was used without a price is accrued at the last price known, and taken
// back on the first day of the next month.
func TestAccrualsComeBackOnTheFirstDay(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, clk *clock.Fake) {
		w := newWorld(t, s, clk, defaults())
		early := w.use(w.openCase("C-NOPR"), nil) // before the first price: waits for one
		clk.Advance(2 * time.Hour)
		w.listPrice(160000, clk.Now())
		w.use(w.openCase("C-7Q4M"), nil)
		if w.line(early).State != billing.LineUnpriced {
			t.Fatalf("%+v", w.line(early))
		}
		clk.Set(time.Date(2027, 4, 1, 9, 0, 0, 0, time.UTC))
		for _, who := range []access.Actor{w.finance, w.office} {
			book := closing.Own(who)
			if _, err := w.closing.SoftClose(t.Context(), cmd(who, "s"), book, "2027-03"); err != nil {
				t.Fatal(err)
			}
			if _, err := w.closing.Close(t.Context(), cmd(who, "c"), book, "2027-03"); err != nil {
				t.Fatal(err)
			}
			sums, err := w.all().Accruals(book.Organisation, "2027-03")
			if err != nil || len(sums) != 2 || sums[0].Basis != billing.FromDecision || sums[0].Minor != 148000 || sums[1].Basis != billing.LastKnown || sums[1].Minor != 148000 {
				t.Errorf("%+v, %v", sums, err)
			}
			account, want := billing.SupplyExpense, int64(2*148000)
			if book.Kind == access.Vendor {
				account = billing.UnbilledReceivable
			}
			for month, want := range map[billing.Month]int64{"2027-03": want, "2027-04": -148000} {
				moved, err := w.all().PeriodSums(book.Organisation, book.Kind, month)
				if err != nil || movedOn(moved, account) != want {
					t.Errorf("%s of %s moved %d on %s, want %d (%v)", month, book.Kind, movedOn(moved, account), account, want, err)
				}
			}
		}
		w.check()
		w.mustHold()
	})
}

func movedOn(sums []billing.AccountSum, account billing.Account) int64 {
	for _, s := range sums {
		if s.Account == account && s.Currency == money.Currency("EUR") {
			return s.Minor
		}
	}
	return 0
}
