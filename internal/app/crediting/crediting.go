// Package crediting gives money back on issued invoices: a credit note is
// proposed over parts of lines, decided by somebody who may, numbered in its
// own series, rendered, posted to both books and taken off what is due, all in
// one transaction. What was credited in full can be billed again.
//
// It promises that the credits of a line never exceed it, that an issued credit
// note never changes, and that a usage is billed again only after its first
// line is credited in full. It does not move money: see package paying.
package crediting

import (
	"context"
	"fmt"
	"strings"
	"time"

	"trueward/internal/adapter/store"
	"trueward/internal/domain/access"
	"trueward/internal/domain/audit"
	"trueward/internal/domain/billing"
	"trueward/internal/fault"
	"trueward/internal/standard/civil"
)

// Renderer makes the bytes of a document: equal documents, equal bytes.
type Renderer interface {
	Name() string
	Invoice(doc billing.Document) ([]byte, error)
}

// Pricer decides the price of a usage anew and gives it a fresh vendor line.
type Pricer interface {
	Recharge(tx *store.Tx, credited billing.Line) (billing.Line, error)
}

// Desk credits.
type Desk struct {
	Store    *store.Store
	Renderer Renderer
	Pricing  Pricer
}

// ProposeInput asks for a credit note over parts of an invoice.
type ProposeInput struct {
	Invoice     billing.InvoiceID
	Reason      billing.CreditReason
	Explanation string // for both sides; may be empty
	Parts       []billing.CreditPart
}

// Propose writes a credit note that waits for its decision. Refusals:
// Forbidden, NotFound, Conflict (not issued), Invalid (reason, amounts).
func (d *Desk) Propose(ctx context.Context, cmd store.Command, in ProposeInput) (billing.CreditID, error) {
	if err := allowed(cmd.Actor); err != nil {
		return "", err
	}
	return store.Once(ctx, d.Store, cmd, func(tx *store.Tx) (billing.CreditID, error) {
		i, err := tx.LockInvoice(in.Invoice)
		if err != nil {
			return "", err
		}
		if err := i.Creditable(); err != nil {
			return "", err
		}
		c, err := Write(tx, i, in.Reason, strings.TrimSpace(in.Explanation), in.Parts)
		return c.ID, err
	})
}

// Write stores a proposed credit note inside a transaction that has locked the
// invoice.
func Write(tx *store.Tx, i billing.Invoice, reason billing.CreditReason, explanation string, parts []billing.CreditPart) (billing.CreditNote, error) {
	q := tx.Unbounded()
	lines, err := q.InvoiceLines(i.ID)
	if err != nil {
		return billing.CreditNote{}, err
	}
	before, err := q.Credited(i.ID, false)
	if err != nil {
		return billing.CreditNote{}, err
	}
	c, err := billing.ProposeCredit(i, lines, before, reason, explanation, parts)
	if err != nil {
		return c, err
	}
	if c, err = tx.AddCredit(c); err != nil {
		return c, err
	}
	tx.Audit(note(i, "credit.proposed", c, explanation))
	return c, nil
}

// Decline ends a proposed credit note without effect. Refusals: Forbidden,
// NotFound, Invalid (no reason), Conflict (decided already; a usage was
// corrected, so that the credit is owed).
func (d *Desk) Decline(ctx context.Context, cmd store.Command, id billing.CreditID, reason string) (billing.CreditID, error) {
	if err := allowed(cmd.Actor); err != nil {
		return "", err
	}
	reason = strings.TrimSpace(reason)
	if reason == "" || len(reason) > 200 {
		return "", fault.At("reason", "Say in one sentence (up to 200 characters) why no credit is given. Both sides read it.")
	}
	return store.Once(ctx, d.Store, cmd, func(tx *store.Tx) (billing.CreditID, error) {
		c, i, err := locked(tx, id)
		if err != nil {
			return "", err
		}
		c.State, c.DeclineReason = billing.CreditDeclined, reason
		if _, err := tx.SaveCredit(c); err != nil {
			return "", err
		}
		tx.Audit(note(i, "credit.declined", c, reason))
		return c.ID, reopenDispute(tx, c)
	})
}

// reopenDispute gives a dispute whose credit note was declined back to both
// sides.
func reopenDispute(tx *store.Tx, c billing.CreditNote) error {
	dispute, err := tx.DisputeOfCredit(c.ID)
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	dispute.State, dispute.Answer, dispute.Credit = billing.DisputeAnswered, c.DeclineReason, ""
	_, err = tx.SaveDispute(billing.DisputeAgreed, dispute)
	return err
}

// locked reads a credit note with its invoice, which it locks first.
func locked(tx *store.Tx, id billing.CreditID) (billing.CreditNote, billing.Invoice, error) {
	c, err := tx.Credit(id)
	if err != nil {
		return c, billing.Invoice{}, err
	}
	i, err := tx.LockInvoice(c.Invoice)
	if err != nil {
		return c, i, err
	}
	if c.State != billing.CreditProposed {
		return c, i, fault.Newf(fault.Conflict, "This credit note is %s already.", strings.ToLower(c.State.Word()))
	}
	return c, i, nil
}

// Issue approves a proposed credit note and makes it valid: number, document,
// both books and the invoice's amounts in one transaction. Refusals: Forbidden
// (limit, or a part in pricing or payment), NotFound, Invalid (no prefix),
// Conflict (decided already, invoice not issued).
func (d *Desk) Issue(ctx context.Context, cmd store.Command, id billing.CreditID) (billing.CreditID, error) {
	if err := allowed(cmd.Actor); err != nil {
		return "", err
	}
	return store.Once(ctx, d.Store, cmd, func(tx *store.Tx) (billing.CreditID, error) {
		c, i, err := locked(tx, id)
		if err != nil {
			return "", err
		}
		if err := i.Creditable(); err != nil {
			return "", err
		}
		if err := tx.RequireProof(c.Total()); err != nil {
			return "", err
		}
		authority, err := tx.Authority(i)
		if err != nil {
			return "", err
		}
		delegation, err := authority.Approve(c.Total())
		if err != nil {
			return "", err
		}
		if err := tx.AddApproval(i, billing.ApproveCredit, c.Total(), delegation); err != nil {
			return "", err
		}
		return c.ID, d.issue(tx, c, i)
	})
}

