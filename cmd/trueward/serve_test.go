package main

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
)

// served is a server of the command line, running in this process.
type served struct {
	url, setUp string // setUp is empty when there was no set-up link
	stop       func() (exit int, errs string)
}

// serveIn runs `trueward serve` on a data folder until it is stopped or the
// test ends.
func serveIn(t *testing.T, data string, flags ...string) *served {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	reader, writer := io.Pipe()
	errs := &shared{}
	exit := make(chan int, 1)
	go func() {
		exit <- run(ctx, append([]string{"serve", "--data", data, "--listen", "127.0.0.1:0"}, flags...), streams{in: strings.NewReader(""), out: writer, err: errs})
		_ = writer.Close() // a pipe's Close returns no error
	}()
	s := &served{}
	s.stop = sync.OnceValues(func() (int, string) {
		cancel()
		return <-exit, errs.String()
	})
	t.Cleanup(func() { s.stop() })
	lines := bufio.NewScanner(reader)
	for s.url == "" && lines.Scan() {
		if _, link, ok := strings.Cut(lines.Text(), "for a day): "); ok {
			s.setUp = link
		}
		s.url, _ = strings.CutPrefix(lines.Text(), "ready ")
		if !strings.HasPrefix(s.url, "http") {
			s.url = ""
		}
	}
	if s.url == "" {
		code, said := s.stop()
		t.Fatalf("serve did not get ready: exit %d\n%s", code, said)
	}
	go func() {
		for lines.Scan() { // what comes later is not waited for
		}
	}()
	return s
}

// shared is a buffer that a server writes while the test reads.
type shared struct {
	mu   sync.Mutex
	text strings.Builder
}

func (s *shared) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.Write(p)
}

func (s *shared) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}

