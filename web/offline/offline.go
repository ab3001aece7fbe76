// Package offline serves what a device needs while the server cannot be
// reached: the service worker, and the page that stands in for the ward's. Both
// know nobody, so a device may keep them over a sign-out.
package offline

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"trueward/static"
	view "trueward/templates/offline"
	"trueward/templates/ui"
	"trueward/web/frame"
	"trueward/web/route"
)

const (
	workerPath = frame.WorkerPath
	shellPath  = "/offline"
)

// ward are the pages that the shell stands in for, each with what is below it.
var ward = []string{"/ward", "/scan", "/cases", "/outbox", "/find", "/units", "/workstation"}

// scripts are what the shell starts with; atOnce adds what every page has, and
// later what the camera needs.
var (
	scripts = []string{"js/saved-box.js", "js/shell.js"}
	atOnce  = append([]string{"css/app.css", "js/htmx.js", "js/app.js", "icons/favicon.svg", "js/scan-tools.js"}, scripts...)
	later   = []string{"vendor/zxing-wasm/zxing_reader.wasm"}
)

// Room serves them. ScanPath is the scan box's address.
type Room struct{ ScanPath string }

// Routes are the URLs of the room.
func (r Room) Routes() []route.Route {
	get := func(path, name string, h echo.HandlerFunc) route.Route {
		return route.Route{
			Method: http.MethodGet, Path: path, Name: name, Needs: route.Anonymous, Tenancy: route.None, Rate: route.RateProbe, Handler: h,
		}
	}
	shell := get(shellPath, "offline", r.shell)
	shell.Wasm = true
	return []route.Route{get(workerPath, "offline.worker", r.worker), shell}
}

func (r Room) shell(c echo.Context) error {
	return route.Render(c, http.StatusOK, view.Shell(r.props(c)))
}

func (r Room) props(c echo.Context) view.ShellProps {
	bare := frame.Bare(c, "No connection")
	bare.Scripts = scripts
	return view.ShellProps{
		Path: shellPath, Bare: bare,
		Pill: ui.PillProps{Probe: frame.ProbePath, Outbox: frame.OutboxPath, Scan: r.ScanPath, Kept: frame.KeptPath},
		Scan: ui.ScanProps{URL: r.ScanPath, Key: route.NewKey()},
	}
}

// worker is the service worker's script: what it keeps, by names that change
// with the content, and then the script itself. It may stand in for pages of
// the whole site.
func (r Room) worker(c echo.Context) error {
	script, err := r.script(c)
	if err != nil {
		return err
	}
	c.Response().Header().Set("Service-Worker-Allowed", "/")
	c.Response().Header().Set("Cache-Control", "no-cache")
	return c.Blob(http.StatusOK, "text/javascript; charset=utf-8", script)
}

func (r Room) script(c echo.Context) ([]byte, error) {
	shell := static.Closure(atOnce...)
	wait := []string{}
	for _, name := range later {
		wait = append(wait, static.URL(name))
	}
	props := r.props(c)
	props.Scan.Key = "" // differs from page to page
	var page bytes.Buffer
	if err := view.Shell(props).Render(c.Request().Context(), &page); err != nil {
		return nil, err
	}
	sum := sha256.Sum256([]byte(strings.Join(append(shell, wait...), "\n") + page.String()))
	var out bytes.Buffer
	for _, one := range []struct {
		name  string
		value any
	}{{"VERSION", hex.EncodeToString(sum[:8])}, {"SHELL", shell}, {"LATER", wait}, {"PAGE", shellPath}, {"WARD", ward}} {
		value, err := json.Marshal(one.value)
		if err != nil {
			return nil, err
		}
		fmt.Fprintf(&out, "const %s = %s;\n", one.name, value)
	}
	out.Write(static.Text("js/offline-worker.js"))
	return out.Bytes(), nil
}
