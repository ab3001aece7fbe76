package route

import (
	"bytes"
	"crypto/rand"
	"net/http"
	"sync"

	"github.com/klauspost/compress/gzip"
	"github.com/labstack/echo/v4"

	"trueward/static"
)

// worthPacking is the size from which packing a page saves a packet: less fits
// into one with its headers.
const worthPacking = 1400 // bytes

// send writes a page, packed for who takes that.
//
// Pages repeat what people typed beside what they may see, so the length of a
// packed page could be listened to (BREACH). There is no token in them to
// guess (another site's requests are told by Sec-Fetch-Site and Origin), and
// each answer is longer by a random length, in the file name of its gzip
// header (RFC 1952 §2.3.1), which nobody reads.
func send(c echo.Context, status int, page []byte) error {
	h := c.Response().Header()
	h.Add("Vary", "Accept-Encoding")
	if len(page) < worthPacking || c.Request().Method == http.MethodHead || !static.AcceptsGzip(c.Request().Header.Get("Accept-Encoding")) {
		return c.HTMLBlob(status, page)
	}
	p := packers.Get().(*packer)
	defer packers.Put(p)
	if err := p.pack(page); err != nil {
		return err
	}
	h.Set("Content-Encoding", "gzip")
	return c.HTMLBlob(status, p.out.Bytes())
}

// packer packs one page after another without growing again.
type packer struct {
	out bytes.Buffer
	gz  *gzip.Writer
}

var packers = sync.Pool{New: func() any {
	gz, _ := gzip.NewWriterLevel(nil, gzip.BestSpeed) // the level is one that exists
	return &packer{gz: gz}
}}

func (p *packer) pack(page []byte) error {
	p.out.Reset()
	p.gz.Reset(&p.out)
	p.gz.Name = padding[:randomByte()]
	if _, err := p.gz.Write(page); err != nil {
		return err
	}
	return p.gz.Close()
}

// padding is as long as a byte can say.
var padding = string(bytes.Repeat([]byte{'-'}, 255))

func randomByte() int {
	var b [1]byte
	_, _ = rand.Read(b[:]) // never fails (crypto/rand)
	return int(b[0])
}
