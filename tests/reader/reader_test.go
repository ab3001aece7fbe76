//go:build unix

// Package reader_test runs the product with a desk reader on a pseudo terminal:
// from a tag laid on a simulated PN532 to the open page of whoever uses it.
package reader_test

import (
	"bufio"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"trueward/cmd/trueward/product"
	"trueward/internal/app/signin"
	"trueward/internal/domain/device"
	"trueward/internal/standard/ndef"
	"trueward/internal/testkit/simreader"
)

const (
	password = "four plain wooden doors"
	tapHost  = "http://localhost:8080"
	// within is what a person may wait from a tag's laying down to its answer
	// on the page. The measured figure is far below; a busy machine is not
	// failed for being busy.
	within = 5 * time.Second
)

// house is the running product with one reader.
type house struct {
	url  string
	taps map[string]string
	pcd  *simreader.PN532
}

func open(t *testing.T) *house {
	t.Helper()
	h := &house{pcd: simreader.NewPN532(), taps: map[string]string{}}
	port := simreader.NewPort(t, h.pcd)
	cfg := product.In(t.TempDir())
	cfg.Unlimited, cfg.DeskReaders = true, []device.Address{{Path: port.Path, Kind: device.KindPN532}}
	cfg.Strength = signin.Strength{MemoryKiB: 64, Iterations: 1, Lanes: 1, AtOnce: 4, Waiting: 16}
	p, err := product.Open(t.Context(), cfg)
	must(t, err)
	t.Cleanup(func() { must(t, p.Close()) })
	must(t, p.LoadSample(t.Context(), password, tapHost, nil))
	taps, err := p.SampleTaps(t.Context(), tapHost)
	must(t, err)
	for _, tap := range taps {
		h.taps[tap.What] = tap.URL
	}
	server := httptest.NewUnstartedServer(nil)
	server.Config = p.Web.HTTP()
	server.Start()
	t.Cleanup(server.Close)
	h.url = strings.Replace(server.URL, "127.0.0.1", "localhost", 1)
	var running sync.WaitGroup
	running.Go(func() { p.Run(t.Context()) })
	t.Cleanup(running.Wait)
	t.Cleanup(p.EndStreams)
	return h
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// person is a browser of somebody signed in.
type person struct {
	*house
	t      *testing.T
	client *http.Client
}

func (h *house) signIn(t *testing.T, email string) person {
	t.Helper()
	jar, err := cookiejar.New(nil)
	must(t, err)
	p := person{house: h, t: t, client: &http.Client{Jar: jar}}
	if page, status := p.post("/sign-in", url.Values{"email": {email}, "password": {password}}); status != http.StatusOK {
		t.Fatalf("sign-in of %s answers %d:\n%s", email, status, page)
	}
	return p
}

func (p person) do(request *http.Request) (string, int) {
	p.t.Helper()
	request.Header.Set("Origin", p.url)
	request.Header.Set("Sec-Fetch-Site", "same-origin")
	response, err := p.client.Do(request)
	must(p.t, err)
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	must(p.t, err)
	return string(body), response.StatusCode
}

func (p person) get(path string) (string, int) {
	p.t.Helper()
	request, err := http.NewRequestWithContext(p.t.Context(), http.MethodGet, p.url+path, nil)
	must(p.t, err)
	return p.do(request)
}

func (p person) post(path string, form url.Values) (string, int) {
	p.t.Helper()
	request, err := http.NewRequestWithContext(p.t.Context(), http.MethodPost, p.url+path, strings.NewReader(form.Encode()))
	must(p.t, err)
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return p.do(request)
}

// listen opens the person's live stream and passes on the events of the reader.
func (p person) listen() <-chan string {
	p.t.Helper()
	request, err := http.NewRequestWithContext(p.t.Context(), http.MethodGet, p.url+"/live", nil)
	must(p.t, err)
	response, err := p.client.Do(request)
	must(p.t, err)
	if response.StatusCode != http.StatusOK {
		p.t.Fatalf("the live stream answers %d", response.StatusCode)
	}
	events, begun := make(chan string, 64), make(chan struct{})
	go func() {
		defer response.Body.Close()
		first := sync.OnceFunc(func() { close(begun) })
		for lines := bufio.NewScanner(response.Body); lines.Scan(); {
			if kind, ok := strings.CutPrefix(lines.Text(), "event: "); ok {
				first()
				if kind == "reader" {
					events <- kind
				}
			}
		}
	}()
	<-begun
	return events
}

var keyField = regexp.MustCompile(`name="idempotency_key" value="([^"]+)"`)

// use presses the button of the reader page.
func (p person) use() {
	p.t.Helper()
	page, status := p.get("/reader")
	key := keyField.FindStringSubmatch(page)
	if status != http.StatusOK || key == nil || !strings.Contains(page, "Use usb-reader-if00") {
		p.t.Fatalf("the reader page answers %d:\n%s", status, page)
	}
	if page, status = p.post("/reader/use", url.Values{"reader": {"reader-1"}, "idempotency_key": {key[1]}}); status != http.StatusOK || !strings.Contains(page, "The reader is yours") {
		p.t.Fatalf("using the reader: %d\n%s", status, page)
	}
}

// lay lays a tag with a URL on the reader and says how long its event took.
func (h *house) lay(t *testing.T, number byte, text string, events <-chan string) time.Duration {
	t.Helper()
	m, err := ndef.Append(nil, ndef.NewURI(text))
	must(t, err)
	data, err := ndef.AppendType2(nil, m)
	must(t, err)
	begun := time.Now()
	h.pcd.Lay(simreader.NewNTAG215([7]byte{4, number, 1, 2, 3, 4, 5}, data))
	select {
	case <-events:
		return time.Since(begun)
	case <-time.After(within):
		t.Fatal("the open page hears nothing of the tag")
		return 0
	}
}

// TestReadReachesTheOpenPage: a genuine message, the same one again, and the
// page of somebody else, who hears and sees nothing.
func TestReadReachesTheOpenPage(t *testing.T) {
	h := open(t)
	genuine := h.taps["genuine"]
	if genuine == "" {
		t.Fatalf("the sample has no genuine tap: %v", h.taps)
	}
	amy, ito := h.signIn(t, "amy@brannoc.example"), h.signIn(t, "ito@brannoc.example")
	events, others := amy.listen(), ito.listen()
	amy.use()
	t.Logf("from the tag to the page: %v", h.lay(t, 1, genuine, events))
	answer, status := amy.get("/reader/answer")
	if status != http.StatusOK || !strings.Contains(answer, "Genuine") || !strings.Contains(answer, "Add to my open case") {
		t.Errorf("the answer is %d:\n%s", status, answer)
	}
	t.Logf("again: %v", h.lay(t, 2, genuine, events))
	if answer, _ = amy.get("/reader/answer"); !strings.Contains(answer, "Seen before") {
		t.Errorf("the same message on another tag:\n%s", answer)
	}
	if answer, _ = ito.get("/reader/answer"); strings.Contains(answer, "Last tag") || len(others) != 0 {
		t.Errorf("somebody else hears %d events and sees:\n%s", len(others), answer)
	}
	if page, _ := ito.get("/reader"); !strings.Contains(page, "Somebody else") {
		t.Error("the page does not say that the reader is in use")
	}
}
