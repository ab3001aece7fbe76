package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"trueward/cmd/trueward/product"
	"trueward/internal/fault"
	"trueward/internal/sample"
	view "trueward/templates/signin"
)

// demoPassword lets every sample person sign in. A demonstration listens on
// this machine alone, and its data is made up.
const demoPassword = "sample-ward-2026"

type demoCmd struct {
	Data   string `help:"Folder of the sample data; made when missing." default:"trueward-demo" env:"TRUEWARD_DATA" placeholder:"DIR"`
	Listen string `help:"Where to listen; on this machine only." default:"127.0.0.1:8088" env:"TRUEWARD_LISTEN" placeholder:"HOST:PORT"`
	readerFlags
	logFlags
}

// Run loads the sample data into a fresh folder, or goes on with what is there,
// and serves.
func (d demoCmd) Run(ctx context.Context, std streams) error {
	data, listen := dataFlags{Data: d.Data}, listenFlags{Listen: d.Listen, tlsFlags: tlsFlags{TLS: tlsOff}}
	if d.LogLevel == "info" {
		d.LogLevel = "warn" // the screen belongs to the sign-ins
	}
	readers, err := d.addresses()
	if err != nil {
		return err
	}
	if err := data.prepare(); err != nil {
		return err
	}
	fresh := !data.exists()
	p, listener, err := start(ctx, data, listen, d.logger(std), func(cfg *product.Config) {
		cfg.Samples, cfg.DeskReaders, cfg.PracticeReader = samples(), readers, true
	})
	if err != nil {
		return err
	}
	url := listen.url(listener)
	if fresh {
		err = p.LoadSample(ctx, demoPassword, url, nil)
	} else {
		err = onlySamples(ctx, p)
	}
	if err == nil {
		err = d.greet(ctx, p, url, std)
	}
	if err != nil {
		return errors.Join(err, listener.Close(), p.Close())
	}
	return serve(ctx, p, listener)
}

// onlySamples refuses to show one password to everybody on data that is not
// made up.
func onlySamples(ctx context.Context, p *product.Product) error {
	made, err := p.SampleLoaded(ctx)
	if err == nil && !made {
		err = fault.New(fault.Conflict, "This folder holds data that is not the sample's. Use `trueward serve` for it, or name another folder with --data.")
	}
	return err
}

// greet prints the ready line, the sign-ins and five taps.
func (d demoCmd) greet(ctx context.Context, p *product.Product, url string, std streams) error {
	taps, err := p.SampleTaps(ctx, url)
	if err != nil {
		return err
	}
	fmt.Fprintf(std.out, "ready %s\n\nSign in with the password %s as:\n", url, demoPassword)
	for _, s := range sample.SignIns() {
		fmt.Fprintf(std.out, "  %-15s %-24s %s, %s\n", s.Role, s.Email, s.Name, s.Organisation)
	}
	fmt.Fprintln(std.out, "\nTap a simulated tag by opening its URL:")
	for _, t := range taps {
		fmt.Fprintf(std.out, "  %-15s %s\n", t.What, t.URL)
	}
	p.Log.Debug("greeted", slog.Int("taps", len(taps)))
	return nil
}

func samples() []view.Sample {
	var out []view.Sample
	for _, s := range sample.SignIns() {
		out = append(out, view.Sample{Role: s.Role + ", " + s.Organisation, Email: s.Email, Password: demoPassword})
	}
	return out
}
