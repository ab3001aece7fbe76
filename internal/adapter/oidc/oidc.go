// Package oidc asks the house's own sign-in who somebody is (OpenID Connect
// Core 1.0, authorization code flow with PKCE). It promises that what it
// returns was signed by the issuer's present keys with an asymmetric
// algorithm, for this client, in answer to this question of this browser, and
// has not ended; and that a notice of somebody's signing out there is the
// issuer's own and of now. It decides nothing about who may come in, and keeps
// no token.
package oidc

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"trueward/internal/clock"
	"trueward/internal/domain/access"
	"trueward/internal/fault"
)

// Config names the provider.
type Config struct {
	Issuer   string
	ClientID string
	Secret   string // empty for a public client
	Redirect string // where the provider sends the browser back to
	Scopes   []string
	Client   *http.Client
	Clock    clock.Clock
}

// Provider is one issuer. It is safe for concurrent use. The issuer is first
// asked when it is first needed: it may be down when the server starts.
type Provider struct {
	cfg Config

	mu    sync.Mutex
	known *oidc.Provider
	keys  *oidc.RemoteKeySet
	about metadata
}

// metadata is what of the issuer's own description is used beside the
// library's (RFC 8414, RFC 9207, 3).
type metadata struct {
	JWKS     string `json:"jwks_uri"`
	NamesIss bool   `json:"authorization_response_iss_parameter_supported"`
	UserInfo string `json:"userinfo_endpoint"`
	End      string `json:"end_session_endpoint"`
}

// algorithms are those by which an issuer alone can sign. What the issuer
// announces is not asked: a key both sides know, or none, proves nothing.
var algorithms = []string{oidc.RS256, oidc.RS384, oidc.RS512, oidc.PS256, oidc.PS384, oidc.PS512, oidc.ES256, oidc.ES384, oidc.ES512, oidc.EdDSA}

// longestAgo is how old a sign-in at the issuer may be; with it, the issuer
// says when it was (OpenID Connect Core 1.0, 3.1.2.1, max_age).
const longestAgo = "43200"

// New returns a provider. An issuer that is no https address, save on this
// machine, is refused as Invalid.
func New(cfg Config) (*Provider, error) {
	u, err := url.Parse(cfg.Issuer)
	if err != nil || u.Host == "" || u.RawQuery != "" || u.Fragment != "" || u.User != nil || u.Scheme != "https" && (u.Scheme != "http" || !loopback(u.Hostname())) {
		return nil, fault.At("oidc-issuer", "--oidc-issuer takes the https address of the house's sign-in, such as https://login.hospital.example.")
	}
	if cfg.ClientID == "" {
		return nil, fault.At("oidc-client", "--oidc-issuer needs --oidc-client, the name under which it knows this installation.")
	}
	return &Provider{cfg: cfg}, nil
}

func loopback(host string) bool { return host == "localhost" || host == "127.0.0.1" || host == "::1" }

// errDown is the refusal while the issuer does not answer.
func errDown(err error) error {
	return fault.Wrap(fault.Unavailable, "The house's sign-in does not answer at this moment. Try again, or sign in with your password.", err)
}

// errWrong is the refusal of everything that is not a right answer; why goes
// to nobody but the log.
func errWrong(err error) error {
	return fault.Wrap(fault.Unauthenticated, "The house's sign-in gave an answer that cannot be believed. Try again; if it stays so, tell your administrator.", err)
}

// discover asks the issuer about itself, once.
func (p *Provider) discover(ctx context.Context) (*oidc.Provider, metadata, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.known != nil {
		return p.known, p.about, nil
	}
	known, err := oidc.NewProvider(oidc.ClientContext(ctx, p.cfg.Client), p.cfg.Issuer)
	if err != nil {
		return nil, metadata{}, errDown(err)
	}
	var about metadata
	if err := known.Claims(&about); err != nil {
		return nil, metadata{}, errDown(err)
	}
	p.known, p.about = known, about
	p.keys = oidc.NewRemoteKeySet(oidc.ClientContext(context.Background(), p.cfg.Client), about.JWKS)
	return known, about, nil
}

// Up reports whether the issuer answers now, however well it did before.
func (p *Provider) Up(ctx context.Context) bool {
	_, err := oidc.NewProvider(oidc.ClientContext(ctx, p.cfg.Client), p.cfg.Issuer)
	return err == nil
}

func (p *Provider) oauth(known *oidc.Provider) *oauth2.Config {
	return &oauth2.Config{
		ClientID: p.cfg.ClientID, ClientSecret: p.cfg.Secret, RedirectURL: p.cfg.Redirect, Endpoint: known.Endpoint(),
		Scopes: append([]string{oidc.ScopeOpenID, "profile", "email"}, p.cfg.Scopes...),
	}
}

// Ask returns where the browser goes, and the question it keeps meanwhile.
func (p *Provider) Ask(ctx context.Context) (to string, q access.OutsideQuestion, err error) {
	return p.ask(ctx, 0, oauth2.SetAuthURLParam("max_age", longestAgo))
}

// AskAgain is Ask for somebody who is to prove themself there anew, whatever
// session they have (OpenID Connect Core 1.0, 3.1.2.1, prompt and max_age).
func (p *Provider) AskAgain(ctx context.Context) (to string, q access.OutsideQuestion, err error) {
	return p.ask(ctx, p.cfg.Clock.Now().Unix(), oauth2.SetAuthURLParam("max_age", "0"), oauth2.SetAuthURLParam("prompt", "login"))
}

