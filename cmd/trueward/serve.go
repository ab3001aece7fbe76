package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"trueward/cmd/trueward/product"
	"trueward/internal/adapter/tlsca"
	"trueward/internal/domain/device"
	"trueward/internal/fault"
)

// listenFlags say where the server is reached.
type listenFlags struct {
	Listen string `help:"Where to listen." default:"127.0.0.1:8088" env:"TRUEWARD_LISTEN" placeholder:"HOST:PORT"`
	tlsFlags
	Proxy   []string `help:"Addresses or networks of reverse proxies that speak TLS to browsers; their X-Forwarded-For is believed." env:"TRUEWARD_PROXY" placeholder:"CIDR"`
	Metrics []string `help:"Addresses or networks that may read /metrics, beside this machine itself." env:"TRUEWARD_METRICS" placeholder:"CIDR"`
	Origin  string   `help:"The address browsers reach the server by, such as https://ward.example: passkeys and the house's own sign-in hold for it. Made from --name and --listen without." env:"TRUEWARD_ORIGIN" placeholder:"URL"`
	NATS    string   `help:"URL of a NATS cluster by which several instances wake each other; embedded without." env:"TRUEWARD_NATS" placeholder:"URL"`
}

// logFlags say what is logged.
type logFlags struct {
	LogLevel  string `help:"Least severity that is logged." enum:"debug,info,warn,error" default:"info" env:"TRUEWARD_LOG_LEVEL"`
	LogFormat string `help:"Form of log lines." enum:"json,text" default:"json" env:"TRUEWARD_LOG_FORMAT"`
}

type serveCmd struct {
	dataFlags
	listenFlags
	replicaFlags
	readerFlags
	stripeFlags
	oidcFlags
	logFlags
}

// readerFlags name the desk readers of this machine.
type readerFlags struct {
	Reader []string `help:"Desk reader at a serial port of this machine, such as /dev/ttyUSB0 or /dev/ttyUSB0:pn532; kinds pn532 and r200." env:"TRUEWARD_READER" placeholder:"PORT"`
}

// addresses reads the flags before anything is opened.
func (r readerFlags) addresses() ([]device.Address, error) {
	var out []device.Address
	for _, text := range r.Reader {
		a, err := device.ParseAddress(text)
		if err != nil {
			return nil, err
		}
		out = append(out, a)
	}
	return out, nil
}

// Run serves until it is told to stop.
func (s serveCmd) Run(ctx context.Context, std streams) error {
	readers, err := s.addresses()
	if err != nil {
		return err
	}
	if err := s.replicaFlags.check(s.dataFlags); err != nil {
		return err
	}
	if err := s.prepare(); err != nil {
		return err
	}
	house, reach, err := s.house()
	if err != nil {
		return err
	}
	p, listener, err := start(ctx, s.dataFlags, s.listenFlags, s.logFlags.logger(std), func(cfg *product.Config) {
		cfg.Outside, cfg.Reach = house, reach
		cfg.DeskReaders, cfg.Stripe, cfg.Replica = readers, s.config(), s.Replica
	})
	if err != nil {
		return err
	}
	secured, plain, err := s.wrap(listener, s.dataFlags, p)
	if err != nil {
		return errors.Join(err, listener.Close(), p.Close())
	}
	stopRedirects, err := s.redirect(ctx, plain, p.Log)
	if err != nil {
		return errors.Join(err, listener.Close(), p.Close())
	}
	defer stopRedirects()
	if err := s.greet(ctx, p, listener, std); err != nil {
		return errors.Join(err, listener.Close(), p.Close())
	}
	return serve(ctx, p, secured)
}

// greet prints how to come in for the first time, what devices must trust, and
// the ready line.
func (s serveCmd) greet(ctx context.Context, p *product.Product, listener net.Listener, std streams) error {
	if err := offerSetUp(ctx, p, s.listenFlags, listener, std); err != nil {
		return err
	}
	if p.Authority != nil {
		fmt.Fprintf(std.out, "devices must trust this installation once: %s/trust\nits fingerprint: %s\n", s.url(listener), tlsca.Fingerprint(p.Authority.Root()))
	}
	fmt.Fprintln(std.out, "ready", s.url(listener))
	return nil
}

// offerSetUp prints the one-time link of the first administrator, as long as
// there is none.
func offerSetUp(ctx context.Context, p *product.Product, l listenFlags, listener net.Listener, std streams) error {
	token, err := p.SignIn.OfferSetUp(ctx)
	switch {
	case fault.Is(err, fault.Conflict):
		return nil // set up already
	case err != nil:
		return err
	}
	fmt.Fprintf(std.out, "set-up link for the first administrator (once, for a day): %s/welcome/%s\n", l.url(listener), token)
	return nil
}

func (l logFlags) logger(std streams) *slog.Logger {
	var level slog.Level
	_ = level.UnmarshalText([]byte(l.LogLevel)) // the flag's enum admits nothing else
	options := &slog.HandlerOptions{Level: level}
	if l.LogFormat == "text" {
		return slog.New(slog.NewTextHandler(std.err, options))
	}
	return slog.New(slog.NewJSONHandler(std.err, options))
}

