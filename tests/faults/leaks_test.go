package faults_test

import (
	"net/http"
	"net/url"
	"os"
	"runtime"
	"sync"
	"testing"
)

// TestServerDoesNotLeak is row 90: after many requests of every kind the
// server holds no more goroutines, connections and memory than after a few.
func TestServerDoesNotLeak(t *testing.T) {
	requests := 3_000
	if os.Getenv("TRUEWARD_SOAK") == "1" {
		requests = 100_000
	}
	h := newHouse(t)
	unit := string(h.Stents(1)[0])
	h.loadOf(t, unit, 1_000) // pools, caches and statements fill
	before := settled()
	h.loadOf(t, unit, requests)
	after := settled()
	if after.goroutines > before.goroutines+5 {
		t.Errorf("%d goroutines after %d requests, %d before", after.goroutines, requests, before.goroutines)
	}
	if grown := int64(after.heap) - int64(before.heap); grown > int64(before.heap)/100+512<<10 {
		t.Errorf("the heap grew by %d bytes over %d requests, from %d", grown, requests, before.heap)
	}
	t.Logf("%d requests: goroutines %d → %d, heap %d → %d", requests, before.goroutines, after.goroutines, before.heap, after.heap)
	var kept [][]byte // the twin: four megabytes somebody forgot
	for range 4 {
		kept = append(kept, make([]byte, 1<<20))
	}
	if leaking := settled(); int64(leaking.heap)-int64(after.heap) < int64(after.heap)/100+512<<10 {
		t.Error("four forgotten megabytes are not seen: the test proves nothing")
	}
	runtime.KeepAlive(kept)
}

// loadOf sends requests of several kinds from four guests side by side.
func (h *house) loadOf(t *testing.T, unit string, requests int) {
	t.Helper()
	var all sync.WaitGroup
	for i, g := range []guest{h.enter(h.Amy), h.enter(h.Amy), h.enter(h.Rob), h.visitor()} {
		all.Go(func() {
			for n := range requests / 4 {
				switch (n + i) % 6 {
				case 0:
					g.get("/")
				case 1:
					g.get("/units/" + unit)
				case 2:
					g.get("/vendor/stock")
				case 3:
					g.get("/units/" + nowhere)
				case 4:
					g.post("/units/"+nowhere+"/use", url.Values{})
				case 5:
					g.get("/sign-in?next=%2F")
				}
			}
			g.http.CloseIdleConnections()
		})
	}
	all.Wait()
	h.log.forget() // what the test keeps is no leak of the server's
	http.DefaultTransport.(*http.Transport).CloseIdleConnections()
}

type footprint struct {
	goroutines int
	heap       uint64
}

// settled measures once the garbage is gone and what ends has ended.
func settled() footprint {
	var m runtime.MemStats
	for range 4 {
		runtime.GC()
	}
	runtime.ReadMemStats(&m)
	return footprint{runtime.NumGoroutine(), m.HeapAlloc}
}
