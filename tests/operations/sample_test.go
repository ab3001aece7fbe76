package operations

import (
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"
)

var shownPassword = regexp.MustCompile(`id="password" value="([a-z2-7-]{19})"`)

// TestSampleDataUnderServe loads the sample from an empty installation's page,
// without scripts, and signs in as one of its people.
func TestSampleDataUnderServe(t *testing.T) {
	p := start(t, "serve", "--data", t.TempDir(), "--log-level", "warn")
	admin := p.administrator(t)
	page, _ := admin.get("/system")
	if !strings.Contains(page, "Load sample data") {
		t.Fatalf("an empty installation offers no sample data\n%s", page)
	}
	form := url.Values{"idempotency_key": {sampleKey(t, page)}}
	page, response := admin.post("/system/sample", form)
	if !strings.Contains(page, "Loading sample data") || response.Header.Get("Refresh") == "" {
		t.Fatalf("no progress to see: %d, refresh %q\n%s", response.StatusCode, response.Header.Get("Refresh"), page)
	}
	page = untilLoaded(t, admin)
	found := shownPassword.FindStringSubmatch(page)
	if found == nil || !strings.Contains(page, "amy@brannoc.example") {
		t.Fatalf("no sign-ins on the finished page\n%s", page)
	}
	if strings.Contains(p.log.String(), found[1]) {
		t.Error("the password stands in the log")
	}
	nurse := p.visitor(t)
	if page, response := nurse.post("/sign-in", url.Values{"email": {"amy@brannoc.example"}, "password": {found[1]}, "next": {"/"}}); response.StatusCode != http.StatusOK || !strings.Contains(page, "Amy Osei") {
		t.Errorf("the sample nurse cannot sign in: %d", response.StatusCode)
	}
	page, _ = admin.post("/system/sample/noted", url.Values{"idempotency_key": {keyField.FindStringSubmatch(page)[1]}})
	if strings.Contains(page, found[1]) || !strings.Contains(page, "amy@brannoc.example") {
		t.Error("the password is shown after it was noted, or the sign-ins are gone")
	}
	form.Set("idempotency_key", "00000000-0000-4000-8000-000000000001")
	if page, _ = admin.post("/system/sample", form); !strings.Contains(html.UnescapeString(page), "Sample data was loaded already") {
		t.Errorf("a second load is not refused\n%s", page)
	}
	if page, _ = admin.get("/audit"); !strings.Contains(page, "Sample data was let in") || !strings.Contains(page, "Rea Osei") {
		t.Error("the audit trail does not say who let the sample in")
	}
	noFallbackWords(t, p, found[1])
}

// sampleKey is the key of the form that loads the sample; other forms of the
// page have keys too.
func sampleKey(t *testing.T, page string) string {
	t.Helper()
	_, form, _ := strings.Cut(page, `action="/system/sample"`)
	key := keyField.FindStringSubmatch(form)
	if key == nil {
		t.Fatal("the form has no key")
	}
	return key[1]
}

func untilLoaded(t *testing.T, admin visitor) string {
	t.Helper()
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	deadline := time.After(2 * time.Minute)
	for {
		page, response := admin.get("/system/sample")
		if response.Header.Get("Refresh") == "" {
			return page
		}
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatalf("still loading\n%s", page)
		}
	}
}

// noFallbackWords walks the auditor's whole trail: every action of the month
// has words of its own.
func noFallbackWords(t *testing.T, p *process, password string) {
	t.Helper()
	v := p.visitor(t)
	v.post("/sign-in", url.Values{"email": {"oliver@brannoc.example"}, "password": {password}, "next": {"/audit"}})
	next, pages := "/audit", 0
	fallback := regexp.MustCompile(`row-link" href="[^"]*">([a-z]+: [a-z ]+)<`)
	following := regexp.MustCompile(`rel="next" href="([^"]+)"`)
	for next != "" && pages < 200 {
		page, response := v.get(next)
		if response.StatusCode != http.StatusOK {
			t.Fatalf("%s: %d", next, response.StatusCode)
		}
		if odd := fallback.FindStringSubmatch(page); odd != nil {
			t.Errorf("no words for %q", odd[1])
		}
		next = ""
		if m := following.FindStringSubmatch(page); m != nil {
			next = html.UnescapeString(m[1])
		}
		pages++
	}
	if pages < 20 {
		t.Errorf("the trail of a month ends after %d pages", pages)
	}
}

// TestSampleDataIsRefusedBesideRealOrganisations keeps made-up invoices apart
// from real ones.
func TestSampleDataIsRefusedBesideRealOrganisations(t *testing.T) {
	p := start(t, "serve", "--data", t.TempDir(), "--log-level", "warn")
	admin := p.administrator(t)
	key := func() string { return keyField.FindStringSubmatch(first(admin.get("/organisations/new")))[1] }
	admin.post("/organisations", url.Values{
		"kind": {"hospital"}, "name": {"Quay Hospital"}, "country": {"IE"}, "currency": {"EUR"}, "idempotency_key": {key()},
	})
	if page, _ := admin.get("/system"); strings.Contains(page, "Load sample data") {
		t.Error("sample data is offered beside a real organisation")
	}
	page, _ := admin.post("/system/sample", url.Values{"idempotency_key": {"00000000-0000-4000-8000-000000000002"}})
	if !strings.Contains(html.UnescapeString(page), "There are real organisations here") {
		t.Errorf("not refused\n%s", page)
	}
}

func first(page string, _ *http.Response) string { return page }
