package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/crypto/acme"
	"golang.org/x/crypto/acme/autocert"

	"trueward/cmd/trueward/product"
	"trueward/internal/adapter/tlsca"
	"trueward/internal/clock"
	"trueward/internal/fault"
)

// tlsFlags say how browsers get a secure connection.
type tlsFlags struct {
	TLS           string   `help:"Where the certificate comes from. auto takes the files when they are named, none on this machine's own address or behind --proxy, else the installation's own authority" enum:"auto,own,files,acme,off" default:"auto" env:"TRUEWARD_TLS"`
	TLSCert       string   `help:"Certificate chain (PEM); read again when it changes." env:"TRUEWARD_TLS_CERT" placeholder:"FILE"`
	TLSKey        string   `help:"Private key of the certificate (PEM)." env:"TRUEWARD_TLS_KEY" placeholder:"FILE"`
	Name          []string `help:"Names and addresses that browsers reach the server by; the first one is shown." env:"TRUEWARD_NAME" placeholder:"NAME"`
	ACMEDirectory string   `help:"Directory of the certificate service for --tls=acme; Let's Encrypt without." env:"TRUEWARD_ACME_DIRECTORY" placeholder:"URL"`
	ACMEEmail     string   `help:"Address the certificate service may write to." env:"TRUEWARD_ACME_EMAIL" placeholder:"ADDRESS"`
	Redirect      string   `help:"Listen here for plain HTTP too, and send every browser on to https." env:"TRUEWARD_REDIRECT" placeholder:"HOST:PORT"`
}

// Where certificates come from.
const (
	tlsAuto  = "auto"
	tlsOwn   = "own"
	tlsFiles = "files"
	tlsACME  = "acme"
	tlsOff   = "off"
)

// certificates decides what auto means.
func (l listenFlags) certificates() string {
	host, _, _ := net.SplitHostPort(l.Listen)
	switch {
	case l.TLS != tlsAuto && l.TLS != "":
		return l.TLS
	case l.TLSCert != "" || l.TLSKey != "":
		return tlsFiles
	case len(l.Proxy) > 0 || isLoopback(host):
		return tlsOff
	}
	return tlsOwn
}

// speaksTLS reports whether the listener itself does.
func (l listenFlags) speaksTLS() bool { return l.certificates() != tlsOff }

// secure reports whether browsers reach the server over TLS.
func (l listenFlags) secure() bool { return l.speaksTLS() || len(l.Proxy) > 0 }

// check refuses what would let passwords travel in the clear, or cannot work.
func (l listenFlags) check() error {
	host, _, err := net.SplitHostPort(l.Listen)
	switch mode := l.certificates(); {
	case err != nil:
		return fault.At("listen", "--listen takes HOST:PORT, such as 127.0.0.1:8088.")
	case (l.TLSCert == "") != (l.TLSKey == ""):
		return fault.At("tls-cert", "--tls-cert and --tls-key go together.")
	case mode == tlsFiles && l.TLSCert == "":
		return fault.At("tls", "--tls=files needs --tls-cert and --tls-key.")
	case mode != tlsFiles && l.TLSCert != "":
		return fault.At("tls", "--tls-cert and --tls-key are for --tls=files.")
	case mode == tlsACME && len(l.Name) == 0:
		return fault.At("name", "--tls=acme needs the names the certificate is for: --name ward.example.")
	case !l.secure() && !isLoopback(host):
		return fault.New(fault.Invalid, "Plain HTTP is served on this machine's own address only. Leave --tls at auto for the installation's own certificates, give --tls-cert and --tls-key, name the reverse proxy that speaks TLS with --proxy, or listen on 127.0.0.1.")
	case !isOrigin(l.Origin):
		return fault.At("origin", "--origin takes the scheme and name alone, such as https://ward.example.")
	case l.Redirect != "" && !l.speaksTLS():
		return fault.At("redirect", "--redirect sends browsers to https, and this server does not speak it.")
	}
	return l.checkRedirect()
}

func (l listenFlags) checkRedirect() error {
	if _, _, err := net.SplitHostPort(l.Redirect); l.Redirect != "" && err != nil {
		return fault.At("redirect", "--redirect takes HOST:PORT, such as 0.0.0.0:80.")
	}
	return nil
}

// isOrigin reports whether a text is empty or a scheme and a host, nothing more.
func isOrigin(text string) bool {
	if text == "" {
		return true
	}
	u, err := url.Parse(strings.TrimSuffix(text, "/"))
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != "" && u.User == nil && u.Path == "" && u.RawQuery == "" && u.Fragment == ""
}

