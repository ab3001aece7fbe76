package faults_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"trueward/internal/adapter/store"
	"trueward/internal/app/auditing"
	"trueward/internal/domain/access"
	"trueward/internal/domain/audit"
	"trueward/internal/domain/custody"
)

// guarded lists, for each table, the check that guards it, how a row is named
// in it, and the columns of which every change is found. What a superuser may
// change unseen is in CATALOGUE.md.
var guarded = []struct {
	table, key string
	check      auditing.Check
	columns    string
}{
	{"audit_entries", "chain seq", auditing.Audit, "format previous_hash hash at actor_id authenticator device action object_kind object_id old_values new_values reason request_id result evidence_hash"},
	{"audit_heads", "chain", auditing.Audit, "seq hash"},
	{"movements", "id", auditing.Stock, `unit_id hospital_id site_id vendor_id kind product_id di lot serial expiry quantity
		from_hospital_id from_site_id from_place_id from_owner_id from_possessor_id from_agreement_id from_state
		to_hospital_id to_site_id to_place_id to_owner_id to_possessor_id to_agreement_id to_state`},
	{"movements", "id", auditing.Ledger, "case_id actor_id fact_at recorded_at"},
	{"units", "id", auditing.Stock, "hospital_id site_id place_id owner_id possessor_id vendor_id agreement_id product_id di lot serial expiry quantity_total quantity_left"},
	{"totals", "organisation_id name", auditing.Stock, "value"},
	{"usages", "id", auditing.Ledger, "hospital_id site_id vendor_id unit_id product_id case_id quantity actor_id movement_id fact_at recorded_at"},
	{"price_decisions", "id", auditing.Ledger, "usage_id currency unit_minor net_minor inputs inputs_sha256 steps engine"},
	{"vendor_lines", "id", auditing.Ledger, "usage_id decision_id vendor_id hospital_id site_id case_id currency net_minor invoice_id"},
	{"invoices", "id", auditing.Ledger, "vendor_id hospital_id currency net_minor tax_minor total_minor paid_minor"},
	{"invoice_lines", "id", auditing.Ledger, "invoice_id vendor_line_id usage_id unit_id vendor_id hospital_id di serial quantity net_minor tax_minor live"},
	{"renders", "id", auditing.Ledger, "invoice_id vendor_id hospital_id bytes sha256"},
	{"journal_entries", "id", auditing.Ledger, "idem_key idem_sha256 kind vendor_id hospital_id source_kind source_id effective_at"},
	{"postings", "entry_id position", auditing.Ledger, "entry_id account currency amount_minor"},
	{"number_series", "vendor_id document fiscal_year", auditing.Ledger, "next"},
	{"vendor_notices", "id", auditing.Ledger, "usage_id vendor_id hospital_id"},
}

// TestEditedRowsAreNamed is row 77 for single values: whatever guarded value a
// superuser changes, verify names the row or one that stands against it.
func TestEditedRowsAreNamed(t *testing.T) {
	eachTampered(t, func(t *testing.T, l *lab, root *superuser) {
		root.disarm()
		defer root.arm()
		for _, g := range guarded {
			root.keep(g.table)
			names, number := root.columns(g.table)
			for _, column := range strings.Fields(g.columns) {
				all := root.rows(`SELECT * FROM ` + g.table)
				row := all[len(all)/2]
				root.edit(g.table, strings.Fields(g.key), names, row, column, number[column])
				l.mustName(fmt.Sprintf("%s.%s edited", g.table, column), g.check, related(root, g.table, row))
				root.restore(g.table)
			}
		}
	})
}

// edit changes one value of a row, found by its key.
func (s *superuser) edit(table string, key, names, row []string, column string, number bool) {
	s.t.Helper()
	value := column + " || 'x'"
	switch {
	case number:
		value = column + " + 1"
	case column == "live":
		value = "NOT live"
	case column == "bytes":
		value = "sha256"
		if s.postgres {
			value = "'x'"
		}
	}
	var where []string
	var args []any
	for _, k := range key {
		where = append(where, fmt.Sprintf("CAST(%s AS TEXT) = ?", k))
		args = append(args, row[slices.Index(names, k)])
	}
	s.do(fmt.Sprintf("UPDATE %s SET %s = %s WHERE %s", table, column, value, strings.Join(where, " AND ")), args...)
}

