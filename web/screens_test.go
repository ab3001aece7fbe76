package web_test

import (
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/chromedp/chromedp"

	"trueward/internal/testkit/browser"
	"trueward/web"
	"trueward/web/route"
)

const another = "purple staple rain"

// town is a set-up installation with a hospital, as its people would make it.
type town struct {
	*house
	operator, boss *http.Client
	paths          map[string]string // pages by who may see them
}

func settle(t *testing.T) town {
	t.Helper()
	h := open(t, web.Config{Unlimited: true})
	v := town{house: h, operator: browserThatFollows(t), boss: browserThatFollows(t), paths: map[string]string{}}
	token, err := h.desk.OfferSetUp(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	v.fill(t, v.operator, "/welcome/"+token, url.Values{
		"organisation": {"Ward IT"}, "name": {"Rea Osei"}, "email": {"rea@it.example"}, "password": {password}, "again": {password},
	})
	made := v.fill(t, v.operator, "/organisations", url.Values{"kind": {"hospital"}, "name": {"St. Brannoc's"}, "country": {"IE"}, "currency": {"EUR"}})
	hospital := find(t, made, `/organisations/([0-9a-f-]{36})/sites`)
	v.fill(t, v.operator, "/organisations", url.Values{"kind": {"vendor"}, "name": {"Norvane Medical"}, "country": {"DE"}, "currency": {"EUR"}, "invoice_prefix": {"NV-"}})
	v.fill(t, v.operator, "/organisations/"+hospital+"/sites", url.Values{"name": {"Main site"}, "address": {"1 Quay Street\nDublin"}, "time_zone": {"Europe/Dublin"}})
	link := v.fill(t, v.operator, "/organisations/"+hospital+"/administrators", url.Values{"name": {"Ines Marlow"}, "email": {"ines@brannoc.example"}, "roles": {"admin"}})
	v.fill(t, v.boss, "/welcome/"+find(t, link, `/welcome/([A-Za-z0-9_-]{43})`), url.Values{"password": {another}, "again": {another}})
	for i, name := range []string{"Amy Okafor", "Ben Ito", "Carla Ruiz"} {
		v.fill(t, v.boss, "/people", url.Values{"name": {name}, "email": {fmt.Sprintf("p%d@brannoc.example", i)}, "roles": {"nurse", "materials"}})
	}
	person := find(t, h.get(t, v.boss, "/people?q=amy").body, `/people/([0-9a-f-]{36})"`)
	gone := find(t, h.get(t, v.boss, "/people?q=ben").body, `/people/([0-9a-f-]{36})"`)
	v.fill(t, v.boss, "/people/"+gone+"/disable", url.Values{})
	site := find(t, h.get(t, v.boss, "/sites").body, `/sites/([0-9a-f-]{36})"`)
	v.fill(t, v.boss, "/sites/"+site+"/places", url.Values{"name": {"Cath Lab 2"}, "kind": {"room"}})
	v.paths = map[string]string{
		"people": "/people", "nobody-found": "/people?q=zzz", "invite": "/people/new", "person": "/people/" + person, "disabled": "/people/" + gone,
		"sites": "/sites", "site": "/sites/" + site, "account": "/account",
	}
	return v
}

func browserThatFollows(t *testing.T) *http.Client {
	c := visitor(t)
	c.CheckRedirect = nil
	return c
}

// fill sends a form with a fresh key and returns the page that followed.
func (v town) fill(t *testing.T, client *http.Client, path string, form url.Values) string {
	t.Helper()
	if !regexp.MustCompile(`^/(welcome|sign-in)`).MatchString(path) {
		form.Set(route.KeyField, route.NewKey())
	}
	got := v.post(t, client, path, form)
	if got.StatusCode != http.StatusOK {
		t.Fatalf("%s: %d\n%s", path, got.StatusCode, got.body)
	}
	return got.body
}

func find(t *testing.T, html, pattern string) string {
	t.Helper()
	m := regexp.MustCompile(pattern).FindStringSubmatch(html)
	if m == nil {
		t.Fatalf("no %s in\n%s", pattern, html)
	}
	return m[1]
}

// TestScreensOfPeople signs in with a real browser and holds every page of the
// administrators to accessibility rules, width, target sizes and a silent
// console; by day on a phone, by night at a desk. TRUEWARD_PICTURES names a
// folder for pictures.
func TestScreensOfPeople(t *testing.T) {
	b, ok := browser.Start(t, nil)
	if !ok {
		return
	}
	v := settle(t)
	phone, desk := browser.Look{Width: 390, Height: 844}, browser.Look{Width: 1280, Height: 900, Dark: true}
	shots, looked := os.Getenv("TRUEWARD_PICTURES"), 0
	check := func(name, path string) {
		for i, look := range []browser.Look{phone, desk} {
			if shots == "" && (looked+i)%2 == 1 {
				continue // without pictures each page is looked at once, in turn
			}
			name := fmt.Sprintf("%s-%d", name, look.Width)
			t.Run(name, func(t *testing.T) { // its tab closes with it, and the tab's live connection
				p := b.Open(t, v.url+path, look)
				p.Check(t, name)
				if shots != "" {
					p.Picture(t, filepath.Join(shots, name+".png"))
				}
			})
		}
		looked++
	}
	check("sign-in", "/sign-in")
	enter := func(t *testing.T, email, password string) {
		p := b.Open(t, v.url+"/sign-in", phone)
		p.Do(t, chromedp.SetValue(chromedp.CSS("#email"), email), chromedp.SetValue(chromedp.CSS("#password"), password),
			chromedp.Click(chromedp.CSS(`form[action="/sign-in"] button`)))
		p.WaitFor(t, `location.pathname != "/sign-in"`)
	}
	t.Run("enter", func(t *testing.T) { enter(t, "ines@brannoc.example", another) })
	for name, path := range v.paths {
		check(name, path)
	}
	t.Run("change person", func(t *testing.T) {
		p := b.Open(t, v.url+"/account", desk)
		p.Do(t, chromedp.Click(chromedp.CSS(".topbar .drop:not(.pill) > summary")), chromedp.Click(chromedp.CSS(`form[action="/sign-out"] button`)))
		p.WaitFor(t, `location.pathname == "/sign-in"`)
		enter(t, "rea@it.example", password)
	})
	for name, path := range map[string]string{"organisations": "/organisations", "new-organisation": "/organisations/new"} {
		check(name, path)
	}
	hospital := find(t, v.get(t, v.operator, "/organisations").body, `/organisations/([0-9a-f-]{36})"`)
	check("organisation", "/organisations/"+hospital)
	check("new-administrator", "/organisations/"+hospital+"/administrators/new")
}
