package route

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/labstack/echo/v4"
)

func answered(t testing.TB, encoding string, page []byte) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	r.Header.Set("Accept-Encoding", encoding)
	w := httptest.NewRecorder()
	if err := send(echo.New().NewContext(r, w), http.StatusOK, page); err != nil {
		t.Fatal(err)
	}
	if w.Header().Get("Vary") != "Accept-Encoding" {
		t.Error("a cache between would mix packed and plain pages")
	}
	return w
}

func row(n int) []byte {
	return []byte(strings.Repeat("<tr><td>Bone plate</td><td>LOT-7</td></tr>\n", n))
}

func TestPagesArePacked(t *testing.T) {
	page, lengths := row(200), map[int]bool{}
	for range 40 {
		w := answered(t, "gzip, br", page)
		lengths[w.Body.Len()] = true
		if w.Header().Get("Content-Encoding") != "gzip" || w.Body.Len() > len(page)/4 {
			t.Fatalf("%d of %d bytes, %q", w.Body.Len(), len(page), w.Header().Get("Content-Encoding"))
		}
		gz, err := gzip.NewReader(w.Body)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := io.ReadAll(gz); err != nil || !bytes.Equal(got, page) {
			t.Fatalf("%d bytes come out, %v", len(got), err)
		}
	}
	if len(lengths) < 10 {
		t.Errorf("the same page is %d lengths long in 40 answers: its length tells what it holds", len(lengths))
	}
}

func TestPagesArePlainForOthers(t *testing.T) {
	for name, c := range map[string]struct {
		encoding string
		page     []byte
	}{"not asked": {"", row(200)}, "refused": {"gzip;q=0", row(200)}, "small": {"gzip", row(3)}} {
		if w := answered(t, c.encoding, c.page); w.Header().Get("Content-Encoding") != "" || !bytes.Equal(w.Body.Bytes(), c.page) {
			t.Errorf("%s: %q, %d bytes", name, w.Header().Get("Content-Encoding"), w.Body.Len())
		}
	}
}

func BenchmarkPack(b *testing.B) {
	page := row(1500)
	p := packers.Get().(*packer)
	b.SetBytes(int64(len(page)))
	for b.Loop() {
		if err := p.pack(page); err != nil {
			b.Fatal(err)
		}
	}
}
