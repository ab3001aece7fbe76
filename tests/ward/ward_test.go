// Package ward_test walks the ward's pages over the whole product with its
// sample data: what a nurse does in a browser, and what the page behind a
// tag's URL tells whom.
package ward_test

import (
	"context"
	"errors"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"regexp"
	"strings"
	"sync"
	"testing"

	"trueward/cmd/trueward/product"
	"trueward/internal/app/signin"
	"trueward/web/route"
)

const password = "sample-ward-2026"

// house is the running product with its sample data.
type house struct {
	t    *testing.T
	url  string
	p    *product.Product
	taps map[string]string // URL by what it shows
}

// template is a data folder with the sample loaded, made once: copying it is
// many times faster than telling the story again.
var template = sync.OnceValues(func() (string, error) {
	folder, err := os.MkdirTemp("", "trueward-ward-")
	if err != nil {
		return "", err
	}
	ctx := context.Background()
	p, err := product.Open(ctx, configure(folder))
	if err != nil {
		return folder, err
	}
	return folder, errors.Join(p.LoadSample(ctx, password, tapHost, nil), p.Close())
})

// tapHost stands in the URLs of the sample's tags.
const tapHost = "http://localhost:8080"

func TestMain(m *testing.M) {
	code := m.Run()
	if folder, _ := template(); folder != "" {
		_ = os.RemoveAll(folder)
	}
	os.Exit(code)
}

func configure(folder string) product.Config {
	cfg := product.In(folder)
	cfg.Unlimited = true
	cfg.Strength = signin.Strength{MemoryKiB: 64, Iterations: 1, Lanes: 1, AtOnce: 4, Waiting: 16}
	return cfg
}

func open(t *testing.T) *house {
	t.Helper()
	from, err := template()
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	if err := os.CopyFS(folder, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(configure(folder).KeyPath, 0o600); err != nil {
		t.Fatal(err)
	}
	p, err := product.Open(t.Context(), configure(folder))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	})
	server := httptest.NewUnstartedServer(nil)
	server.Config = p.Web.HTTP()
	server.Start()
	t.Cleanup(server.Close)
	t.Cleanup(p.EndStreams)
	h := &house{t: t, p: p, url: strings.Replace(server.URL, "127.0.0.1", "localhost", 1), taps: map[string]string{}}
	taps, err := p.SampleTaps(t.Context(), tapHost)
	if err != nil {
		t.Fatal(err)
	}
	for _, tap := range taps {
		h.taps[tap.What] = strings.Replace(tap.URL, tapHost, h.url, 1)
	}
	return h
}

// visitor is a browser: it keeps cookies and follows redirects.
type visitor struct {
	*house
	client *http.Client
}

func (h *house) visit() visitor {
	jar, err := cookiejar.New(nil)
	if err != nil {
		h.t.Fatal(err)
	}
	return visitor{h, &http.Client{Jar: jar}}
}

// enter signs somebody in.
func (h *house) enter(email string) visitor {
	h.t.Helper()
	v := h.visit()
	v.send("/sign-in", url.Values{"email": {email}, "password": {password}})
	return v
}

type answer struct {
	code int
	body string
	path string
}

func (v visitor) do(r *http.Request) answer {
	v.t.Helper()
	got, err := v.client.Do(r)
	if err != nil {
		v.t.Fatal(err)
	}
	defer got.Body.Close()
	body, err := io.ReadAll(got.Body)
	if err != nil {
		v.t.Fatal(err)
	}
	return answer{got.StatusCode, string(body), got.Request.URL.Path}
}

func (v visitor) request(method, path string, body io.Reader) *http.Request {
	v.t.Helper()
	if strings.HasPrefix(path, "/") {
		path = v.url + path
	}
	r, err := http.NewRequestWithContext(v.t.Context(), method, path, body)
	if err != nil {
		v.t.Fatal(err)
	}
	return r
}

func (v visitor) get(path string) answer {
	v.t.Helper()
	return v.do(v.request(http.MethodGet, path, nil))
}

func (v visitor) send(path string, form url.Values) answer {
	v.t.Helper()
	if path != "/sign-in" && form.Get(route.KeyField) == "" {
		form.Set(route.KeyField, route.NewKey())
	}
	r := v.request(http.MethodPost, path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return v.do(r)
}

// words are the big words of a check: the tag, then the unit.
func (a answer) words() string {
	var out []string
	for _, m := range regexp.MustCompile(`class="verdict-word">([^<]*)<`).FindAllStringSubmatch(a.body, -1) {
		out = append(out, html.UnescapeString(m[1]))
	}
	return strings.Join(out, ", ")
}

func (a answer) find(t *testing.T, pattern string) string {
	t.Helper()
	m := regexp.MustCompile(pattern).FindStringSubmatch(a.body)
	if m == nil {
		t.Fatalf("no %s on %s (%d):\n%s", pattern, a.path, a.code, a.body)
	}
	return html.UnescapeString(m[1])
}

func (a answer) holds(t *testing.T, text string) {
	t.Helper()
	if !strings.Contains(html.UnescapeString(a.body), text) {
		t.Errorf("%s (%d) does not hold %q", a.path, a.code, text)
	}
}

// ready finds units that lie ready at a place, as element strings of their labels.
func (v visitor) ready(t *testing.T, n int) []string {
	t.Helper()
	shelf := v.get("/find?q=stent")
	var out []string
	for _, m := range regexp.MustCompile(`href="(/find/[0-9a-f-]+\?place=[0-9a-f-]+)"`).FindAllStringSubmatch(shelf.body, -1) {
		list := v.get(html.UnescapeString(m[1]))
		for _, u := range regexp.MustCompile(`href="(/units/[0-9a-f-]{36})"`).FindAllStringSubmatch(list.body, -1) {
			page := v.get(u[1])
			value := func(name string) string {
				return page.find(t, `<dt>`+name+`</dt>\s*<dd>\s*<bdi class="mono">([^<]*)<`)
			}
			if strings.Contains(page.body, "tone-stop") || value("Serial") == "" {
				continue
			}
			out = append(out, fmt.Sprintf("(01)%s(10)%s(21)%s", value("Product number"), value("Lot"), value("Serial")))
			if len(out) == n {
				return out
			}
		}
	}
	t.Fatalf("only %d units lie ready", len(out))
	return nil
}