func isLoopback(host string) bool {
	if host == "localhost" {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.IsLoopback()
}

// authority tells the product to keep an authority of its own.
func (l listenFlags) authority(d dataFlags, cfg *product.Config) {
	if l.certificates() != tlsOwn {
		return
	}
	cfg.AuthorityFolder, cfg.Names, cfg.GuessedNames = filepath.Join(d.Data, "tls"), l.Name, guessNames()
}

// guessNames are the names and addresses this machine seems to have.
func guessNames() []string {
	names := []string{"localhost", "127.0.0.1", "::1"}
	if host, err := os.Hostname(); err == nil && host != "" && !strings.Contains(host, "..") {
		names = append(names, host, strings.SplitN(host, ".", 2)[0]+".local")
	}
	addresses, err := net.InterfaceAddrs()
	if err != nil {
		return names
	}
	for _, a := range addresses {
		if n, ok := a.(*net.IPNet); ok && !n.IP.IsLoopback() && !n.IP.IsLinkLocalUnicast() {
			names = append(names, n.IP.String())
		}
	}
	return names
}

// secureTLS speaks TLS 1.3, and of TLS 1.2 what has forward secrecy and
// authenticated encryption (RFC 9325, 4.2).
func secureTLS() *tls.Config {
	return &tls.Config{
		MinVersion: tls.VersionTLS12, NextProtos: []string{"h2", "http/1.1"},
		CipherSuites: []uint16{
			tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
			tls.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, tls.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
			tls.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, tls.TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
		},
	}
}

// wrap puts TLS around a listener, and returns what answers on the redirect
// listener beside the redirects themselves.
func (l listenFlags) wrap(listener net.Listener, d dataFlags, p *product.Product) (net.Listener, http.Handler, error) {
	config := secureTLS()
	plain := redirects(listener)
	switch l.certificates() {
	case tlsOff:
		return listener, nil, nil
	case tlsFiles:
		files, err := tlsca.Read(l.TLSCert, l.TLSKey, clock.System{}, p.Log)
		if err != nil {
			return nil, nil, err
		}
		config.GetCertificate = files.Certificate
	case tlsOwn:
		config.GetCertificate = p.Authority.Certificate
	case tlsACME:
		manager := &autocert.Manager{
			Prompt: autocert.AcceptTOS, HostPolicy: autocert.HostWhitelist(l.Name...),
			Cache: autocert.DirCache(filepath.Join(d.Data, "acme")), Email: l.ACMEEmail,
		}
		if l.ACMEDirectory != "" {
			manager.Client = &acme.Client{DirectoryURL: l.ACMEDirectory}
		}
		config.GetCertificate = manager.GetCertificate
		config.NextProtos = append(config.NextProtos, acme.ALPNProto)
		plain = manager.HTTPHandler(plain)
	}
	return tls.NewListener(listener, config), plain, nil
}

// redirects sends a browser to the same page over https. What is not a page of
// this server's own name goes nowhere.
func redirects(secure net.Listener) http.Handler {
	port := secure.Addr().(*net.TCPAddr).Port
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host := r.Host
		if h, _, err := net.SplitHostPort(host); err == nil {
			host = h
		}
		if (r.Method != http.MethodGet && r.Method != http.MethodHead) || !plainHost(host) {
			http.Error(w, "This page is served over https only.", http.StatusForbidden)
			return
		}
		if port != 443 {
			host = net.JoinHostPort(strings.Trim(host, "[]"), fmt.Sprint(port))
		}
		w.Header().Set("Cache-Control", "no-store")
		http.Redirect(w, r, "https://"+host+r.URL.RequestURI(), http.StatusPermanentRedirect)
	})
}

// plainHost reports whether a Host header is a name or address and nothing else.
func plainHost(host string) bool {
	return host != "" && !strings.ContainsFunc(host, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && !strings.ContainsRune("-._:[]", r)
	})
}

// redirect answers plain HTTP until ctx ends.
func (l listenFlags) redirect(ctx context.Context, handler http.Handler, log *slog.Logger) (stop func(), err error) {
	if l.Redirect == "" || handler == nil {
		return func() {}, nil
	}
	var lc net.ListenConfig
	listener, err := lc.Listen(ctx, "tcp", l.Redirect)
	if err != nil {
		return nil, fault.Wrap(fault.Unavailable, fmt.Sprintf("Cannot listen on %s: the port is taken or not allowed. Choose another with --redirect.", l.Redirect), err)
	}
	server := &http.Server{
		Handler: handler, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 10 * time.Second, WriteTimeout: 10 * time.Second,
		IdleTimeout: 30 * time.Second, MaxHeaderBytes: 16 << 10, ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}
	go func() {
		if err := server.Serve(listener); err != nil && !errors.Is(err, http.ErrServerClosed) {
			log.Error("plain HTTP is not answered any more", slog.String("error", err.Error()))
		}
	}()
	return func() { _ = server.Close() }, nil // nobody waits for a redirect
}
