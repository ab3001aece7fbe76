package gallery

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/a-h/templ"

	"trueward/internal/testkit/browser"
	"trueward/static"
	"trueward/templates/page"
)

// serve answers every screen at /{theme}/{dir}/{name}, with the policy of the
// product, and what the scripts ask for.
func serve(t *testing.T) string {
	t.Helper()
	mux := http.NewServeMux()
	mux.Handle(static.Prefix, static.Handler())
	mux.HandleFunc("GET /live", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		fmt.Fprint(w, "event: heartbeat\ndata: 1\n\n")
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	})
	mux.HandleFunc("HEAD /healthz", func(http.ResponseWriter, *http.Request) {})
	for _, theme := range []page.Theme{page.Auto, page.Light, page.Dark} {
		for _, dir := range []string{"ltr", "rtl"} {
			for _, s := range Screens(theme, dir) {
				mux.Handle("GET /"+themeName(theme)+"/"+dir+"/"+s.Name, templ.Handler(s.Body))
			}
		}
	}
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", static.Policy)
		mux.ServeHTTP(w, r)
	}))
	t.Cleanup(func() { srv.CloseClientConnections(); srv.Close() })
	return srv.URL
}

func themeName(theme page.Theme) string {
	if theme == page.Auto {
		return "auto"
	}
	return string(theme)
}

// TestScreens holds every screen, at a phone's and a desk's width, by day and by
// night, to accessibility rules, width, target sizes and a silent console: by
// day on the phone, by night on the desk. With TRUEWARD_PICTURES set to a folder
// it looks at all four and leaves a picture of each.
func TestScreens(t *testing.T) {
	b, ok := browser.Start(t, nil)
	if !ok {
		return
	}
	url := serve(t)
	folder := os.Getenv("TRUEWARD_PICTURES")
	for _, theme := range []page.Theme{page.Light, page.Dark} {
		for _, s := range Screens(theme, "ltr") {
			for _, look := range []browser.Look{{Width: 390, Height: 844}, {Width: 1280, Height: 900}} {
				if folder == "" && (theme == page.Light) != (look.Width == 390) {
					continue
				}
				name := fmt.Sprintf("%s-%s-%d", s.Name, themeName(theme), look.Width)
				t.Run(name, func(t *testing.T) {
					p := b.Open(t, url+"/"+themeName(theme)+"/ltr/"+s.Name, look)
					p.Check(t, name)
					if folder != "" {
						p.Picture(t, filepath.Join(folder, name+".png"))
					}
				})
			}
		}
	}
}

// TestNarrowAndMirrored looks at the two shapes that break first: 320 px, and
// writing from right to left.
func TestNarrowAndMirrored(t *testing.T) {
	b, ok := browser.Start(t, nil)
	if !ok {
		return
	}
	url := serve(t)
	for _, s := range Screens(page.Auto, "rtl") {
		t.Run(s.Name, func(t *testing.T) {
			p := b.Open(t, url+"/auto/rtl/"+s.Name, browser.Look{Width: 320, Height: 640, Dark: true})
			for _, line := range p.Overflow(t) {
				t.Errorf("overflow: %s", line)
			}
			if got := browser.Eval[string](t, p, `getComputedStyle(document.documentElement).colorScheme`); got != "dark" {
				t.Errorf("the device prefers dark, the page is %q", got)
			}
		})
	}
}

// TestChecksCatchPlantedFaults shows that each check can fail.
func TestChecksCatchPlantedFaults(t *testing.T) {
	b, ok := browser.Start(t, nil)
	if !ok {
		return
	}
	url := serve(t)
	planted := map[string]struct{ script, want string }{
		"accessibility": {`document.querySelector("main").insertAdjacentHTML("beforeend", '<img src="/static/icons/favicon.svg">')`, "image-alt"},
		"contrast":      {`document.querySelector("h1").style.color = "#e8e8e8"`, "color-contrast"},
		"overflow":      {`document.querySelector("h1").style.minWidth = "2000px"`, "overflow:"},
		"cut off":       {`document.querySelector(".card").style.cssText = "overflow:hidden;width:80px"`, "cut off:"},
		"target":        {`document.querySelector(".btn-primary").style.cssText = "min-height:0;height:30px;padding:0"`, "small target:"},
		"policy":        {`document.body.appendChild(Object.assign(document.createElement("script"), {textContent: "1"}))`, "Content Security Policy"},
		"console":       {`console.error("planted")`, "planted"},
	}
	for name, fault := range planted {
		t.Run(name, func(t *testing.T) {
			p := b.Open(t, url+"/ward-light/ltr/scan", browser.Look{})
			browser.Eval[bool](t, p, fault.script+";true")
			if all := strings.Join(p.Faults(t), "\n"); !strings.Contains(all, fault.want) {
				t.Errorf("a planted fault was not caught; found:\n%s", all)
			}
		})
	}
}
