package invoicing

import (
	"strconv"
	"time"

	"trueward/internal/adapter/store"
	"trueward/internal/domain/audit"
	"trueward/internal/domain/billing"
	"trueward/internal/fault"
	"trueward/internal/standard/civil"
)

// mostCollected bounds the lines that one window may collect before it is cut
// off; a window over it is parked for people to look at.
const mostCollected = 100_000

// freeze cuts a collecting invoice off: its lines are checked, copied, split
// into documents of at most billing.MaxLines and taxed. A line whose serial is
// billed already is held, and the rest goes on. It returns how many documents
// came out; none when nothing was left to bill.
func freeze(tx *store.Tx, i billing.Invoice) (int, error) {
	if i.State != billing.Collecting {
		return 0, fault.Newf(fault.Conflict, "This invoice is %q, so it cannot be cut off again.", i.State.Word())
	}
	rows, err := tx.Unbounded().LinesOfInvoice(i.ID, mostCollected)
	if err != nil {
		return 0, err
	}
	candidates, err := admit(tx, i.Parties, rows)
	if err != nil {
		return 0, err
	}
	if len(candidates) == 0 {
		i.NetMinor = 0
		_, err := tx.SaveInvoice(billing.Collecting, i)
		return 0, err
	}
	perLine, err := treat(tx, i.Parties, rows, candidates)
	if err != nil {
		return 0, err
	}
	billing.Order(candidates)
	parts := billing.Parts(candidates)
	for n, part := range parts {
		document := i
		if n > 0 {
			document = billing.Invoice{
				Parties: i.Parties, Currency: i.Currency, Window: i.Window, Part: i.Part + n,
				PaymentDays: i.PaymentDays, TaxCategory: i.TaxCategory, TaxRateBP: i.TaxRateBP, Sample: i.Sample,
				BuyerReference: i.BuyerReference, OrderReference: i.OrderReference,
			}
		}
		if err := freezePart(tx, document, part, perLine); err != nil {
			return 0, err
		}
	}
	return len(parts), nil
}

// admit returns the lines that may be billed as candidates for a document. A
// serial that is live on any document, this one included, holds its line.
func admit(tx *store.Tx, p billing.Parties, rows []store.LineRow) ([]billing.Candidate, error) {
	candidates, billedOn, err := candidates(tx, p, rows)
	if err != nil {
		return nil, err
	}
	var admitted []billing.Candidate
	seen := map[[2]string]bool{}
	for n, row := range rows {
		c := candidates[n]
		billed := billedOn[c.Line]
		key := [2]string{c.DI, c.Serial}
		var err error
		switch {
		case !row.PO.Settled(row.PORule):
			err = tx.MoveLine(row.Line, billing.LineAwaitingPO, "The agreement asks for a PO or a buyer's reference first.", "")
		case billed != "":
			err = tx.MoveLine(row.Line, billing.LineHeld, "Serial "+c.Serial+" is billed already on "+billed+".", "")
		case c.Serial != "" && !c.Rebillable && seen[key]:
			err = tx.MoveLine(row.Line, billing.LineHeld, "Serial "+c.Serial+" is on this invoice already.", "")
		default:
			seen[key] = true
			admitted = append(admitted, c)
		}
		if err != nil {
			return nil, err
		}
	}
	return admitted, nil
}

// candidates copies what a document says about each line, and finds those whose
// serial is billed already.
func candidates(tx *store.Tx, p billing.Parties, rows []store.LineRow) ([]billing.Candidate, map[billing.LineID]string, error) {
	zones := map[string]*time.Location{}
	all, lines := make([]billing.Candidate, len(rows)), make([]billing.InvoiceLine, len(rows))
	for n, row := range rows {
		zone := zones[row.TimeZone]
		if zone == nil {
			var err error
			if zone, err = time.LoadLocation(row.TimeZone); err != nil {
				return nil, nil, err
			}
			zones[row.TimeZone] = zone
		}
		all[n] = candidate(row, zone)
		lines[n] = all[n].InvoiceLine
	}
	billed, err := tx.BilledSerials(p, lines)
	return all, billed, err
}

func candidate(row store.LineRow, zone *time.Location) billing.Candidate {
	description := row.Product
	if row.Size != "" {
		description += ", " + row.Size
	}
	return billing.Candidate{CaseID: row.Case, EffectiveAt: row.EffectiveAt, InvoiceLine: billing.InvoiceLine{
		Parties: row.Parties, Line: row.Line.ID, Usage: row.Usage, Unit: row.Unit, DI: row.DI, Lot: row.Lot, Serial: row.Serial,
		Description: description, Case: row.Pseudonym, ServiceDate: civil.Of(row.EffectiveAt.In(zone)).String(),
		PriceSentence: row.Steps.Sentence("en"), Quantity: row.Quantity, UnitMinor: row.UnitPrice.Minor, NetMinor: row.Net.Minor,
		TaxCategory: row.TaxCategory, TaxRateBP: row.TaxRateBP, Rebillable: row.Rebillable, PONumber: row.PONumber,
	}}
}

func freezePart(tx *store.Tx, i billing.Invoice, part []billing.Candidate, perLine bool) error {
	lines := make([]billing.InvoiceLine, len(part))
	ids := make([]billing.LineID, len(part))
	for n, c := range part {
		lines[n], ids[n] = c.InvoiceLine, c.Line
	}
	totals, err := tax(i, lines, perLine)
	if err != nil {
		return err
	}
	i.NetMinor, i.TaxMinor, i.TotalMinor = totals.NetMinor, totals.TaxMinor, totals.TotalMinor
	i.State = billing.Frozen
	if i.ID == "" {
		i, err = tx.AddInvoice(i)
	} else {
		i, err = tx.SaveInvoice(billing.Collecting, i)
	}
	if err != nil {
		return err
	}
	for n := range lines {
		lines[n].Invoice, lines[n].Position = i.ID, n+1
	}
	if err := tx.AddInvoiceLines(lines); err != nil {
		return err
	}
	if err := tx.MoveLines(ids, billing.LineCollected, billing.LineInvoiced, i.ID); err != nil {
		return err
	}
	tx.Audit(note(i, "invoice.frozen", map[string]string{
		"lines": strconv.Itoa(len(lines)), "total": i.Total().String(),
	}))
	return goOn(tx, i)
}

// goOn arms the work that carries an invoice further.
func goOn(tx *store.Tx, i billing.Invoice) error {
	return tx.Enqueue(billing.TopicInvoice, string(i.ID), string(i.Hospital), string(i.Vendor), tx.Now(), struct{}{})
}

// note is an entry of the vendor's chain about an invoice.
func note(i billing.Invoice, action string, values map[string]string) audit.Change {
	return audit.Change{
		Chain: audit.OrganisationChain(string(i.Vendor)), Action: action, Kind: "invoice", Object: string(i.ID), New: values,
	}
}
