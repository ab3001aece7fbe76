package browser_test

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"trueward/internal/adapter/store"
	"trueward/internal/domain/access"
	"trueward/internal/domain/alert"
	"trueward/internal/domain/audit"
	"trueward/internal/domain/authentic"
	"trueward/internal/domain/billing"
	"trueward/internal/domain/custody"
	"trueward/internal/sample"
	"trueward/internal/testkit/browser"
	"trueward/web/route"
)

// looks are the ways every page is looked at.
var looks = []browser.Look{
	{Width: 390, Height: 844}, {Width: 1280, Height: 900},
	{Width: 1280, Height: 900, Dark: true}, {Width: 390, Height: 844, Dark: true},
}

func nameOf(l browser.Look) string {
	if l.Dark {
		return fmt.Sprintf("%d-dark", l.Width)
	}
	return fmt.Sprintf("%d-light", l.Width)
}

// notPages are GET routes that answer something else than a page, or nothing
// that has a look.
var notPages = map[string]string{
	"static": "files of pages", "offline": "stands in without a connection, see TestOffline", "offline.worker": "script", "live": "event stream", "case.waiting": "part of the case's page", "tag-run.progress": "part of the run's page", "tag-run.labels": "document", "vendor.labels": "document", "tags.labels": "document", "start": "sends on to a page",
	"sign-in.outside": "leaves for the house's own sign-in", "sign-in.back": "comes back from it", "sign-in.ended": "where the house has a sign-in of its own, see TestSigningOutHereOffersToDoSoThere",
	"trust.certificate": "file for devices", "trust.profile": "file for devices",
	"health": "probe", "ready": "probe", "metrics": "probe",
	"invoice.pdf": "document, see the journeys", "credit.pdf": "document of a credit note", "export.file": "file, see the journeys",
}

// variants is how many pages of one pattern are looked at per person: the
// tabs and filters that pages link to.
const variants = 4

// walk holds every page that its people reach to the rules.
type walk struct {
	*house
	pictures string
	thorough bool

	mu   sync.Mutex
	seen map[string]bool // names of routes that were looked at
	turn int
}

// visitor is a person on their way through the pages.
type visitor struct {
	*walk
	name    string
	browser *browser.Browser
	reader  *http.Client // signed in as they are
	queue   []string
	known   map[string]bool
	count   map[string]int // pages by name of route
}

