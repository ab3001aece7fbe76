package main

import (
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"time"

	"trueward/internal/fault"
)

// healthcheckCmd lets an image without a shell look after its own health.
type healthcheckCmd struct {
	Listen string `help:"Where the server listens." default:"127.0.0.1:8088" env:"TRUEWARD_LISTEN" placeholder:"HOST:PORT"`
	TLS    bool   `help:"The server speaks TLS." env:"TRUEWARD_HEALTHCHECK_TLS"`
}

// Run asks the readiness of the server on this machine.
func (h healthcheckCmd) Run(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	_, port, err := net.SplitHostPort(h.Listen)
	if err != nil {
		return fault.At("listen", "--listen takes HOST:PORT.")
	}
	scheme := "http"
	if h.TLS {
		scheme = "https"
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, scheme+"://"+net.JoinHostPort("127.0.0.1", port)+"/readyz", nil)
	if err != nil {
		return err
	}
	// The certificate names the public host, not the loopback address asked
	// here; nothing is sent and only the status is read.
	client := http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}} // #nosec G402 -- loopback
	answer, err := client.Do(request)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return fault.Newf(fault.Unavailable, "The server is not ready (%d).", answer.StatusCode)
	}
	return nil
}
