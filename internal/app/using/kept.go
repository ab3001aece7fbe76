package using

import (
	"context"
	"fmt"
	"time"

	"trueward/internal/adapter/store"
	"trueward/internal/domain/audit"
	"trueward/internal/domain/custody"
	"trueward/internal/domain/usage"
	"trueward/internal/fault"
)

// KeptInput is a scan that a device kept while it was offline, with what the
// check of it found.
type KeptInput struct {
	ScanInput
	Label    string        // what was read; empty for a tag's message
	Trouble  usage.Trouble // set when no one unit was found
	Sentence string        // what the check said of that
}

// KeptOutcome is what became of it. A conflict is no error: it is stored and
// listed, and a person decides.
type KeptOutcome struct {
	Scanned
	Conflict usage.KeptID
	Trouble  usage.Trouble
}

// Keep puts a scan that was kept offline into the case it was made for. A scan
// that no longer fits (the case was closed, the unit was used elsewhere, no one
// unit is meant) is listed as a conflict instead: nothing is lost and nothing
// is guessed. A case of somebody else's hospital is NotFound.
func (d *Desk) Keep(ctx context.Context, cmd store.Command, in KeptInput) (KeptOutcome, error) {
	return store.Once(ctx, d.Store, cmd, func(tx *store.Tx) (KeptOutcome, error) {
		c, err := tx.Case(in.Case)
		if err != nil {
			return KeptOutcome{}, err
		}
		if err := mayWork(tx.Actor(), c.Site); err != nil {
			return KeptOutcome{}, err
		}
		if in.By == "" {
			in.By = tx.Actor().Person
		} else if _, err := tx.Person(in.By); err != nil {
			return KeptOutcome{}, err
		}
		out := KeptOutcome{Scanned: Scanned{Case: c.ID, Pseudonym: c.Pseudonym}, Trouble: in.Trouble}
		if in.Trouble == usage.NoTrouble {
			if out, err = fit(tx, c, in); err != nil || out.Trouble == usage.NoTrouble {
				return out, err
			}
			in.Sentence = out.Sentence
		}
		out.Sentence = in.Sentence
		out.Conflict, err = conflict(tx, c, in, out.Trouble)
		return out, err
	})
}

// fit places the scan, or says what speaks against it.
func fit(tx *store.Tx, c usage.Case, in KeptInput) (KeptOutcome, error) {
	scanned, err := place(tx, c, in.ScanInput)
	out := KeptOutcome{Scanned: scanned}
	switch {
	case err != nil || scanned.Duplicate:
	case scanned.Disposition.Final():
		out.Trouble, out.Sentence = usage.UnitConsumed, wherever(tx, in.Unit, scanned.Disposition)
	case c.State != usage.CaseOpen:
		out.Trouble = usage.CaseOver
		out.Sentence = fmt.Sprintf("Case %s was closed before this scan came in.", c.Pseudonym)
	}
	return out, err
}

// wherever says on which case of the actor's scope a unit was consumed.
func wherever(tx *store.Tx, unit custody.UnitID, d custody.Disposition) string {
	lines, err := tx.Usages(store.UsageFilter{Unit: unit, LiveOnly: true}, store.Page{Limit: 1})
	if err != nil || len(lines.Rows) == 0 {
		return d.Words() + "."
	}
	l := lines.Rows[0]
	return fmt.Sprintf("It is %s on %s already, %s, %s.", l.Outcome, l.Pseudonym,
		store.SiteTime(l.FactAt, tx.Now(), l.TimeZone), usage.ShortName(l.ActorName))
}

func conflict(tx *store.Tx, c usage.Case, in KeptInput, t usage.Trouble) (usage.KeptID, error) {
	id, err := tx.AddKept(usage.KeptScan{
		Hospital: c.Hospital, Site: c.Site, Case: c.ID, Unit: in.Unit, Person: in.By, Label: in.Label, Source: in.Source,
		Verdict: in.Verdict, Trouble: t, Sentence: in.Sentence, Captured: in.Captured,
	})
	if err != nil {
		return "", err
	}
	tx.Audit(audit.Change{
		Chain: audit.SiteChain(string(c.Site)), Action: "kept_scan.listed", Kind: "kept_scan", Object: string(id),
		New: map[string]string{
			"case": c.Pseudonym, "trouble": string(t), "scanned_by": string(in.By), "captured": in.Captured.UTC().Format(time.RFC3339),
		},
	})
	touchCase(tx, c)
	return id, nil
}

// Settlement is a person's decision about a kept scan that did not fit.
type Settlement struct {
	Kept   usage.KeptID
	As     usage.KeptState
	Reason string // needed for all but an acceptance
}

// SettleKept decides about a kept scan: the records stand, or it happened as
// scanned and stays listed as an exception, or it was a mistake. It changes
// neither stock nor money: who keeps an exception says that somebody must look.
func (d *Desk) SettleKept(ctx context.Context, cmd store.Command, in Settlement) (usage.KeptID, error) {
	return store.Once(ctx, d.Store, cmd, func(tx *store.Tx) (usage.KeptID, error) {
		reason, err := cleanReason(in.Reason)
		switch {
		case err != nil:
			return "", err
		case !in.As.Decided():
			return "", fault.At("decision", "Choose what becomes of this scan.")
		}
		k, err := tx.KeptScan(in.Kept)
		if err != nil {
			return "", err
		}
		if err := mayWork(tx.Actor(), k.Site); err != nil {
			return "", err
		}
		if reason == "" && in.As != usage.KeptAccepted {
			return "", fault.At("reason", "Say why, in a few words.")
		}
		open, err := tx.SettleKept(k.ID, in.As, reason)
		switch {
		case err != nil:
			return "", err
		case !open:
			return "", fault.New(fault.Conflict, "A colleague has decided about this scan already.")
		}
		tx.Audit(audit.Change{
			Chain: audit.SiteChain(string(k.Site)), Action: "kept_scan.decided", Kind: "kept_scan", Object: string(k.ID),
			Old: map[string]string{"state": string(k.State)}, New: map[string]string{"state": string(in.As)}, Reason: reason,
		})
		return k.ID, nil
	})
}
