// Package stockroom_test walks from an empty installation to its first invoice
// in a real Chromium, with nothing but what people type, scan and press: no
// sample data, no shortcut past a page.
//
// Where Chromium is missing nothing is judged, which is a failure with
// TRUEWARD_REQUIRE_ALL=1.
package stockroom_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"trueward/cmd/trueward/product"
	"trueward/internal/app/signin"
	"trueward/internal/testkit/browser"
)

const password = "four words in a row"

// house is an installation that nobody set up yet.
type house struct {
	t       *testing.T
	url     string
	setup   string // token of the set-up link
	browser *browser.Browser
	product *product.Product
}

func open(t *testing.T) (*house, bool) {
	t.Helper()
	b, ok := browser.Start(t, nil)
	if !ok {
		return nil, false
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	h := &house{t: t, browser: b, url: fmt.Sprintf("http://localhost:%d", listener.Addr().(*net.TCPAddr).Port)}
	cfg := product.In(t.TempDir())
	cfg.Unlimited = true
	cfg.Strength = signin.Strength{MemoryKiB: 64, Iterations: 1, Lanes: 1, AtOnce: 4, Waiting: 16}
	ctx, stop := context.WithCancel(t.Context())
	if h.product, err = product.Open(ctx, cfg); err != nil {
		stop()
		t.Fatal(errors.Join(err, listener.Close()))
	}
	server := h.product.Web.HTTP()
	var work sync.WaitGroup
	work.Go(func() { h.product.Run(ctx) })
	work.Go(func() { _ = server.Serve(listener) })
	t.Cleanup(func() {
		h.product.EndStreams()
		err := server.Close()
		stop()
		work.Wait()
		if err := errors.Join(err, h.product.Close()); err != nil {
			t.Error(err)
		}
	})
	if h.setup, err = h.product.SignIn.OfferSetUp(t.Context()); err != nil {
		t.Fatal(err)
	}
	return h, true
}

// person is somebody at their own device.
type person struct {
	*browser.Page
	h    *house
	name string
}

var (
	desk  = browser.Look{Width: 1280, Height: 900}
	phone = browser.Look{Width: 390, Height: 844, Touch: true}
)

// at opens a page at a device of its own; a page of the browser kit lives a
// minute, so everybody comes when it is their turn.
func (h *house) at(name, path string, look browser.Look) person {
	h.t.Helper()
	return person{h.browser.Apart(h.t).Open(h.t, h.url+path, look), h, name}
}

// enter signs somebody in.
func (h *house) enter(email string, look browser.Look) person {
	h.t.Helper()
	p := h.at(email, "/sign-in", look)
	p.fill("email", email)
	p.fill("password", password)
	p.press("Sign in")
	return p
}

// settle sets the first password by a one-time link.
func (p person) settle() {
	p.h.t.Helper()
	p.fill("password", password)
	p.fill("again", password)
}

func (p person) fill(id, text string) { p.h.t.Helper(); p.Fill(p.h.t, "#"+id, text) }

// paste puts several lines into a field at once.
func (p person) paste(id, text string) {
	p.h.t.Helper()
	browser.Eval[bool](p.h.t, p.Page, fmt.Sprintf(`(document.querySelector("#%s").value = %q) !== ""`, id, text))
}

func (p person) choose(id, words string) { p.h.t.Helper(); p.Choose(p.h.t, "#"+id, words) }

func (p person) goTo(path string) { p.h.t.Helper(); p.Go(p.h.t, p.h.url+path) }

func (p person) press(words string) {
	p.h.t.Helper()
	if status := p.Follow(p.h.t, words); status >= http.StatusInternalServerError {
		p.h.t.Fatalf("%s pressed %q and met %d: %s", p.name, words, status, p.Text(p.h.t))
	}
}

func (p person) says(words ...string) {
	p.h.t.Helper()
	said := p.Text(p.h.t)
	for _, w := range words {
		if !strings.Contains(said, w) {
			p.h.t.Fatalf("%s at %s does not read %q, but: %s", p.name, p.Path(p.h.t), w, said)
		}
	}
}

// looks holds the page that is open to the rules of every page, and takes its
// picture where a folder is given.
func (p person) looks(what string) {
	p.h.t.Helper()
	for _, fault := range p.Faults(p.h.t) {
		if !strings.Contains(fault, "status of 422") { // a refused form is answered so
			p.h.t.Errorf("%s: %s", what, fault)
		}
	}
	if folder := os.Getenv("TRUEWARD_PICTURES"); folder != "" {
		p.Picture(p.h.t, filepath.Join(folder, "stockroom-"+what+".png"))
	}
}

// invites brings somebody in, who chooses their password at once.
func (p person) invites(name, email, role string) {
	p.h.t.Helper()
	p.goTo("/people/new")
	p.fill("name", name)
	p.fill("email", email)
	p.Press(p.h.t, role)
	p.press("Invite and make a link")
	p.passesOn(name)
}

// passesOn opens the link that stands on the page as the person it is for.
func (p person) passesOn(name string) {
	p.h.t.Helper()
	link := browser.Eval[string](p.h.t, p.Page, `document.querySelector("#link").value`)
	invited := p.h.at(name, strings.TrimPrefix(link, p.h.url), desk)
	invited.settle()
	invited.press("Set my password")
}

// scan types a label into the scan box, and waits for its answer.
func (p person) scan(label, answer string) {
	p.h.t.Helper()
	p.fill("scan", label)
	p.Press(p.h.t, "Check")
	p.WaitFor(p.h.t, fmt.Sprintf(`document.querySelector("#scan-result")?.innerText.includes(%q)`, answer))
}

const gtin = "09506000134352"

func label(serial string) string { return "(01)" + gtin + "(17)301231(10)LT4471(21)" + serial }

// TestFromNothingToTheFirstInvoice is the whole way of a new installation.
func TestFromNothingToTheFirstInvoice(t *testing.T) {
	h, ok := open(t)
	if !ok {
		return
	}
	operator := h.at("operator", "/welcome/"+h.setup, desk)
	operator.settle()
	operator.fill("organisation", "Ward Systems")
	operator.fill("name", "Olive Operator")
	operator.fill("email", "olive@operator.example")
	operator.press("Set up")
	operator.says("First steps", "Add a hospital")
	operator.looks("operator-first-steps")
	operator.organisations()
	h.enter("ada@brannoc.example", phone).settles()
	h.enter("nils@norvane.example", desk).invites("Vera Office", "vera@norvane.example", "Vendor office")
	h.enter("vera@norvane.example", desk).describes()
	h.enter("vera@norvane.example", desk).proposes()
	h.enter("finn@brannoc.example", desk).accepts()
	h.enter("vera@norvane.example", desk).announces()
	h.enter("mara@brannoc.example", phone).receives()
	h.enter("mara@brannoc.example", phone).bringsIn()
	h.enter("nora@brannoc.example", phone).uses()
	hospital := h.enter("ada@brannoc.example", phone)
	hospital.says("Everything is in place.")
	hospital.looks("first-steps-done")
	h.enter("finn@brannoc.example", desk).finds()
}

// organisations adds a hospital and a vendor and their administrators.
func (p person) organisations() {
	p.h.t.Helper()
	add := func(kind, name, prefix, admin, email string) {
		p.goTo("/organisations/new")
		p.Press(p.h.t, kind)
		p.fill("name", name)
		p.fill("country", "IE")
		p.fill("currency", "EUR")
		if prefix != "" {
			p.fill("invoice_prefix", prefix)
			p.fill("bank_account", "IE29AIBK93115212345678")
		}
		p.press("Add the organisation")
		p.press("Invite an administrator")
		p.fill("name", admin)
		p.fill("email", email)
		p.press("Invite and make a link")
		p.passesOn(admin)
	}
	add("Hospital", "St. Brannoc's", "", "Ada Admin", "ada@brannoc.example")
	add("Vendor", "Norvane", "NV-", "Nils Admin", "nils@norvane.example")
	p.goTo("/first-steps")
	p.says("Everything is in place.")
}

// settles adds a site, a place and the people of the hospital.
func (p person) settles() {
	p.h.t.Helper()
	p.says("First steps", "Add a site")
	p.looks("hospital-first-steps")
	p.goTo("/sites")
	p.fill("name", "Harbour Road")
	p.fill("time_zone", "Europe/Dublin")
	p.press("Add the site")
	p.fill("name", "Cath Lab 2 cabinet A")
	p.choose("kind", "Cabinet")
	p.press("Add the place")
	p.fill("name", "Cath Lab 2")
	p.choose("kind", "Room")
	p.press("Add the place")
	p.invites("Mara Materials", "mara@brannoc.example", "Materials")
	p.invites("Nora Nurse", "nora@brannoc.example", "Nurse")
	p.invites("Finn Finance", "finn@brannoc.example", "Finance")
}

// describes takes in the catalogue: one product by hand, and the list.
func (p person) describes() {
	p.h.t.Helper()
	p.goTo("/products")
	p.says("No product yet")
	p.looks("no-products")
	p.press("Add a product")
	p.fill("di", "9506000134353")
	p.fill("name", "Coronary stent")
	p.press("Add the product")
	p.says("The last digit of this GTIN does not fit the others")
	p.looks("product-refused")
	p.fill("di", "9506000134352")
	p.fill("size", "3.0 × 18 mm")
	p.press("Add the product")
	p.says("The product is added", gtin)
	p.fill("price", "1240.00")
	p.press("Set the list price")
	p.says("€1,240.00")
	p.looks("product")
	p.goTo("/products/import")
	const header = "di,name,size,needs_lot,list_price,currency\n"
	p.paste("table", header+"9506000134369,Balloon,2.5 mm,perhaps,310.00,EUR")
	p.press("Check the table")
	p.says("one mistake was found", "Write yes or no.", "needs_lot")
	p.looks("import-refused")
	p.paste("table", header+"9506000134369,Balloon,2.5 mm,yes,310.00,EUR")
	p.press("Check the table")
	p.says("nothing written yet: 1 added")
	p.looks("import-checked")
	p.press("Take in the table")
	p.says("Taken in: 1 added", "Balloon", "Coronary stent")
	p.looks("products")
}

// proposes sends the hospital an agreement, after one with mistakes.
func (p person) proposes() {
	p.h.t.Helper()
	p.goTo("/terms")
	p.says("No agreement with a hospital yet")
	p.press("Propose an agreement")
	p.fill("hospital", "Nowhere General")
	p.fill("number", "NV-1")
	p.Press(p.h.t, "When it is used on a case")
	p.Press(p.h.t, "The vendor")
	p.fill("undo_minutes", "0")
	p.fill("tax_rate", "23")
	p.press("Send the proposal")
	p.says("There is no hospital of this name here")
	p.looks("propose")
	p.fill("hospital", "st. brannoc's")
	p.press("Send the proposal")
	p.says("Proposed.", "Waits for the hospital", "23 %")
}

// accepts says yes for the hospital.
func (p person) accepts() {
	p.h.t.Helper()
	p.goTo("/terms")
	p.says("Waiting for your decision", "Norvane")
	p.press("NV-1")
	p.looks("proposal")
	p.press("Accept NV-1 as")
	p.says("Accepted")
	p.goTo("/terms")
	p.says("Version 1")
	p.looks("terms")
}

// announces sends two units, one of them with a wrong number first.
func (p person) announces() {
	p.h.t.Helper()
	p.goTo("/notices")
	p.press("Send a ship notice")
	p.fill("number", "DN-100")
	p.paste("units", label("SN1")+"\n9506000134353,LT4471,SN2,2030-12-31")
	p.press("Send the ship notice")
	p.says("Line 2:")
	p.paste("units", label("SN1")+"\n9506000134352,LT4471,SN2,2030-12-31")
	p.press("Send the ship notice")
	p.says("The hospital expects 2 units", "Expected")
	p.looks("notice-announced")
}

// receives scans what came: one announced unit and one that nobody announced;
// the second announced unit is missing.
func (p person) receives() {
	p.h.t.Helper()
	p.goTo("/notices")
	p.looks("notices")
	p.press("DN-100")
	p.choose("place", "Harbour Road, Cath Lab 2 cabinet A")
	p.press("Receive here")
	p.looks("notice")
	p.scan(label("SN1"), "Received")
	p.scan(label("SN1"), "Received already")
	p.scan(label("SN7"), "Not announced")
	p.looks("notice-not-announced")
	p.press("Bring it in as not announced")
	p.says("Brought in", "Came without being announced")
	p.press("Finish with 1 unit missing")
	p.says("told of 1 unit that did not come", "Announced, did not come", "Finished")
	p.looks("notice-finished")
}

// bringsIn receives a unit without notice whose product no catalogue has.
func (p person) bringsIn() {
	p.h.t.Helper()
	p.goTo("/receive")
	p.choose("agreement", "Norvane")
	p.choose("place", "Harbour Road, Cath Lab 2 cabinet A")
	p.press("Receive here")
	p.scan("(01)09506000134376(10)Q1", "No catalogue here has this product")
	p.looks("receive-unknown")
	p.fill("scanned-name", "Guide wire")
	p.press("Bring it in")
	p.says("Brought in.")
	p.goTo("/products?show=provisional")
	p.says("Guide wire", "Provisional")
}

// uses opens a case, scans the unit and uses it.
func (p person) uses() {
	p.h.t.Helper()
	p.goTo("/cases")
	p.choose("place", "Cath Lab 2")
	p.press("Open a case")
	p.goTo("/scan")
	p.scan(label("SN1"), "SN1")
	p.goTo("/scan")
	p.press("Use 1 unit on")
	p.says("1 used.")
	p.goTo("/ward")
	p.press("See the case")
	p.press("Close C-")
	p.says("The case is closed.")
}

// finds the invoice that came of the use.
func (p person) finds() {
	p.h.t.Helper()
	p.goTo("/invoices")
	p.WaitFor(p.h.t, `(() => { if (document.body.innerText.includes("NV-")) return true; setTimeout(() => location.reload(), 300); return false })()`)
	p.says("Norvane")
}
