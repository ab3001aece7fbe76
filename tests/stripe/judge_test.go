package stripe_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"trueward/internal/adapter/store/storetest"
	gateway "trueward/internal/adapter/stripe"
	"trueward/internal/adapter/stripe/fake"
	"trueward/internal/testkit/stripemock"
)

// spoiler stands between the product and the service and spoils one parameter
// of the first request to a path, as a mistake of ours would.
type spoiler struct {
	next  http.Handler
	path  string
	spoil func(url.Values)
	done  bool
}

func (s *spoiler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	if r.Method == http.MethodPost && !s.done && strings.HasPrefix(r.URL.Path, s.path) {
		if form, err := url.ParseQuery(string(body)); err == nil {
			s.spoil(form)
			body, s.done = []byte(form.Encode()), true
		}
	}
	r.Body = io.NopCloser(strings.NewReader(string(body)))
	s.next.ServeHTTP(w, r)
}

func set(name, value string) func(url.Values) {
	return func(form url.Values) { form.Set(name, value) }
}

// The control of the judge: each way of getting a parameter wrong, planted into
// the product's own requests, has to be named by stripe-mock. Nobody complains
// of the same requests as they are.
func TestJudgeFindsAWrongParameter(t *testing.T) {
	base := stripemock.Start(t)
	if base == "" {
		return // not installed, which it said; an error where everything is required
	}
	for _, planted := range []struct {
		name, path string
		spoil      func(url.Values)
		complaint  string
	}{
		{name: "none", path: "/v1/none"},
		{"a name that does not exist", "/v1/customers", set("colour", "red"), "additional properties"},
		{"a required one that is missing", "/v1/invoiceitems", func(form url.Values) { form.Del("customer") }, "customer"},
		{"a value that is not of its list", "/v1/invoices", set("collection_method", "by_post"), "collection_method"},
		{"a text for a number", "/v1/invoiceitems", set("unit_amount", "ten"), "unit_amount"},
		{"a text for a truth", "/v1/invoices", set("auto_advance", "perhaps"), "auto_advance"},
		{"a name of a later version", "/v1/invoiceitems", set("pricing[price]", "price_1"), "additional properties"},
	} {
		t.Run(planted.name, func(t *testing.T) {
			s, clk := storetest.SQLite(t)
			w := newWorld(t, s, clk)
			judged := fake.New(fake.Config{Clock: clk, HookSecret: hookSecret, PageSize: 3, Judge: base})
			between := &spoiler{next: judged, path: planted.path, spoil: planted.spoil}
			server := httptest.NewServer(between)
			t.Cleanup(server.Close)
			g, err := gateway.New(gateway.Config{BaseURL: server.URL, PerSecond: 1e6})
			if err != nil {
				t.Fatal(err)
			}
			w.restart(g)
			w.settle(w.used(1))
			said := strings.Join(judged.Complaints(), "\n")
			switch {
			case judged.Judged() == 0:
				t.Error("no request was judged")
			case planted.complaint == "" && said != "":
				t.Errorf("complaints of good requests: %s", said)
			case planted.complaint != "" && !between.done:
				t.Error("no such request was made")
			case !strings.Contains(said, planted.complaint):
				t.Errorf("the judge says %q", said)
			}
		})
	}
}
