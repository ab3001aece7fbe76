package main

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"strings"
	"time"
)

// report gathers Markdown.
type report struct{ text strings.Builder }

func newReport(o options) *report {
	peerProgram = o.peer
	r := &report{}
	r.line("Measured %s on %s, %d processors, %s, load average %s before the run. %d units on hand, cells of %s after %s of warm-up, %d rounds.",
		time.Now().UTC().Format("2 January 2006, 15:04 UTC"), processor(), runtime.NumCPU(), runtime.Version(), loadAverage(), o.units, o.cell, o.warm, o.rounds)
	return r
}

func (r *report) line(format string, args ...any) { fmt.Fprintf(&r.text, format+"\n", args...) }

func verdict(met bool) string {
	if met {
		return "met"
	}
	return "**missed**"
}

// compare runs a workload's cells in turn, each round in the other order, and
// reports the ratios.
func (r *report) compare(o options, w workload) error {
	sides := []side{w.ours}
	if o.peer != "" || w.alone {
		sides = append(sides, w.peers...)
	}
	var rounds [][]cell
	for n := range o.rounds {
		round := make([]cell, len(sides))
		for i := range sides {
			at := i
			if n%2 == 1 {
				at = len(sides) - 1 - i
			}
			c, err := sides[at].measure(o)
			if err != nil {
				return fmt.Errorf("%s: %w", w.name, err)
			}
			round[at] = c
			fmt.Fprintf(os.Stderr, "%s round %d: %-32s %7.0f/s  p99 %-8s bad %d\n", w.name, n+1, c.side, c.perSecond, c.p99.Round(100*time.Microsecond), c.bad)
		}
		rounds = append(rounds, round)
	}
	r.table(w, sides, rounds)
	return nil
}

func (r *report) table(w workload, sides []side, rounds [][]cell) {
	kept := quiet(rounds)
	r.line("\n### %s: %s\n", w.name, w.what)
	r.line("%d of %d rounds were quiet, load average %s after them.", len(kept), len(rounds), loadAverage())
	if len(kept) < 3 {
		kept = rounds
		r.line("**The machine was not quiet:** all rounds stand here, and none of these figures is more than a hint.")
	}
	r.line("")
	r.line("| side | durability | median/s | p50 | p99 | server CPU a request | peak memory | not as asked |\n|---|---|---|---|---|---|---|---|")
	for i, s := range sides {
		of := func(value func(cell) float64) float64 { return median(column(kept, i, value)) }
		bad := 0
		for _, round := range rounds {
			bad += round[i].bad
		}
		r.line("| %s | %s | %.0f | %.1f ms | %.1f ms | %.2f ms | %.0f MB | %d |", s.name, s.durability,
			of(func(c cell) float64 { return c.perSecond }), of(func(c cell) float64 { return milliseconds(c.p50) }),
			of(func(c cell) float64 { return milliseconds(c.p99) }), of(func(c cell) float64 { return milliseconds(c.cpu) }),
			of(func(c cell) float64 { return c.peakMB }), bad)
	}
	if w.p99 != "" {
		p99 := median(column(kept, 0, func(c cell) float64 { return milliseconds(c.p99) }))
		errors := 0
		for _, round := range rounds {
			errors += round[0].bad
		}
		r.line("\nDemand on ours: %s: %s.", w.p99, verdict(p99 <= 25 && errors == 0))
	}
	if w.perSync > 0 {
		var ratios []float64
		for _, round := range kept {
			ratios = append(ratios, round[0].perSecond/round[0].sync)
		}
		low, high := interval(ratios)
		r.line("\nUses ÷ fdatasync/s of the same cell: %.2f (%.2f–%.2f), demand ≥ %.1f: %s.", median(ratios), low, high, w.perSync, verdict(low >= w.perSync))
	}
	if len(sides) == 1 {
		return
	}
	r.line("\n| ratio of rates per round | median | 95 %% interval | demand | |\n|---|---|---|---|---|")
	for i, demand := range w.demands {
		var ratios []float64
		for _, round := range kept {
			ratios = append(ratios, round[0].perSecond/round[i+1].perSecond)
		}
		low, high := interval(ratios)
		r.line("| ours ÷ %s | %.2f | %.2f–%.2f | ≥ %g | %s |", sides[i+1].name, median(ratios), low, high, demand, verdict(low >= demand))
	}
}

func column(rounds [][]cell, side int, value func(cell) float64) []float64 {
	var out []float64
	for _, round := range rounds {
		out = append(out, value(round[side]))
	}
	return out
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// The marks between which results stand in a document.
const (
	beginMark = "<!-- results: written by bench/run -->"
	endMark   = "<!-- end of results -->"
)

// publish prints the report, and puts it into a document if one is named.
func (r *report) publish(path string) error {
	fmt.Println(r.text.String())
	if path == "" {
		return nil
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	head, rest, found := strings.Cut(string(text), beginMark)
	_, tail, ended := strings.Cut(rest, endMark)
	if !found || !ended {
		return errors.New(path + " has no marks for results")
	}
	return os.WriteFile(path, []byte(head+beginMark+"\n\n"+r.text.String()+"\n"+endMark+tail), 0o644)
}

func processor() string {
	text, _ := os.ReadFile("/proc/cpuinfo")
	_, rest, _ := strings.Cut(string(text), "model name\t: ")
	name, _, _ := strings.Cut(rest, "\n")
	return name
}

func loadAverage() string {
	text, _ := os.ReadFile("/proc/loadavg")
	return strings.Join(strings.Fields(string(text))[:1], "")
}
