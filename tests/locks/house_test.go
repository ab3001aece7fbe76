package locks_test

import (
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"testing"

	"trueward/cmd/trueward/product"
	"trueward/internal/adapter/store"
	"trueward/internal/app/outside"
	"trueward/internal/app/signin"
	"trueward/internal/domain/access"
	"trueward/internal/domain/audit"
	"trueward/internal/domain/custody"
)

const secretWord = "correct horse battery"

// house is a product that is served, with a hospital, an administrator and a
// nurse of it.
type house struct {
	*product.Product
	url      string
	hospital access.OrganisationID
	site     access.SiteID
	boss     access.PersonID
	amy      access.PersonID
}

// serve opens a product behind a listener.
func serve(t *testing.T, change func(cfg *product.Config, url string)) *house {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	h := &house{url: strings.Replace("http://"+listener.Addr().String(), "127.0.0.1", "localhost", 1)}
	cfg := product.In(t.TempDir())
	cfg.Strength = signin.Strength{MemoryKiB: 64, Iterations: 1, Lanes: 1, AtOnce: 4, Waiting: 16}
	cfg.Origin, cfg.Unlimited = h.url, true
	if change != nil {
		change(&cfg, h.url)
	}
	if h.Product, err = product.Open(t.Context(), cfg); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewUnstartedServer(nil)
	_ = server.Listener.Close()
	server.Listener, server.Config = listener, h.Web.HTTP()
	server.Start()
	t.Cleanup(func() {
		h.EndStreams()
		server.Close()
		if err := h.Close(); err != nil {
			t.Error(err)
		}
	})
	h.furnish(t)
	return h
}

func (h *house) furnish(t *testing.T) {
	t.Helper()
	hash, err := h.SignIn.Hash(t.Context(), secretWord)
	if err != nil {
		t.Fatal(err)
	}
	err = h.Store.Write(t.Context(), access.System("test"), func(tx *store.Tx) (err error) {
		tx.Audit(audit.Change{Chain: audit.SystemChain, Action: "test.made", Kind: "organisation", Object: "holm"})
		if h.hospital, err = tx.CreateOrganisation(access.Organisation{Kind: access.Hospital, Name: "Holm"}); err != nil {
			return err
		}
		if h.site, err = tx.CreateSite(custody.Site{Hospital: h.hospital, Name: "Main", TimeZone: "UTC"}); err != nil {
			return err
		}
		for _, p := range []struct {
			id    *access.PersonID
			email string
			role  access.Role
		}{{&h.boss, "boss@holm.example", access.Admin}, {&h.amy, "amy@holm.example", access.Materials}} {
			*p.id, err = tx.CreatePerson(access.Person{Organisation: h.hospital, Email: p.email, Name: p.email, Grants: []access.Grant{{Role: p.role}}})
			if err == nil {
				err = tx.SetPassword(*p.id, hash)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// person reads somebody anew.
func (h *house) person(t *testing.T, id access.PersonID) store.Credential {
	t.Helper()
	c, ok, err := h.Store.Read(t.Context(), access.Scope{}).CredentialOf(id)
	if err != nil || !ok {
		t.Fatal(ok, err)
	}
	return c
}

// visitor is a browser: it keeps cookies and follows redirects.
func visitor(t *testing.T) *http.Client {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &http.Client{Jar: jar}
}

// page is an answer that was read.
type page struct {
	status int
	url    *url.URL
	body   string
}

func do(t *testing.T, c *http.Client, method, address string, form url.Values) page {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, address, strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	answer, err := c.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return page{answer.StatusCode, answer.Request.URL, string(body)}
}

// enterBy signs in by the form and reports whether it let them in.
func (h *house) enterBy(t *testing.T, c *http.Client, email, password string) bool {
	t.Helper()
	got := do(t, c, http.MethodPost, h.url+"/sign-in", url.Values{"email": {email}, "password": {password}, "next": {"/account"}})
	return got.status == http.StatusOK && got.url.Path == "/account"
}

// loopback is where the issuers of the tests are.
var loopback = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128")}

// mapping makes the issuer's group of nurses nurses of the site.
func mapping() outside.Mapping {
	return outside.Mapping{
		Name: "Holm account", Unknown: outside.Refuse, Passwords: outside.Always, Scopes: []string{"groups"},
		Rules: []outside.Rule{
			{Claim: "groups", Value: "ward-nurses", Organisation: "holm", Site: "main", Role: access.Nurse},
			{Claim: "groups", Value: "heads", Organisation: "Holm", Role: access.Admin},
		},
	}
}

var quiet = slog.New(slog.DiscardHandler)
