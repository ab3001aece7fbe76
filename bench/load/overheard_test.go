package main

import (
	"io"
	"net"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5/pgproto3"
)

// statement is one that was sent to PostgreSQL, with its values as sent.
type statement struct {
	text    string
	values  [][]byte
	formats []int16 // 1: binary
}

// ear passes a program's connections on to PostgreSQL and keeps the
// transactions in which units were used.
type ear struct {
	listener net.Listener
	server   string // path of the server's socket

	mu   sync.Mutex
	uses [][]statement
}

// listenIn starts an ear before the database of a URL and returns it with the
// URL under which it is reached.
func listenIn(b *testing.B, database string) (*ear, string) {
	b.Helper()
	address, err := url.Parse(database)
	if err != nil {
		b.Fatal(err)
	}
	query := address.Query()
	port := query.Get("port")
	if port == "" {
		port = "5432"
	}
	e := &ear{server: filepath.Join(query.Get("host"), ".s.PGSQL."+port)}
	if e.listener, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = e.listener.Close() })
	go func() {
		for {
			client, err := e.listener.Accept()
			if err != nil {
				return
			}
			go e.pass(client)
		}
	}()
	query.Set("host", "127.0.0.1")
	query.Set("port", e.listener.Addr().String()[len("127.0.0.1:"):])
	query.Set("sslmode", "disable")
	address.RawQuery = query.Encode()
	return e, address.String()
}

func (e *ear) pass(client net.Conn) {
	defer client.Close()
	server, err := net.Dial("unix", e.server)
	if err != nil {
		return
	}
	defer server.Close()
	heard, told := io.Pipe()
	defer told.Close()
	go e.hear(heard)
	go func() { _, _ = io.Copy(client, server) }()
	_, _ = io.Copy(io.MultiWriter(server, told), client)
}

// hear understands what the client says, until it says nothing more.
func (e *ear) hear(heard *io.PipeReader) {
	defer func() { _, _ = io.Copy(io.Discard, heard) }()
	client := pgproto3.NewBackend(heard, io.Discard)
	if _, err := client.ReceiveStartupMessage(); err != nil {
		return
	}
	texts := map[string]string{}
	var transaction []statement
	for {
		message, err := client.Receive()
		if err != nil {
			return
		}
		switch m := message.(type) {
		case *pgproto3.Parse:
			texts[m.Name] = m.Query
		case *pgproto3.Bind:
			s := statement{text: texts[m.PreparedStatement], formats: slices.Clone(m.ParameterFormatCodes)}
			for _, v := range m.Parameters {
				s.values = append(s.values, slices.Clone(v))
			}
			transaction = append(transaction, s)
		case *pgproto3.Query:
			switch word := strings.ToLower(m.String); {
			case strings.HasPrefix(word, "begin"):
				transaction = nil
			case strings.HasPrefix(word, "commit"):
				e.keep(transaction)
			}
		}
	}
}

func (e *ear) keep(transaction []statement) {
	for _, s := range transaction {
		if strings.HasPrefix(s.text, "INSERT INTO usages") {
			e.mu.Lock()
			e.uses = append(e.uses, transaction)
			e.mu.Unlock()
			return
		}
	}
}
