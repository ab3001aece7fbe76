package stripe_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"trueward/internal/adapter/store"
	gateway "trueward/internal/adapter/stripe"
	"trueward/internal/adapter/stripe/fake"
	"trueward/internal/clock"
)

// What a child process is told.
const (
	childDatabase = "TRUEWARD_STRIPE_CHILD_DATABASE"
	childStripe   = "TRUEWARD_STRIPE_CHILD_URL"
	childTime     = "TRUEWARD_STRIPE_CHILD_TIME"
)

// child is a worker in a process of its own.
func child() int {
	now, err := time.Parse(time.RFC3339, os.Getenv(childTime))
	s, err2 := store.Open(context.Background(), store.Config{SQLitePath: os.Getenv(childDatabase), Clock: clock.NewFake(now)})
	g, err3 := gateway.New(gateway.Config{BaseURL: os.Getenv(childStripe), PerSecond: 1e6})
	if err := errors.Join(err, err2, err3); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 2
	}
	w := &world{s: s}
	w.restart(g)
	if _, err := w.invoicing.Run(context.Background()); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 2
	}
	return 0
}

// A real process is killed with SIGKILL while a call is under way, before and
// after Stripe has done it, and another process goes on.
func TestKilledProcessLeavesOneInvoice(t *testing.T) {
	for _, n := range []int{1, 3, 6, 8} {
		for _, kind := range []fake.Kind{fake.Stuck, fake.StuckAfter} {
			t.Run(fmt.Sprintf("call %d, %s", n, kind), func(t *testing.T) {
				path := filepath.Join(t.TempDir(), "trueward.db")
				s, clk := onDisk(t, path)
				w := newWorld(t, s, clk)
				w.once(w.settle(w.used(1)))
				c := w.used(2)
				w.must(s.Close())
				f := &fake.Fault{Kind: kind, Skip: n - 1, Reached: make(chan struct{})}
				w.fake.Fail(f)
				w.killAt(path, f.Reached)
				w.s = reopen(t, path, clk)
				w.rewire()
				clk.Advance(3 * time.Minute)
				w.once(w.settle(c))
				w.check()
			})
		}
	}
}

// killAt starts a worker on the database and kills it when it has reached the
// call.
func (w *world) killAt(path string, reached <-chan struct{}) {
	w.t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childDatabase+"="+path, childStripe+"="+w.url, childTime+"="+w.clk.Now().Format(time.RFC3339))
	cmd.Stderr = os.Stderr
	w.must(cmd.Start())
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	select {
	case <-reached:
		w.must(cmd.Process.Signal(syscall.SIGKILL))
		<-ended
	case err := <-ended:
		w.t.Fatalf("the worker ended before it was killed: %v", err)
	}
}