// related lists the ids that a finding about a row may name: all that stand in
// it, and those of rows that stand against it.
func related(root *superuser, table string, row []string) []string {
	ids := slices.Clone(row)
	var against string
	switch table {
	case "audit_entries":
		return append(ids, row[0]+" #"+row[1])
	case "audit_heads":
		seq, _ := strconv.Atoi(row[1])
		return append(ids, fmt.Sprintf("%s #%d", row[0], seq), fmt.Sprintf("%s #%d", row[0], seq+1))
	case "movements":
		against = `SELECT id FROM kept_movements WHERE unit_id IN (SELECT unit_id FROM kept_movements WHERE id = ?)
			UNION SELECT id FROM usages WHERE movement_id = ?`
	case "units":
		against = `SELECT id FROM movements WHERE unit_id = ? OR unit_id = ?`
	case "price_decisions":
		against = `SELECT id FROM vendor_lines WHERE decision_id = ? OR usage_id = ?`
	case "invoices":
		against = `SELECT id FROM vendor_lines WHERE invoice_id = ? OR usage_id = ?`
	case "usages":
		against = `SELECT id FROM vendor_lines WHERE usage_id = ? OR usage_id = ?`
	default:
		return ids
	}
	for _, other := range root.rows(against, row[0], row[0]) {
		ids = append(ids, other[0])
	}
	return ids
}

// mustName fails the test unless a check names one of the ids.
func (l *lab) mustName(what string, check auditing.Check, ids []string) {
	l.t.Helper()
	found := findings(l.t, l, check)
	named := func(id string) bool {
		id = strings.TrimSuffix(id, "x")
		return len(id) > 2 && (strings.TrimSuffix(found[0].ID, "x") == id || found[0].ID == "" && strings.Contains(found[0].Sentence, id))
	}
	switch {
	case len(found) == 0:
		l.t.Errorf("%s: not found", what)
	case !slices.ContainsFunc(ids, named):
		l.t.Errorf("%s: %s is named, not one of %q", what, found[0], ids)
	}
}

// TestCutChainsAreNamed is row 77 for whole entries: a thousand random edits,
// deletions, insertions, exchanges and cuts of an audit chain, each of which
// verify answers with the first entry that does not fit.
func TestCutChainsAreNamed(t *testing.T) {
	times := 100
	if kills() > 100 {
		times = 1000
	}
	random := rand.New(rand.NewPCG(77, 78))
	eachTampered(t, func(t *testing.T, l *lab, root *superuser) {
		root.disarm()
		defer root.arm()
		root.keep("audit_entries")
		chain, size := longest(root)
		for range times {
			a := chainAttacks[random.IntN(len(chainAttacks))]
			at := 2 + random.IntN(size-3)
			first := a.strike(root, chain, at, size)
			found := findings(t, l, auditing.Audit)
			if want := fmt.Sprintf("%s #%d", chain, first); len(found) == 0 || found[0].ID != want {
				t.Errorf("%s at %d of %d: found %v, want %s", a.name, at, size, found, want)
			}
			root.restore("audit_entries")
		}
	})
}

func longest(root *superuser) (chain string, size int) {
	row := root.rows(`SELECT chain, COUNT(*) FROM audit_entries GROUP BY chain ORDER BY 2 DESC LIMIT 1`)[0]
	_, _ = fmt.Sscan(row[1], &size)
	return row[0], size
}

