package crawl_test

import (
	"bytes"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"trueward/internal/domain/access"
	"trueward/web/route"
)

// tables says where the :id of a path comes from, by the beginning of the path.
// A route whose ids are not found here fails the crawl: whoever adds it says
// which rows it shows.
var tables = map[string]string{
	"views": "saved_views", "people": "people", "sites": "sites", "organisations": "organisations",
	"tag-runs": "tag_runs", "tag-profiles": "tag_profiles",
	"credits": "credit_notes", "disputes": "disputes", "approvals": "approval_delegations",
	"invoices": "invoices", "lines": "vendor_lines", "payments": "payments", "exports": "export_runs", "jobs": "outbox",
	"outbox": "kept_scans", "units": "units", "cases": "cases", "usages": "usages", "scans": "case_scans", "places": "places",
	"t": "tag_profiles", "tags": "tags", "profiles": "tag_profiles", "incidents": "incidents", "alerts": "alerts",
	"orders": "purchase_orders", "matches": "claims", "proposals": "agreement_proposals", "notices": "ship_notices", "recalls": "recalls",
	"workstations": "kiosks", "stripe": "stripe_connections", "find": "products", "products": "products", "agreements": "agreements", "unit": "units", "case": "cases",
}

// absent is an id that no row has.
const absent = "0197f3d0-0000-7000-8000-000000000000"

// apart are routes the crawl does not call like the others: they end or begin
// sessions, or are no pages.
var apart = map[string]string{
	"sign-in.enter":    "begins the session of whoever calls",
	"sign-out":         "ends the session of whoever calls",
	"sign-in.outside":  "leaves for the house's own sign-in: tests/locks",
	"sign-in.back":     "begins the session of whoever the house's own sign-in names: tests/locks",
	"sign-in.ended":    "names the house's own sign-in: tests/locks",
	"sign-in.notice":   "takes a notice of the house's own sign-in: tests/locks",
	"sign-in.passkey":  "begins the session of whoever's passkey it is",
	"passkeys.rename":  "the passkey's own alone: app/passkeys",
	"passkeys.remove":  "the passkey's own alone: app/passkeys",
	"welcome":          "takes a token, not an id",
	"welcome.accept":   "takes a token, not an id",
	"account.password": "ends the session of whoever calls",

	"workstations.enrol": "makes the caller's browser a workstation, where sessions are short",
	"workstation.tap":    "begins the session of whoever's badge it is",
	"workstation.lock":   "ends the session of whoever calls",
	"metrics":            "answers the machine itself alone; no tenant's rows",
}

// crawler calls URLs as one actor and notes what should not be.
type crawler struct {
	*town
	t      *testing.T
	who    actor
	client *http.Client
	found  *[]string
	calls  *int
	seen   *coverage
}

// coverage says what the crawl reached, so that nobody takes a crawl through
// closed doors for one that found nothing.
type coverage struct {
	done  map[string]bool // routes that did their work for somebody
	marks map[string]int  // own marks read, by actor
}

// gaps are routes that worked for nobody, and actors of hospitals and vendors
// who read none of their own marks.
func (v *town) gaps(seen coverage) (out []string) {
	for _, r := range v.routes {
		if apart[r.Name] == "" && !seen.done[r.Name] {
			out = append(out, r.Method+" "+r.Name)
		}
	}
	for _, a := range v.actors {
		if a.kind != "" && a.kind != access.Operator && seen.marks[a.email] == 0 {
			out = append(out, a.email+" reads nothing of their own")
		}
	}
	return out
}

func (c crawler) report(format string, args ...any) {
	who := "nobody"
	if c.who.name != "" {
		who = c.who.email
	}
	*c.found = append(*c.found, who+": "+fmt.Sprintf(format, args...))
}

// crawl walks every route as everybody and returns what it found.
func (v *town) crawl(t *testing.T) (found []string, calls int, seen coverage) {
	t.Helper()
	seen = coverage{map[string]bool{}, map[string]int{}}
	walk := func(wanted func(route.Route) bool) {
		for _, a := range v.actors {
			c := crawler{town: v, t: t, who: a, found: &found, calls: &calls, seen: &seen}
			c.enter()
			for _, r := range v.routes {
				if apart[r.Name] == "" && wanted(r) {
					c.route(r)
				}
			}
		}
	}
	walk(func(r route.Route) bool { return r.Method == http.MethodGet })
	walk(func(r route.Route) bool { return r.Method == http.MethodPost })
	v.readIDs(t) // what was made just now can be looked at
	closed := maps.Clone(seen.done)
	walk(func(r route.Route) bool { return r.Method == http.MethodGet && !closed[r.Name] })
	return found, calls, seen
}