// IssueByTerms makes a credit note valid that an agreement calls for and that
// nobody has to judge, in the transaction that proposed it. No person's limit
// is asked: the terms were agreed on by both sides.
func (d *Desk) IssueByTerms(tx *store.Tx, c billing.CreditNote, i billing.Invoice) error {
	return d.issue(tx, c, i)
}

func (d *Desk) issue(tx *store.Tx, c billing.CreditNote, i billing.Invoice) error {
	of, err := tx.Unbounded().InvoiceDocument(i.ID)
	if err != nil {
		return err
	}
	if c, err = number(tx, c, of); err != nil {
		return err
	}
	bytes, err := d.Renderer.Invoice(c.Document(of))
	if err != nil {
		return fmt.Errorf("render credit note %s: %w", c.ID, err)
	}
	if c, err = tx.SaveCredit(c); err != nil {
		return err
	}
	if _, err := tx.AddCreditRender(c, "pdf", d.Renderer.Name(), bytes); err != nil {
		return err
	}
	if err := tx.Post(billing.CreditEntries(c, tx.Now())); err != nil {
		return err
	}
	if i, err = settleDispute(tx, c, i); err != nil {
		return err
	}
	from := i.State
	i.CreditedMinor += c.TotalMinor
	i.State = i.StateAfterPayment()
	if i, err = tx.SaveInvoice(from, i); err != nil {
		return err
	}
	tx.Audit(note(i, "credit.issued", c, c.Sentence()))
	return endLines(tx, c, of)
}

// number takes the next number of the vendor's credit note series.
func number(tx *store.Tx, c billing.CreditNote, of billing.Document) (billing.CreditNote, error) {
	if of.Seller.InvoicePrefix == "" {
		return c, fault.New(fault.Invalid, "The vendor has no prefix for document numbers. Set it in the vendor's details first.")
	}
	terms, err := tx.InvoiceTerms(of.Invoice.ID)
	if err != nil {
		return c, err
	}
	zone, err := time.LoadLocation(terms.TimeZone)
	if err != nil {
		return c, err
	}
	issued := civil.Of(tx.Now().In(zone))
	prefix := billing.CreditSeries(of.Seller.InvoicePrefix)
	n, err := tx.NextNumber(c.Parties, "credit_note", issued.Year, prefix)
	c.State, c.Number, c.IssuedOn = billing.CreditIssued, billing.DocumentNumber(prefix, issued.Year, n), issued.String()
	return c, err
}

// settleDispute ends the dispute that the credit note answers.
func settleDispute(tx *store.Tx, c billing.CreditNote, i billing.Invoice) (billing.Invoice, error) {
	dispute, err := tx.DisputeOfCredit(c.ID)
	if fault.Is(err, fault.NotFound) {
		return i, nil
	}
	if err != nil {
		return i, err
	}
	dispute.State = billing.DisputeCredited
	if _, err := tx.SaveDispute(billing.DisputeAgreed, dispute); err != nil {
		return i, err
	}
	i.DisputedMinor -= dispute.Amount.Minor
	return i, tx.ReverseEntries(string(dispute.ID), billing.DisputeEntry, billing.DisputeEndedEntry, "dispute", string(dispute.ID))
}

// endLines takes lines that are credited in full out of force: their serials
// and usages are free for a corrected document, and their vendor lines are kept
// with the reason.
func endLines(tx *store.Tx, c billing.CreditNote, of billing.Document) error {
	credited, err := tx.Unbounded().Credited(of.Invoice.ID, true)
	if err != nil {
		return err
	}
	var ended []string
	for _, l := range of.Lines {
		if !l.Live || !credited[l.ID].Full(l) {
			continue
		}
		ended = append(ended, l.ID)
		if err := endLine(tx, c, l); err != nil {
			return err
		}
	}
	return tx.EndInvoiceLines(ended)
}

func endLine(tx *store.Tx, c billing.CreditNote, l billing.InvoiceLine) error {
	line, err := tx.Unbounded().Line(l.Line)
	if err != nil || line.State != billing.LineInvoiced {
		return err
	}
	if err := tx.SettleTitle(l.Usage, c.ID); err != nil {
		return err
	}
	if err := tx.MoveLine(line, billing.LineNoCharge, "Credited in full by "+c.Number+". "+c.Sentence(), c.Invoice); err != nil {
		return err
	}
	corrected, err := tx.Corrected(l.Usage)
	if err != nil || !corrected {
		return err
	}
	line.State = billing.LineNoCharge
	return tx.MoveLine(line, billing.LineCancelled, "The usage was corrected; credited by "+c.Number+".", c.Invoice)
}

func allowed(actor access.Actor) error {
	if !actor.May(access.FreezeInvoices) {
		return fault.New(fault.Forbidden, "Credit notes are written and decided by the vendor's office.")
	}
	return nil
}

func note(i billing.Invoice, action string, c billing.CreditNote, reason string) audit.Change {
	return audit.Change{
		Chain: audit.OrganisationChain(string(i.Vendor)), Action: action, Kind: "invoice", Object: string(i.ID), Reason: reason,
		New: map[string]string{"credit": string(c.ID), "number": c.Number, "total": c.Total().String(), "reason": string(c.Reason)},
	}
}
