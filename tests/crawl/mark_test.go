package crawl_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"trueward/cmd/trueward/product"
	"trueward/internal/domain/access"
)

// sides says who deals with whom.
type sides struct {
	index    map[string]int // of each organisation, from 1
	kind     map[string]access.OrganisationKind
	partners map[string]map[string]bool
}

// ownership holds the SQL of a row's hospital and vendor; an empty text for neither.
type ownership struct{ hospital, vendor string }

// mark writes a mark of its owners into every text of every tenants' table,
// and adds a person for every role of every organisation.
func (v *town) mark(t *testing.T, cfg product.Config, hash string) {
	t.Helper()
	v.db = openDatabase(t, cfg)
	defer func() { check(t, v.db.Close()) }()
	v.db.dropTriggers(t)
	v.addOperator(t)
	v.readSides(t)
	v.addPeople(t, hash)
	v.addRuns(t)
	for table, o := range v.owners(t) {
		for _, column := range v.texts(t, table) {
			where := ""
			if numbers[column] {
				where = " WHERE " + column + " <> ''"
			}
			v.db.write(t, fmt.Sprintf(`UPDATE %s SET %s = %s || %s`, table, column, column, v.markOf(table, o))+where)
		}
	}
	v.countFacts(t)
	if !v.db.postgres {
		v.db.exec(t, `PRAGMA wal_checkpoint(TRUNCATE)`)
	}
}

// bookkeeping are tables that hold no fact of the business and are written
// without an audit entry.
var bookkeeping = regexp.MustCompile(`^(audit_.*|idempotency|sessions|sign_in_failures|sign_in_questions|one_time_links|goose.*|sqlite.*|facts)$`)

// countFacts makes the database count every change of a business row.
func (v *town) countFacts(t *testing.T) {
	v.db.makeFacts(t)
	for _, table := range v.db.tables(t) {
		if !bookkeeping.MatchString(table) {
			v.db.countChanges(t, table)
		}
	}
}

func (v *town) addOperator(t *testing.T) {
	v.db.exec(t, `INSERT INTO organisations (id, kind, name, legal_name, address, country, currency, tax_id, email, bank_account, invoice_prefix, sample, created_at)
		VALUES (?, 'operator', 'Ward IT', 'Ward IT', '', '', '', '', '', '', '', TRUE, 0)`, uuid.NewString())
}

func (v *town) readSides(t *testing.T) {
	v.sides = sides{index: map[string]int{}, kind: map[string]access.OrganisationKind{}, partners: map[string]map[string]bool{}}
	for i, id := range v.db.column(t, "SELECT id FROM organisations ORDER BY name") {
		v.sides.index[id] = i + 1
		v.sides.kind[id] = access.OrganisationKind(v.db.column(t, "SELECT kind FROM organisations WHERE id = ?", id)[0])
		v.sides.partners[id] = map[string]bool{}
	}
	for _, pair := range v.db.column(t, "SELECT hospital_id || ' ' || vendor_id FROM agreements") {
		h, vendor, _ := strings.Cut(pair, " ")
		v.sides.partners[h][vendor], v.sides.partners[vendor][h] = true, true
	}
}

// addPeople adds, for every role of every organisation, one person who crawls
// and one who is only there to be acted upon.
func (v *town) addPeople(t *testing.T, hash string) {
	for id, kind := range v.sides.kind {
		for _, role := range access.Roles(kind) {
			a := actor{name: uuid.NewString(), organisation: id, kind: kind, role: role}
			a.email = fmt.Sprintf("%s.%d@crawl.example", role, v.sides.index[id])
			v.addPerson(t, a, hash)
			v.actors = append(v.actors, a)
		}
		v.addPerson(t, actor{name: uuid.NewString(), organisation: id, role: access.Auditor, email: fmt.Sprintf("object.%d@crawl.example", v.sides.index[id])}, hash)
	}
	slices.SortFunc(v.actors, func(a, b actor) int { return strings.Compare(a.email, b.email) })
	v.actors = append(v.actors, actor{})
}

// addRuns plans a run of one tag for each vendor, under the vendor's own id.
func (v *town) addRuns(t *testing.T) {
	v.db.exec(t, `INSERT INTO tag_runs (id, vendor_id, profile_id, name, size, created_at, created_by)
		SELECT vendor_id, vendor_id, MIN(id), 'Run', 1, 0, '' FROM tag_profiles GROUP BY vendor_id`)
	v.db.exec(t, `INSERT INTO tag_jobs (id, run_id, vendor_id, ordinal, di, lot, serial, expiry, state, reason, identity, epoch, old_epoch, station, updated_at, updated_by)
		SELECT id, id, vendor_id, 1, '', 'L1', 'S1', '', 'planned', '', '', 0, 0, '', 0, '' FROM tag_runs`)
}

func (v *town) addPerson(t *testing.T, a actor, hash string) {
	v.db.exec(t, `INSERT INTO people (id, organisation_id, email, name, password_hash, theme, created_at, access_changed_at)
		VALUES (?, ?, ?, 'Person', ?, '', 0, 0)`, a.name, a.organisation, a.email, hash)
	v.db.exec(t, `INSERT INTO person_roles (person_id, role, site_id) VALUES (?, ?, '')`, a.name, string(a.role))
}

