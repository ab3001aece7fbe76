package using

import (
	"context"
	"fmt"
	"time"

	"trueward/internal/adapter/store"
	"trueward/internal/domain/access"
	"trueward/internal/domain/audit"
	"trueward/internal/domain/authentic"
	"trueward/internal/domain/catalog"
	"trueward/internal/domain/custody"
	"trueward/internal/domain/usage"
)

// ScanInput is a unit that was identified and goes into a case.
type ScanInput struct {
	Case    usage.CaseID // empty: the actor's open case
	Unit    custody.UnitID
	Source  string
	Verdict authentic.Verdict
	Tap     string // id of the tap event
	// Captured is when a device that was offline took the scan; zero: just now.
	Captured time.Time
	By       access.PersonID // who scanned, when somebody else sends it; empty: the actor
}

// Scanned is what became of a scan.
type Scanned struct {
	Case        usage.CaseID
	Pseudonym   string
	Scan        usage.ScanID // empty when it was not added
	Duplicate   bool
	Sentence    string // for a duplicate: since when, and by whom
	Wants       string // what the person is to do before it can be used; empty for nothing
	Proven      bool   // this tap was the second of its visit
	Disposition custody.Disposition
}

// Scan puts a unit into a case, where it waits for somebody to say what became
// of it. A second scan of it is calm: it says when and by whom it was scanned,
// and keeps the better proof. A unit that is consumed already is not added.
func (d *Desk) Scan(ctx context.Context, cmd store.Command, in ScanInput) (Scanned, error) {
	return store.Once(ctx, d.Store, cmd, func(tx *store.Tx) (Scanned, error) {
		c, err := openCase(tx, in.Case)
		if err != nil {
			return Scanned{}, err
		}
		return place(tx, c, in)
	})
}

// place puts a unit of the case's hospital into a case.
func place(tx *store.Tx, c usage.Case, in ScanInput) (Scanned, error) {
	s, err := load(tx, in.Unit)
	if err != nil {
		return Scanned{}, err
	}
	if err := s.sameHospital(c); err != nil {
		return Scanned{}, err
	}
	out := Scanned{Case: c.ID, Pseudonym: c.Pseudonym, Disposition: s.disposition}
	if s.disposition.Final() {
		out.Sentence, err = consumedWhere(tx, s, c)
		out.Duplicate = out.Sentence != ""
		return out, err
	}
	if c.State != usage.CaseOpen {
		return out, nil // the callers that come here with a closed case say so
	}
	if in.By == "" {
		in.By = tx.Actor().Person
	}
	scan := usage.Scan{
		Case: c.ID, Hospital: c.Hospital, Unit: in.Unit, Person: in.By,
		Source: in.Source, Verdict: in.Verdict, Tap: in.Tap, Captured: in.Captured,
	}
	if out.Wants, err = begin(tx, s, in, &scan); err != nil {
		return out, err
	}
	id, added, err := tx.AddScan(scan)
	switch {
	case err != nil:
		return out, err
	case !added:
		return again(tx, in, s, c, out)
	}
	out.Scan = id
	now := map[string]string{"case": c.Pseudonym, "verdict": string(in.Verdict.Level), "source": in.Source}
	if !in.Captured.IsZero() {
		now["captured"], now["scanned_by"] = in.Captured.UTC().Format(time.RFC3339), string(in.By)
	}
	tx.Audit(audit.Change{
		Chain: audit.SiteChain(string(c.Site)), Action: "unit.scanned", Kind: "unit", Object: string(in.Unit), New: now,
	})
	touchCase(tx, c)
	return out, nil
}

// again answers a second scan of a unit that waits in the case.
func again(tx *store.Tx, in ScanInput, s subject, c usage.Case, out Scanned) (Scanned, error) {
	first, waiting, err := tx.WaitingScan(c.ID, in.Unit)
	if err != nil || !waiting {
		return out, err
	}
	out.Duplicate, out.Scan, out.Wants = true, first.ID, ""
	by := "a colleague"
	if p, err := tx.Person(first.Person); err == nil {
		by = usage.ShortName(p.Name)
	}
	out.Sentence = fmt.Sprintf("Already in this case, %s, %s", store.SiteTime(first.ScannedAt, tx.Now(), s.zone.String()), by)
	if s.product.Proof == catalog.TwoTaps && in.Verdict.Level == authentic.Genuine {
		return out, further(tx, in, first, c, &out)
	}
	if s.product.Proof != catalog.AnyProof && !first.Proven(tx.Now()) {
		out.Wants = tapTwice
	}
	if in.Tap == "" || first.Verdict.Level == authentic.Genuine {
		return out, nil
	}
	if err := tx.StrengthenScan(first.ID, in.Verdict, in.Tap); err != nil {
		return out, err
	}
	tx.Audit(audit.Change{
		Chain: audit.SiteChain(string(c.Site)), Action: "unit.checked", Kind: "unit", Object: string(in.Unit),
		New: map[string]string{"case": c.Pseudonym, "verdict": string(in.Verdict.Level)},
	})
	return out, nil
}

// consumedWhere says calmly when a unit was consumed on this very case.
func consumedWhere(tx *store.Tx, s subject, c usage.Case) (string, error) {
	lines, err := tx.Usages(store.UsageFilter{Case: c.ID, Unit: s.unit.ID, LiveOnly: true}, store.Page{Limit: 1})
	if err != nil || len(lines.Rows) == 0 {
		return "", err
	}
	l := lines.Rows[0]
	return fmt.Sprintf("Already %s on this case, %s, %s", l.Outcome,
		store.SiteTime(l.FactAt, tx.Now(), l.TimeZone), usage.ShortName(l.ActorName)), nil
}

// SetAside takes a waiting unit out of a case; it was scanned by mistake or is
// not used.
func (d *Desk) SetAside(ctx context.Context, cmd store.Command, id usage.CaseID, unit custody.UnitID) (custody.UnitID, error) {
	return store.Once(ctx, d.Store, cmd, func(tx *store.Tx) (custody.UnitID, error) {
		c, err := openCase(tx, id)
		if err != nil {
			return "", err
		}
		waited, err := tx.SettleScan(c.ID, unit, usage.ScanDropped)
		if err != nil || !waited {
			return unit, err
		}
		tx.Audit(audit.Change{
			Chain: audit.SiteChain(string(c.Site)), Action: "unit.set_aside", Kind: "unit", Object: string(unit),
			New: map[string]string{"case": c.Pseudonym},
		})
		touchCase(tx, c)
		return unit, nil
	})
}
