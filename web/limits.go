package web

import (
	"sync"
	"time"

	"github.com/labstack/echo/v4"
	"golang.org/x/time/rate"

	"trueward/internal/clock"
	"trueward/internal/fault"
	"trueward/web/route"
)

// pace is how fast one subject may go: a steady rate and what may come at once.
type pace struct {
	perSecond rate.Limit
	atOnce    int
}

// A ward shares one address, so an address may do what many people do; a
// person may do what hands, a scanner and an open page do. Guessing passwords
// is slowed by its own counters (app/signin), long before these.
var (
	byAddress = map[route.Rate]pace{
		route.Normal:     {200, 1000},
		route.RateSignIn: {20, 100},
		route.RateTap:    {50, 300},
		route.RateScan:   {200, 1000},
		route.RateExport: {5, 40},
	}
	byAccount = map[route.Rate]pace{
		route.Normal:     {20, 150},
		route.RateSignIn: {1, 10},
		route.RateTap:    {10, 60},
		route.RateScan:   {30, 200},
		route.RateExport: {0.5, 10},
	}
)

// limits holds a token bucket per subject and class. Buckets that are full
// again say nothing and are dropped.
type limits struct {
	clock     clock.Clock
	unlimited bool

	mu      sync.Mutex
	buckets map[string]*rate.Limiter
}

// maxBuckets bounds the memory that strangers can make us use.
const maxBuckets = 50_000

func newLimits(c clock.Clock, unlimited bool) *limits {
	return &limits{clock: c, unlimited: unlimited, buckets: map[string]*rate.Limiter{}}
}

// take spends one of the subject's tokens and reports whether it had one.
func (l *limits) take(subject string, p pace) bool {
	if l.unlimited || p == (pace{}) {
		return true
	}
	now := l.clock.Now()
	l.mu.Lock()
	bucket := l.buckets[subject]
	if bucket == nil {
		if len(l.buckets) >= maxBuckets {
			l.sweep(now)
		}
		bucket = rate.NewLimiter(p.perSecond, p.atOnce)
		l.buckets[subject] = bucket
	}
	l.mu.Unlock()
	return bucket.AllowN(now, 1)
}

// sweep drops full buckets; if that frees nothing, all of them: a flood from
// very many addresses is better let through than paid for with memory.
func (l *limits) sweep(now time.Time) {
	for subject, bucket := range l.buckets {
		if bucket.TokensAt(now) >= float64(bucket.Burst()) {
			delete(l.buckets, subject)
		}
	}
	if len(l.buckets) >= maxBuckets {
		clear(l.buckets)
	}
}

func errTooFast() error {
	return fault.New(fault.RateLimited, "This is going too fast. Wait a few seconds, then try again.")
}

// classesOf returns the class of each route by method and pattern.
func classesOf(routes []route.Route) map[string]route.Rate {
	classes := make(map[string]route.Rate, len(routes))
	for _, r := range routes {
		classes[r.Method+" "+r.Path] = r.Rate
	}
	return classes
}

// limitByAddress slows one address. The route's class is looked up by its
// pattern, for this runs before the entry's own checks.
func (s *Server) limitByAddress(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		class := s.classes[c.Request().Method+" "+c.Path()]
		if class != route.RateProbe && !s.limits.take("address "+string(class)+" "+route.Of(c).Address, byAddress[class]) {
			return errTooFast()
		}
		return next(c)
	}
}

// limitByAccount slows one person.
func (s *Server) limitByAccount(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		request := route.Of(c)
		class := request.Route.Rate
		if request.Actor.Signed() && class != route.RateProbe &&
			!s.limits.take("person "+string(class)+" "+string(request.Actor.Person), byAccount[class]) {
			return errTooFast()
		}
		return next(c)
	}
}
