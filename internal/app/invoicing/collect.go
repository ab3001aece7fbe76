package invoicing

import (
	"cmp"
	"context"
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

var worker = access.System("invoicing")

// collect puts the lines of claimed jobs into the invoices of their windows,
// all in one transaction with the end of the claims.
func (d *Desk) collect(ctx context.Context, jobs []store.Job) error {
	return d.Store.Write(ctx, worker, func(tx *store.Tx) error {
		touched := map[billing.InvoiceID]int{}
		owner := map[billing.InvoiceID]billing.Parties{}
		// A fixed order of windows, so that two workers never wait in a circle.
		ordered := slices.Clone(jobs)
		slices.SortFunc(ordered, func(a, b store.Job) int {
			return cmp.Or(cmp.Compare(a.VendorID, b.VendorID), cmp.Compare(a.HospitalID, b.HospitalID), cmp.Compare(a.Subject, b.Subject))
		})
		for _, job := range ordered {
			if err := tx.FinishJob(job); err != nil {
				return err
			}
			i, err := collectLine(tx, billing.LineID(job.Subject))
			if err != nil {
				return err
			}
			if i.ID != "" {
				touched[i.ID]++
				owner[i.ID] = i.Parties
			}
		}
		if len(touched) == 0 {
			auditIdle(tx, jobs)
		}
		for _, id := range slices.Sorted(maps.Keys(touched)) {
			tx.Audit(audit.Change{
				Chain: audit.OrganisationChain(string(owner[id].Vendor)), Action: "invoice.collected", Kind: "invoice", Object: string(id),
				New: map[string]string{"lines": strconv.Itoa(touched[id])},
			})
		}
		return nil
	})
}

// auditIdle notes jobs whose lines were dealt with by somebody else meanwhile.
func auditIdle(tx *store.Tx, jobs []store.Job) {
	for _, job := range jobs {
		tx.Audit(audit.Change{
			Chain: audit.OrganisationChain(job.VendorID), Action: "line.not_collected", Kind: "line", Object: job.Subject,
		})
	}
}

// collectLine adds one line to the collecting invoice of its window. A line
// that was held, cancelled or collected meanwhile is left as it is, and the
// returned invoice is empty.
func collectLine(tx *store.Tx, id billing.LineID) (billing.Invoice, error) {
	line, err := tx.Line(id)
	if err != nil || line.CapPending || line.State != billing.LineWaiting && line.State != billing.LineBillable {
		return billing.Invoice{}, err
	}
	terms, err := tx.BillingTerms(id)
	if err != nil {
		return billing.Invoice{}, err
	}
	sheet, rule, err := tx.Sheet(id)
	if err != nil {
		return billing.Invoice{}, err
	}
	if missing := sheet.Missing(rule); missing != "" {
		return billing.Invoice{}, tx.NoteLine(line, missing) // the mark that is missing brings it back
	}
	if !line.PO.Settled(terms.PORule) {
		return billing.Invoice{}, awaitOrder(tx, line)
	}
	i, err := invoiceFor(tx, line, terms)
	if err != nil {
		return i, err
	}
	if i.NetMinor, err = money.Add(i.NetMinor, line.Net.Minor); err != nil {
		return i, err
	}
	if i, err = tx.SaveInvoice(billing.Collecting, i); err != nil {
		return i, err
	}
	return i, tx.MoveLine(line, billing.LineCollected, "", i.ID)
}

// awaitOrder puts a line into the queue of those whose order is not known yet.
func awaitOrder(tx *store.Tx, line billing.Line) error {
	if err := tx.SetLinePO(line.ID, billing.POAwaiting, ""); err != nil {
		return err
	}
	return tx.MoveLine(line, billing.LineAwaitingPO, "The agreement asks for a PO or a buyer's reference first.", "")
}

// invoiceFor finds or makes the collecting invoice that a line belongs to. A
// line whose window has been frozen is late: it joins the window of today, or
// the next part of its case.
func invoiceFor(tx *store.Tx, line billing.Line, terms store.BillingTerms) (billing.Invoice, error) {
	zone, err := time.LoadLocation(terms.TimeZone)
	if err != nil {
		return billing.Invoice{}, fault.Newf(fault.Invalid, "The site's time zone %q is not known. Correct it, then let this line go on.", terms.TimeZone)
	}
	window := windowFor(line, terms, line.EffectiveAt, zone)
	i, later, err := collecting(tx, line, window)
	if err != nil || i.ID != "" {
		return i, err
	}
	if later > 0 && terms.Consolidation != consign.PerCase && !terms.Pricing.PerUse {
		window = windowFor(line, terms, tx.Now(), zone)
		if i, later, err = collecting(tx, line, window); err != nil || i.ID != "" {
			return i, err
		}
	}
	i = billing.Invoice{
		Parties: line.Parties, Currency: line.Net.Currency, State: billing.Collecting, Window: window, Part: later + 1,
		PaymentDays: terms.PaymentDays, TaxCategory: terms.TaxCategory, TaxRateBP: terms.TaxRateBP, Sample: terms.Sample,
	}
	if terms.PORule == consign.POBuyerReference {
		i.BuyerReference = window.Order()
	} else {
		i.OrderReference = window.Order()
	}
	return tx.AddInvoice(i)
}

// windowFor is the window of a line whose day is that of t: of its order where
// it has one, and open for the grace time after its end.
func windowFor(line billing.Line, terms store.BillingTerms, t time.Time, zone *time.Location) billing.Window {
	w := billing.WindowBy(terms.Pricing, terms.Consolidation, t, zone, line.Case, line.Usage).ForOrder(line.PONumber)
	w.End = w.End.Add(terms.Pricing.CutOff.Grace())
	return w
}

// collecting returns the invoice of a window that still collects, if there is
// one, and the highest part the window has.
func collecting(tx *store.Tx, line billing.Line, window billing.Window) (billing.Invoice, int, error) {
	currency := string(line.Net.Currency)
	if err := tx.LockWindow(line.Parties, currency, window.Key); err != nil {
		return billing.Invoice{}, 0, err
	}
	invoices, err := tx.WindowInvoices(line.Parties, currency, window.Key)
	last := 0
	for _, i := range invoices {
		last = max(last, i.Part)
		if i.State == billing.Collecting && !i.Parked {
			return i, last, err
		}
	}
	return billing.Invoice{}, last, err
}
