package main

import (
	"math/rand/v2"
	"slices"
)

// median of some numbers; 0 for none.
func median(of []float64) float64 {
	sorted := slices.Sorted(slices.Values(of))
	n := len(sorted)
	switch {
	case n == 0:
		return 0
	case n%2 == 1:
		return sorted[n/2]
	}
	return (sorted[n/2-1] + sorted[n/2]) / 2
}

// interval is the 95 % bootstrap interval of the median, by percentiles of
// 10,000 resamples under a fixed seed.
func interval(of []float64) (low, high float64) {
	if len(of) == 0 {
		return 0, 0
	}
	random := rand.New(rand.NewPCG(4, 13))
	medians := make([]float64, 10_000)
	again := make([]float64, len(of))
	for i := range medians {
		for j := range again {
			again[j] = of[random.IntN(len(of))]
		}
		medians[i] = median(again)
	}
	slices.Sort(medians)
	return medians[250], medians[9_749]
}

// quiet returns the rounds whose sentinels stay within a tenth of the median
// of all.
func quiet(rounds [][]cell) [][]cell {
	var sha, sync []float64
	for _, round := range rounds {
		for _, c := range round {
			sha, sync = append(sha, c.sha), append(sync, c.sync)
		}
	}
	near := func(value, middle float64) bool { return value > 0.9*middle && value < 1.1*middle }
	middleSHA, middleSync := median(sha), median(sync)
	return slices.DeleteFunc(slices.Clone(rounds), func(round []cell) bool {
		return slices.ContainsFunc(round, func(c cell) bool { return !near(c.sha, middleSHA) || !near(c.sync, middleSync) })
	})
}
