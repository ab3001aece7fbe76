package main

import (
	"testing"
	"time"
)

func TestMedianAndInterval(t *testing.T) {
	for _, c := range []struct {
		of   []float64
		want float64
	}{{nil, 0}, {[]float64{3}, 3}, {[]float64{4, 1, 3, 2}, 2.5}, {[]float64{5, 1, 9}, 5}} {
		if got := median(c.of); got != c.want {
			t.Errorf("median of %v is %v, want %v", c.of, got, c.want)
		}
	}
	low, high := interval([]float64{2, 2.1, 1.9, 2, 2.2, 1.8, 2})
	if low < 1.8 || low > 2 || high < 2 || high > 2.2 {
		t.Errorf("interval %v to %v", low, high)
	}
	if low, high := interval([]float64{3, 3, 3}); low != 3 || high != 3 {
		t.Errorf("interval of one value: %v to %v", low, high)
	}
}

func TestLoudRoundsAreDropped(t *testing.T) {
	still := cell{sha: 100, sync: 1000}
	slow := cell{sha: 80, sync: 1000}
	rounds := [][]cell{{still, still}, {still, slow}, {still, still}}
	if kept := quiet(rounds); len(kept) != 2 {
		t.Errorf("%d rounds kept of 3, one of them loud", len(kept))
	}
}

func TestFinish(t *testing.T) {
	var c cell
	var times []time.Duration
	for n := range 200 {
		times = append(times, time.Duration(200-n)*time.Millisecond)
	}
	c.finish(times, 2*time.Second, time.Second)
	if c.perSecond != 100 || c.p50 != 101*time.Millisecond || c.p99 != 199*time.Millisecond || c.cpu != 5*time.Millisecond {
		t.Errorf("%+v", c)
	}
}
