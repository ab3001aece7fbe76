package browser_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"trueward/internal/adapter/store"
	"trueward/internal/app/kiosk"
	"trueward/internal/testkit/browser"
)

// TestPasskeys is the passkey's way through the house: made in the account,
// used at the sign-in without naming anybody, and as the proof that it is
// still you for who came in by a badge.
func TestPasskeys(t *testing.T) {
	h, b, ok := open(t, nil)
	if !ok {
		return
	}
	own := b.Apart(t)
	p := h.enter(t, own, maria, browser.Look{})
	p.Passkeys(t)
	n := nurse{h, p, t}
	p.Go(t, h.url+"/account")
	p.Follow(t, "My passkeys")
	n.says("No passkey yet")
	p.Check(t, "no passkey")
	p.Follow(t, "Add a passkey")
	p.Check(t, "a new passkey")
	h.picture(t, p, "passkey-new")
	p.Fill(t, "#name", "Test phone")
	p.Follow(t, "Make the passkey")
	n.says("Your passkey is saved", "Test phone")
	p.Check(t, "passkeys")
	h.picture(t, p, "passkeys")

	h.leave(t, p)
	p.Go(t, h.url+"/sign-in?next=%2Faccount")
	p.Check(t, "sign-in with passkeys")
	h.picture(t, p, "sign-in")
	p.Follow(t, "Sign in with a passkey")
	if at := p.Path(t); at != "/account" {
		t.Fatalf("the passkey leads to %s: %s", at, p.Text(t))
	}
	n.says(maria)

	// By a badge whose PIN was given long ago nobody is proven.
	h.leave(t, p)
	h.enrolBrowser(t, p, "Passkey corner")
	h.badges(t, map[string][2]string{maria: {"P7711223344", "837465"}})
	p.Go(t, h.url+"/workstation")
	n.tapIn("P7711223344", "837465")
	n.lockUp()
	n.hold("P7711223344")
	p.Go(t, h.url+"/account/passkeys")
	p.Follow(t, "Remove Test phone")
	n.says("Prove it is you")
	for _, fault := range p.Faults(t) {
		if !strings.Contains(fault, forbidden) {
			t.Errorf("prove by passkey: %s", fault)
		}
	}
	h.picture(t, p, "prove")
	p.Follow(t, "Prove it with a passkey")
	n.says("Thank you")
	p.Follow(t, "Go on as")
	n.says("The passkey opens nothing here any more")
	for _, line := range p.Said() {
		if !strings.Contains(line, forbidden) {
			t.Errorf("console: %s", line)
		}
	}
}

// forbidden is what Chromium says of the page that asks for a proof: it is the
// answer to a form that was refused.
const forbidden = "status of 403"

// leave forgets the session as a browser that was closed.
func (h *house) leave(t *testing.T, p *browser.Page) {
	t.Helper()
	p.Do(t, chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		_, err := chromedp.Call(ctx, network.DeleteCookies, network.DeleteCookiesParams{Name: "trueward", URL: h.url})
		return err
	}))
}

// enrolBrowser makes a browser a shared workstation of Harbour Road.
func (h *house) enrolBrowser(t *testing.T, p *browser.Page, name string) {
	t.Helper()
	c, ok, err := h.queries(t).CredentialByEmail(wardAdmin)
	if err != nil || !ok {
		t.Fatal(ok, err)
	}
	sites, places, err := h.product.Kiosk.Places(t.Context(), c.Actor)
	if err != nil {
		t.Fatal(err)
	}
	var at kiosk.Enrolment
	for _, s := range sites {
		if s.Name == "Harbour Road" {
			at = kiosk.Enrolment{Place: places[s.ID][0].ID, Name: name}
		}
	}
	done, err := h.product.Kiosk.Enrol(t.Context(), store.Command{Actor: c.Actor, Key: name}, at)
	if err != nil {
		t.Fatal(err)
	}
	p.Do(t, chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		_, err := chromedp.Call(ctx, network.SetCookie, network.SetCookieParams{Name: "trueward-workstation", Value: done.Token, URL: h.url})
		return err
	}))
}

// picture keeps a picture of the page where pictures are asked for.
func (h *house) picture(t *testing.T, p *browser.Page, name string) {
	t.Helper()
	if folder := os.Getenv("TRUEWARD_PICTURES"); folder != "" {
		p.Picture(t, filepath.Join(folder, name+".png"))
	}
}

// maria looks after the stock of Harbour Road.
const maria = "maria@brannoc.example"
