package operations

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// TestStopUnderLoad is row 89: twenty times, a server is told to stop while
// eight clients ask it without pause. Every request that it took up it also
// answered, and each time it ends by itself with exit code 0.
func TestStopUnderLoad(t *testing.T) {
	folder := t.TempDir()
	answered := 0
	for range 20 {
		p := start(t, "serve", "--data", folder, "--log-level", "info")
		l := p.endUnderLoad(t, syscall.SIGTERM)
		if l.exit != nil {
			t.Fatalf("exit: %v\n%s", l.exit, p.log)
		}
		if taken := strings.Count(p.log.String(), `"msg":"request"`); l.answered != taken || l.dropped > 0 {
			t.Errorf("%d requests were taken up, %d answered, %d dropped", taken, l.answered, l.dropped)
		}
		answered += l.answered
	}
	t.Logf("%d requests answered", answered)
	for range 20 { // the twin: a server that ends without grace
		p := start(t, "serve", "--data", folder)
		if l := p.endUnderLoad(t, syscall.SIGKILL); l.dropped > 0 {
			return
		}
	}
	t.Error("a killed server drops no request: the test proves nothing")
}

// load is what became of requests around the end of a server.
type load struct {
	answered, dropped int
	exit              error
}

// endUnderLoad sends a signal once forty requests are answered, while eight
// clients go on until no connection is taken any more.
func (p *process) endUnderLoad(t *testing.T, signal syscall.Signal) load {
	t.Helper()
	var answered, dropped atomic.Int64
	enough := make(chan struct{})
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			client := http.Client{Timeout: 30 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
			for {
				response, err := client.Get(p.url + "/sign-in")
				if err == nil {
					_, err = io.Copy(io.Discard, response.Body)
					_ = response.Body.Close()
				}
				// A connection that was never taken is refused or reset; one
				// that ends without an answer was dropped.
				if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
					dropped.Add(1)
				}
				if err != nil {
					return
				}
				if answered.Add(1) == 40 {
					close(enough)
				}
			}
		})
	}
	<-enough
	if err := p.cmd.Process.Signal(signal); err != nil {
		t.Fatal(err)
	}
	all.Wait()
	return load{int(answered.Load()), int(dropped.Load()), <-p.ended}
}