// person is a browser without a screen.
func person(t *testing.T) *http.Client {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// ask sends a form, or gets the page without one, and returns status and where
// it leads to.
func ask(t *testing.T, who *http.Client, address string, form url.Values) (status int, location string) {
	t.Helper()
	var response *http.Response
	var err error
	if form == nil {
		response, err = who.Get(address)
	} else {
		response, err = who.PostForm(address, form)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if _, err := io.Copy(io.Discard, response.Body); err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, response.Header.Get("Location")
}

func signIn(t *testing.T, server *served, email, password string) (*http.Client, int) {
	t.Helper()
	who := person(t)
	status, _ := ask(t, who, server.url+"/sign-in", url.Values{"email": {email}, "password": {password}, "next": {"/account"}})
	return who, status
}

func secret(password string) url.Values {
	return url.Values{"password": {password}, "again": {password}}
}

// setUp makes the first administrator and returns them, signed in.
func setUp(t *testing.T, server *served) *http.Client {
	t.Helper()
	form := secret("slate harbour lantern")
	form.Set("organisation", "Ward IT")
	form.Set("name", "Rea Osei")
	form.Set("email", "rea@it.example")
	admin := person(t)
	if status, to := ask(t, admin, server.setUp, form); status != http.StatusSeeOther || to != "/" {
		t.Fatalf("set-up: %d to %q", status, to)
	}
	return admin
}

func TestFirstAdministratorComesInByALinkOnce(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	server := serveIn(t, data)
	if server.setUp == "" {
		t.Fatal("the first start prints no set-up link")
	}
	admin := setUp(t, server)
	if status, _ := ask(t, admin, server.url+"/system", nil); status != http.StatusOK {
		t.Errorf("the administrator does not see the system: %d", status)
	}
	if status, _ := ask(t, person(t), server.setUp, nil); status != http.StatusNotFound {
		t.Errorf("the link opens again: %d", status)
	}
	if code, errs := server.stop(); code != 0 {
		t.Fatalf("stop: exit %d: %s", code, errs)
	}
	again := serveIn(t, data)
	if again.setUp != "" {
		t.Error("the second start prints a set-up link")
	}
	if _, status := signIn(t, again, "rea@it.example", "slate harbour lantern"); status != http.StatusSeeOther {
		t.Errorf("sign-in after a restart: %d", status)
	}
}

// TestPeopleByTheCommandLine works beside the running server, as an operator
// would when nobody can sign in.
func TestPeopleByTheCommandLine(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	server := serveIn(t, data)
	setUp(t, server)
	command := func(args ...string) string {
		t.Helper()
		out, errs, code := call(t, "", append([]string{"user"}, append(args, "--data", data)...)...)
		if code != 0 {
			t.Fatalf("%v: exit %d: %s", args, code, errs)
		}
		return strings.TrimSpace(out)
	}
	link := command("invite", "kai@it.example", "--name", "Kai Lund", "--organisation", "Ward IT", "--role", "engineer", "--url", server.url)
	if status, _ := ask(t, person(t), link, secret("first cobalt window")); status != http.StatusSeeOther {
		t.Fatalf("invitation: %d", status)
	}
	kai, status := signIn(t, server, "kai@it.example", "first cobalt window")
	if status != http.StatusSeeOther {
		t.Fatalf("sign-in: %d", status)
	}
	link = command("reset", "kai@it.example", "--url", server.url)
	if status, _ := ask(t, person(t), link, secret("second amber staircase")); status != http.StatusSeeOther {
		t.Fatalf("reset: %d", status)
	}
	if status, _ := ask(t, kai, server.url+"/account", nil); status == http.StatusOK {
		t.Error("the session outlives the reset")
	}
	if _, status := signIn(t, server, "kai@it.example", "first cobalt window"); status != http.StatusUnauthorized {
		t.Errorf("the old password: %d", status)
	}
	if kai, status = signIn(t, server, "kai@it.example", "second amber staircase"); status != http.StatusSeeOther {
		t.Fatalf("the new password: %d", status)
	}
	command("disable", "kai@it.example")
	if status, _ := ask(t, kai, server.url+"/account", nil); status == http.StatusOK {
		t.Error("a disabled person's next request is answered")
	}
	if _, errs, code := call(t, "", "user", "reset", "nobody@it.example", "--data", data); code != 1 || !strings.Contains(errs, "Nobody has this") {
		t.Errorf("an unknown address: exit %d: %s", code, errs)
	}
}

func TestServeRefusesWhatWouldNotBeSafe(t *testing.T) {
	free := filepath.Join(t.TempDir(), "data")
	cases := map[string]struct {
		args []string
		want string
	}{
		"plain HTTP beyond the machine": {[]string{"--data", free, "--listen", "0.0.0.0:0", "--tls", "off"}, "Plain HTTP is served on this machine's own address only"},
		"files that are not named":      {[]string{"--data", free, "--listen", "127.0.0.1:0", "--tls", "files"}, "--tls=files needs"},
		"files that nobody uses":        {[]string{"--data", free, "--listen", "127.0.0.1:0", "--tls", "own", "--tls-cert", "x.pem", "--tls-key", "x.pem"}, "are for --tls=files"},
		"a certificate for no name":     {[]string{"--data", free, "--listen", "127.0.0.1:0", "--tls", "acme"}, "needs the names"},
		"redirects to nowhere":          {[]string{"--data", free, "--listen", "127.0.0.1:0", "--redirect", "127.0.0.1:0"}, "does not speak it"},
		"a certificate without key":     {[]string{"--data", free, "--listen", "127.0.0.1:0", "--tls-cert", "x.pem"}, "go together"},
		"no proxy's address":            {[]string{"--data", free, "--listen", "0.0.0.0:0", "--proxy", "somewhere"}, "--proxy takes an address"},
		"no address":                    {[]string{"--data", free, "--listen", "8088"}, "--listen takes HOST:PORT"},
		"a folder that cannot be made":  {[]string{"--data", "serve_test.go/data"}, "cannot be made"},
	}
	if runtime.GOOS == "linux" { // a folder that nobody can write to, root neither
		cases["a read-only folder"] = struct {
			args []string
			want string
		}{[]string{"--data", "/proc"}, "cannot be written to"}
	}
	for name, c := range cases {
		_, errs, code := call(t, "", append([]string{"serve"}, c.args...)...)
		if code != 1 || !strings.Contains(errs, c.want) || strings.Contains(errs, "goroutine") || strings.Count(errs, "\n") > 2 {
			t.Errorf("%s: exit %d: %s", name, code, errs)
		}
	}
}

// TestReaderThatCannotBeNamed is refused before anything is made or opened.
func TestReaderThatCannotBeNamed(t *testing.T) {
	data := t.TempDir() + "/data"
	_, errs, code := call(t, "", "serve", "--data", data, "--reader", "/dev/ttyUSB0:toaster")
	if code != 1 || errs == "" {
		t.Errorf("exit %d: %s", code, errs)
	}
	if _, err := os.Stat(data); err == nil {
		t.Error("a data folder was made")
	}
}
