package product

import (
	"context"
	"math"
	"time"

	"trueward/internal/domain/access"
)

// figureTime bounds how long a figure may ask the database.
const figureTime = 2 * time.Second

// figures registers what /metrics shows beside the requests; the list with its
// meaning stands in docs/operations.md.
func (p *Product) figures() {
	p.Metrics.Gauge("trueward_live_pages", "Open pages that hear live events.", func() float64 { return float64(p.hub.Pages()) })
	if p.replica != nil {
		p.Metrics.Gauge("trueward_replica_behind_seconds", "How long the replica has lacked something.", func() float64 { return p.replica.Behind().Seconds() })
	}
	p.Metrics.Gauge("trueward_jobs_pending", "Work that waits for its time or its turn.", func() float64 { return p.jobs(false) })
	p.Metrics.Gauge("trueward_jobs_parked", "Work that needs a person.", func() float64 { return p.jobs(true) })
	p.Metrics.Gauge("trueward_jobs_overdue_seconds", "How long the most overdue pending work has been due.", p.overdue)
}

// jobs counts open work; not a number while the database does not answer.
func (p *Product) jobs(parked bool) float64 {
	ctx, cancel := context.WithTimeout(context.Background(), figureTime)
	defer cancel()
	sums, err := p.Store.Read(ctx, access.Everything()).OpenJobs()
	if err != nil {
		return math.NaN()
	}
	var n int64
	for _, s := range sums {
		if s.Parked == parked {
			n += s.Count
		}
	}
	return float64(n)
}

func (p *Product) overdue() float64 {
	ctx, cancel := context.WithTimeout(context.Background(), figureTime)
	defer cancel()
	sums, err := p.Store.Read(ctx, access.Everything()).OpenJobs()
	if err != nil {
		return math.NaN()
	}
	var worst time.Duration
	for _, s := range sums {
		if !s.Parked {
			worst = max(worst, p.Store.Now().Sub(s.Since))
		}
	}
	return worst.Seconds()
}
