package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"time"
)

// client is one kept connection. It does no more than HTTP/1.1 asks for, so
// that the load takes little from the server beside it.
type client struct {
	conn net.Conn
	in   *bufio.Reader
}

// answer is what came back. Body is valid until the next request.
type answer struct {
	status   int
	location string
	cookie   string
	body     []byte
}

func dial(address string) (*client, error) {
	conn, err := net.Dial("tcp", address)
	if err != nil {
		return nil, err
	}
	return &client{conn: conn, in: bufio.NewReaderSize(conn, 64<<10)}, nil
}

// do sends a whole request and reads the whole answer.
func (c *client) do(request []byte, into *bytes.Buffer) (answer, error) {
	if err := c.conn.SetDeadline(time.Now().Add(15 * time.Second)); err != nil {
		return answer{}, err
	}
	if _, err := c.conn.Write(request); err != nil {
		return answer{}, err
	}
	line, err := c.in.ReadSlice('\n')
	if err != nil || len(line) < 12 {
		return answer{}, errors.Join(err, fmt.Errorf("no status line: %q", line))
	}
	a := answer{}
	if a.status, err = strconv.Atoi(string(line[9:12])); err != nil {
		return a, err
	}
	length, chunked, err := c.headers(&a)
	if err != nil {
		return a, err
	}
	into.Reset()
	switch {
	case chunked:
		err = c.chunks(into)
	case length > 0:
		_, err = io.CopyN(into, c.in, length)
	}
	a.body = into.Bytes()
	return a, err
}

func (c *client) headers(a *answer) (length int64, chunked bool, err error) {
	for {
		line, err := c.in.ReadSlice('\n')
		if err != nil {
			return 0, false, err
		}
		line = bytes.TrimRight(line, "\r\n")
		if len(line) == 0 {
			return length, chunked, nil
		}
		name, value, _ := strings.Cut(string(line), ": ")
		switch strings.ToLower(name) {
		case "content-length":
			if length, err = strconv.ParseInt(value, 10, 64); err != nil {
				return 0, false, err
			}
		case "transfer-encoding":
			chunked = value == "chunked"
		case "location":
			a.location = value
		case "set-cookie":
			cookie, _, _ := strings.Cut(value, ";")
			if strings.HasPrefix(cookie, "trueward=") {
				a.cookie = cookie
			}
		}
	}
}

func (c *client) chunks(into *bytes.Buffer) error {
	for {
		line, err := c.in.ReadSlice('\n')
		if err != nil {
			return err
		}
		size, err := strconv.ParseInt(string(bytes.TrimSpace(line)), 16, 64)
		if err != nil {
			return err
		}
		if _, err := io.CopyN(into, c.in, size); err != nil {
			return err
		}
		if _, err := c.in.Discard(2); err != nil {
			return err
		}
		if size == 0 {
			return nil
		}
	}
}

// message spells a request; headers are lines without their ends.
func message(method, path, address, body string, headers ...string) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s %s HTTP/1.1\r\nHost: %s\r\n", method, path, address)
	for _, h := range headers {
		b.WriteString(h)
		b.WriteString("\r\n")
	}
	if body != "" {
		fmt.Fprintf(&b, "Content-Length: %d\r\n", len(body))
	}
	b.WriteString("\r\n")
	b.WriteString(body)
	return b.Bytes()
}
