package main

import (
	"bytes"
	"fmt"
	"slices"
	"sync"
	"time"
)

// side is one program that does a workload.
type side struct {
	name, durability string
	launch           func() (*process, error)
	// enter signs in and returns what each worker asks; n counts its requests.
	enter func(p *process) (asks []func(n int) []byte, err error)
	good  func(answer) bool
}

// cell is what one side did in one cell.
type cell struct {
	side      string
	good, bad int
	perSecond float64
	p50, p99  time.Duration
	cpu       time.Duration // of the server, per request
	peakMB    float64
	sha, sync float64 // sentinels: rates beside the cell
}

// measure starts a side on a fresh copy of its data, checks its first answers,
// warms it up and counts what it answers.
func (s side) measure(o options) (c cell, err error) {
	p, err := s.launch()
	if err != nil {
		return c, err
	}
	defer func() {
		if stopped := p.stop(); err == nil {
			err = stopped
		}
	}()
	asks, err := s.enter(p)
	if err != nil {
		return c, fmt.Errorf("%s: sign in: %w", s.name, err)
	}
	c = cell{side: s.name, sha: shaRate(), sync: syncRate(p.folder)}
	before := time.Duration(0)
	warm, end := time.Now().Add(o.warm), time.Now().Add(o.warm+o.cell)
	var mu sync.Mutex
	var times []time.Duration
	var failed error
	var all sync.WaitGroup
	for _, ask := range asks {
		all.Go(func() {
			mine, bad, err := s.work(p.address, ask, warm, end)
			mu.Lock()
			defer mu.Unlock()
			times, c.bad = append(times, mine...), c.bad+bad
			if err != nil {
				failed = err
			}
		})
	}
	time.Sleep(time.Until(warm))
	before = p.cpu()
	all.Wait()
	if failed != nil {
		return c, fmt.Errorf("%s: %w", s.name, failed)
	}
	c.finish(times, o.cell, p.cpu()-before)
	c.peakMB = p.memory("VmHWM")
	return c, nil
}

func (c *cell) finish(times []time.Duration, length, cpu time.Duration) {
	slices.Sort(times)
	c.good = len(times)
	c.perSecond = float64(c.good) / length.Seconds()
	if c.good > 0 {
		c.p50, c.p99 = times[c.good/2], times[c.good*99/100]
		c.cpu = cpu / time.Duration(c.good)
	}
}

// work asks on one connection until the end and returns the times of good
// answers after the warm-up. The very first answer must be good.
func (s side) work(address string, ask func(int) []byte, warm, end time.Time) (times []time.Duration, bad int, err error) {
	c, err := dial(address)
	if err != nil {
		return nil, 0, err
	}
	defer c.conn.Close()
	var body bytes.Buffer
	for n := 0; ; n++ {
		began := time.Now()
		if !began.Before(end) {
			return times, bad, nil
		}
		a, err := c.do(ask(n), &body)
		took := time.Since(began)
		switch {
		case err != nil:
			return times, bad, err
		case s.good(a) && began.After(warm):
			times = append(times, took)
		case !s.good(a):
			if bad++; n == 0 {
				return nil, bad, fmt.Errorf("the first answer is %d, %d bytes: %.300s", a.status, len(a.body), a.body)
			}
		}
	}
}