// chainAttacks change a chain at an entry and tell the first that cannot fit.
var chainAttacks = []struct {
	name   string
	strike func(root *superuser, chain string, at, size int) (first int)
}{
	{"edit", func(root *superuser, chain string, at, _ int) int {
		root.do(`UPDATE audit_entries SET actor_id = 'somebody else' WHERE chain = ? AND seq = ?`, chain, at)
		return at
	}},
	{"delete", func(root *superuser, chain string, at, _ int) int {
		root.do(`DELETE FROM audit_entries WHERE chain = ? AND seq = ?`, chain, at)
		return at + 1
	}},
	{"delete and close the gap", func(root *superuser, chain string, at, _ int) int {
		root.do(`DELETE FROM audit_entries WHERE chain = ? AND seq = ?`, chain, at)
		root.shift(chain, at, -1)
		return at
	}},
	{"insert", func(root *superuser, chain string, at, _ int) int {
		root.shift(chain, at-1, 1)
		root.copyEntry(chain, at+1, at)
		return at + 1
	}},
	{"reorder", func(root *superuser, chain string, at, _ int) int {
		root.do(`UPDATE audit_entries SET seq = -1 WHERE chain = ? AND seq = ?`, chain, at)
		root.do(`UPDATE audit_entries SET seq = ? WHERE chain = ? AND seq = ?`, at, chain, at+1)
		root.do(`UPDATE audit_entries SET seq = ? WHERE chain = ? AND seq = -1`, at+1, chain)
		return at
	}},
	{"truncate", func(root *superuser, chain string, at, _ int) int {
		root.do(`DELETE FROM audit_entries WHERE chain = ? AND seq > ?`, chain, at)
		return at + 1
	}},
	{"append", func(root *superuser, chain string, _, size int) int {
		root.copyEntry(chain, size, size+1)
		return size + 1
	}},
	{"empty", func(root *superuser, chain string, _, _ int) int {
		root.do(`DELETE FROM audit_entries WHERE chain = ?`, chain)
		return 1
	}},
}

// shift moves the entries behind a place by one; through negative numbers, so
// that no two meet on the way.
func (s *superuser) shift(chain string, behind, by int) {
	s.do(`UPDATE audit_entries SET seq = -seq WHERE chain = ? AND seq > ?`, chain, behind)
	s.do(`UPDATE audit_entries SET seq = -seq + `+fmt.Sprint(by)+` WHERE chain = ? AND seq < 0`, chain)
}

// copyEntry puts a copy of an entry at another place.
func (s *superuser) copyEntry(chain string, from, to int) {
	names, _ := s.columns("audit_entries")
	values := strings.Replace(strings.Join(names, ", "), "seq", fmt.Sprint(to), 1)
	s.do(`INSERT INTO audit_entries SELECT `+values+` FROM audit_entries WHERE chain = ? AND seq = ?`, chain, from)
}

// TestRemovedAndAddedRowsAreNamed is row 77 for facts: a row that is taken out
// or slipped in stands against the others.
func TestRemovedAndAddedRowsAreNamed(t *testing.T) {
	eachTampered(t, func(t *testing.T, l *lab, root *superuser) {
		root.disarm()
		defer root.arm()
		for _, a := range []struct {
			table, change string
			check         auditing.Check
		}{
			{"movements", `DELETE FROM movements WHERE id = (SELECT MIN(id) FROM movements)`, auditing.Stock},
			{"movements", `DELETE FROM movements WHERE id = (SELECT MAX(id) FROM movements)`, auditing.Stock},
			{"units", `DELETE FROM units WHERE id = (SELECT MIN(id) FROM units)`, auditing.Stock},
			{"vendor_lines", `DELETE FROM vendor_lines WHERE id = (SELECT MIN(id) FROM vendor_lines)`, auditing.Ledger},
			{"usages", `DELETE FROM usages WHERE id = (SELECT MIN(id) FROM usages)`, auditing.Ledger},
			{"invoice_lines", `DELETE FROM invoice_lines WHERE id = (SELECT MIN(id) FROM invoice_lines)`, auditing.Ledger},
			{"invoices", `DELETE FROM invoices WHERE id = (SELECT MAX(id) FROM invoices)`, auditing.Ledger},
			{"postings", `DELETE FROM postings WHERE entry_id = (SELECT MIN(entry_id) FROM postings) AND position = 0`, auditing.Ledger},
			{"postings", `INSERT INTO postings SELECT entry_id, 99, account, currency, 1 FROM postings WHERE position = 0 AND entry_id = (SELECT MIN(entry_id) FROM postings)`, auditing.Ledger},
			{"journal_entries", `DELETE FROM journal_entries WHERE id = (SELECT MAX(id) FROM journal_entries WHERE kind = 'issue' AND book = 'vendor')`, auditing.Ledger},
			{"renders", `DELETE FROM renders WHERE id = (SELECT MAX(id) FROM renders)`, auditing.Ledger},
		} {
			root.keep(a.table)
			root.do(a.change)
			if len(findings(t, l, a.check)) == 0 {
				t.Errorf("%s: not found", a.change)
			}
			root.restore(a.table)
		}
	})
}

