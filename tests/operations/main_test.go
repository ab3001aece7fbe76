// Package operations runs the built program as an operator would: start, stop,
// probes, figures, sample data, and its screens in a real browser.
package operations

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"
)

// program is the path of the built program, made once.
var program = sync.OnceValues(func() (string, error) {
	path := filepath.Join(folder, "trueward")
	out, err := exec.Command("go", "build", "-o", path, "trueward/cmd/trueward").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("go build: %w\n%s", err, out)
	}
	return path, nil
})

var folder string

func TestMain(m *testing.M) {
	var err error
	if folder, err = os.MkdirTemp("", "trueward-operations-"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	code := m.Run()
	_ = os.RemoveAll(folder) // what is left in the temporary folder harms nobody
	os.Exit(code)
}

// process is a running server.
type process struct {
	url, setUp string
	cmd        *exec.Cmd
	log, out   *shared
	ended      chan error
}

// start runs the program and waits until it is ready.
func start(t *testing.T, args ...string) *process {
	t.Helper()
	path, err := program()
	if err != nil {
		t.Fatal(err)
	}
	p := &process{cmd: exec.Command(path, append(args, "--listen", "127.0.0.1:0")...), log: newShared(), out: newShared(), ended: make(chan error, 1)}
	p.cmd.Stderr = p.log
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.cmd.Process.Kill() }) // an error says that it has ended already
	ready := make(chan struct{})
	go p.listen(out, ready)
	select {
	case <-ready:
	case err := <-p.ended:
		t.Fatalf("ended before it was ready: %v\n%s", err, p.log)
	case <-time.After(time.Minute):
		t.Fatalf("not ready in a minute\n%s", p.log)
	}
	return p
}

// listen reads what the program prints until it ends.
func (p *process) listen(out io.Reader, ready chan struct{}) {
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		fmt.Fprintln(p.out, lines.Text())
		if _, link, ok := strings.Cut(lines.Text(), "for a day): "); ok {
			p.setUp = link
		}
		if address, ok := strings.CutPrefix(lines.Text(), "ready "); ok {
			p.url = address
			close(ready)
		}
	}
	p.ended <- p.cmd.Wait()
}

// shared is a buffer that one writes while another reads, and waits for words.
type shared struct {
	mu   sync.Mutex
	more *sync.Cond
	text bytes.Buffer
}

func newShared() *shared {
	s := &shared{}
	s.more = sync.NewCond(&s.mu)
	return s
}

func (s *shared) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.more.Broadcast()
	return s.text.Write(p)
}

func (s *shared) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}

// waitFor returns when the words were written.
func (s *shared) waitFor(words string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for !strings.Contains(s.text.String(), words) {
		s.more.Wait()
	}
}

// visitor is a browser without a screen.
type visitor struct {
	t    *testing.T
	http *http.Client
	url  string
}

func (p *process) visitor(t *testing.T) visitor {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return visitor{t, &http.Client{Jar: jar, Timeout: 30 * time.Second}, p.url}
}

var keyField = regexp.MustCompile(`name="idempotency_key" value="([0-9a-f-]{36})"`)

// get returns a page and its headers.
func (v visitor) get(path string) (string, *http.Response) {
	v.t.Helper()
	response, err := v.http.Get(v.url + path)
	if err != nil {
		v.t.Fatal(err)
	}
	return v.read(response), response
}

// post sends a form and returns the page it ends on.
func (v visitor) post(path string, form url.Values) (string, *http.Response) {
	v.t.Helper()
	response, err := v.http.PostForm(v.url+path, form)
	if err != nil {
		v.t.Fatal(err)
	}
	return v.read(response), response
}

func (v visitor) read(response *http.Response) string {
	v.t.Helper()
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		v.t.Fatal(err)
	}
	return string(body)
}

// setUp makes the first administrator and returns them, signed in.
func (p *process) administrator(t *testing.T) visitor {
	t.Helper()
	v := p.visitor(t)
	_, path, _ := strings.Cut(strings.TrimPrefix(p.setUp, "http://"), "/")
	page, response := v.post("/"+path, url.Values{
		"organisation": {"Ward IT"}, "name": {"Rea Osei"}, "email": {"rea@it.example"},
		"password": {"slate harbour lantern"}, "again": {"slate harbour lantern"},
	})
	if response.StatusCode != http.StatusOK {
		t.Fatalf("set-up: %d\n%s", response.StatusCode, page)
	}
	return v
}
