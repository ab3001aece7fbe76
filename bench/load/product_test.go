package main

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/google/uuid"

	"trueward/cmd/trueward/product"
	"trueward/internal/domain/custody"
)

// These benchmarks run the product without a network, to see what a request
// costs and where: processor time and allocations, which say something on a
// busy machine too. They furnish the data again for each size of b.N, so run
// them with a count: go test -bench . -benchtime 2000x ./bench/load

// benchUnits is more than a benchmark of uses asks for.
const benchUnits = 6000

// local is an open product and how to ask it.
type local struct {
	*world
	p *product.Product
}

func furnished(b *testing.B, units int) local {
	b.Helper()
	return furnishedIn(b, "", "", units)
}

// furnishedIn furnishes a database and serves it, maybe under another URL.
func furnishedIn(b *testing.B, furnish, serve string, units int) local {
	b.Helper()
	w := &world{Folder: b.TempDir(), postgres: furnish}
	if err := w.furnish(b.Context(), units); err != nil {
		b.Fatal(err)
	}
	p, err := open(b.Context(), w.Folder, serve)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = p.Close() })
	return local{w, p}
}

func (l local) ask(method, path, cookie, form string) *httptest.ResponseRecorder {
	request := httptest.NewRequest(method, path, strings.NewReader(form))
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.Host = "127.0.0.1"
	request.Header.Set("Sec-Fetch-Site", "same-origin")
	request.Header.Set("Cookie", cookie)
	answer := httptest.NewRecorder()
	l.p.Web.ServeHTTP(answer, request)
	return answer
}

func (l local) signIn(b *testing.B, email string) string {
	b.Helper()
	form := url.Values{"email": {email}, "password": {password}, "next": {"/"}}
	answer := l.ask(http.MethodPost, "/sign-in", "", form.Encode())
	for _, c := range answer.Result().Cookies() {
		if c.Name == "trueward" {
			return c.Name + "=" + c.Value
		}
	}
	b.Fatalf("sign-in of %s answers %d", email, answer.Code)
	return ""
}

// cpuTime is the processor time of this process so far.
func cpuTime() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// costed runs the body of a benchmark and reports processor time per operation.
func costed(b *testing.B, body func()) {
	b.Helper()
	b.ReportAllocs()
	b.ResetTimer()
	before := cpuTime()
	body()
	b.ReportMetric(float64((cpuTime()-before).Microseconds())/float64(b.N), "cpu-µs/op")
}

// BenchmarkList is the request of B1.
func BenchmarkList(b *testing.B) {
	l := furnished(b, benchUnits)
	cookie := l.signIn(b, repEmail)
	if first := l.ask(http.MethodGet, "/vendor/stock", cookie, ""); bytes.Count(first.Body.Bytes(), []byte(`>SN`)) != 50 {
		b.Fatalf("the list answers %d", first.Code)
	}
	costed(b, func() {
		for b.Loop() {
			if a := l.ask(http.MethodGet, "/vendor/stock", cookie, ""); a.Code != http.StatusOK {
				b.Fatalf("the list answers %d", a.Code)
			}
		}
	})
}

// BenchmarkUse is the request of B4, from sixteen nurses.
func BenchmarkUse(b *testing.B) {
	l := furnished(b, max(clients, b.N))
	cookies := l.nurses(b)
	costed(b, func() {
		together(b.N, func(worker, i int) bool { return l.use(b, cookies[worker], l.Units[i]) })
	})
}

// nurses signs sixteen nurses in, each with an open case.
func (l local) nurses(b *testing.B) []string {
	b.Helper()
	cookies := make([]string, clients)
	for n := range cookies {
		cookies[n] = l.signIn(b, nurseEmail(n))
		form := url.Values{"idempotency_key": {uuid.NewString()}, "place": {string(l.Room)}}
		if a := l.ask(http.MethodPost, "/cases", cookies[n], form.Encode()); a.Code != http.StatusSeeOther {
			b.Fatalf("opening a case answers %d", a.Code)
		}
	}
	return cookies
}

// use posts the form that uses a unit, and reports whether it was used.
func (l local) use(b *testing.B, cookie string, unit custody.UnitID) bool {
	a := l.ask(http.MethodPost, "/units/"+string(unit)+"/use", cookie, "idempotency_key="+uuid.NewString())
	if a.Code == http.StatusSeeOther && strings.HasPrefix(a.Header().Get("Location"), "/cases/") {
		return true
	}
	b.Errorf("a use answers %d %s", a.Code, a.Header().Get("Location"))
	return false
}

// together does n pieces of work by sixteen workers; one that fails stops.
func together(n int, work func(worker, i int) bool) {
	var next atomic.Int64
	var all sync.WaitGroup
	for worker := range clients {
		all.Go(func() {
			for i := next.Add(1) - 1; i < int64(n); i = next.Add(1) - 1 {
				if !work(worker, int(i)) {
					return
				}
			}
		})
	}
	all.Wait()
}
