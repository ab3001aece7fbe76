// Package auditing checks that the record holds: stock against movements,
// ledger against usages and documents, audit chains against their hashes. It
// only reads, so it may run beside a working server.
package auditing

import (
	"context"
	"fmt"
	"slices"

	"trueward/internal/adapter/store"
	"trueward/internal/domain/access"
)

// Check names one part of the record.
type Check string

// The checks.
const (
	Stock  Check = "stock"
	Ledger Check = "ledger"
	Audit  Check = "audit"
	// Exports are the stored documents, made again, and the kept exports.
	Exports Check = "exports"
)

// Checks lists every check in the order they run.
var Checks = []Check{Stock, Ledger, Audit, Exports}

// Finding is the first row of a part of the record that does not hold.
type Finding struct {
	Check    Check
	Kind     string // of the row: "unit", "invoice", "audit entry" …
	ID       string
	Sentence string
}

// Error implements error, so that a walk can end with a finding.
func (f *Finding) Error() string {
	return fmt.Sprintf("%s: %s %s: %s", f.Check, f.Kind, f.ID, f.Sentence)
}

// Summary says what a check looked at and what it found; Finding is nil when
// everything holds.
type Summary struct {
	Check   Check
	Rows    int64
	Finding *Finding
}

// Desk verifies.
type Desk struct {
	Store *store.Store
	// Renderer makes documents again; without it their digests alone are
	// checked.
	Renderer Renderer
}

// Verify runs the checks (all when none is named) and hands each summary to
// done as soon as it is known. It fails only when it cannot look.
func (d Desk) Verify(ctx context.Context, only []Check, done func(Summary)) error {
	q := d.Store.Read(ctx, access.Everything())
	walks := map[Check]func(store.Queries, *Summary) error{
		Stock: verifyStock, Ledger: verifyLedger, Audit: verifyAudit,
		Exports: func(q store.Queries, s *Summary) error { return verifyExports(q, d.Renderer, s) },
	}
	for _, check := range Checks {
		if len(only) > 0 && !slices.Contains(only, check) {
			continue
		}
		summary := Summary{Check: check}
		if err := walks[check](q, &summary); err != nil {
			return err
		}
		done(summary)
	}
	return nil
}

// settle ends a walk: a finding becomes part of the summary, any other error
// means that the check could not look.
func settle(s *Summary, err error) error {
	if f, ok := err.(*Finding); ok { //nolint:errorlint // walks return findings as they are
		s.Finding = f
		return nil
	}
	return err
}