func (p *Provider) ask(ctx context.Context, again int64, how ...oauth2.AuthCodeOption) (to string, q access.OutsideQuestion, err error) {
	known, _, err := p.discover(ctx)
	if err != nil {
		return "", access.OutsideQuestion{}, err
	}
	q = access.OutsideQuestion{State: secret(), Nonce: secret(), Verifier: oauth2.GenerateVerifier(), Again: again}
	to = p.oauth(known).AuthCodeURL(q.State, append(how, oidc.Nonce(q.Nonce), oauth2.S256ChallengeOption(q.Verifier))...)
	return to, q, nil
}

func secret() string {
	b := make([]byte, 32)
	_, _ = rand.Read(b) // never fails (crypto/rand)
	return base64.RawURLEncoding.EncodeToString(b)
}

// Redeem asks the issuer whom an answer is about.
func (p *Provider) Redeem(ctx context.Context, q access.OutsideQuestion, a access.OutsideAnswer) (access.OutsideIdentity, error) {
	known, about, err := p.discover(ctx)
	if err != nil {
		return access.OutsideIdentity{}, err
	}
	if q.State == "" || subtle.ConstantTimeCompare([]byte(q.State), []byte(a.State)) != 1 {
		return access.OutsideIdentity{}, errWrong(errState)
	}
	if a.Issuer != p.cfg.Issuer && (a.Issuer != "" || about.NamesIss) {
		return access.OutsideIdentity{}, errWrong(errIssuer)
	}
	if a.Error != "" || a.Code == "" {
		return access.OutsideIdentity{}, fault.New(fault.Unauthenticated, "The house's sign-in did not let you in. Try again, or ask its help desk.")
	}
	ctx = oidc.ClientContext(ctx, p.cfg.Client)
	token, err := p.oauth(known).Exchange(ctx, a.Code, oauth2.VerifierOption(q.Verifier))
	if err != nil {
		return access.OutsideIdentity{}, errExchange(err)
	}
	return p.identity(ctx, known, token, q)
}

// errExchange tells a code that was refused from an issuer that is not there.
// What the issuer wrote stays out of the log.
func errExchange(err error) error {
	if refused, ok := errors.AsType[*oauth2.RetrieveError](err); ok {
		return errWrong(fmt.Errorf("the code was refused: %d %s", refused.Response.StatusCode, refused.ErrorCode))
	}
	return errDown(err)
}

// identity checks an ID token and reads it (OpenID Connect Core 1.0, 3.1.3.7).
func (p *Provider) identity(ctx context.Context, known *oidc.Provider, token *oauth2.Token, q access.OutsideQuestion) (access.OutsideIdentity, error) {
	raw, _ := token.Extra("id_token").(string)
	checked, claims, err := p.verify(ctx, raw, "", "JWT")
	if err != nil {
		return access.OutsideIdentity{}, err
	}
	switch {
	case claims["events"] != nil:
		return access.OutsideIdentity{}, errWrong(errKind)
	case subtle.ConstantTimeCompare([]byte(checked.Nonce), []byte(q.Nonce)) != 1:
		return access.OutsideIdentity{}, errWrong(errNonce)
	case checked.Subject == "":
		return access.OutsideIdentity{}, errWrong(errSubject)
	case len(checked.Audience) > 1 && claims["azp"] != p.cfg.ClientID:
		return access.OutsideIdentity{}, errWrong(errParty)
	case claims["azp"] != nil && claims["azp"] != p.cfg.ClientID:
		return access.OutsideIdentity{}, errWrong(errParty)
	}
	if checked.AccessTokenHash != "" {
		if err := checked.VerifyAccessToken(token.AccessToken); err != nil {
			return access.OutsideIdentity{}, errWrong(err)
		}
	}
	if err := p.addUserInfo(ctx, known, token, checked.Subject, claims); err != nil {
		return access.OutsideIdentity{}, err
	}
	who := read(p.cfg.Issuer, checked.Subject, claims)
	if q.Again != 0 && who.ProvenAt.Before(time.Unix(q.Again, 0).Add(-clocksDiffer)) {
		return access.OutsideIdentity{}, errWrong(errStale)
	}
	return who, nil
}

// addUserInfo adds what the issuer tells beside the token. It speaks of the
// same subject or is not believed (OpenID Connect Core 1.0, 5.3.2).
func (p *Provider) addUserInfo(ctx context.Context, known *oidc.Provider, token *oauth2.Token, subject string, claims map[string]any) error {
	if known.UserInfoEndpoint() == "" {
		return nil
	}
	info, err := known.UserInfo(ctx, oauth2.StaticTokenSource(token))
	if err != nil {
		return errDown(err)
	}
	if info.Subject != subject {
		return errWrong(errSubject)
	}
	more := map[string]any{}
	if err := info.Claims(&more); err != nil {
		return errWrong(err)
	}
	for name, value := range more {
		if _, said := claims[name]; !said {
			claims[name] = value
		}
	}
	return nil
}

func read(issuer, subject string, claims map[string]any) access.OutsideIdentity {
	out := access.OutsideIdentity{Issuer: issuer, Subject: subject, Claims: map[string][]string{}}
	out.Email, _ = claims["email"].(string)
	out.Name, _ = claims["name"].(string)
	out.Session, _ = claims["sid"].(string)
	out.Verified = claims["email_verified"] == true || claims["email_verified"] == "true"
	if at, ok := claims["auth_time"].(float64); ok {
		out.ProvenAt = time.Unix(int64(at), 0).UTC()
	}
	for name, value := range claims {
		switch v := value.(type) {
		case string:
			out.Claims[name] = []string{v}
		case []any:
			for _, one := range v {
				if text, ok := one.(string); ok && !slices.Contains(out.Claims[name], text) {
					out.Claims[name] = append(out.Claims[name], text)
				}
			}
		}
	}
	return out
}
