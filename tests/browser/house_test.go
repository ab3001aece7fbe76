// Package browser_test walks through the product as its people do, in a real
// Chromium, over the sample data: journeys from sign-in to the exported file,
// and every page held to accessibility rules, width and a silent console.
//
// One server runs for all of it. Each person has a browser profile of their
// own; tests that change something use units of their own. Where Chromium is
// missing nothing is judged, which is a failure with TRUEWARD_REQUIRE_ALL=1.
package browser_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"sync"
	"testing"

	"trueward/cmd/trueward/product"
	"trueward/internal/adapter/store"
	"trueward/internal/adapter/stripe/fake"
	"trueward/internal/app/signin"
	"trueward/internal/domain/access"
	"trueward/internal/domain/custody"
	"trueward/internal/testkit/browser"
)

const password = "sample-ward-2026"

// house is the running product.
type house struct {
	product *product.Product
	url     string
	stripe  *fake.Server // where vendors may send their invoices

	mu   sync.Mutex
	used map[custody.UnitID]bool // units that a test has taken
}

var (
	once   sync.Once
	opened *house
	failed error
	ending []func() error
)

func TestMain(m *testing.M) {
	code := m.Run()
	for i := len(ending) - 1; i >= 0; i-- {
		if err := ending[i](); err != nil {
			fmt.Fprintln(os.Stderr, "after the tests:", err)
			code = max(code, 1)
		}
	}
	os.Exit(code)
}

// open starts Chromium for the test, and the product with its sample data the
// first time. It answers false where there is no Chromium.
func open(t *testing.T, flags map[string]string) (*house, *browser.Browser, bool) {
	t.Helper()
	b, ok := browser.Start(t, flags)
	if !ok {
		return nil, nil, false
	}
	once.Do(func() { opened, failed = start() })
	if failed != nil {
		t.Fatal(failed)
	}
	return opened, b, true
}

func start() (*house, error) {
	folder, err := os.MkdirTemp("", "trueward-browser-")
	if err != nil {
		return nil, err
	}
	ending = append(ending, func() error { return os.RemoveAll(folder) })
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	h := &house{
		url:  fmt.Sprintf("http://localhost:%d", listener.Addr().(*net.TCPAddr).Port),
		used: map[custody.UnitID]bool{},
	}
	cfg := product.In(folder)
	cfg.Stripe.URL = simulated(h)
	cfg.Origin = h.url
	cfg.Unlimited = true // one address is a whole crowd here
	cfg.Strength = signin.Strength{MemoryKiB: 64, Iterations: 1, Lanes: 1, AtOnce: 4, Waiting: 64}
	ctx, stop := context.WithCancel(context.Background())
	if h.product, err = product.Open(ctx, cfg); err != nil {
		stop()
		return nil, errors.Join(err, listener.Close())
	}
	if err := h.product.LoadSample(ctx, password, h.url, nil); err != nil {
		stop()
		return nil, errors.Join(err, listener.Close(), h.product.Close())
	}
	server := h.product.Web.HTTP()
	var work sync.WaitGroup
	work.Go(func() { h.product.Run(ctx) })
	work.Go(func() { _ = server.Serve(listener) })
	ending = append(ending, func() error {
		h.product.EndStreams()
		err := server.Close()
		stop()
		work.Wait()
		if errors.Is(err, http.ErrServerClosed) {
			err = nil
		}
		return errors.Join(err, h.product.Close())
	})
	return h, nil
}

// tap is the address that a tag of the sample gives when it is tapped now; it
// is good for one check.
func (h *house) tap(t *testing.T, what string) string {
	t.Helper()
	taps, err := h.product.SampleTaps(t.Context(), h.url)
	for _, tap := range taps {
		if tap.What == what {
			return tap.URL
		}
	}
	t.Fatalf("no tag gives a tap that is %s (%v)", what, err)
	return ""
}

// queries reads everything, past the scopes of people.
func (h *house) queries(t *testing.T) store.Queries {
	t.Helper()
	return h.product.Store.Read(t.Context(), access.Everything())
}

// take returns n units of Harbour Road that may be used and that no other test
// has taken, all with lot, serial and expiry.
func (h *house) take(t *testing.T, n int) []store.UnitRow {
	t.Helper()
	h.mu.Lock()
	defer h.mu.Unlock()
	q, page := h.queries(t), store.Page{Limit: 200}
	var out []store.UnitRow
	for {
		list, err := q.Units(store.UnitFilter{States: []custody.State{custody.Available}}, page)
		if err != nil {
			t.Fatal(err)
		}
		for _, u := range list.Rows {
			if u.Site != "Harbour Road" || u.Vendor != "Norvane" || u.Stopped || u.Serial == "" || u.Lot == "" || h.used[u.ID] ||
				u.Expiry < h.product.Store.Now().AddDate(0, 6, 0).Format("2006-01-02") {
				continue
			}
			h.used[u.ID] = true
			if out = append(out, u); len(out) == n {
				return out
			}
		}
		if page.After = list.Next; list.Next == "" {
			t.Fatalf("only %d of %d units are left", len(out), n)
		}
	}
}

// stopped returns a recalled unit of Harbour Road.
func (h *house) stopped(t *testing.T) store.UnitRow {
	t.Helper()
	list, err := h.queries(t).Units(store.UnitFilter{States: []custody.State{custody.Available}}, store.Page{Limit: 200})
	for err == nil {
		for _, u := range list.Rows {
			if u.Site == "Harbour Road" && u.Stopped && u.Serial != "" && u.Expiry > h.product.Store.Now().Format("2006-01-02") {
				return u
			}
		}
		if list.Next == "" {
			break
		}
		list, err = h.queries(t).Units(store.UnitFilter{States: []custody.State{custody.Available}}, store.Page{Limit: 200, After: list.Next})
	}
	t.Fatalf("no unit is stopped (%v)", err)
	return store.UnitRow{}
}

// element is what the unit's label says, as a scanner sends it: GS1 element
// string with the group separator after the lot.
func element(u store.UnitRow) string {
	return "01" + u.DI + "17" + compact(u.Expiry) + "10" + u.Lot + "\u001d" + "21" + u.Serial
}

// bracketed is the same as people type it.
func bracketed(u store.UnitRow) string {
	return "(01)" + u.DI + "(17)" + compact(u.Expiry) + "(10)" + u.Lot + "(21)" + u.Serial
}

// compact is a date as labels bear it: YYMMDD.
func compact(date string) string { return date[2:4] + date[5:7] + date[8:10] }

// enter opens a tab as a person of the sample and signs in by the form.
func (h *house) enter(t *testing.T, b *browser.Browser, email string, look browser.Look) *browser.Page {
	t.Helper()
	p := b.Open(t, h.url+"/sign-in", look)
	p.Fill(t, "#email", email)
	p.Fill(t, "#password", password)
	if status := p.Follow(t, "Sign in"); status != http.StatusOK {
		t.Fatalf("%s signed in and met %d", email, status)
	}
	if at := p.Path(t); at == "/sign-in" {
		t.Fatalf("%s is not let in: %s", email, p.Text(t))
	}
	return p
}
