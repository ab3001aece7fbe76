package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/url"
	"os"

	"github.com/google/uuid"
)

// workload is one measurement: ours against one or two peers.
type workload struct {
	name, what string
	ours       side
	peers      []side
	demands    []float64 // per peer: our rate ÷ theirs, at least
	perSync    float64   // our rate ÷ fdatasync/s beside it, at least; 0: no demand
	alone      bool      // the peers are sides of ours, and run without PocketBase
	p99        string    // a demand on our 99th percentile, in words
}

// pages is how many list pages both sides go round.
const pages = 20

// lists is B1, and B2 in a world of few units: a signed-in person's list page of
// 50 rows.
func lists(w *world, name string, demands ...float64) workload {
	peer := func(name, query string) side {
		return side{
			name: name, durability: "synchronous=NORMAL", launch: w.launchPeer, enter: w.enterPeer(func(token, address string) []func(int) []byte {
				var asks []func(int) []byte
				for n := range clients {
					asks = append(asks, func(i int) []byte {
						path := fmt.Sprintf("/api/collections/units/records?perPage=50&sort=expiry,id&page=%d%s", 1+(n+i)%pages, query)
						return message("GET", path, address, "", "Authorization: "+token)
					})
				}
				return asks
			}),
			good: func(a answer) bool { return a.status == 200 && bytes.Count(a.body, []byte(`"serial":`)) == 50 },
		}
	}
	return workload{
		name: name, what: fmt.Sprintf("list page, 50 rows, signed in, 16 connections, %d units", len(w.Units)),
		ours: side{
			name: "Trueward, HTML, keyset", durability: "synchronous=FULL", launch: w.launchOurs, enter: w.enterLists,
			good: func(a answer) bool { return a.status == 200 && bytes.Count(a.body, []byte(`>SN`)) == 50 },
		},
		peers:   []side{peer("PocketBase, JSON, with total", ""), peer("PocketBase, JSON, skipTotal", "&skipTotal=1")}[:len(demands)],
		demands: demands,
	}
}

// uses is B4: a unit is used, as a form of the ward posts it.
func uses(w *world) workload {
	return workload{
		name: "B4", what: "POST use, 16 clients: idempotency, state check, movements, usage, price, vendor line, journal, audit chain, outbox, totals",
		p99: "p99 ≤ 25 ms, no errors",
		ours: side{
			name: "Trueward", durability: "synchronous=FULL", launch: w.launchOurs, enter: w.enterUses(clients),
			good: func(a answer) bool { return a.status == 303 && len(a.location) > 7 && a.location[:7] == "/cases/" },
		},
		peers: []side{{
			name: "PocketBase, update of one record", durability: "synchronous=NORMAL", launch: w.launchPeer,
			enter: w.enterPeer(func(token, address string) []func(int) []byte {
				var asks []func(int) []byte
				for n := range clients {
					asks = append(asks, func(i int) []byte {
						path := fmt.Sprintf("/api/collections/units/records/unit%011d", (n*len(w.Units)/clients+i)%len(w.Units))
						return message("PATCH", path, address, `{"state":"used"}`, "Authorization: "+token, "Content-Type: application/json")
					})
				}
				return asks
			}),
			good: func(a answer) bool { return a.status == 200 && bytes.Contains(a.body, []byte(`"state":"used"`)) },
		}},
		demands: []float64{2},
	}
}

// crowds is B5: uses by 64 clients, against what the disk takes one by one.
func crowds(w *world) workload {
	all := uses(w)
	all.name, all.what, all.peers, all.demands, all.p99 = "B5", "POST use as in B4, 64 clients, against fdatasync/s of 4 KiB", nil, nil, ""
	all.ours.enter, all.perSync = w.enterUses(crowd), 1.2
	return all
}

func (w *world) launchOurs() (*process, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	return launch(w.Folder, "/readyz", self, "serve", "DIR", "ADDRESS")
}

// launchInPlace starts the product on the prepared data itself, for workloads
// that change nothing in it but who is signed in.
func (w *world) launchInPlace() (*process, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	return launch("", "/readyz", self, "serve", w.Folder, "ADDRESS")
}

// peerProgram is set by prepare's caller when there is a peer.
var peerProgram string

