// Package live tells open pages that something changed, by server-sent events.
// An event names what changed and its id; the page asks for the rest itself,
// through the same fences as always. An event that is lost costs freshness and
// nothing else.
package live

import (
	"sync"

	"trueward/internal/adapter/store"
	"trueward/internal/domain/access"
)

// queue bounds the events that wait for one slow page; what is over is dropped
// and the page told to look at everything.
const queue = 32

// Hub hands events to the pages that may know of them. Its zero value is not
// ready; use NewHub.
type Hub struct {
	mu     sync.Mutex
	pages  map[*page]struct{}
	closed bool
}

// page is one open stream.
type page struct {
	actor  access.Actor
	events chan store.Event
	missed bool // guarded by Hub.mu
}

// NewHub returns a hub without pages.
func NewHub() *Hub { return &Hub{pages: map[*page]struct{}{}} }

// Tell hands events to every page that may know of them. It never blocks.
func (h *Hub) Tell(events []store.Event) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for p := range h.pages {
		for _, e := range events {
			if !mayKnow(p.actor, e) {
				continue
			}
			select {
			case p.events <- e:
			default:
				p.missed = true
			}
		}
	}
}

// mayKnow is the fence of live events: the same sides as in the store's rows.
func mayKnow(actor access.Actor, e store.Event) bool {
	if e.PersonID != "" {
		return string(actor.Person) == e.PersonID
	}
	scope := actor.Scope()
	if id, ok := scope.Hospital(); ok {
		return e.HospitalID == string(id)
	}
	if id, ok := scope.Vendor(); ok {
		return e.VendorID == string(id)
	}
	return false
}

// Pages returns how many streams are open.
func (h *Hub) Pages() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.pages)
}

// Hears reports whether a person has a page open here.
func (h *Hub) Hears(person access.PersonID) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	for p := range h.pages {
		if p.actor.Person == person {
			return true
		}
	}
	return false
}

// Close ends every stream and refuses new ones.
func (h *Hub) Close() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.closed = true
	for p := range h.pages {
		close(p.events)
		delete(h.pages, p)
	}
}

func (h *Hub) join(actor access.Actor) (*page, bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed {
		return nil, false
	}
	p := &page{actor: actor, events: make(chan store.Event, queue)}
	h.pages[p] = struct{}{}
	return p, true
}

func (h *Hub) leave(p *page) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.pages, p)
}

// takeMissed reports, once, whether events were dropped for the page.
func (h *Hub) takeMissed(p *page) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	missed := p.missed
	p.missed = false
	return missed
}
