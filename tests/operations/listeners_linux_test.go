package operations

import (
	"encoding/hex"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// TestListenersAreDeclared is row 96: what the running program listens on, as
// the kernel says, is the address it was told and nothing besides; debugging
// does not answer there.
func TestListenersAreDeclared(t *testing.T) {
	p := start(t, "serve", "--data", filepath.Join(t.TempDir(), "data"))
	_, address, _ := strings.Cut(p.url, "://")
	_, port, err := net.SplitHostPort(address)
	if err != nil {
		t.Fatal(err)
	}
	declared := []string{"tcp 127.0.0.1:" + port}
	if got := listeners(t, p.cmd.Process.Pid); !slices.Equal(got, declared) {
		t.Errorf("it listens on %q, declared is %q", got, declared)
	}
	v := p.visitor(t)
	for _, path := range []string{"/debug/pprof/", "/debug/pprof/profile", "/debug/vars", "/debug/events"} {
		if _, response := v.get(path); response.StatusCode != http.StatusNotFound {
			t.Errorf("%s answers %d", path, response.StatusCode)
		}
	}
}

// TestListenersFindsAnExtraOne plants listeners into this process.
func TestListenersFindsAnExtraOne(t *testing.T) {
	before := listeners(t, os.Getpid())
	tcp, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer tcp.Close()
	udp, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer udp.Close()
	wide, err := net.Listen("tcp", ":0")
	if err != nil {
		t.Fatal(err)
	}
	defer wide.Close()
	after := listeners(t, os.Getpid())
	for _, planted := range []string{"tcp " + tcp.Addr().String(), "udp " + udp.LocalAddr().String()} {
		if !slices.Contains(after, planted) {
			t.Errorf("%s is not among %q", planted, after)
		}
	}
	if len(after) != len(before)+3 {
		t.Errorf("%q became %q", before, after)
	}
}

// listeners are the sockets of a process that others can send to: listening TCP
// and bound UDP, from the kernel's tables (proc_net(5)).
func listeners(t *testing.T, pid int) (found []string) {
	t.Helper()
	own := sockets(t, pid)
	for _, table := range []string{"tcp", "tcp6", "udp", "udp6"} {
		content, err := os.ReadFile(fmt.Sprintf("/proc/%d/net/%s", pid, table))
		if err != nil {
			continue // a machine without that protocol
		}
		for line := range strings.Lines(string(content)) {
			f := strings.Fields(line)
			if len(f) < 10 || !own[f[9]] {
				continue
			}
			const listening, unconnected = "0A", "07"
			if strings.HasPrefix(table, "tcp") && f[3] != listening || strings.HasPrefix(table, "udp") && f[3] != unconnected {
				continue
			}
			found = append(found, strings.TrimSuffix(table, "6")+" "+spoken(t, f[1]))
		}
	}
	slices.Sort(found)
	return found
}

// sockets are the numbers of a process's open sockets.
func sockets(t *testing.T, pid int) map[string]bool {
	t.Helper()
	folder := fmt.Sprintf("/proc/%d/fd", pid)
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	own := map[string]bool{}
	for _, e := range entries {
		target, err := os.Readlink(filepath.Join(folder, e.Name()))
		if number, is := strings.CutPrefix(target, "socket:["); err == nil && is {
			own[strings.TrimSuffix(number, "]")] = true
		}
	}
	return own
}

// spoken reads an address of the kernel's table: words of four bytes in the
// machine's order, a colon and the port.
func spoken(t *testing.T, text string) string {
	t.Helper()
	host, port, _ := strings.Cut(text, ":")
	raw, err := hex.DecodeString(host)
	if err != nil {
		t.Fatal(err)
	}
	for word := range slices.Chunk(raw, 4) {
		slices.Reverse(word)
	}
	address, _ := netip.AddrFromSlice(raw)
	number, err := strconv.ParseUint(port, 16, 16)
	if err != nil {
		t.Fatal(err)
	}
	return netip.AddrPortFrom(address.Unmap(), uint16(number)).String()
}
