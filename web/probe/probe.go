// Package probe answers machines: is the program alive, can it work, what are
// its figures, and what did a browser's content security policy stop.
package probe

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/netip"
	"regexp"

	"github.com/labstack/echo/v4"

	"trueward/internal/fault"
	"trueward/web/metrics"
	"trueward/web/route"
)

// Probes hold what the answers are made of.
type Probes struct {
	// Ready returns nil while the program can do its work.
	Ready   func(context.Context) error
	Metrics *metrics.Registry
	// Readers may ask for the figures, beside the machine itself.
	Readers []netip.Prefix
	Log     *slog.Logger
	// ReportPath is where browsers report to.
	ReportPath string
}

// Routes are the URLs of the room.
func (p Probes) Routes() []route.Route {
	return []route.Route{
		{
			Method: http.MethodGet, Path: "/healthz", Name: "health",
			Needs: route.Anonymous, Tenancy: route.None, Rate: route.RateProbe, Handler: p.health,
		}, {
			Method: http.MethodGet, Path: "/readyz", Name: "ready",
			Needs: route.Anonymous, Tenancy: route.None, Rate: route.RateProbe, Handler: p.ready,
		}, {
			Method: http.MethodGet, Path: "/metrics", Name: "metrics",
			Needs: route.Anonymous, Tenancy: route.None, Rate: route.RateProbe, Handler: p.figures,
		}, {
			Method: http.MethodPost, Path: p.ReportPath, Name: "reports.csp",
			Needs: route.Anonymous, Tenancy: route.None, RawBody: true, BodyLimit: 16 << 10, Handler: p.report,
		},
	}
}

func (p Probes) health(c echo.Context) error { return c.String(http.StatusOK, "ok\n") }

func (p Probes) ready(c echo.Context) error {
	if err := p.Ready(c.Request().Context()); err != nil {
		p.Log.WarnContext(c.Request().Context(), "not ready", "error", err.Error())
		return c.String(http.StatusServiceUnavailable, "not ready\n")
	}
	return c.String(http.StatusOK, "ready\n")
}

// figures are shown to the machine itself and to configured readers; to
// everybody else the page does not exist.
func (p Probes) figures(c echo.Context) error {
	if !p.mayRead(route.Of(c).Address) {
		return fault.New(fault.NotFound, "There is no such page.")
	}
	var out bytes.Buffer
	if err := p.Metrics.Write(&out); err != nil {
		return err
	}
	return c.Blob(http.StatusOK, "text/plain; version=0.0.4; charset=utf-8", out.Bytes())
}

func (p Probes) mayRead(address string) bool {
	a, err := netip.ParseAddr(address)
	if err != nil {
		return false
	}
	for _, prefix := range p.Readers {
		if prefix.Contains(a) {
			return true
		}
	}
	return a.IsLoopback()
}

var directive = regexp.MustCompile(`^[a-z-]{1,40}$`)

// report counts what a browser stopped. Only the directive is logged: the
// addresses in a report may hold a one-time link.
func (p Probes) report(c echo.Context) error {
	body, err := io.ReadAll(c.Request().Body)
	if err != nil {
		return fault.New(fault.TooLarge, "This report is too large.")
	}
	var sent struct {
		Report struct {
			Effective string `json:"effective-directive"`
			Violated  string `json:"violated-directive"`
		} `json:"csp-report"`
	}
	name := "unknown"
	if json.Unmarshal(body, &sent) == nil {
		for _, d := range []string{sent.Report.Violated, sent.Report.Effective} {
			if directive.MatchString(d) {
				name = d
			}
		}
	}
	p.Metrics.Count("trueward_csp_reports_total", "Things a browser's content security policy stopped.")
	p.Log.WarnContext(c.Request().Context(), "content security policy report", "directive", name)
	return c.NoContent(http.StatusNoContent)
}
