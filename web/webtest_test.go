package web_test

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/labstack/echo/v4"

	"trueward/internal/adapter/store"
	"trueward/internal/adapter/store/storetest"
	"trueward/internal/app/kiosk"
	app "trueward/internal/app/people"
	"trueward/internal/app/signin"
	"trueward/internal/clock"
	"trueward/internal/domain/access"
	"trueward/internal/domain/audit"
	"trueward/web"
	"trueward/web/home"
	workstations "trueward/web/kiosk"
	"trueward/web/live"
	"trueward/web/metrics"
	"trueward/web/people"
	"trueward/web/probe"
	"trueward/web/route"
	"trueward/web/session"
)

func TestMain(m *testing.M) { storetest.Main(m) }

// house is a running server over a real store.
type house struct {
	store *store.Store
	clock *clock.Fake
	desk  *signin.Desk
	web   *web.Server
	url   string
	log   *bytes.Buffer
}

const password = "correct horse battery"

type room []route.Route

func (r room) Routes() []route.Route { return r }

// open starts a server with the product's own rooms and the extra routes.
func open(t *testing.T, cfg web.Config, extra ...route.Route) *house {
	t.Helper()
	s, clk := storetest.SQLite(t)
	h := &house{store: s, clock: clk, log: &bytes.Buffer{}}
	h.desk = signin.New(signin.Config{Store: s, Strength: signin.Strength{MemoryKiB: 64, Iterations: 1, Lanes: 1, AtOnce: 4, Waiting: 16}})
	cfg.Clock, cfg.Metrics = clk, metrics.New()
	cfg.Log = slog.New(slog.NewJSONHandler(&guarded{w: h.log}, nil))
	hub := live.NewHub()
	cfg.Sessions = session.New(s, h.desk, clk, session.Limits{})
	var err error
	h.web, err = web.New(cfg, web.Registry(
		home.Door{Desk: h.desk, Sessions: cfg.Sessions, Secure: cfg.Secure},
		people.Office{Desk: app.Desk{Store: s}},
		workstations.Room{
			Desk: &kiosk.Desk{Store: s, Hashes: h.desk, Identity: func(b []byte) string { return "badge:" + string(b) }}, Sessions: cfg.Sessions, Prove: h.desk,
		},
		probe.Probes{Ready: func(context.Context) error { return nil }, Metrics: cfg.Metrics, Log: cfg.Log, ReportPath: web.CSPReportPath},
		live.Stream{Hub: hub, Still: func(echo.Context, access.Actor) bool { return true }},
		room(extra),
	))
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewUnstartedServer(nil)
	server.Config = h.web.HTTP()
	server.Start()
	t.Cleanup(server.Close)
	t.Cleanup(hub.Close) // streams first: a server waits for what it answers
	h.url = strings.Replace(server.URL, "127.0.0.1", "localhost", 1)
	return h
}

// person makes somebody with a password, of a fresh organisation.
func (h *house) person(t *testing.T, kind access.OrganisationKind, email string, roles ...access.Role) access.PersonID {
	t.Helper()
	token, digest, err := access.NewToken(strings.NewReader(strings.Repeat(email+"................................", 2)))
	if err != nil {
		t.Fatal(err)
	}
	var id access.PersonID
	err = h.store.Write(t.Context(), access.System("test"), func(tx *store.Tx) error {
		tx.Audit(audit.Change{Chain: audit.SystemChain, Action: "test.made", Kind: "person", Object: email})
		org, err := tx.CreateOrganisation(access.Organisation{Kind: kind, Name: "Organisation of " + email})
		if err != nil {
			return err
		}
		var grants []access.Grant
		for _, r := range roles {
			grants = append(grants, access.Grant{Role: r})
		}
		if id, err = tx.CreatePerson(access.Person{Organisation: org, Email: email, Name: "Somebody", Grants: grants}); err != nil {
			return err
		}
		return tx.CreateLink(digest, access.Link{Kind: access.InviteLink, Person: id, ExpiresAt: tx.Now().AddDate(0, 0, 1)})
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.desk.Accept(t.Context(), signin.Acceptance{Token: token, Password: password, Again: password}); err != nil {
		t.Fatal(err)
	}
	return id
}

// visitor is a browser that keeps cookies and follows no redirect.
func visitor(t *testing.T) *http.Client {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// answer is a response that was read to its end.
type answer struct {
	*http.Response
	body string
}

func (h *house) do(t *testing.T, client *http.Client, r *http.Request) answer {
	t.Helper()
	response, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer{response, string(body)}
}

func (h *house) get(t *testing.T, client *http.Client, path string) answer {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, h.url+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	return h.do(t, client, r)
}

func (h *house) post(t *testing.T, client *http.Client, path string, form url.Values) answer {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, h.url+path, strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return h.do(t, client, r)
}

// enter signs a person in.
func (h *house) enter(t *testing.T, email string) *http.Client {
	t.Helper()
	client := visitor(t)
	got := h.post(t, client, "/sign-in", url.Values{"email": {email}, "password": {password}, "next": {"/account"}})
	if got.StatusCode != http.StatusSeeOther || got.Header.Get("Location") != "/account" {
		t.Fatalf("sign-in of %s: %d, to %q\n%s", email, got.StatusCode, got.Header.Get("Location"), got.body)
	}
	return client
}
