package faults_test

import (
	"bufio"
	"encoding/binary"
	"io"
	"net"
	"net/url"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
)

// wire stands between the product and a PostgreSQL server and resets
// connections at chosen messages (PostgreSQL 15, chapter 55.7, message
// formats).
type wire struct {
	socket string // of the server
	door   net.Listener

	cut   countdown // the statement that never reaches the server
	quiet countdown // the COMMIT whose answer never reaches the client
}

// newWire listens before the server of a URL and returns the URL that leads
// through it.
func newWire(t *testing.T, server string) (*wire, string) {
	t.Helper()
	u, err := url.Parse(server)
	if err != nil {
		t.Fatal(err)
	}
	w := &wire{socket: filepath.Join(u.Query().Get("host"), ".s.PGSQL."+u.Query().Get("port"))}
	if w.door, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.door.Close() })
	go w.serve()
	u.Host, u.RawQuery = w.door.Addr().String(), "sslmode=disable"
	return w, u.String()
}

func (w *wire) serve() {
	for {
		client, err := w.door.Accept()
		if err != nil {
			return // the test is over
		}
		server, err := net.Dial("unix", w.socket)
		if err != nil {
			_ = client.Close()
			continue
		}
		l := &line{wire: w, client: client.(*net.TCPConn), server: server, answered: make(chan struct{})}
		go l.answers()
		go l.requests()
	}
}

// line is one connection.
type line struct {
	*wire
	client   *net.TCPConn
	server   net.Conn
	silent   atomic.Bool
	answered chan struct{} // closed when the server spoke to a silent line
}

// reset ends the connection as a broken network does, on both sides.
func (l *line) reset() {
	_ = l.client.SetLinger(0)
	_ = l.client.Close()
	_ = l.server.Close()
}

// answers carries what the server says, until the line is silenced.
func (l *line) answers() {
	defer l.reset()
	buffer := make([]byte, 32<<10)
	for {
		n, err := l.server.Read(buffer)
		if l.silent.Load() {
			close(l.answered)
			return
		}
		if _, failed := l.client.Write(buffer[:n]); err != nil || failed != nil {
			return
		}
	}
}

// requests carries what the client asks, message by message.
func (l *line) requests() {
	defer l.reset()
	in := bufio.NewReader(l.client)
	if _, err := l.pass(in, 0); err != nil { // the start-up message has no kind
		return
	}
	for {
		kind, err := in.Peek(1)
		if err != nil || (kind[0] == 'Q' || kind[0] == 'E') && l.cut.hit() {
			return
		}
		silence := l.isCommit(in) && l.quiet.hit()
		if silence {
			l.silent.Store(true)
		}
		if _, err := l.pass(in, 1); err != nil {
			return
		}
		if silence {
			<-l.answered
			return
		}
	}
}

// pass copies one message of a kind byte (or none), a length and its content.
func (l *line) pass(in *bufio.Reader, kind int) (int64, error) {
	head, err := in.Peek(kind + 4)
	if err != nil {
		return 0, err
	}
	return io.CopyN(l.server, in, int64(kind)+int64(binary.BigEndian.Uint32(head[kind:])))
}

// isCommit recognises the simple query that commits. It waits for no byte that
// need not come.
func (l *line) isCommit(in *bufio.Reader) bool {
	const text = "commit"
	head, err := in.Peek(5)
	if err != nil || head[0] != 'Q' || binary.BigEndian.Uint32(head[1:]) < uint32(4+len(text)) {
		return false
	}
	head, err = in.Peek(5 + len(text))
	return err == nil && strings.EqualFold(string(head[5:]), text)
}