// TestEveryPage walks as one person of each role, and as nobody, through all
// pages that follow from one another, and holds each of them, at a phone's and
// a desk's width, by day and by night, to accessibility rules, width, target
// sizes and a silent console. Every page of the registry is met on the way.
func TestEveryPage(t *testing.T) {
	h, b, ok := open(t, nil)
	if !ok {
		return
	}
	w := &walk{house: h, pictures: os.Getenv("TRUEWARD_PICTURES"), thorough: os.Getenv("TRUEWARD_SOAK") == "1", seen: map[string]bool{}}
	token, err := h.product.SignIn.OfferSetUp(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Run("nobody", func(t *testing.T) {
		v := w.visitor("nobody", b.Apart(t), h.reader(t, "", ""))
		v.follow("/sign-in", "/trust", "/workstation", "/welcome/"+token, h.tap(t, sample.TapGenuine), h.tap(t, sample.TapReplayed), h.tap(t, sample.TapAltered), "/nowhere")
		v.round(t)
	})
	t.Run("people", func(t *testing.T) {
		t.Run("Operator", func(t *testing.T) {
			t.Parallel()
			own := b.Apart(t)
			first := h.setUp(t, own, token)
			v := w.visitor("operator", own, h.reader(t, operator, operatorPassword))
			v.follow(first, "/system/sample")
			v.round(t)
		})
		for _, person := range onePerRole() {
			t.Run(person.Role, func(t *testing.T) {
				t.Parallel()
				own, _ := browser.Start(t, nil) // each their own: one that has opened hundreds of tabs answers slower and slower
				v := w.visitor(strings.NewReplacer(" ", "-", ",", "").Replace(strings.ToLower(person.Role)), own, h.reader(t, person.Email, password))
				v.follow(h.begin(t, own, person), "/nowhere")
				if person.Email == amy {
					v.follow(h.tap(t, sample.TapWrongProduct), "/scan/tapped", "/usages/"+string(h.lately(t).ID)+"/correct")
				}
				if person.Email == maria {
					v.follow("/on-hand/chosen?ids=" + h.shelved(t))
				}
				if person.Email == officeOf {
					v.follow("/approvals/chosen?ids=" + h.invoiced(t))
				}
				if person.Email == priya {
					v.follow("/alerts/chosen?ids="+h.alerted(t), "/tags/chosen?ids="+h.tagged(t))
				}
				v.round(t)
			})
		}
	})
	for _, name := range w.unseen(h.product.Web.Routes()) {
		t.Errorf("nobody met a page of the route %s", name)
	}
}

// The installation's first administrator.
const (
	operator         = "rea@it.example"
	operatorPassword = "purple staple rain"
)

// setUp makes the operator's first administrator and returns their first page.
func (h *house) setUp(t *testing.T, b *browser.Browser, token string) string {
	t.Helper()
	p := b.Open(t, h.url+"/welcome/"+token, looks[0])
	for field, text := range map[string]string{"organisation": "Ward IT", "name": "Rea Osei", "email": operator, "password": operatorPassword, "again": operatorPassword} {
		p.Fill(t, "#"+field, text)
	}
	p.Follow(t, "Set up and sign in")
	if first := p.Path(t); !strings.HasPrefix(first, "/welcome") {
		return first
	}
	t.Fatalf("the installation is not set up: %s", p.Text(t))
	return ""
}

// begin signs a person in and returns their first page. The nurse has scanned a
// recalled unit, so that there is something to decide.
func (h *house) begin(t *testing.T, b *browser.Browser, person sample.SignIn) string {
	t.Helper()
	p := h.enter(t, b, person.Email, looks[0])
	first := p.Path(t)
	if person.Email == amy {
		p.Go(t, h.url+"/scan")
		p.Fill(t, "#scan", bracketed(h.stopped(t)))
		p.Press(t, "Check")
		p.WaitFor(t, `document.querySelector("#waiting a[href$='/decide']")`)
	}
	if person.Email == officeOf {
		p.Go(t, h.url+"/tag-runs/new")
		p.Fill(t, "#di", h.take(t, 1)[0].DI)
		p.Fill(t, "#lot", "LT1")
		browser.Eval[bool](t, p, `(document.querySelector("#expiry").value = "2030-12-31", document.querySelector("#serials").value = "R1", true)`)
		p.Follow(t, "Plan tags for these serial numbers")
	}
	return first
}

// priya looks at the hospital's alerts; maria holds and moves its stock.
const priya = "priya@brannoc.example"

// scoped reads what a person may see.
func (h *house) scoped(t *testing.T, email string) (store.Queries, access.Actor) {
	t.Helper()
	c, ok, err := h.queries(t).CredentialByEmail(email)
	if err != nil || !ok {
		t.Fatal(ok, err)
	}
	return h.product.Store.Read(t.Context(), c.Actor.Scope()), c.Actor
}

// shelved is a unit of maria's hospital that can be held or moved.
func (h *house) shelved(t *testing.T) string {
	t.Helper()
	q, _ := h.scoped(t, maria)
	list, err := q.Units(store.UnitFilter{States: []custody.State{custody.Available}}, store.Page{Limit: 1})
	if err != nil || len(list.Rows) == 0 {
		t.Fatal("no unit that can be held", err)
	}
	return string(list.Rows[0].ID)
}

// invoiced is an invoice of ines's house, in the state that waits for a
// person's approval where there is one.
func (h *house) invoiced(t *testing.T) string {
	t.Helper()
	q, ines := h.scoped(t, officeOf)
	for _, states := range [][]billing.InvoiceState{{billing.Frozen}, nil} {
		list, err := q.Invoices(store.InvoiceFilter{States: states, Vendor: ines.Organisation}, store.Page{Limit: 1})
		if err != nil {
			t.Fatal(err)
		}
		if len(list.Rows) > 0 {
			return string(list.Rows[0].ID)
		}
	}
	t.Fatal("no invoice")
	return ""
}

// tagged is a tag of her hospital that can be retired.
func (h *house) tagged(t *testing.T) string {
	t.Helper()
	q, _ := h.scoped(t, priya)
	list, err := q.TagList(store.TagFilter{State: authentic.TagActive}, store.Page{Limit: 1})
	if err != nil || len(list.Rows) == 0 {
		t.Fatal("no tag that can be retired", err)
	}
	return string(list.Rows[0].ID)
}

// alerted raises an alert for her hospital, to be chosen in the list.
func (h *house) alerted(t *testing.T) string {
	t.Helper()
	q, actor := h.scoped(t, priya)
	err := h.product.Store.Write(t.Context(), actor, func(tx *store.Tx) error {
		tx.Audit(audit.Change{Chain: audit.OrganisationChain(string(actor.Organisation)), Action: "person.broke_glass", Kind: "person", Object: string(actor.Person)})
		return tx.Raise(alert.Alert{
			Kind: alert.OutsideDown, SubjectKind: "person", Subject: string(actor.Person), Hospital: actor.Organisation,
			Sentence: "Priya Nair came in with a password because the house's sign-in does not answer.",
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	list, err := q.Alerts(true, store.Page{Limit: 1})
	if err != nil || len(list.Rows) == 0 {
		t.Fatal("the hospital has no open alert", err)
	}
	return string(list.Rows[0].ID)
}

// lately is a usage of amy's that can be corrected. Which of her cases a list
// shows first, and whether anything was used there, is other tests' doing.
func (h *house) lately(t *testing.T) store.UsageRow {
	t.Helper()
	q, actor := h.scoped(t, amy)
	list, err := q.Usages(store.UsageFilter{Hospital: actor.Organisation, LiveOnly: true}, store.Page{Limit: 1})
	if err != nil || len(list.Rows) == 0 {
		t.Fatal("nothing was used at her hospital", err)
	}
	return list.Rows[0]
}

// officeOf plans a run of tags before they walk, so that there is one to look at.
const officeOf = "ines@norvane.example"

// onePerRole returns a person for each set of roles of the sample.
func onePerRole() []sample.SignIn {
	var out []sample.SignIn
	for _, s := range sample.SignIns() {
		if !slices.ContainsFunc(out, func(o sample.SignIn) bool { return o.Role == s.Role }) {
			out = append(out, s)
		}
	}
	return out
}

// unseen names the routes whose pages nobody met.
func (w *walk) unseen(routes []route.Route) []string {
	var out []string
	for _, r := range routes {
		if r.Method == http.MethodGet && !w.seen[r.Name] && notPages[r.Name] == "" {
			out = append(out, r.Name+" ("+r.Path+")")
		}
	}
	return out
}

func (w *walk) visitor(name string, b *browser.Browser, reader *http.Client) *visitor {
	return &visitor{walk: w, name: name, browser: b, reader: reader, known: map[string]bool{}, count: map[string]int{}}
}

// follow puts addresses of the house into the queue, unless enough pages of
// their kind are in it.
func (v *visitor) follow(addresses ...string) {
	for _, address := range addresses {
		u, err := url.Parse(strings.TrimPrefix(address, v.url))
		if err != nil || u.Host != "" || v.known[u.RequestURI()] {
			continue
		}
		v.known[u.RequestURI()] = true
		name := v.routeOf(u.Path)
		limit := variants
		if u.RawQuery == "" && name != "404" {
			limit = 1 // further rows of a list look like the first
		}
		if notPages[name] != "" || u.Query().Has("as") || u.Query().Has("after") || v.count[name] >= limit {
			continue
		}
		v.count[name]++
		v.queue = append(v.queue, u.RequestURI())
	}
}

// routeOf names the route of a path; "404" when there is none.
func (w *walk) routeOf(path string) string {
	best, name := -1, "404"
	for _, r := range w.product.Web.Routes() {
		if r.Method != http.MethodGet {
			continue
		}
		if fixed, ok := matches(r.Path, path); ok && fixed > best {
			best, name = fixed, r.Name
		}
	}
	return name
}

// matches says whether a path follows a pattern, and in how many parts word
// for word.
func matches(pattern, path string) (fixed int, ok bool) {
	want, got := strings.Split(pattern, "/"), strings.Split(path, "/")
	for i, part := range want {
		switch {
		case part == "*":
			return fixed, true
		case i >= len(got):
			return 0, false
		case part == got[i]:
			fixed++
		case !strings.HasPrefix(part, ":"):
			return 0, false
		}
	}
	return fixed, len(want) == len(got)
}

// round visits what is in the queue, and what those pages lead to.
func (v *visitor) round(t *testing.T) {
	for n := 0; n < len(v.queue); n++ {
		address := v.queue[n]
		name := v.routeOf(strings.SplitN(address, "?", 2)[0])
		t.Run(fmt.Sprintf("%02d-%s", n, name), func(t *testing.T) { v.visit(t, n, name, address) })
	}
}

// visit looks at one page in every way; its tab closes with the test.
func (v *visitor) visit(t *testing.T, n int, name, address string) {
	chosen := v.looksAt(name)
	if len(chosen) == 0 {
		v.read(t, name, address)
		return
	}
	p := v.browser.Blank(t, chosen[0])
	status := p.Go(t, v.url+address)
	if want := int64(http.StatusOK); name != "404" && status != want {
		t.Errorf("%s answers %d", name, status)
	}
	v.follow(browser.Eval[[]string](t, p, `[...document.querySelectorAll("a[href]")].filter((a) => a.origin === location.origin).map((a) => a.pathname + a.search)`)...)
	found := map[string][]string{}
	for i, look := range chosen {
		if i > 0 {
			p.Look(t, look)
			if look.Dark != chosen[i-1].Dark {
				p.Go(t, v.url+address) // a page keeps some colours of its first look
			}
		}
		judge := p.Faults
		if look.Dark && len(chosen) > 1 && !v.thorough {
			judge = p.Recoloured
		}
		for _, fault := range slices.Concat(v.shorten(t, p), judge(t)) {
			if status != http.StatusOK && strings.Contains(fault, "Failed to load resource") {
				continue // the browser's own word on a page that does not exist
			}
			found[fault] = append(found[fault], nameOf(look))
		}
		if v.pictures != "" {
			p.Picture(t, filepath.Join(v.pictures, fmt.Sprintf("%s-%02d-%s-%s.png", v.name, n, name, nameOf(look))))
		}
	}
	report(t, name, found)
}

// shorten leaves the first rows of long lists, whose others look the same, for
// the rules that are slow; what is too wide is looked for in all of them. The
// soak judges whole pages.
func (w *walk) shorten(t *testing.T, p *browser.Page) (wide []string) {
	t.Helper()
	if w.thorough || !browser.Eval[bool](t, p, `document.querySelector("tbody tr:nth-child(13)") !== null`) {
		return nil
	}
	for _, line := range p.Overflow(t) {
		wide = append(wide, "overflow: "+line)
	}
	browser.Eval[bool](t, p, `(document.querySelectorAll("tbody tr:nth-child(n+13)").forEach((row) => row.remove()), true)`)
	return wide
}

// report tells what was found on a page, and of one kind of fault no more than
// three: a list repeats its fault in every row.
func report(t *testing.T, name string, found map[string][]string) {
	t.Helper()
	told := map[string]int{}
	for _, fault := range slices.Sorted(maps.Keys(found)) {
		kind, _, _ := strings.Cut(fault, ":")
		if told[kind]++; told[kind] <= 3 {
			t.Errorf("%s (%s): %s", name, strings.Join(found[fault], ", "), fault)
		}
	}
	for kind, n := range told {
		if n > 3 {
			t.Errorf("%s: %s is found %d times in all", name, kind, n)
		}
	}
}

// looksAt chooses how a page is looked at when it is the first of its route: at
// both widths by day, and at one of them by night, for colours do not depend on
// the width; the soak looks in every way. Who meets a known one only follows
// its links, except in the soak, where tabs and filters, and everybody's own
// menu and rows, are looked at too, in one way, another each time.
func (w *walk) looksAt(name string) []browser.Look {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.turn++
	first := !w.seen[name]
	w.seen[name] = true
	switch {
	case first && w.thorough:
		return looks
	case first:
		return []browser.Look{looks[0], looks[1], looks[2+w.turn%2]}
	case w.thorough, name == "tap": // its answer is kept for the browser that tapped
		return looks[w.turn%len(looks):][:1]
	}
	return nil
}
