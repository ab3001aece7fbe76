package product

import (
	"context"
	"encoding/json"
	"log/slog"
	"sync"
	"time"

	"trueward/internal/adapter/store"
	"trueward/internal/app/capturing"
	"trueward/internal/app/using"
)

// topicEvents carries the store's events between instances.
const topicEvents = "events"

// connect lets committed events wake the workers and live pages of every
// instance. An event that gets lost on the way costs freshness only.
func (p *Product) connect() error {
	p.Store.OnCommit(func(events []store.Event) {
		payload, err := json.Marshal(events)
		if err == nil {
			err = p.bus.Wake(topicEvents, payload)
		}
		if err != nil {
			p.Log.Warn("events were not passed on", slog.Int("events", len(events)))
			p.tell(events)
		}
	})
	_, err := p.bus.Listen(topicEvents, func(_ string, payload []byte) {
		var events []store.Event
		if json.Unmarshal(payload, &events) == nil {
			p.tell(events)
		}
	})
	return err
}

func (p *Product) tell(events []store.Event) {
	p.hub.Tell(events)
	select {
	case p.wake <- struct{}{}:
	default: // a wake-up is waiting already
	}
}

// Run works on what is due until ctx ends: invoices, notices, bookkeeping.
// While sample data is loaded, that work stands still.
func (p *Product) Run(ctx context.Context) {
	collectLess() // what starting left behind was collected at the ordinary pace
	if p.desk != nil {
		var reading sync.WaitGroup
		reading.Go(func() { p.desk.run(ctx) })
		defer reading.Wait()
	}
	var tags sync.WaitGroup
	tags.Go(func() { p.Tagging.Work(ctx) })
	defer tags.Wait()
	for ctx.Err() == nil {
		working, pause := context.WithCancel(ctx)
		var work sync.WaitGroup
		invoices := make(chan struct{}, 1)
		work.Go(func() { p.Invoicing.Work(working, invoices) })
		exports := make(chan struct{}, 1)
		work.Go(func() {
			p.Exporting.Work(working, exports, func(err error) {
				p.Log.Error("exports stopped for a while", slog.String("error", err.Error()))
			})
		})
		work.Go(func() { p.notices(working, invoices, exports) })
		work.Go(func() { p.Pricing.Work(working, p.Log) })
		work.Go(func() { (&capturing.Desk{Store: p.Store}).Work(working, p.Log) })
		work.Go(func() { p.Charging.Work(working, p.charges) })
		work.Go(func() { p.housekeeping(working) })
		tapHost, asked := "", false
		select {
		case <-ctx.Done():
		case tapHost = <-p.sampler.asked:
			asked = true
		}
		pause()
		work.Wait()
		if asked {
			p.loadAsked(ctx, tapHost)
		}
	}
}

// notices tells vendors of usages whose undo time is over, and passes wake-ups
// on to the workers of invoices, of Stripe and of exports. Every use sends some,
// and looking for due work after each would cost a tenth of all uses.
func (p *Product) notices(ctx context.Context, invoices, exports chan<- struct{}) {
	store.Worker{
		Run:   func(ctx context.Context) error { _, err := p.Using.RunNotices(ctx); return err },
		Due:   func(ctx context.Context) time.Duration { return p.Store.UntilJob(ctx, using.TopicNotice) },
		Least: 100 * time.Millisecond, Most: pauseBetweenLooks, Gather: 100 * time.Millisecond,
		Woken: func() {
			pass(invoices)
			pass(p.charges)
			pass(exports)
		},
		Failed: func(err error) {
			p.Log.Error("vendor notices stopped for a while", slog.String("error", err.Error()))
		},
	}.Work(ctx, p.wake)
}

// pass wakes a worker; one that has a wake-up waiting needs no second.
func pass(wake chan<- struct{}) {
	select {
	case wake <- struct{}{}:
	default:
	}
}

// housekeeping forgets what nobody asks for any more.
func (p *Product) housekeeping(ctx context.Context) {
	every := time.NewTicker(10 * time.Minute)
	defer every.Stop()
	for {
		if err := p.Store.Tidy(ctx); err != nil && ctx.Err() == nil {
			p.Log.Warn("housekeeping failed", slog.String("error", err.Error()))
		}
		select {
		case <-ctx.Done():
			return
		case <-every.C:
		}
	}
}

// Ready returns nil while the product can do its work: the database answers.
func (p *Product) Ready(ctx context.Context) error { return p.Store.Ping(ctx) }