func (c *crawler) enter() {
	c.t.Helper()
	jar, err := cookiejar.New(nil)
	check(c.t, err)
	c.client = &http.Client{Jar: jar, Timeout: 20 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	if c.who.name == "" {
		return
	}
	got := c.send(http.MethodPost, c.server.URL+"/sign-in", url.Values{"email": {c.who.email}, "password": {password}})
	if got.status != http.StatusSeeOther {
		c.t.Fatalf("%s cannot sign in: %d\n%s", c.who.email, got.status, got.body)
	}
}

type reply struct {
	status int
	body   string
	header http.Header
}

func (c *crawler) send(method, address string, form url.Values) reply {
	c.t.Helper()
	var body io.Reader
	if method == http.MethodPost {
		body = strings.NewReader(form.Encode())
	}
	r, err := http.NewRequestWithContext(c.t.Context(), method, address, body)
	check(c.t, err)
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	*c.calls++
	response, err := c.client.Do(r)
	check(c.t, err)
	defer response.Body.Close()
	if strings.HasPrefix(response.Header.Get("Content-Type"), "text/event-stream") {
		first := make([]byte, 64) // a stream never ends; its events have their own test
		n, _ := response.Body.Read(first)
		return reply{response.StatusCode, string(first[:n]), response.Header}
	}
	text, err := io.ReadAll(response.Body)
	check(c.t, err)
	if strings.HasPrefix(response.Header.Get("Content-Type"), "text/html") && bytes.Contains(text, []byte("<xq")) {
		c.report("%s %s prints what people wrote as markup", method, r.URL.Path)
	}
	return reply{response.StatusCode, string(text), response.Header}
}

// route calls one route with own, foreign and absent ids. A changing route is
// called twice each: with foreign ids in its form, and with own ones.
func (c *crawler) route(r route.Route) {
	c.t.Helper()
	forms := []bool{false}
	if r.Method == http.MethodPost {
		forms = []bool{false, true}
	}
	if !strings.Contains(r.Path, ":") {
		for _, own := range forms {
			c.call(r, "", "", own)
		}
		if r.Method == http.MethodGet {
			c.search(r)
		}
		return
	}
	ids, foreign := c.idsFor(r)
	for _, id := range ids {
		for _, own := range forms {
			c.call(r, id, "", own)
		}
	}
	none := c.call(r, absent, "", true)
	for _, id := range foreign {
		facts := c.facts(c.t)
		got := c.call(r, id, "", true)
		if c.facts(c.t) != facts {
			c.report("%s changed something by a foreign id", r.Name)
		}
		if got.status != none.status || plain(got.body, id) != plain(none.body, absent) {
			c.report("%s tells a foreign id (%d) from an absent one (%d)", r.Name, got.status, none.status)
		}
	}
}

// idsFor returns rows the actor may ask about (their organisation's, a
// partner's, for the operator every organisation's settings) and foreign ones.
func (c *crawler) idsFor(r route.Route) (own, foreign []string) {
	table, known := tables[strings.Split(r.Path, "/")[1]]
	if !known {
		c.report("%s: where its ids come from is not declared in the crawl's tables", r.Name)
		return nil, nil
	}
	for _, row := range c.ids[table] {
		if c.mayAsk(r, row) {
			own = append(own, row.id)
		} else {
			foreign = append(foreign, row.id)
		}
	}
	return ends(own, 2), ends(foreign, 2)
}

// ends takes n from each end of a list, where the most different rows stand.
func ends(ids []string, n int) []string {
	if len(ids) <= 2*n {
		return ids
	}
	return append(slices.Clone(ids[:n]), ids[len(ids)-n:]...)
}

func (c *crawler) mayAsk(r route.Route, row owned) bool {
	partners := c.sides.partners[c.who.organisation]
	return row.mine(c.who) || r.Tenancy == route.Installation && c.who.kind == access.Operator ||
		row.hospital == "" && partners[row.vendor] || row.vendor == "" && partners[row.hospital]
}

// call makes one request and holds its answer to every rule.
func (c *crawler) call(r route.Route, id, query string, own bool) reply {
	c.t.Helper()
	version, facts, audited := c.version(c.t), c.facts(c.t), c.audited(c.t)
	got := c.send(r.Method, c.url(c.t, r, id)+query, c.form(r, own))
	for _, mark := range c.foreign(c.who, got.body+fmt.Sprint(got.header)) {
		c.report("%s %s shows %s", r.Name, query, mark)
	}
	c.access(r, got)
	c.cover(r, got)
	wrote, changed := c.version(c.t) != version, c.facts(c.t) != facts
	switch {
	case wrote && !r.ChangesState:
		c.report("%s %s wrote to the database", r.Name, query)
	case changed && c.audited(c.t) == audited:
		c.report("%s changed something without an audit entry", r.Name)
	}
	if got.status >= 500 {
		c.report("%s %s answers %d", r.Name, query, got.status)
	}
	return got
}

// cover notes what an answer reached.
func (c *crawler) cover(r route.Route, got reply) {
	if got.status < 400 && !strings.HasPrefix(got.header.Get("Location"), "/sign-in") {
		c.seen.done[r.Name] = true
	}
	if c.who.name != "" {
		c.seen.marks[c.who.email] += len(anyMark.FindAllString(got.body, -1))
	}
}

// access holds an answer to the declared matrix.
func (c *crawler) access(r route.Route, got reply) {
	admitted := r.Admits(c.who.access())
	toSignIn := got.status == http.StatusSeeOther && strings.HasPrefix(got.header.Get("Location"), "/sign-in")
	refused := got.status == http.StatusForbidden || got.status == http.StatusUnauthorized || c.who.name == "" && toSignIn
	switch {
	case !admitted && !refused:
		c.report("%s answers %d though it does not admit them", r.Name, got.status)
	case admitted && got.status == http.StatusUnauthorized, admitted && r.Needs != route.Anonymous && toSignIn:
		c.report("%s answers %d though it admits them", r.Name, got.status)
	}
}

// search tries every parameter of a list: the mark itself as search word, and
// foreign ids as filters.
func (c *crawler) search(r route.Route) {
	for _, p := range r.Params {
		if p.In != route.InQuery {
			continue
		}
		for _, value := range c.values(p) {
			c.call(r, "", "?"+url.Values{p.Name: {value}}.Encode(), false)
		}
	}
}

// form fills a form: with own rows where ids are asked for, or with foreign
// ones, and with what is plausible elsewhere.
func (c *crawler) form(r route.Route, own bool) url.Values {
	form := url.Values{}
	if r.ChangesState {
		form.Set(route.KeyField, route.NewKey())
	}
	for _, p := range r.Params {
		if p.In != route.InForm {
			continue
		}
		value, known := plausible[p.Name]
		switch {
		case blank[r.Name+" "+p.Name]:
			continue
		case p.Name == "email":
			value = route.NewKey() + "@crawl.example"
		case p.Name == "name":
			value = "Crawled " + route.NewKey() // names are taken once
		case p.Name == "roles":
			value = string(access.Admin)
		case p.Type.String() == "id" && own && !known:
			value = c.ownID(p.Name)
		case !known:
			value = c.values(p)[0]
		}
		form.Set(p.Name, value)
	}
	return form
}

// plausible values by the name of their field.
var plausible = map[string]string{
	"time_zone": "Europe/Dublin", "country": "IE", "currency": "EUR", "amount": "0.01", "price": "10.00",
	"month": "2026-10", "scan": "(01)09506000134352(21)zqH", "party": "", "received_on": "2026-11-19", "method": "bank_transfer", "format": "lines.csv", "invoice_prefix": "ZQ",
}

// blank are fields that a form which does its work leaves empty, by route.
var blank = map[string]bool{
	"export.take currency": true, "export.take invoice_columns": true, "export.take line_columns": true, "export.take journal_columns": true,
	"export.take statement_columns": true, "line.hold until": true, "products.add rebillable": true, "product.change rebillable": true, "products.add proof": true, "product.change proof": true, "export.take since": true, "export.take status": true,
	"export.take from": true, "export.take to": true,
}

// fieldTables says where an id in a form comes from.
var fieldTables = map[string]string{"agreement": "agreements", "place": "places", "case": "cases", "units": "units", "unit": "units", "party": "organisations", "site": "sites", "line": "invoice_lines", "lines": "vendor_lines", "person": "people", "to": "people", "ids": "alerts", "tags": "tags"}

func (c *crawler) ownID(field string) string {
	for _, row := range c.ids[fieldTables[field]] {
		if row.mine(c.who) {
			return row.id
		}
	}
	return ""
}

var enumeration = regexp.MustCompile(`^enum\((.*)\)$`)

// values are what to try for a parameter, by its type.
func (c *crawler) values(p route.Param) []string {
	name := p.Type.String()
	switch {
	case name == "id":
		return append(c.foreignIDs(), absent)
	case name == "int":
		return []string{"1", "0"}
	case name == "date":
		return []string{"2026-11-20", "2020-01-01"}
	case enumeration.MatchString(name):
		return strings.Split(enumeration.FindStringSubmatch(name)[1], "|")
	case strings.HasPrefix(name, "token"):
		return []string{"zq"}
	}
	return []string{"zqH", "%' OR 1=1 --"}
}

// foreignIDs are rows of organisations and places the actor has no part in.
func (c *crawler) foreignIDs() []string {
	var out []string
	for _, table := range []string{"organisations", "sites", "places", "units"} {
		for _, row := range c.ids[table] {
			if !row.mine(c.who) && len(out) < 4 {
				out = append(out, row.id)
			}
		}
	}
	return out
}

var varying = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`)

// plain takes out of a page what differs from request to request.
func plain(body, id string) string {
	return varying.ReplaceAllString(strings.ReplaceAll(body, id, ""), "")
}
