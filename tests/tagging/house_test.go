// Package tagging_test writes tags with the whole product: a vendor's office
// makes a profile, plans a run, writes tags at a reader, and a ward taps them.
// Pages are held to accessibility rules, width and a silent console in a real
// Chromium; where there is none, that part is not judged.
package tagging_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"testing"

	"trueward/cmd/trueward/product"
	"trueward/internal/adapter/store"
	"trueward/internal/app/signin"
	"trueward/internal/domain/access"
	"trueward/internal/domain/device"
	"trueward/internal/testkit/browser"
)

const (
	password = "sample-ward-2026"
	office   = "ines@norvane.example"
	engineer = "priya@brannoc.example"
)

// house is the running product with its sample data and a reader of made-up
// tags.
type house struct {
	*product.Product
	url     string
	browser *browser.Browser
}

func open(t *testing.T, readers ...device.Address) *house {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	h := &house{url: fmt.Sprintf("http://localhost:%d", listener.Addr().(*net.TCPAddr).Port)}
	cfg := product.In(t.TempDir())
	cfg.Unlimited, cfg.PracticeReader = true, true
	cfg.DeskReaders = readers
	cfg.Strength = signin.Strength{MemoryKiB: 64, Iterations: 1, Lanes: 1, AtOnce: 4, Waiting: 64}
	ctx, stop := context.WithCancel(context.Background())
	if h.Product, err = product.Open(ctx, cfg); err != nil {
		t.Fatal(err)
	}
	if err := h.LoadSample(ctx, password, h.url, nil); err != nil {
		t.Fatal(err)
	}
	server := h.Web.HTTP()
	var work sync.WaitGroup
	work.Go(func() { h.Run(ctx) })
	work.Go(func() { _ = server.Serve(listener) }) // it ends with ErrServerClosed
	t.Cleanup(func() {
		h.EndStreams()
		err := server.Close()
		stop()
		work.Wait()
		if errors.Is(err, http.ErrServerClosed) {
			err = nil
		}
		if err = errors.Join(err, h.Close()); err != nil {
			t.Error(err)
		}
	})
	return h
}

// enter signs somebody in.
func (h *house) enter(t *testing.T, b *browser.Browser, email string, look browser.Look) *browser.Page {
	t.Helper()
	p := b.Open(t, h.url+"/sign-in", look)
	p.Fill(t, "#email", email)
	p.Fill(t, "#password", password)
	p.Follow(t, "Sign in")
	return p
}

var onePage = store.Page{Limit: 1}

// queries reads everything, past the scopes of people.
func (h *house) queries(t *testing.T) store.Queries {
	t.Helper()
	return h.Store.Read(t.Context(), access.Everything())
}