// private tables belong to one organisation whichever its kind, and its
// partners see nothing of them.
var private = map[string]string{"people": "organisation_id", "export_runs": "organisation_id", "approval_delegations": "organisation_id", "handovers": "organisation_id"}

// owners finds, by the names of their columns, which tables have owners.
func (v *town) owners(t *testing.T) map[string]ownership {
	out := map[string]ownership{}
	for _, table := range v.db.tables(t) {
		columns := v.db.columns(t, table)
		if !slices.Contains(columns, "id") {
			continue
		}
		o := ownership{"''", "''"}
		if slices.Contains(columns, "hospital_id") {
			o.hospital = "COALESCE(hospital_id, '')"
		}
		if slices.Contains(columns, "vendor_id") {
			o.vendor = "COALESCE(vendor_id, '')"
		}
		own := private[table]
		if table == "organisations" {
			own = "id"
		}
		if own != "" {
			kindOf := "(SELECT kind FROM organisations x WHERE x.id = " + table + "." + own + ")"
			o.hospital = "CASE WHEN " + kindOf + " = 'vendor' THEN '' ELSE " + own + " END"
			o.vendor = "CASE WHEN " + kindOf + " = 'vendor' THEN " + own + " ELSE '' END"
		}
		if o != (ownership{"''", "''"}) {
			out[table] = o
		}
	}
	return out
}

// Columns whose text the program itself reads, or that hold no words.
var machine = regexp.MustCompile(`^(id|.*_id|.*_ids|.*_by|.*_on|.*_hash|.*sha256|.*_key|kind|.*_kind|state|from_state|to_state|status|level|currency|country|time_zone|email|theme|di|expiry|mode|layout|mac_from|url_template|key_ref|derivation|identity|technology|epc|verdict|outcome|tamper|source|inputs|steps|pricing|tier|engine|terms|title_event|waste_payer|sheet_rule|po_rule|consolidation|issue_mode|tax_category|provider|service_date|format|renderer|filter|book|subject|method|invoice_prefix|incomplete|doc|topic|payload|verdict_reason|tamper_status|digest|signature|etag)$`)

// numbers are columns where empty means none yet, which must stay so.
var numbers = map[string]bool{"serial": true, "number": true, "lot": true, "payment_reference": true, "parked_reason": true}

// texts are the columns that hold what people wrote.
func (v *town) texts(t *testing.T, table string) []string {
	var out []string
	for _, column := range v.db.textColumns(t, table) {
		if !machine.MatchString(column) {
			out = append(out, column)
		}
	}
	return out
}

// markup follows every mark: an element and an attribute, for pages that print
// what people wrote as if it were theirs (row 56).
const markup = `<xq id="xq">`

// markOf is the SQL of a row's mark: "zqH<n>V<m>zq", 0 for no such side, or
// "zqP<n>zq" in a private table, and the markup. The mark is letters and digits
// alone, so that no escaping hides it.
func (v *town) markOf(table string, o ownership) string {
	number := func(of string) string {
		var b strings.Builder
		b.WriteString("CASE " + of)
		for id, n := range v.sides.index {
			fmt.Fprintf(&b, " WHEN '%s' THEN '%d'", id, n)
		}
		return b.String() + " ELSE '0' END"
	}
	if own := private[table]; own != "" {
		return "' zqP' || " + number(own) + " || 'zq" + markup + "'"
	}
	return "'zqH' || " + number(o.hospital) + " || 'V' || " + number(o.vendor) + " || 'zq" + markup + "'"
}

var anyMark = regexp.MustCompile(`zq(?:P(\d+)|H(\d+)V(\d+))zq`)

// foreign returns the marks in a text that an actor must never see.
func (v *town) foreign(a actor, text string) (out []string) {
	for _, m := range anyMark.FindAllStringSubmatch(text, -1) {
		if !v.mayRead(a, m[1], m[2], m[3]) && !slices.Contains(out, m[0]) {
			out = append(out, m[0])
		}
	}
	return out
}

// mayRead decides by the two rules of tenancy: a private row is its own
// organisation's; of the others, each side that is named is the reader or one
// of the reader's partners, and if both are named the reader is one of them.
// The operator's administrators see the names of organisations and sites.
func (v *town) mayRead(a actor, private, hospital, vendor string) bool {
	me := fmt.Sprint(v.sides.index[a.organisation])
	switch {
	case a.name == "":
		return false
	case private != "":
		return private == me
	case a.kind == access.Operator:
		return hospital == "0" || vendor == "0"
	case hospital != "0" && vendor != "0":
		return hospital == me || vendor == me
	}
	named := hospital
	if hospital == "0" {
		named = vendor
	}
	return named == me || v.sides.partners[a.organisation][v.organisation(named)]
}

func (v *town) organisation(index string) string {
	for id, n := range v.sides.index {
		if fmt.Sprint(n) == index {
			return id
		}
	}
	return ""
}

// mine reports whether a row is the actor's organisation's own.
func (o owned) mine(a actor) bool {
	return a.organisation != "" && (o.hospital == a.organisation || o.vendor == a.organisation)
}
