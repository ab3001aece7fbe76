package oidc

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"

	"trueward/internal/domain/access"
)

// clocksDiffer is how far the issuer's clock may be from ours.
const clocksDiffer = time.Minute

// noticeLife is how old a notice of signing out may be: they are sent at once.
const noticeLife = 5 * time.Minute

// endEvent marks a notice of signing out (OpenID Connect Back-Channel Logout
// 1.0, 2.4).
const endEvent = "http://schemas.openid.net/event/backchannel-logout"

// EndSession returns where a browser goes to sign out at the issuer too, and
// from where it comes back to an address of ours (OpenID Connect RP-Initiated
// Logout 1.0, 2). ok is false when the issuer offers no such thing, or does not
// answer. No token is sent along: the issuer asks the person instead.
func (p *Provider) EndSession(ctx context.Context, back string) (to string, ok bool) {
	_, about, err := p.discover(ctx)
	if err != nil {
		return "", false
	}
	u, err := url.Parse(about.End)
	if err != nil || u.Host == "" || u.Scheme != "https" && (u.Scheme != "http" || !loopback(u.Hostname())) {
		return "", false
	}
	q := u.Query()
	q.Set("client_id", p.cfg.ClientID)
	q.Set("post_logout_redirect_uri", back)
	u.RawQuery = q.Encode()
	return u.String(), true
}

// Ended reads a notice of the issuer that somebody signed out there (OpenID
// Connect Back-Channel Logout 1.0, 2.6). What is no such notice of now is
// refused as Unauthenticated; an ID token is none.
func (p *Provider) Ended(ctx context.Context, raw string) (access.OutsideEnd, error) {
	if _, _, err := p.discover(ctx); err != nil {
		return access.OutsideEnd{}, err
	}
	checked, claims, err := p.verify(oidc.ClientContext(ctx, p.cfg.Client), raw, "", "JWT", "logout+jwt")
	if err != nil {
		return access.OutsideEnd{}, err
	}
	end := access.OutsideEnd{Issuer: p.cfg.Issuer, Subject: checked.Subject}
	end.Session, _ = claims["sid"].(string)
	id, _ := claims["jti"].(string)
	events, _ := claims["events"].(map[string]any)
	_, ends := events[endEvent].(map[string]any)
	_, asked := claims["nonce"]
	now := p.cfg.Clock.Now()
	switch {
	case !ends, asked, id == "", end.Subject == "" && end.Session == "",
		checked.IssuedAt.Before(now.Add(-noticeLife)), checked.IssuedAt.After(now.Add(clocksDiffer)):
		return access.OutsideEnd{}, errWrong(errEnd)
	}
	return end, nil
}

// verify checks who signed a token, for whom and until when, and that it says
// it is of one of the kinds (RFC 8725, 3.11); "" stands for none named.
func (p *Provider) verify(ctx context.Context, raw string, kinds ...string) (*oidc.IDToken, map[string]any, error) {
	if !slices.Contains(kinds, kindOf(raw)) {
		return nil, nil, errWrong(errKind)
	}
	p.mu.Lock()
	keys := p.keys
	p.mu.Unlock()
	checked, err := oidc.NewVerifier(p.cfg.Issuer, keys, &oidc.Config{
		ClientID: p.cfg.ClientID, SupportedSigningAlgs: algorithms, Now: p.cfg.Clock.Now,
	}).Verify(ctx, raw)
	if err != nil {
		return nil, nil, errWrong(err)
	}
	claims := map[string]any{}
	if err := checked.Claims(&claims); err != nil {
		return nil, nil, errWrong(err)
	}
	return checked, claims, nil
}

// kindOf is the typ of a token's header (RFC 7515, 4.1.9); what cannot be read
// is of no kind that anybody takes.
func kindOf(raw string) string {
	head, _, _ := strings.Cut(raw, ".")
	content, err := base64.RawURLEncoding.DecodeString(head)
	if err != nil {
		return "unreadable"
	}
	var h struct {
		Kind string `json:"typ"`
	}
	if err := json.Unmarshal(content, &h); err != nil {
		return "unreadable"
	}
	return h.Kind
}
