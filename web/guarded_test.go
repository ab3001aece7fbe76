package web_test

import (
	"io"
	"sync"
)

// guarded lets several goroutines write to one writer.
type guarded struct {
	mu sync.Mutex
	w  io.Writer
}

func (g *guarded) Write(p []byte) (int, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.w.Write(p)
}
