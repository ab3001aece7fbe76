// Package metrics keeps the program's figures and writes them in the
// Prometheus text exposition format, version 0.0.4. It knows counters,
// histograms of durations and gauges that are asked when they are read: what
// this program shows, in less than a client library would bring along.
//
// Labels come from the program (route names, status classes), never from
// input, so that their number stays bounded.
package metrics

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Registry holds figures. It is safe for concurrent use.
type Registry struct {
	mu       sync.Mutex
	families map[string]*family
}

type family struct {
	kind, help string
	values     map[string]float64    // counters, by rendered labels
	histograms map[string]*histogram // by rendered labels
	gauge      func() float64
}

// bounds are the upper ends of a histogram's buckets in seconds.
var bounds = [...]float64{0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10}

type histogram struct {
	buckets [len(bounds)]uint64
	count   uint64
	sum     float64
}

// New returns an empty registry.
func New() *Registry { return &Registry{families: map[string]*family{}} }

// Label is a name and its value.
type Label struct{ Name, Value string }

// Count adds one to a counter.
func (r *Registry) Count(name, help string, labels ...Label) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.family(name, "counter", help).values[render(labels)]++
}

// Observe adds a duration to a histogram of seconds.
func (r *Registry) Observe(name, help string, d time.Duration, labels ...Label) {
	r.mu.Lock()
	defer r.mu.Unlock()
	f := r.family(name, "histogram", help)
	h := f.histograms[render(labels)]
	if h == nil {
		h = &histogram{}
		f.histograms[render(labels)] = h
	}
	seconds := d.Seconds()
	for i, bound := range bounds {
		if seconds <= bound {
			h.buckets[i]++
		}
	}
	h.count++
	h.sum += seconds
}

// Gauge registers a figure that is asked for whenever the figures are read.
func (r *Registry) Gauge(name, help string, ask func() float64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.family(name, "gauge", help).gauge = ask
}

func (r *Registry) family(name, kind, help string) *family {
	f := r.families[name]
	if f == nil {
		f = &family{kind: kind, help: help, values: map[string]float64{}, histograms: map[string]*histogram{}}
		r.families[name] = f
	}
	return f
}

// Write writes every figure, sorted by name and labels.
func (r *Registry) Write(w io.Writer) error {
	out := bufio.NewWriter(w)
	for _, name := range r.names() {
		r.writeFamily(out, name)
	}
	return out.Flush()
}

func (r *Registry) names() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Sorted(maps.Keys(r.families))
}

func (r *Registry) writeFamily(out *bufio.Writer, name string) {
	r.mu.Lock()
	f := r.families[name]
	ask := f.gauge
	r.mu.Unlock()
	fmt.Fprintf(out, "# HELP %s %s\n# TYPE %s %s\n", name, f.help, name, f.kind)
	if ask != nil { // outside the lock: a gauge may ask the database
		fmt.Fprintf(out, "%s %s\n", name, number(ask()))
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, labels := range slices.Sorted(maps.Keys(f.values)) {
		fmt.Fprintf(out, "%s%s %s\n", name, braces(labels), number(f.values[labels]))
	}
	for _, labels := range slices.Sorted(maps.Keys(f.histograms)) {
		f.histograms[labels].write(out, name, labels)
	}
}

func (h *histogram) write(out *bufio.Writer, name, labels string) {
	prefix := labels
	if prefix != "" {
		prefix += ","
	}
	for i, bound := range bounds {
		fmt.Fprintf(out, "%s_bucket{%sle=\"%s\"} %d\n", name, prefix, number(bound), h.buckets[i])
	}
	fmt.Fprintf(out, "%s_bucket{%sle=\"+Inf\"} %d\n", name, prefix, h.count)
	fmt.Fprintf(out, "%s_sum%s %s\n%s_count%s %d\n", name, braces(labels), number(h.sum), name, braces(labels), h.count)
}

func render(labels []Label) string {
	labels = slices.SortedFunc(slices.Values(labels), func(a, b Label) int { return cmp.Compare(a.Name, b.Name) })
	parts := make([]string, len(labels))
	for i, l := range labels {
		parts[i] = l.Name + `="` + escape.Replace(l.Value) + `"`
	}
	return strings.Join(parts, ",")
}

var escape = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`)

func braces(labels string) string {
	if labels == "" {
		return ""
	}
	return "{" + labels + "}"
}

func number(f float64) string { return strconv.FormatFloat(f, 'g', -1, 64) }