// TestAppendOnlyTablesRefuseTheirOwner shows that even the owner of the
// database must first take the triggers away.
func TestAppendOnlyTablesRefuseTheirOwner(t *testing.T) {
	eachTampered(t, func(t *testing.T, _ *lab, root *superuser) {
		for _, table := range []string{"audit_entries", "movements", "usages", "price_decisions", "renders", "journal_entries", "postings", "tap_events", "payments"} {
			names, _ := root.columns(table)
			for _, statement := range []string{
				fmt.Sprintf(`UPDATE %s SET %[2]s = %[2]s`, table, names[0]), `DELETE FROM ` + table,
			} {
				empty := root.rows(`SELECT COUNT(*) FROM ` + table)[0][0] == "0"
				if err := root.try(statement); err == nil && !empty {
					t.Errorf("%s passes", statement)
				}
			}
		}
	})
}

// TestChangeWithoutAuditRowIsRefused is row 78: a write that changes a row and
// says nothing in the audit trail stores nothing.
func TestChangeWithoutAuditRowIsRefused(t *testing.T) {
	eachLab(t, atOnce(), func(t *testing.T, l *lab) {
		unit := l.Stents(1)[0]
		err := l.Store.Write(t.Context(), l.Mia, func(tx *store.Tx) error {
			u, err := tx.Unit(unit)
			if err == nil {
				_, _, err = tx.Record(u, custody.Fact{Kind: custody.Taken})
			}
			return err
		})
		if err == nil || l.Unit(unit).State != custody.Available {
			t.Errorf("a change without a word in the trail was stored: %v", err)
		}
	})
}

// TestEveryRequestLeavesAnAuditRow is row 78 the other way round: each of a
// nurse's requests that changes something adds an entry about it.
func TestEveryRequestLeavesAnAuditRow(t *testing.T) {
	eachLab(t, atOnce(), func(t *testing.T, l *lab) {
		before := l.auditRows()
		w := way{lab: l, name: "way", unit: l.Stents(1)[0]}
		if err := w.walk(); err != nil {
			t.Fatal(err)
		}
		after := l.auditRows()
		for _, action := range []string{
			"unit.brought_in", "case.opened", "unit.used", "case.closed", "invoice.collected", "invoice.numbered", "invoice.issued", "invoice.sent", "usage.notified",
		} {
			if after[action] != before[action]+1 {
				t.Errorf("%d audit entries more say %s, want one", after[action]-before[action], action)
			}
		}
		if err := w.walk(); err != nil || !maps.Equal(l.auditRows(), after) {
			t.Errorf("the same requests again left other entries: %v, %v", l.auditRows(), err)
		}
	})
}

// auditRows counts the entries of all chains by action.
func (l *lab) auditRows() map[string]int {
	l.t.Helper()
	actions := map[string]int{}
	err := l.Store.Read(l.t.Context(), access.Everything()).WalkAudit(func(e audit.Entry) error {
		actions[e.Action]++
		return nil
	})
	if err != nil {
		l.t.Fatal(err)
	}
	return actions
}
