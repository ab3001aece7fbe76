package pricing

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"time"

	"trueward/internal/adapter/store"
	"trueward/internal/domain/access"
	"trueward/internal/domain/audit"
	"trueward/internal/domain/billing"
	"trueward/internal/domain/consign"
)

// TopicTierCredit is work on the credit notes of a true-up.
const TopicTierCredit = "tier.credit"

// lookAgain is how long a true-up waits for lines that are not issued yet.
const lookAgain = 24 * time.Hour

// tierCredit is what the credit notes of a true-up say.
type tierCredit struct{ Explanation string }

// trueUp computes what a retroactive tier owes for a window that is over.
func trueUp(tx *store.Tx, job store.Job) error {
	var p trueUpJob
	if err := json.Unmarshal([]byte(job.Payload), &p); err != nil {
		return err
	}
	c := store.TierPlace{
		Agreement: p.Agreement, Tier: p.Tier, Window: p.Window, Scope: p.Scope,
		Vendor: access.OrganisationID(job.VendorID), Hospital: access.OrganisationID(job.HospitalID),
	}
	all, err := tx.WindowDecisions(p.Agreement, time.Time{}, p.To, access.SiteID(p.Site))
	if err != nil {
		return err
	}
	var tier consign.Tier
	var lines []store.LineDecision
	for _, l := range all {
		in, err := readInputs(l.Decision)
		if err != nil {
			return err
		}
		if in.Tier != nil && in.Tier.Tier.Name == p.Tier && in.Tier.Window == p.Window && l.Line.Hospital == c.Hospital {
			tier, lines = in.Tier.Tier, append(lines, l)
		}
	}
	if len(lines) == 0 {
		return nil
	}
	return storeTrueUp(tx, c, tier, lines)
}

func storeTrueUp(tx *store.Tx, c store.TierPlace, tier consign.Tier, lines []store.LineDecision) error {
	units, spend, err := tx.Unbounded().TierReached(c)
	if err != nil {
		return err
	}
	reached := units
	if tier.Basis == consign.BySpend {
		reached = spend
	}
	decisions := make([]billing.Decision, len(lines))
	for i, l := range lines {
		decisions[i] = l.Decision
	}
	up, err := billing.TrueUpOf(decisions, tier, reached)
	if err != nil {
		return err
	}
	id, err := tx.AddTrueUp(c, decisions[0].Net.Currency, len(decisions), reached, up)
	if err != nil || id == "" {
		return err
	}
	tx.Audit(audit.Change{
		Chain: audit.OrganisationChain(string(c.Vendor)), Action: "tier.trued_up", Kind: "agreement", Object: string(c.Agreement),
		New: map[string]string{"tier": c.Tier, "window": c.Window, "usages": strconv.Itoa(len(decisions)), "credit": strconv.FormatInt(up.Credit(), 10)},
	})
	if up.Credit() == 0 {
		return nil
	}
	for i, l := range lines {
		if owed := l.Decision.Net; up.Shares[i] > 0 {
			owed.Minor = up.Shares[i]
			if err := tx.AddTrueUpShare(id, l.Line.ID, l.Line.Parties, owed); err != nil {
				return err
			}
		}
	}
	return tx.Enqueue(TopicTierCredit, id, string(c.Hospital), string(c.Vendor), tx.Now(), tierCredit{up.Sentence(c.Tier, c.Window)})
}

// creditTier writes the credit notes of a true-up over what is issued, one per
// invoice, and comes back for the rest.
func (d *Desk) creditTier(tx *store.Tx, job store.Job) error {
	var p tierCredit
	if err := json.Unmarshal([]byte(job.Payload), &p); err != nil {
		return err
	}
	shares, err := tx.OpenShares(job.Subject)
	if err != nil {
		return err
	}
	waiting := false
	issued := map[billing.InvoiceID][]store.TrueUpShare{}
	for _, s := range shares {
		switch {
		case s.LineState == billing.LineCancelled || s.LineState == billing.LineNoCharge:
			err = tx.SettleShare(s.ID, "")
		case s.InvoiceState == billing.Open || s.InvoiceState == billing.Sent || s.InvoiceState == billing.Paid:
			issued[s.InvoiceID] = append(issued[s.InvoiceID], s)
		case s.InvoiceState == billing.Uncollectible:
			err = tx.SettleShare(s.ID, "") // nothing is asked for it any more
		default:
			waiting = true
		}
		if err != nil {
			return err
		}
	}
	for _, id := range slices.Sorted(maps.Keys(issued)) {
		if err := d.creditShares(tx, id, issued[id], p.Explanation); err != nil {
			return err
		}
	}
	if waiting {
		return tx.PostponeJob(job, tx.Now().Add(lookAgain))
	}
	return tx.FinishJob(job)
}

// creditShares writes the credit note over the shares of one invoice. Where an
// earlier credit left less of a line than its share, the rest of the line is
// all that is given back.
func (d *Desk) creditShares(tx *store.Tx, id billing.InvoiceID, shares []store.TrueUpShare, explanation string) error {
	i, err := tx.LockInvoice(id)
	if err != nil {
		return err
	}
	q := tx.Unbounded()
	lines, err := q.InvoiceLines(id)
	if err != nil {
		return err
	}
	before, err := q.Credited(id, false)
	if err != nil {
		return err
	}
	var parts []billing.CreditPart
	var taken []store.TrueUpShare
	for _, s := range shares {
		n := slices.IndexFunc(lines, func(l billing.InvoiceLine) bool { return l.ID == s.InvoiceLineID })
		net := int64(0)
		if n >= 0 {
			net = min(s.NetMinor, before[s.InvoiceLineID].Rest(lines[n]).NetMinor)
		}
		if net <= 0 {
			if err := tx.SettleShare(s.ID, ""); err != nil {
				return err
			}
			continue
		}
		parts, taken = append(parts, billing.CreditPart{Line: s.InvoiceLineID, NetMinor: net}), append(taken, s)
	}
	if len(parts) == 0 {
		return nil
	}
	c, err := billing.ProposeCredit(i, lines, before, billing.TierReached, explanation, parts)
	if err != nil {
		return err
	}
	if c, err = tx.AddCredit(c); err != nil {
		return err
	}
	for _, s := range taken {
		if err := tx.SettleShare(s.ID, c.ID); err != nil {
			return err
		}
	}
	return d.decideCredit(tx, c, i)
}

// decideCredit leaves a tier's credit note to a person, or issues it where the
// agreement issues its invoices by itself: the rule was agreed on by both sides
// and nothing is left to judge.
func (d *Desk) decideCredit(tx *store.Tx, c billing.CreditNote, i billing.Invoice) error {
	tx.Announce(store.Event{Kind: "invoice", Subject: string(i.ID), HospitalID: string(i.Hospital), VendorID: string(i.Vendor)})
	tx.Audit(audit.Change{
		Chain: audit.OrganisationChain(string(i.Vendor)), Action: "credit.proposed", Kind: "invoice", Object: string(i.ID),
		New: map[string]string{"credit": string(c.ID), "total": c.Total().String(), "reason": string(c.Reason)}, Reason: c.Explanation,
	})
	terms, err := tx.InvoiceTerms(i.ID)
	if err != nil || d.Crediting == nil || terms.IssueMode != consign.IssueAuto {
		return err
	}
	return d.Crediting.IssueByTerms(tx, c, i)
}