// networks reads the addresses or networks of a flag.
func networks(flag string, texts []string) ([]netip.Prefix, error) {
	var out []netip.Prefix
	for _, text := range texts {
		if !strings.Contains(text, "/") {
			if a, err := netip.ParseAddr(text); err == nil {
				text = netip.PrefixFrom(a, a.BitLen()).String()
			}
		}
		prefix, err := netip.ParsePrefix(text)
		if err != nil {
			return nil, fault.At(flag, "--"+flag+" takes an address or a network, such as 10.0.0.0/24.")
		}
		out = append(out, prefix)
	}
	return out, nil
}

// url is how a browser on this machine reaches the server.
func (l listenFlags) url(listener net.Listener) string {
	host, _, err := net.SplitHostPort(l.Listen)
	if err != nil || isLoopback(host) || host == "" || host == "0.0.0.0" || host == "::" {
		host = "localhost"
	}
	if len(l.Name) > 0 {
		host = l.Name[0]
	}
	scheme := "http"
	if l.speaksTLS() {
		scheme = "https"
	}
	return fmt.Sprintf("%s://%s:%d", scheme, host, listener.Addr().(*net.TCPAddr).Port)
}

// origin is the address that passkeys and the house's own sign-in hold for;
// empty when the server cannot know it.
func (l listenFlags) origin(listener net.Listener) string {
	host, _, err := net.SplitHostPort(l.Listen)
	switch {
	case l.Origin != "":
		return strings.TrimSuffix(l.Origin, "/")
	case len(l.Proxy) > 0 && len(l.Name) > 0:
		return "https://" + l.Name[0]
	case len(l.Proxy) > 0, len(l.Name) == 0 && (err != nil || host == "" || host == "0.0.0.0" || host == "::"):
		return ""
	case len(l.Name) == 0 && !isLoopback(host):
		return strings.Replace(l.url(listener), "localhost", host, 1)
	}
	return l.url(listener)
}

// start opens the product and its listener; the listener comes first, so that
// a port that is taken is said before anything is made.
func start(ctx context.Context, d dataFlags, l listenFlags, log *slog.Logger, change func(*product.Config)) (*product.Product, net.Listener, error) {
	if err := l.check(); err != nil {
		return nil, nil, err
	}
	proxies, err := networks("proxy", l.Proxy)
	if err != nil {
		return nil, nil, err
	}
	readers, err := networks("metrics", l.Metrics)
	if err != nil {
		return nil, nil, err
	}
	listener, err := l.listen(ctx)
	if err != nil {
		return nil, nil, err
	}
	cfg := product.Config{
		SQLitePath: d.databasePath(), PostgresURL: d.Database, VaultPath: d.vaultPath(), KeyPath: d.keyPath(),
		BusURL: l.NATS, Log: log, Secure: l.secure(), Proxies: proxies, Readers: readers,
		Version: versionText(), Origin: l.origin(listener),
	}
	l.authority(d, &cfg)
	if change != nil {
		change(&cfg)
	}
	p, err := product.Open(ctx, cfg)
	if err != nil {
		return nil, nil, errors.Join(err, listener.Close())
	}
	return p, listener, nil
}

func (l listenFlags) listen(ctx context.Context) (net.Listener, error) {
	var lc net.ListenConfig
	listener, err := lc.Listen(ctx, "tcp", l.Listen)
	if err != nil {
		return nil, fault.Wrap(fault.Unavailable, fmt.Sprintf("Cannot listen on %s: the port is taken or not allowed. Choose another with --listen.", l.Listen), err)
	}
	return listener, nil
}

// stopTime bounds a graceful stop.
const stopTime = 20 * time.Second

// serve answers requests and works in the background until ctx ends; then it
// lets what is in flight finish.
func serve(ctx context.Context, p *product.Product, listener net.Listener) error {
	working, stopWork := context.WithCancel(context.Background())
	worked := make(chan struct{})
	go func() { defer close(worked); p.Run(working) }()
	server := p.Web.HTTP()
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	var err error
	select {
	case err = <-failed:
	case <-ctx.Done():
		err = stop(server, listener, p)
	}
	stopWork()
	<-worked
	return errors.Join(err, p.Close())
}

// takeUpTime is how long connections that were taken have to say what they
// want, once no more are taken.
const takeUpTime = 100 * time.Millisecond

// stop lets requests finish. net/http forgets requests that it has read but
// not begun when Shutdown is called, so connections end first: what came until
// then is begun, and what is begun is finished.
func stop(server *http.Server, listener net.Listener, p *product.Product) error {
	ctx, cancel := context.WithTimeout(context.Background(), stopTime)
	defer cancel()
	p.EndStreams()
	p.Log.Info("stopping")
	_ = listener.Close() // Serve ends with it; there is nobody left to tell
	<-time.After(takeUpTime)
	return server.Shutdown(ctx)
}
