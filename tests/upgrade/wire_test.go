package upgrade

import (
	"bytes"
	"io"
	"net"
	"net/url"
	"path/filepath"
	"sync/atomic"
	"testing"
)

// newAlteringWire stands before the PostgreSQL server of an address and changes
// the first occurrence of a word that a client sends into another of the same
// length. It returns the address that leads through it.
func newAlteringWire(t *testing.T, server, word, other string) string {
	t.Helper()
	u, err := url.Parse(server)
	if err != nil {
		t.Fatal(err)
	}
	socket := filepath.Join(u.Query().Get("host"), ".s.PGSQL."+u.Query().Get("port"))
	door, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = door.Close() })
	var altered atomic.Bool
	alter := func(b []byte) {
		if at := bytes.Index(b, []byte(word)); at >= 0 && altered.CompareAndSwap(false, true) {
			copy(b[at:], other)
		}
	}
	go func() {
		for {
			client, err := door.Accept()
			if err != nil {
				return // the test is over
			}
			behind, err := net.Dial("unix", socket)
			if err != nil {
				_ = client.Close()
				continue
			}
			go pump(client, behind, func([]byte) {})
			go pump(behind, client, alter)
		}
	}()
	u.Host, u.RawQuery = door.Addr().String(), "sslmode=disable"
	return u.String()
}

// pump carries bytes until one side ends, which ends the other.
func pump(to io.WriteCloser, from io.ReadCloser, change func([]byte)) {
	defer to.Close()
	defer from.Close()
	buffer := make([]byte, 64<<10)
	for {
		n, err := from.Read(buffer)
		change(buffer[:n])
		if _, failed := to.Write(buffer[:n]); err != nil || failed != nil {
			return
		}
	}
}
