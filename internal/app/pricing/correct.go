package pricing

import (
	"slices"

	"trueward/internal/adapter/store"
	"trueward/internal/domain/audit"
	"trueward/internal/domain/billing"
)

// proposeCredit writes the credit note that a corrected usage on a numbered
// document calls for; the vendor's office issues it with one click. What is
// credited already, or waits in another proposal, is left out.
func proposeCredit(tx *store.Tx, line billing.Line, i billing.Invoice) error {
	q := tx.Unbounded()
	lines, err := q.InvoiceLines(i.ID)
	if err != nil {
		return err
	}
	before, err := q.Credited(i.ID, false)
	if err != nil {
		return err
	}
	n := slices.IndexFunc(lines, func(l billing.InvoiceLine) bool { return l.Line == line.ID && l.Live })
	if n < 0 || before[lines[n].ID].Rest(lines[n]).NetMinor <= 0 {
		return nil
	}
	c, err := billing.ProposeCredit(i, lines, before, billing.UsageCorrected, "", []billing.CreditPart{{Line: lines[n].ID}})
	if err != nil {
		return err
	}
	if c, err = tx.AddCredit(c); err != nil {
		return err
	}
	tx.Announce(store.Event{Kind: "invoice", Subject: string(i.ID), HospitalID: string(i.Hospital), VendorID: string(i.Vendor)})
	tx.Audit(audit.Change{
		Chain: audit.OrganisationChain(string(i.Vendor)), Action: "credit.proposed", Kind: "invoice", Object: string(i.ID),
		New:    map[string]string{"credit": string(c.ID), "line": string(line.ID), "total": c.Total().String()},
		Reason: "A usage on this invoice was corrected after it was invoiced.",
	})
	return nil
}
