package invoicing

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"time"

	"trueward/internal/adapter/store"
	"trueward/internal/domain/access"
	"trueward/internal/domain/audit"
	"trueward/internal/domain/billing"
	"trueward/internal/domain/consign"
	"trueward/internal/fault"
	"trueward/internal/standard/money"
)

// gathering sorts the lines of one transaction into baskets, one per window,
// so that a window is locked, read and written once however many lines it gets.
type gathering struct {
	tx      *store.Tx
	terms   map[termsKey]terms
	baskets map[basketKey]*basket
}

type termsKey struct {
	version consign.VersionID
	site    access.SiteID
}

// terms are what is said of the lines of a version at a site.
type terms struct {
	store.BillingTerms
	sheet consign.SheetRule
	zone  *time.Location
}

type basketKey struct {
	billing.Parties
	currency money.Currency
	window   string
}

// basket is what one window gets. Its terms are those of its first line.
type basket struct {
	window billing.Window
	terms  terms
	lines  []billing.Line
}

// sort finds the window of a line, or the queue in which it waits instead.
func (g gathering) sort(l store.LineToCollect) error {
	t, err := g.termsOf(l)
	if err != nil {
		return err
	}
	if missing := l.Sheet.Missing(t.sheet); missing != "" {
		return g.tx.NoteLine(l.Line, missing) // the mark that is missing brings it back
	}
	if !l.PO.Settled(t.PORule) {
		return awaitOrder(g.tx, l.Line)
	}
	g.put(l.Line, t, l.EffectiveAt)
	return nil
}

func (g gathering) termsOf(l store.LineToCollect) (terms, error) {
	key := termsKey{l.Version, l.Site}
	if t, known := g.terms[key]; known {
		return t, nil
	}
	billingTerms, sheet, err := g.tx.CollectTerms(l.Version, l.Site)
	if err != nil {
		return terms{}, err
	}
	zone, err := time.LoadLocation(billingTerms.TimeZone)
	if err != nil {
		return terms{}, fault.Newf(fault.Invalid, "The site's time zone %q is not known. Correct it, then let this line go on.", billingTerms.TimeZone)
	}
	t := terms{billingTerms, sheet, zone}
	g.terms[key] = t
	return t, nil
}

// put lays a line into the basket of the window that t falls into.
func (g gathering) put(line billing.Line, t terms, at time.Time) {
	window := windowFor(line, t, at)
	key := basketKey{line.Parties, line.Net.Currency, window.Key}
	b := g.baskets[key]
	if b == nil {
		b = &basket{window: window, terms: t}
		g.baskets[key] = b
	}
	b.lines = append(b.lines, line)
}

// fill empties the baskets into the collecting invoices of their windows and
// returns how many lines were collected. Lines whose window has been frozen are
// late: they join the window of today, or the next part of their case.
func (g gathering) fill() (int, error) {
	today := gathering{tx: g.tx, baskets: map[basketKey]*basket{}}
	onTime, err := g.pour(&today)
	if err != nil {
		return 0, err
	}
	late, err := today.pour(nil)
	return onTime + late, err
}

// pour empties the baskets, those of frozen windows into the ones of today
// where there are some.
func (g gathering) pour(today *gathering) (collected int, err error) {
	for _, key := range g.keys() {
		b := g.baskets[key]
		i, last, err := collecting(g.tx, key.Parties, string(key.currency), key.window)
		if err != nil {
			return 0, err
		}
		if i.ID == "" && last > 0 && today != nil && b.joinsToday() {
			for _, line := range b.lines {
				today.put(line, b.terms, g.tx.Now())
			}
			continue
		}
		if err := b.pour(g.tx, key, i, last); err != nil {
			return 0, err
		}
		collected += len(b.lines)
	}
	return collected, nil
}

// keys are the windows in a fixed order, so that two workers never wait for
// each other in a circle.
func (g gathering) keys() []basketKey {
	return slices.SortedFunc(maps.Keys(g.baskets), func(a, b basketKey) int {
		return cmp.Or(cmp.Compare(a.Vendor, b.Vendor), cmp.Compare(a.Hospital, b.Hospital), cmp.Compare(a.currency, b.currency), cmp.Compare(a.window, b.window))
	})
}

// joinsToday reports whether late lines join the open window of the day.
func (b *basket) joinsToday() bool {
	return b.terms.Consolidation != consign.PerCase && !b.terms.Pricing.PerUse
}

// pour adds the lines to the window's collecting invoice i, or to a new one
// after the part that is the last so far.
func (b *basket) pour(tx *store.Tx, key basketKey, i billing.Invoice, last int) (err error) {
	isNew := i.ID == ""
	if isNew {
		i = b.invoice(key, last+1)
	}
	for _, line := range b.lines {
		if i.NetMinor, err = money.Add(i.NetMinor, line.Net.Minor); err != nil {
			return err
		}
	}
	if isNew {
		i, err = tx.AddInvoice(i)
	} else {
		i, err = tx.SaveInvoice(billing.Collecting, i)
	}
	if err != nil {
		return err
	}
	if err := b.move(tx, i.ID); err != nil {
		return err
	}
	tx.Announce(store.Event{Kind: "line", Subject: string(b.lines[0].ID), HospitalID: string(i.Hospital), VendorID: string(i.Vendor)})
	tx.Audit(audit.Change{
		Chain: audit.OrganisationChain(string(i.Vendor)), Action: "invoice.collected", Kind: "invoice", Object: string(i.ID),
		New: map[string]string{"lines": strconv.Itoa(len(b.lines))},
	})
	return nil
}

func (b *basket) invoice(key basketKey, part int) billing.Invoice {
	i := billing.Invoice{
		Parties: key.Parties, Currency: key.currency, State: billing.Collecting, Window: b.window, Part: part,
		PaymentDays: b.terms.PaymentDays, TaxCategory: b.terms.TaxCategory, TaxRateBP: b.terms.TaxRateBP, Sample: b.terms.Sample,
	}
	if b.terms.PORule == consign.POBuyerReference {
		i.BuyerReference = b.window.Order()
	} else {
		i.OrderReference = b.window.Order()
	}
	return i
}

// move marks the lines as collected, those of each state together.
func (b *basket) move(tx *store.Tx, into billing.InvoiceID) error {
	for _, from := range []billing.LineState{billing.LineWaiting, billing.LineBillable} {
		var ids []billing.LineID
		for _, line := range b.lines {
			if line.State == from {
				ids = append(ids, line.ID)
			}
		}
		if len(ids) == 0 {
			continue
		}
		if err := tx.MoveLines(ids, from, billing.LineCollected, into); err != nil {
			return err
		}
	}
	return nil
}
