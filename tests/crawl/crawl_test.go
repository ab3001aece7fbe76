package crawl_test

import (
	"fmt"
	"io"
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
	"people": "people", "sites": "sites", "organisations": "organisations",
	"invoices": "invoices", "lines": "vendor_lines", "payments": "payments", "exports": "export_runs", "jobs": "outbox",
	"units": "units", "cases": "cases", "usages": "usages", "scans": "case_scans", "places": "places",
	"t": "tag_profiles", "tags": "tags", "profiles": "tag_profiles", "incidents": "incidents", "alerts": "alerts",
	"find": "products", "products": "products", "agreements": "agreements", "unit": "units", "case": "cases",
}

// absent is an id that no row has.
const absent = "0197f3d0-0000-7000-8000-000000000000"

// apart are routes the crawl does not call like the others: they end or begin
// sessions, or are no pages.
var apart = map[string]string{
	"sign-in.enter":    "begins the session of whoever calls",
	"sign-out":         "ends the session of whoever calls",
	"welcome":          "takes a token, not an id",
	"welcome.accept":   "takes a token, not an id",
	"account.password": "ends the session of whoever calls",
	"metrics":          "answers the machine itself alone; no tenant's rows",
}

// crawler calls URLs as one actor and notes what should not be.
type crawler struct {
	*town
	t      *testing.T
	who    actor
	client *http.Client
	found  *[]string
	calls  *int
}

func (c crawler) report(format string, args ...any) {
	who := "nobody"
	if c.who.name != "" {
		who = c.who.email
	}
	*c.found = append(*c.found, who+": "+fmt.Sprintf(format, args...))
}

// crawl walks every route as everybody and returns what it found.
func (v *town) crawl(t *testing.T) (found []string, calls int) {
	t.Helper()
	walk := func(method string) {
		for _, a := range v.actors {
			c := crawler{town: v, t: t, who: a, found: &found, calls: &calls}
			c.enter()
			for _, r := range v.routes {
				if r.Method == method && apart[r.Name] == "" {
					c.route(r)
				}
			}
		}
	}
	walk(http.MethodGet)
	walk(http.MethodPost)
	return found, calls
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
	return reply{response.StatusCode, string(text), response.Header}
}

// route calls one route with own, foreign and absent ids.
func (c *crawler) route(r route.Route) {
	c.t.Helper()
	if !strings.Contains(r.Path, ":") {
		c.call(r, "", "")
		if r.Method == http.MethodGet {
			c.search(r)
		}
		return
	}
	own, foreign := c.idsFor(r)
	for _, id := range own {
		c.call(r, id, "")
	}
	none := c.call(r, absent, "")
	for _, id := range foreign {
		facts := c.facts(c.t)
		got := c.call(r, id, "")
		if c.facts(c.t) != facts {
			c.report("%s changed something by a foreign id", r.Name)
		}
		if got.status != none.status || plain(got.body, id) != plain(none.body, absent) {
			c.report("%s tells a foreign id (%d) from an absent one (%d)", r.Name, got.status, none.status)
		}
	}
}

// idsFor returns rows that are the actor's and rows that are not.
func (c *crawler) idsFor(r route.Route) (own, foreign []string) {
	first := strings.Split(r.Path, "/")[1]
	table, known := tables[first]
	if !known {
		c.report("%s: where its ids come from is not declared in the crawl's tables", r.Name)
		return nil, nil
	}
	for _, row := range c.ids[table] {
		switch {
		case row.mine(c.who):
			own = append(own, row.id)
		case table == "people" && c.who.kind == access.Operator, c.who.kind == access.Operator && r.Tenancy == route.Installation:
			// the operator's administrator reaches every organisation's settings
		case row.hospital == "" && c.sides.partners[c.who.organisation][row.vendor], row.vendor == "" && c.sides.partners[c.who.organisation][row.hospital]:
			// a partner's own row: seen by agreement, neither own nor foreign
		default:
			foreign = append(foreign, row.id)
		}
	}
	return slices.Clip(own[:min(len(own), 4)]), foreign[:min(len(foreign), 6)]
}

// call makes one request and holds its answer to every rule.
func (c *crawler) call(r route.Route, id, query string) reply {
	c.t.Helper()
	version, facts, audited := c.version(c.t), c.facts(c.t), c.audited(c.t)
	got := c.send(r.Method, c.url(r, id)+query, c.form(r))
	for _, mark := range c.foreign(c.who, got.body+fmt.Sprint(got.header)) {
		c.report("%s %s shows %s", r.Name, query, mark)
	}
	c.access(r, got)
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
			c.call(r, "", "?"+url.Values{p.Name: {value}}.Encode())
		}
	}
}

// form fills a form: foreign ids where ids are asked for, and what each type
// accepts elsewhere.
func (c *crawler) form(r route.Route) url.Values {
	form := url.Values{}
	if r.ChangesState {
		form.Set(route.KeyField, route.NewKey())
	}
	for _, p := range r.Params {
		if p.In == route.InForm {
			form.Set(p.Name, c.values(p)[0])
		}
	}
	return form
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
	return []string{"zqH", "%"}
}

// foreignIDs are rows of organisations and places the actor has no part in.
func (c *crawler) foreignIDs() []string {
	var out []string
	for _, table := range []string{"organisations", "sites", "places", "units"} {
		for _, row := range c.ids[table] {
			if !row.mine(c.who) && len(out) < 8 {
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
