package faults_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"trueward/cmd/trueward/product"
	"trueward/internal/adapter/store"
	"trueward/internal/domain/access"
	"trueward/internal/domain/audit"
	"trueward/internal/testkit/ward"
	"trueward/web/route"
)

// house is the whole product on a loopback port, with a furnished ward whose
// people can sign in, and everything it logs.
type house struct {
	*ward.Ward
	t      *testing.T
	folder string
	cfg    product.Config
	p      *product.Product
	server *httptest.Server
	log    *notes
}

// passphrase is everybody's password here.
const passphrase = "canary kestrel 8841"

// newHouse opens the product in a folder of the test and runs its workers.
func newHouse(t *testing.T) *house { return newHouseWith(t, product.Config{}) }

// newHouseWith opens it on another database, or with another patience.
func newHouseWith(t *testing.T, with product.Config) *house {
	t.Helper()
	h := &house{t: t, folder: t.TempDir(), log: &notes{}}
	cfg := product.In(h.folder)
	cfg.PostgresURL, cfg.Patience = with.PostgresURL, with.Patience
	cfg.Log = slog.New(slog.NewJSONHandler(h.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	cfg.Unlimited = true
	cfg.Strength.MemoryKiB, cfg.Strength.Iterations, cfg.Strength.Lanes, cfg.Strength.AtOnce, cfg.Strength.Waiting = 8, 1, 1, 4, 16
	var err error
	h.cfg = cfg
	if h.p, err = product.Open(t.Context(), cfg); err != nil {
		t.Fatal(err)
	}
	h.Ward = ward.New(t, h.p.Store, ward.Terms())
	h.Receiving.Identities = h.p.Vault
	setPrice(t, h.Ward)
	h.givePasswords()
	ctx, stop := context.WithCancel(context.Background())
	worked := make(chan struct{})
	go func() { defer close(worked); h.p.Run(ctx) }()
	h.server = httptest.NewServer(h.p.Web)
	t.Cleanup(func() {
		h.server.Close()
		stop()
		<-worked
		if err := h.p.Close(); err != nil {
			t.Error(err)
		}
	})
	return h
}

func (h *house) givePasswords() {
	h.t.Helper()
	hash, err := h.p.SignIn.Hash(h.t.Context(), passphrase)
	if err == nil {
		err = h.p.Store.Write(h.t.Context(), access.System("house"), func(tx *store.Tx) error {
			tx.Audit(audit.Change{Chain: audit.SystemChain, Action: "passwords.set", Kind: "house", Object: "house"})
			return errors.Join(tx.SetPassword(h.Amy.Person, hash), tx.SetPassword(h.Rob.Person, hash))
		})
	}
	if err != nil {
		h.t.Fatal(err)
	}
}

// guest is a browser without a screen; it follows no redirect.
type guest struct {
	*house
	http *http.Client
}

func (h *house) visitor() guest {
	h.t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		h.t.Fatal(err)
	}
	return guest{h, &http.Client{Jar: jar, Timeout: 20 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

// enter signs somebody in by the first three letters of their name.
func (h *house) enter(who access.Actor) guest {
	h.t.Helper()
	g := h.visitor()
	got := g.post("/sign-in", url.Values{"email": {strings.ToLower(who.Name[:3]) + "@sample.test"}, "password": {passphrase}, "next": {"/"}})
	if got.status != http.StatusSeeOther {
		h.t.Fatalf("sign-in of %s answers %d: %s", who.Name, got.status, got.body)
	}
	return g
}

// reply is what came back.
type reply struct {
	status   int
	location string
	body     string
}

func (g guest) post(path string, form url.Values) reply {
	g.t.Helper()
	if !form.Has("idempotency_key") && !strings.HasPrefix(path, "/sign-") {
		form.Set("idempotency_key", route.NewKey())
	}
	request, err := http.NewRequest(http.MethodPost, g.server.URL+path, strings.NewReader(form.Encode()))
	if err != nil {
		g.t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return g.send(request)
}

func (g guest) get(path string) reply {
	g.t.Helper()
	request, err := http.NewRequest(http.MethodGet, g.server.URL+path, nil)
	if err != nil {
		g.t.Fatal(err)
	}
	return g.send(request)
}

func (g guest) send(request *http.Request) reply {
	g.t.Helper()
	response, err := g.http.Do(request)
	if err != nil {
		g.t.Fatalf("%s %s: %v", request.Method, request.URL.Path, err)
	}
	return readReply(g.t, response)
}

func readReply(t *testing.T, response *http.Response) reply {
	t.Helper()
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return reply{response.StatusCode, response.Header.Get("Location"), string(body)}
}

// notes is a log that may be read while it is written.
type notes struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (n *notes) Write(p []byte) (int, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.text.Write(p)
}

// forget drops what was written so far.
func (n *notes) forget() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.text = bytes.Buffer{}
}

func (n *notes) String() string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.text.String()
}

// facts renders every row of the tables that hold facts, so that two states of
// the database can be compared.
func (h *house) facts() string {
	h.t.Helper()
	raw := openRaw(h.t, plan{SQLitePath: h.folder + "/trueward.db"})
	defer raw.Close()
	var b strings.Builder
	for _, table := range rowsOf(h.t, raw, `SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'
		AND name NOT IN ('sessions', 'sign_in_failures', 'sign_in_questions') ORDER BY name`) {
		fmt.Fprintln(&b, table[0])
		for _, row := range rowsOf(h.t, raw, `SELECT * FROM `+table[0]) {
			fmt.Fprintf(&b, "%q\n", row)
		}
	}
	return b.String()
}

// files returns the bytes of every file of the installation.
func (h *house) files() map[string]string {
	h.t.Helper()
	entries, err := os.ReadDir(h.folder)
	if err != nil {
		h.t.Fatal(err)
	}
	files := map[string]string{}
	for _, e := range entries {
		content, err := os.ReadFile(h.folder + "/" + e.Name())
		if err != nil {
			h.t.Fatal(err)
		}
		files[e.Name()] = string(content)
	}
	return files
}
