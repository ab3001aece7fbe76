package locks_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/zitadel/oidc/v3/example/server/exampleop"
	"github.com/zitadel/oidc/v3/example/server/storage"
	wire "github.com/zitadel/oidc/v3/pkg/oidc"
	"github.com/zitadel/oidc/v3/pkg/op"

	"trueward/cmd/trueward/product"
	"trueward/internal/domain/access"
)

// staff are the people of an issuer, with their groups.
type staff map[string]*storage.User

func (s staff) GetUserByID(id string) *storage.User { return s[id] }

func (s staff) GetUserByUsername(name string) *storage.User {
	for _, u := range s {
		if u.Username == name {
			return u
		}
	}
	return nil
}

func (staff) ExampleClientID() string { return "" }

// directory adds groups to what the issuer tells of its people.
type directory struct {
	*storage.Storage
	groups map[string][]string
	// age is how long ago people proved themselves here, as it tells.
	age *time.Duration
	// after is where it lets people go when they have signed out.
	after string
}

// aged is a sign-in of some time ago.
type aged struct {
	op.AuthRequest
	age time.Duration
}

func (a aged) GetAuthTime() time.Time { return a.AuthRequest.GetAuthTime().Add(-a.age) }

func (d directory) AuthRequestByCode(ctx context.Context, code string) (op.AuthRequest, error) {
	r, err := d.Storage.AuthRequestByCode(ctx, code)
	if err != nil {
		return nil, err
	}
	return aged{r, *d.age}, nil
}

// leaving is a client whose people come back after signing out.
type leaving struct {
	op.Client
	to string
}

func (l leaving) PostLogoutRedirectURIs() []string { return []string{l.to} }

func (d directory) GetClientByClientID(ctx context.Context, id string) (op.Client, error) {
	c, err := d.Storage.GetClientByClientID(ctx, id)
	if err != nil {
		return nil, err
	}
	return leaving{c, d.after}, nil
}

func (d directory) SetUserinfoFromToken(ctx context.Context, info *wire.UserInfo, tokenID, subject, origin string) error {
	if err := d.Storage.SetUserinfoFromToken(ctx, info, tokenID, subject, origin); err != nil {
		return err
	}
	info.AppendClaims("groups", d.groups[subject])
	return nil
}

// issuer is an independent OpenID provider on this machine.
func issuer(t *testing.T, redirect string, people staff, groups map[string][]string) string {
	t.Helper()
	return provider(t, redirect, people, groups).url
}

// provided is such a provider: where it is, and what it keeps.
type provided struct {
	url   string
	keeps directory
}

func provider(t *testing.T, redirect string, people staff, groups map[string][]string) provided {
	t.Helper()
	server := httptest.NewUnstartedServer(nil)
	address := "http://localhost:" + server.Listener.Addr().String()[strings.LastIndex(server.Listener.Addr().String(), ":")+1:]
	keeps := directory{storage.NewStorageWithClients(people, map[string]*storage.Client{
		"trueward": storage.WebClient("trueward", "a secret of two", redirect),
	}), groups, new(time.Duration), strings.Replace(redirect, "/sign-in/outside/back", "/sign-in", 1)}
	server.Config.Handler = exampleop.SetupServer(address, keeps, quiet, false)
	server.Start()
	t.Cleanup(server.Close)
	return provided{address, keeps}
}

var authRequest = regexp.MustCompile(`name="id" value="([^"]+)"`)

// throughHouse signs in at the issuer and returns the page that follows.
func (h *house) throughHouse(t *testing.T, c *http.Client, issuer, username string) page {
	t.Helper()
	return signInThere(t, c, do(t, c, http.MethodGet, h.url+"/sign-in/outside?next=%2Faccount", nil), issuer, username)
}

