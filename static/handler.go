package static

import (
	"bytes"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Content security policies, set here once for pages and files alike.
const (
	// Policy is the policy of every page: nothing inline, nothing foreign.
	Policy = "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; " +
		"media-src 'self' blob:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
	// ScanPolicy also lets a page compile WebAssembly, which the camera's
	// decoder needs. A worker lives under the policy of its own file, so the
	// handler sends this one with the worker.
	ScanPolicy = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data: blob:; " +
		"media-src 'self' blob:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)

const (
	forEver  = "public, max-age=31536000, immutable"
	askAgain = "no-cache"
	worker   = "js/camera-worker.js"
)

// Handler serves the embedded files below Prefix. A hashed name may be cached
// for ever; a plain name (icons named by convention, for one) must be asked for
// again. An unknown name, an old hash included, answers 404; methods other than
// GET and HEAD answer 405.
func Handler() http.Handler { return http.HandlerFunc(serve) }

func serve(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "Only reading is possible here.", http.StatusMethodNotAllowed)
		return
	}
	name := strings.TrimPrefix(r.URL.Path, Prefix)
	caching := forEver
	a, ok := library().byHashed[name]
	if !ok {
		caching = askAgain
		a, ok = library().byName[name]
	}
	if !ok {
		w.Header().Set("Cache-Control", "no-store")
		http.Error(w, "There is no such file.", http.StatusNotFound)
		return
	}
	send(w, r, a, caching)
}

func send(w http.ResponseWriter, r *http.Request, a *asset, caching string) {
	h := w.Header()
	h.Set("Cache-Control", caching)
	h.Set("Content-Type", a.mime)
	h.Set("X-Content-Type-Options", "nosniff")
	if a.name == worker {
		h.Set("Content-Security-Policy", ScanPolicy)
	}
	body, etag := a.body, a.hash
	if a.gz != nil {
		h.Add("Vary", "Accept-Encoding")
		if AcceptsGzip(r.Header.Get("Accept-Encoding")) {
			body, etag = a.gz(), a.hash+"-gz"
			h.Set("Content-Encoding", "gzip")
		}
	}
	h.Set("ETag", `"`+etag+`"`)
	// No modification time: the content hash is the only validator.
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(body))
}

// AcceptsGzip reads an Accept-Encoding header (RFC 9110 §12.5.3): gzip or * is
// listed and its weight is not 0.
func AcceptsGzip(header string) bool {
	for part := range strings.SplitSeq(header, ",") {
		coding, params, _ := strings.Cut(part, ";")
		coding = strings.ToLower(strings.TrimSpace(coding))
		if coding != "gzip" && coding != "*" {
			continue
		}
		q, weighted := strings.CutPrefix(strings.ToLower(strings.TrimSpace(params)), "q=")
		if !weighted {
			return true
		}
		weight, err := strconv.ParseFloat(q, 64)
		return err == nil && weight > 0
	}
	return false
}
