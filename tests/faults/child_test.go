package faults_test

import (
	"bufio"
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"sync"

	"trueward/internal/adapter/store"
	"trueward/internal/app/invoicing"
	"trueward/internal/app/receiving"
	"trueward/internal/app/using"
	"trueward/internal/domain/custody"
	"trueward/internal/domain/usage"
	"trueward/internal/testkit/ward"
)

// hands work side by side in a child.
const hands = 4

// worker is a child at work.
type worker struct {
	plan      plan
	store     *store.Store
	using     *using.Desk
	receiving *receiving.Desk
	invoicing *invoicing.Desk
	lines     chan struct{} // wakes the invoice worker
	usages    chan struct{} // wakes the notices

	mu  sync.Mutex
	out io.Writer
}

// work reads its plan and works until it is killed; it returns only when
// something is wrong with it or its parent is gone.
func work(in io.Reader, out io.Writer) int {
	var p plan
	lines := bufio.NewReader(in)
	if err := json.NewDecoder(lines).Decode(&p); err != nil {
		return complain(err)
	}
	go func() { // a child does not outlive its parent
		_, _ = io.Copy(io.Discard, in)
		os.Exit(3)
	}()
	s, err := store.Open(context.Background(), p.config())
	if err != nil {
		return complain(err)
	}
	w := &worker{
		plan: p, store: s, using: usingDesk(s), receiving: &receiving.Desk{Store: s}, invoicing: invoicingDesk(s),
		lines: make(chan struct{}, 1), usages: make(chan struct{}, 1), out: out,
	}
	w.using.Random = rand.Reader
	p.Plant.sow(w)
	s.OnCommit(func([]store.Event) {
		for _, wake := range []chan struct{}{w.lines, w.usages} {
			select {
			case wake <- struct{}{}:
			default:
			}
		}
	})
	return complain(w.run(context.Background()))
}

func complain(err error) int {
	fmt.Fprintln(os.Stderr, err)
	return 1
}

// tell writes one line in one piece, so that a kill cuts none in two.
func (w *worker) tell(a answer) {
	line, err := json.Marshal(a)
	if err != nil {
		panic(err)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	_, _ = w.out.Write(append(line, '\n'))
}

// run starts the workers of the product and the hands, and returns the first
// error of any.
func (w *worker) run(ctx context.Context) error {
	failed := make(chan error, hands+2)
	go w.plan.Plant.invoice(ctx, w)
	go func() { failed <- w.notices(ctx) }()
	for hand := range hands {
		go func() { failed <- w.shift(ctx, hand) }()
	}
	return <-failed
}

func (w *worker) notices(ctx context.Context) error {
	for {
		if _, err := w.using.RunNotices(ctx); err != nil {
			return fmt.Errorf("notices: %w", err)
		}
		select {
		case <-w.usages:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// shift first sends again what was never answered, then works case by case.
func (w *worker) shift(ctx context.Context, hand int) error {
	for i, in := range w.plan.Retries {
		if i%hands == hand {
			w.use(ctx, in)
		}
	}
	for n := 0; ; n++ {
		if err := w.procedure(ctx, hand, fmt.Sprintf("%d-%d-%d", w.plan.Round, hand, n)); err != nil {
			return fmt.Errorf("case %d of hand %d: %w", n, hand, err)
		}
	}
}

// procedure brings units in, opens a case, uses them and closes the case.
func (w *worker) procedure(ctx context.Context, hand int, name string) error {
	const units = 4
	nurse := hand % len(w.plan.Nurses)
	brought := receiving.Brought{Agreement: w.plan.Agreement, Place: w.plan.Cabinet}
	for n := range units {
		brought.Units = append(brought.Units, receiving.UnitInput{DI: ward.StentDI, Lot: "LT4471", Serial: fmt.Sprintf("%s-%d", name, n), Expiry: "2029-01-31"})
	}
	ids, err := w.receiving.BringIn(ctx, store.Command{Actor: w.plan.Stocker}, brought)
	if err != nil {
		return err
	}
	c, err := w.using.OpenCase(ctx, store.Command{Actor: w.plan.Nurses[nurse]}, w.plan.Room)
	if err != nil {
		return err
	}
	for n, id := range ids {
		w.use(ctx, intent{Key: fmt.Sprintf("use-%s-%d", name, n), Nurse: nurse, Case: c.ID, Unit: custody.UnitID(id)})
	}
	_, err = w.using.CloseCase(ctx, store.Command{Actor: w.plan.Nurses[nurse]}, usage.CaseID(c.ID))
	return err
}

// use tells what is about to be asked, asks, and tells what was answered.
func (w *worker) use(ctx context.Context, in intent) {
	w.tell(answer{Intent: in})
	used, err := w.using.Use(ctx, in.command(w.plan), in.consumption())
	if err != nil {
		w.tell(answer{Intent: in, Refusal: err.Error()})
		return
	}
	w.tell(answer{Intent: in, Usage: used.Usage})
}