func (w *world) launchPeer() (*process, error) {
	return launch(w.Peer, "/api/health", peerProgram, "serve", "--http", "ADDRESS", "--dir", "DIR")
}

// signIn returns a person's session cookie as a header.
func signIn(address, email string) (string, error) {
	form := url.Values{"email": {email}, "password": {password}, "next": {"/"}}
	a, err := once(address, message("POST", "/sign-in", address, form.Encode(), formHeaders("")...))
	if err == nil && a.cookie == "" {
		err = fmt.Errorf("sign-in answers %d: %.200s", a.status, a.body)
	}
	return "Cookie: " + a.cookie, err
}

// formHeaders are those of a form that a page of ours sends.
func formHeaders(cookie string) []string {
	headers := []string{"Content-Type: application/x-www-form-urlencoded", "Sec-Fetch-Site: same-origin"}
	if cookie != "" {
		headers = append(headers, cookie)
	}
	return headers
}

func once(address string, request []byte) (answer, error) {
	c, err := dial(address)
	if err != nil {
		return answer{}, err
	}
	defer c.conn.Close()
	return c.do(request, &bytes.Buffer{})
}

// enterLists signs the rep in and follows the list's own links to 20 pages.
func (w *world) enterLists(p *process) ([]func(int) []byte, error) {
	cookie, err := signIn(p.address, repEmail)
	if err != nil {
		return nil, err
	}
	const list = "/vendor/stock"
	paths := []string{list}
	for len(paths) < pages {
		a, err := once(p.address, message("GET", paths[len(paths)-1], p.address, "", cookie))
		if err != nil {
			return nil, err
		}
		at := bytes.Index(a.body, []byte(list+"?after="))
		if at < 0 {
			return nil, fmt.Errorf("page %d answers %d and has no next page", len(paths), a.status)
		}
		link := a.body[at:]
		paths = append(paths, string(link[:bytes.IndexByte(link, '"')]))
	}
	requests := make([][]byte, pages)
	for i, path := range paths {
		requests[i] = message("GET", path, p.address, "", cookie)
	}
	var asks []func(int) []byte
	for n := range clients {
		asks = append(asks, func(i int) []byte { return requests[(n+i)%pages] })
	}
	return asks, nil
}

// enterUses signs nurses in, each with an open case and a share of the units.
func (w *world) enterUses(nurses int) func(*process) ([]func(int) []byte, error) {
	return func(p *process) ([]func(int) []byte, error) { return w.useUnits(p, nurses) }
}

func (w *world) useUnits(p *process, nurses int) ([]func(int) []byte, error) {
	var asks []func(int) []byte
	for n := range nurses {
		cookie, err := signIn(p.address, nurseEmail(n))
		if err != nil {
			return nil, err
		}
		form := url.Values{"idempotency_key": {uuid.NewString()}, "place": {string(w.Room)}}
		a, err := once(p.address, message("POST", "/cases", p.address, form.Encode(), formHeaders(cookie)...))
		if err != nil || a.location != "/scan" {
			return nil, fmt.Errorf("opening a case answers %d %s, %v", a.status, a.location, err)
		}
		share := w.Units[n*len(w.Units)/nurses : (n+1)*len(w.Units)/nurses]
		headers := formHeaders(cookie)
		asks = append(asks, func(i int) []byte {
			form := "idempotency_key=" + uuid.NewString()
			return message("POST", "/units/"+string(share[i%len(share)])+"/use", p.address, form, headers...)
		})
	}
	return asks, nil
}

// enterPeer signs in at PocketBase.
func (w *world) enterPeer(asks func(token, address string) []func(int) []byte) func(*process) ([]func(int) []byte, error) {
	return func(p *process) ([]func(int) []byte, error) {
		body, err := json.Marshal(map[string]string{"identity": repEmail, "password": password})
		if err != nil {
			return nil, err
		}
		a, err := once(p.address, message("POST", "/api/collections/users/auth-with-password", p.address, string(body), "Content-Type: application/json"))
		if err != nil {
			return nil, err
		}
		var given struct{ Token string }
		if err := json.Unmarshal(a.body, &given); err != nil || given.Token == "" {
			return nil, fmt.Errorf("PocketBase answers %d: %.200s", a.status, a.body)
		}
		return asks(given.Token, p.address), nil
	}
}
