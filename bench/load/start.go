package main

import (
	"fmt"
	"os"
	"time"
)

// start is B13: from the start of the stripped program to its first 200, its
// memory when nobody asks anything, its size.
func (r *report) start(o options, w *world) error {
	var took, idle []float64
	for range o.rounds {
		began := time.Now()
		p, err := launch(w.Folder, "/readyz", o.trueward, "serve", "--data", "DIR", "--listen", "ADDRESS", "--log-level", "error")
		if err != nil {
			return err
		}
		took = append(took, p.startedIn.Seconds()*1000)
		time.Sleep(3 * time.Second)
		idle = append(idle, p.memory("VmRSS"))
		if err := p.stop(); err != nil {
			return err
		}
		fmt.Fprintf(os.Stderr, "B13: %.0f ms, %.0f MB (round of %s)\n", took[len(took)-1], idle[len(idle)-1], time.Since(began).Round(time.Millisecond))
	}
	info, err := os.Stat(o.trueward)
	if err != nil {
		return err
	}
	size := float64(info.Size()) / 1e6
	low, high := interval(took)
	r.line("\n### B13: start and size\n")
	r.line("| | median | 95 %% interval | demand | |\n|---|---|---|---|---|")
	r.line("| start to first 200 | %.0f ms | %.0f–%.0f | ≤ 100 ms | %s |", median(took), low, high, verdict(high <= 100))
	low, high = interval(idle)
	r.line("| idle memory, embedded NATS | %.0f MB | %.0f–%.0f | ≤ 60 MB | %s |", median(idle), low, high, verdict(high <= 60))
	r.line("| stripped binary | %.1f MB | – | ≤ 60 MB | %s |", size, verdict(size <= 60))
	return nil
}
