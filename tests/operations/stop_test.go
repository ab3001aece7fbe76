package operations

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"syscall"
	"testing"
)

// TestGracefulStop sends SIGTERM while a request is half sent: it is answered,
// new connections are not, and the exit code is 0.
func TestGracefulStop(t *testing.T) {
	p := start(t, "serve", "--data", t.TempDir(), "--log-level", "info")
	address := strings.Replace(strings.TrimPrefix(p.url, "http://"), "localhost", "127.0.0.1", 1)
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	form := url.Values{"email": {"nobody@ward.example"}, "password": {"not the password"}, "next": {"/"}}.Encode()
	fmt.Fprintf(conn, "POST /sign-in HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\n\r\n%s", len(form), form[:10])
	// A request that is answered shows that the half one before it has arrived.
	if _, response := p.visitor(t).get("/healthz"); response.StatusCode != http.StatusOK {
		t.Fatalf("healthz: %d", response.StatusCode)
	}
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	p.log.waitFor(`"msg":"stopping"`)
	if _, err := io.WriteString(conn, form[10:]); err != nil {
		t.Fatal(err)
	}
	response, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatalf("the request in flight was dropped: %v\n%s", err, p.log)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusUnauthorized {
		t.Errorf("the request in flight got %d", response.StatusCode)
	}
	if err := <-p.ended; err != nil {
		t.Errorf("exit: %v\n%s", err, p.log)
	}
	if late, err := net.Dial("tcp", address); err == nil {
		_ = late.Close()
		t.Error("the port still answers")
	}
	if log := p.log.String(); strings.Contains(log, "nobody@ward") || strings.Contains(log, "not the password") {
		t.Errorf("the log names a person or a password:\n%s", log)
	}
}

func TestProbesAndFigures(t *testing.T) {
	p := start(t, "serve", "--data", t.TempDir())
	v := p.visitor(t)
	for path, want := range map[string]string{"/healthz": "ok\n", "/readyz": "ready\n"} {
		if body, response := v.get(path); response.StatusCode != http.StatusOK || body != want {
			t.Errorf("%s: %d %q", path, response.StatusCode, body)
		}
	}
	figures, _ := v.get("/metrics")
	for _, want := range []string{
		"trueward_jobs_pending 0\n", "trueward_jobs_parked 0\n", "trueward_live_pages 0\n", "trueward_jobs_overdue_seconds 0\n",
		`trueward_http_requests_total{class="2xx",route="ready"} 1`,
	} {
		if !strings.Contains(figures, want) {
			t.Errorf("no %q in\n%s", want, figures)
		}
	}
}
