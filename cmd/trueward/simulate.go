package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"trueward/internal/adapter/stripe/fake"
	"trueward/internal/clock"
	"trueward/internal/fault"
)

type simulateCmd struct {
	Stripe simulateStripeCmd `cmd:"" help:"Run a simulated Stripe on this machine, for training and trying out."`
}

type simulateStripeCmd struct {
	Listen  string `help:"Where to listen; on this machine only." default:"127.0.0.1:12110" placeholder:"HOST:PORT"`
	Webhook string `help:"Where notices go: the server's address with /webhooks/stripe." default:"http://127.0.0.1:8088/webhooks/stripe" placeholder:"URL"`
	Secret  string `help:"Signing secret of the notices." default:"whsec_simulated" env:"TRUEWARD_SIMULATED_SECRET" placeholder:"TEXT"`
}

// Run serves until it is told to stop. Everything is kept in memory.
func (s simulateStripeCmd) Run(ctx context.Context, std streams) error {
	host, _, err := net.SplitHostPort(s.Listen)
	if err != nil || !isLoopback(host) {
		return fault.At("listen", "A simulated Stripe listens on this machine only, such as 127.0.0.1:12110.")
	}
	var lc net.ListenConfig
	listener, err := lc.Listen(ctx, "tcp", s.Listen)
	if err != nil {
		return fault.Wrap(fault.Unavailable, "Cannot listen on "+s.Listen+": the port is taken or not allowed. Choose another with --listen.", err)
	}
	base := "http://" + listener.Addr().String()
	report := slog.New(slog.NewTextHandler(std.err, nil))
	notices := make(chan fake.Delivery, 1000)
	server := &http.Server{
		ReadHeaderTimeout: 10 * time.Second,
		Handler: fake.New(fake.Config{
			Clock: clock.System{}, HookSecret: s.Secret, BaseURL: base, Deliver: func(d fake.Delivery) { notices <- d },
		}),
	}
	go s.deliver(ctx, notices, report)
	stop := context.AfterFunc(ctx, func() { _ = server.Close() })
	defer stop()
	fmt.Fprintf(std.out, "ready %s\nStart the server with --stripe-url %s, then connect on its page Stripe with any key that begins with\nsk_test_ and the signing secret %s. Hospitals pay on the page that an invoice links to.\n", base, base, s.Secret)
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// deliver sends notices, each up to five times.
func (s simulateStripeCmd) deliver(ctx context.Context, notices <-chan fake.Delivery, report *slog.Logger) {
	for {
		select {
		case <-ctx.Done():
			return
		case d := <-notices:
			if !s.post(ctx, d) {
				report.Warn("a notice was not taken", "event", d.ID)
			}
		}
	}
}

func (s simulateStripeCmd) post(ctx context.Context, d fake.Delivery) bool {
	for try := range 5 {
		request, err := http.NewRequestWithContext(ctx, http.MethodPost, s.Webhook, bytes.NewReader(d.Body))
		if err != nil {
			return false
		}
		request.Header.Set("Stripe-Signature", d.Header)
		request.Header.Set("Content-Type", "application/json")
		if answer, err := http.DefaultClient.Do(request); err == nil {
			_ = answer.Body.Close()
			if answer.StatusCode == http.StatusOK {
				return true
			}
		}
		select {
		case <-ctx.Done():
			return false
		case <-time.After(time.Second << try):
		}
	}
	return false
}
