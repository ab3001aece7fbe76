package operations

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"trueward/web/route"
)

// drive mounts a file system of its own in memory, which goes with the test.
func drive(t *testing.T, options string) string {
	t.Helper()
	folder := t.TempDir()
	if err := syscall.Mount("tmpfs", folder, "tmpfs", 0, options); err != nil {
		t.Fatalf("mount: %v (this test needs the right to mount)", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(folder, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	return folder
}

// TestFullDiskIsToldAndRecovers is row 6: with no room left writes are refused
// in a sentence with 503 and change nothing, pages are still read, the log says
// so; with room again writing goes on by itself and the record holds.
func TestFullDiskIsToldAndRecovers(t *testing.T) {
	disk := drive(t, "size=12m")
	data := filepath.Join(disk, "data")
	p := start(t, "serve", "--data", data, "--log-level", "warn")
	admin := p.administrator(t)
	if _, status := admin.tryInvite(0); status != http.StatusOK {
		t.Fatalf("with room: %d", status)
	}
	filler := fill(t, disk)
	refused, stored := 0, 1
	for n := 1; refused < 5 && n < 200; n++ {
		page, status := admin.tryInvite(n)
		switch status {
		case http.StatusOK:
			stored++ // the log of the database had room of its own
		case http.StatusServiceUnavailable, http.StatusInsufficientStorage:
			refused++
			if !strings.Contains(page, "Nothing was changed") {
				t.Errorf("the refusal does not say that nothing was changed:\n%s", page)
			}
		default:
			t.Errorf("a write to a full disk answers %d", status)
		}
		if status != http.StatusOK {
			fill(t, disk)
		}
	}
	if refused == 0 {
		t.Fatal("the disk was never full: the test proves nothing")
	}
	if _, response := admin.get("/people"); response.StatusCode != http.StatusOK {
		t.Errorf("reading from a full disk answers %d", response.StatusCode)
	}
	p.log.waitFor(`"write batch lost"`)
	freed := time.Now()
	if err := os.RemoveAll(filler); err != nil {
		t.Fatal(err)
	}
	for n := 1000; ; n++ {
		if _, status := admin.tryInvite(n); status == http.StatusOK {
			stored++
			break
		}
		if time.Since(freed) > 10*time.Second {
			t.Fatal("ten seconds after there is room again nothing can be written")
		}
	}
	people, _ := admin.get("/people")
	if n := strings.Count(people, "@it.example"); n < 2 {
		t.Errorf("%d people are listed", n)
	}
	if out, err := trueward(t, "verify", "--data", data); err != nil {
		t.Errorf("verify after a full disk: %v\n%s", err, out)
	}
	t.Logf("%d writes stored, %d refused", stored, refused)
}

// fill takes what room there is and returns the folder with its files.
func fill(t *testing.T, disk string) string {
	t.Helper()
	folder := filepath.Join(disk, "filler")
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return folder // no room even for that
	}
	for size := 1 << 20; size >= 4096; size /= 4 {
		for n := 0; ; n++ {
			file, err := os.CreateTemp(folder, "*")
			if err != nil {
				break
			}
			_, err = file.Write(make([]byte, size))
			_ = file.Close()
			if err != nil {
				break
			}
		}
	}
	return folder
}

// tryInvite writes and returns page and status.
func (v visitor) tryInvite(n int) (string, int) {
	v.t.Helper()
	page, response := v.post("/people", url.Values{
		"idempotency_key": {route.NewKey()}, "name": {"Somebody"}, "email": {fmt.Sprintf("full-%d@it.example", n)}, "roles": {"admin"},
	})
	return page, response.StatusCode
}

// TestReadOnlyFolderIsToldInASentence is row 9.
func TestReadOnlyFolderIsToldInASentence(t *testing.T) {
	disk := drive(t, "size=1m,ro")
	out, err := trueward(t, "serve", "--data", filepath.Join(disk, "data"), "--listen", "127.0.0.1:0")
	exit, ok := err.(*exec.ExitError)
	if !ok || exit.ExitCode() != 1 || !strings.Contains(out, "cannot be made") || strings.Contains(out, "goroutine") || strings.Count(out, "\n") > 2 {
		t.Errorf("%v: %s", err, out)
	}
	out, err = trueward(t, "serve", "--data", disk, "--listen", "127.0.0.1:0")
	if err == nil || !strings.Contains(out, "cannot be written to") {
		t.Errorf("%v: %s", err, out)
	}
}

// TestTooManyConnectionsAreShed is row 8: with 64 file descriptors and 200
// connections that say nothing, the server neither falls nor stays deaf.
func TestTooManyConnectionsAreShed(t *testing.T) {
	p := start(t, "serve", "--data", t.TempDir(), "--log-level", "warn")
	limit := exec.CommandContext(t.Context(), "prlimit", "--pid", fmt.Sprint(p.cmd.Process.Pid), "--nofile=64:64")
	if out, err := limit.CombinedOutput(); err != nil {
		t.Fatalf("prlimit: %v\n%s", err, out)
	}
	var held []net.Conn
	host := strings.TrimPrefix(p.url, "http://")
	for range 200 {
		connection, err := net.DialTimeout("tcp", host, time.Second)
		if err != nil {
			break // the queue of the system is full too
		}
		held = append(held, connection)
	}
	deaf := http.Client{Timeout: time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
	if response, err := deaf.Get(p.url + "/healthz"); err == nil {
		_ = response.Body.Close()
		t.Error("there was a descriptor left: the test proves nothing")
	}
	for _, connection := range held {
		_ = connection.Close()
	}
	freed := time.Now()
	client := http.Client{Timeout: 5 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
	for {
		response, err := client.Get(p.url + "/readyz")
		if err == nil {
			_, _ = io.Copy(io.Discard, response.Body)
			_ = response.Body.Close()
			if response.StatusCode == http.StatusOK {
				break
			}
		}
		if time.Since(freed) > 10*time.Second {
			t.Fatalf("not ready ten seconds after the connections are gone: %v\n%s", err, p.log)
		}
	}
	select {
	case err := <-p.ended:
		t.Errorf("the server ended: %v\n%s", err, p.log)
	default:
	}
}

// TestTornPageIsRefused is row 5: each page of a database in turn is torn, its
// second half being what it was before it was ever written. Neither start nor
// `verify` takes it for sound.
func TestTornPageIsRefused(t *testing.T) {
	data := t.TempDir()
	p := start(t, "serve", "--data", data, "--log-level", "warn")
	admin := p.administrator(t)
	for n := range 12 {
		admin.invite(n)
	}
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	<-p.ended
	path := filepath.Join(data, "trueward.db")
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	const page = 4096
	torn := 0
	for at := 0; at < len(whole) && torn < 12; at += page * max(1, len(whole)/page/60) {
		half := whole[at+page/2 : at+page]
		if strings.Trim(string(half), "\x00") == "" {
			continue // nothing to lose there
		}
		damaged := append([]byte(nil), whole...)
		clear(damaged[at+page/2 : at+page])
		if err := os.WriteFile(path, damaged, 0o600); err != nil {
			t.Fatal(err)
		}
		torn++
		out, err := trueward(t, "verify", "--data", data)
		if err == nil {
			t.Errorf("page %d is torn and verify says\n%s", at/page, out)
		}
		if torn > 4 {
			continue // enough starts
		}
		out, err = trueward(t, "serve", "--data", data, "--listen", "127.0.0.1:0")
		if err == nil || !strings.Contains(out, "trueward restore") {
			t.Errorf("page %d is torn and serve says\n%s", at/page, out)
		}
	}
	if torn < 8 {
		t.Errorf("only %d pages were torn", torn)
	}
	if err := os.WriteFile(path, whole, 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := trueward(t, "verify", "--data", data); err != nil {
		t.Errorf("the whole file: %v\n%s", err, out)
	}
}
