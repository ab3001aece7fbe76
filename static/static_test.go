package static

import (
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

func get(t *testing.T, path string, header ...string) *http.Response {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, path, nil)
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	Handler().ServeHTTP(w, r)
	return w.Result()
}

func TestEveryFileIsServedUnderItsHash(t *testing.T) {
	for name, a := range library().byName {
		res := get(t, URL(name))
		body, _ := io.ReadAll(res.Body)
		if res.StatusCode != 200 || string(body) != string(a.body) {
			t.Errorf("%s: status %d, %d bytes, want 200, %d bytes", name, res.StatusCode, len(body), len(a.body))
		}
		if got := res.Header.Get("Cache-Control"); got != forEver {
			t.Errorf("%s: Cache-Control %q", name, got)
		}
		if got := res.Header.Get("Content-Type"); got != a.mime || got == "" {
			t.Errorf("%s: Content-Type %q, want %q", name, got, a.mime)
		}
	}
}

func TestGzipOnlyWhenAccepted(t *testing.T) {
	res := get(t, URL("css/app.css"), "Accept-Encoding", "br, gzip;q=0.8")
	if res.Header.Get("Content-Encoding") != "gzip" {
		t.Fatalf("Content-Encoding %q, want gzip", res.Header.Get("Content-Encoding"))
	}
	z, err := gzip.NewReader(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	plain, err := io.ReadAll(z)
	if err != nil || string(plain) != string(library().byName["css/app.css"].body) {
		t.Fatalf("unpacked body differs (%v)", err)
	}
	for _, header := range []string{"", "br", "gzip;q=0", "identity"} {
		if got := get(t, URL("css/app.css"), "Accept-Encoding", header).Header.Get("Content-Encoding"); got != "" {
			t.Errorf("Accept-Encoding %q answered %q", header, got)
		}
	}
}

func TestKnownCopyIsNotSentAgain(t *testing.T) {
	etag := get(t, URL("css/app.css")).Header.Get("ETag")
	if res := get(t, URL("css/app.css"), "If-None-Match", etag); res.StatusCode != http.StatusNotModified {
		t.Fatalf("status %d, want 304", res.StatusCode)
	}
}

func TestRefusals(t *testing.T) {
	for _, path := range []string{"/static/", "/static/css/", "/static/css/app.000000000000.css", "/static/../static.go", "/static/css/app.css.gz"} {
		if res := get(t, path); res.StatusCode != http.StatusNotFound {
			t.Errorf("%s: status %d, want 404", path, res.StatusCode)
		}
	}
	w := httptest.NewRecorder()
	Handler().ServeHTTP(w, httptest.NewRequest(http.MethodPost, URL("css/app.css"), nil))
	if w.Code != http.StatusMethodNotAllowed {
		t.Errorf("POST: status %d, want 405", w.Code)
	}
	if res := get(t, "/static/css/app.css"); res.StatusCode != 200 || res.Header.Get("Cache-Control") != askAgain {
		t.Errorf("plain name: status %d, Cache-Control %q", res.StatusCode, res.Header.Get("Cache-Control"))
	}
}

func TestWorkerMayCompileWebAssemblyAndNothingElseMay(t *testing.T) {
	for name := range library().byName {
		got := get(t, URL(name)).Header.Get("Content-Security-Policy")
		if allowed := strings.Contains(got, "wasm-unsafe-eval"); allowed != (name == worker) {
			t.Errorf("%s: policy %q", name, got)
		}
	}
}

func TestScriptsReferToHashedFiles(t *testing.T) {
	app := string(library().byName["js/app.js"].body)
	for _, plain := range []string{`"./scan.js"`, `"./wedge.js"`, `"./camera.js"`} {
		if strings.Contains(app, plain) {
			t.Errorf("app.js still refers to %s", plain)
		}
	}
	if want := `"./` + strings.TrimPrefix(library().byName["js/scan.js"].hashed, "js/") + `"`; !strings.Contains(app, want) {
		t.Errorf("app.js does not refer to %s", want)
	}
}

func TestShelfRefusesDefects(t *testing.T) {
	cases := map[string]fstest.MapFS{
		"a reference to nothing": {"js/a.js": {Data: []byte(`import "./b.js";`)}},
		"a cycle":                {"js/a.js": {Data: []byte(`import "./b.js";`)}, "js/b.js": {Data: []byte(`import "./a.js";`)}},
		"an unknown kind":        {"icons/a.exe": {Data: []byte("MZ")}},
	}
	for name, source := range cases {
		if _, err := newShelf(source, nil); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if _, err := newShelf(fstest.MapFS{"js/a.js": {Data: []byte(`import "./b.js";`)}, "js/b.js": {Data: []byte(`x`)}}, nil); err != nil {
		t.Errorf("a sound pair: %v", err)
	}
}

func TestHashFollowsWhatAFileImports(t *testing.T) {
	build := func(inner string) string {
		s, err := newShelf(fstest.MapFS{"js/a.js": {Data: []byte(`import "./b.js";`)}, "js/b.js": {Data: []byte(inner)}}, nil)
		if err != nil {
			t.Fatal(err)
		}
		return s.byName["js/a.js"].hash
	}
	if build("one") == build("two") {
		t.Error("a changed import leaves the importer's address unchanged")
	}
}

// TestClosure: what a page needs without the server is all that its files refer
// to, and each address of it answers.
func TestClosure(t *testing.T) {
	got := Closure("js/app.js", "css/app.css")
	for _, name := range []string{"js/app.js", "js/outbox.js", "js/camera-worker.js", "vendor/idb/index.js", "vendor/zxing-wasm/reader.js", "css/app.css"} {
		if !slices.Contains(got, URL(name)) {
			t.Errorf("%s is not among them", name)
		}
	}
	for _, address := range got {
		if res := get(t, address); res.StatusCode != http.StatusOK {
			t.Errorf("%s: status %d", address, res.StatusCode)
		}
		if strings.HasSuffix(address, ".wasm") {
			t.Errorf("%s is too large to be fetched at once", address)
		}
	}
}