// signInThere answers the issuer's question and returns the page that follows.
func signInThere(t *testing.T, c *http.Client, form page, issuer, username string) page {
	t.Helper()
	id := authRequest.FindStringSubmatch(form.body)
	if id == nil {
		t.Fatalf("the issuer does not ask who it is: %s\n%s", form.url, form.body)
	}
	return do(t, c, http.MethodPost, issuer+"/login/username", url.Values{"username": {username}, "password": {"verysecure"}, "id": {id[1]}})
}

// TestSignInThroughTheHouse goes through an independent OpenID provider: a
// nurse comes in with the roles of her groups, a change of groups changes them,
// and whom nobody invited, whose address is not verified, or who is in no
// group of ours is told so in plain words.
func TestSignInThroughTheHouse(t *testing.T) {
	people := staff{
		"s-amy":  {ID: "s-amy", Username: "amy", Password: "verysecure", Email: "Amy@Holm.example", EmailVerified: true, FirstName: "Amy"},
		"s-eve":  {ID: "s-eve", Username: "eve", Password: "verysecure", Email: "amy@holm.example", EmailVerified: false, FirstName: "Eve"},
		"s-two":  {ID: "s-two", Username: "two", Password: "verysecure", Email: "amy@holm.example", EmailVerified: true, FirstName: "Second"},
		"s-new":  {ID: "s-new", Username: "new", Password: "verysecure", Email: "new@holm.example", EmailVerified: true, FirstName: "New"},
		"s-none": {ID: "s-none", Username: "none", Password: "verysecure", Email: "boss@holm.example", EmailVerified: true},
	}
	groups := map[string][]string{"s-amy": {"ward-nurses"}, "s-eve": {"ward-nurses"}, "s-two": {"ward-nurses"}, "s-new": {"ward-nurses"}}
	var at string
	h := serve(t, func(cfg *product.Config, url string) {
		at = issuer(t, url+"/sign-in/outside/back", people, groups)
		cfg.Outside = product.OutsideConfig{Issuer: at, ClientID: "trueward", Secret: "a secret of two", Mapping: mapping()}
		cfg.Reach = loopback
	})
	signIn := do(t, visitor(t), http.MethodGet, h.url+"/sign-in", nil)
	if !strings.Contains(signIn.body, "Sign in with Holm account") {
		t.Error("the sign-in page does not offer it")
	}
	amy := visitor(t)
	if got := h.throughHouse(t, amy, at, "amy"); got.url.Path != "/account" || got.status != http.StatusOK {
		t.Fatalf("amy gets to %s: %s", got.url, got.body)
	}
	if grants := h.person(t, h.amy).Actor.Grants; len(grants) != 1 || grants[0] != (access.Grant{Role: access.Nurse, Site: h.site}) {
		t.Errorf("amy has %v", grants)
	}
	for username, says := range map[string]string{
		"eve": "not verified your e-mail address", "new": "Nobody has invited you", "two": "belongs to another account", "none": "gives you no role here",
	} {
		got := h.throughHouse(t, visitor(t), at, username)
		if got.url.Path != "/sign-in" || !strings.Contains(got.body, says) {
			t.Errorf("%s gets to %s, which does not say %q:\n%s", username, got.url, says, got.body)
		}
	}
	// Another group at the next sign-in; the earlier session ends with it.
	groups["s-amy"] = []string{"heads", "ward-nurses"}
	again := visitor(t)
	if got := h.throughHouse(t, again, at, "amy"); got.url.Path != "/account" {
		t.Fatalf("amy gets to %s", got.url)
	}
	if grants := h.person(t, h.amy).Actor.Grants; len(grants) != 2 {
		t.Errorf("amy has %v", grants)
	}
	if got := do(t, amy, http.MethodGet, h.url+"/account", nil); got.url.Path == "/account" {
		t.Error("a session with the old roles goes on")
	}
	if got := do(t, again, http.MethodGet, h.url+"/people", nil); got.status != http.StatusOK {
		t.Errorf("the new role opens nothing: %d", got.status)
	}
}
