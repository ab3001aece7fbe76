// Program load measures Trueward beside PocketBase: on one machine, in one
// run, cells in turn. It prepares the same rows for both, starts each as a
// process of its own, checks what is answered before it counts, and reports
// medians of the ratios per round. bench/run builds everything and starts it;
// docs/benchmarks.md says what is measured and how to read it.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"strings"
	"time"
)

// options are what one run measures, and how long.
type options struct {
	trueward, peer string // programs; the peer may be missing
	folder         string // of prepared data; kept if it exists
	units          int
	cell, warm     time.Duration
	rounds         int
	many           int
	only           string
	write          string
}

func main() {
	if len(os.Args) == 4 && os.Args[1] == "serve" {
		exit(serve(os.Args[2], os.Args[3]))
	}
	var o options
	flag.StringVar(&o.trueward, "trueward", "", "the stripped trueward program, for B13")
	flag.StringVar(&o.peer, "peer", "", "the PocketBase peer")
	flag.StringVar(&o.folder, "folder", "", "folder of the prepared data (default: a temporary one)")
	flag.IntVar(&o.units, "units", 100_000, "units on hand")
	flag.IntVar(&o.many, "many", 1_000_000, "units on hand of the large world of B3")
	flag.DurationVar(&o.cell, "cell", 4*time.Second, "length of a cell")
	flag.DurationVar(&o.warm, "warm", time.Second, "warm-up in front of each cell")
	flag.IntVar(&o.rounds, "rounds", 7, "rounds")
	flag.StringVar(&o.only, "only", "B1,B2,B4,B5,B8,B13", "what to measure; B3 takes minutes to prepare")
	flag.StringVar(&o.write, "write", "", "put the results between the marks of this file")
	flag.Parse()
	exit(o.run(context.Background()))
}

func exit(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
	os.Exit(0)
}

// wants reports whether a measurement was asked for.
func (o options) wants(name string) bool {
	for part := range strings.SplitSeq(o.only, ",") {
		if part == name {
			return true
		}
	}
	return false
}

// run prepares, measures and reports.
func (o options) run(ctx context.Context) error {
	if o.folder == "" {
		folder, err := os.MkdirTemp("", "trueward-bench-")
		if err != nil {
			return err
		}
		defer os.RemoveAll(folder)
		o.folder = folder
	}
	world, err := prepare(ctx, o)
	if err != nil {
		return fmt.Errorf("prepare: %w", err)
	}
	r := newReport(o)
	for _, w := range []workload{lists(world, "B1", 6, 1.2), uses(world), crowds(world), taps(world)} {
		if o.wants(w.name) {
			if err := r.compare(o, w); err != nil {
				return err
			}
		}
	}
	if o.wants("B2") || o.wants("B3") {
		if err := r.sizes(ctx, o); err != nil {
			return err
		}
	}
	if o.wants("B13") && o.trueward != "" {
		if err := r.start(o, world); err != nil {
			return err
		}
	}
	return r.publish(o.write)
}
