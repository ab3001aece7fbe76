package live

import (
	"testing"

	"trueward/internal/adapter/store"
	"trueward/internal/domain/access"
)

func person(kind access.OrganisationKind, organisation string) access.Actor {
	return access.Actor{
		Person: access.PersonID("person of " + organisation), Organisation: access.OrganisationID(organisation),
		Kind: kind, Grants: []access.Grant{{Role: access.Admin}},
	}
}

func TestEventsReachOnlyTheirSides(t *testing.T) {
	actors := map[string]access.Actor{
		"hospital": person(access.Hospital, "h1"), "other hospital": person(access.Hospital, "h2"),
		"vendor": person(access.Vendor, "v1"), "other vendor": person(access.Vendor, "v2"),
		"operator": person(access.Operator, "op"), "nobody": {},
	}
	events := map[string]struct {
		event store.Event
		heard []string
	}{
		"of both sides": {store.Event{Kind: "unit", Subject: "u", HospitalID: "h1", VendorID: "v1"}, []string{"hospital", "vendor"}},
		"of a hospital": {store.Event{Kind: "case", Subject: "c", HospitalID: "h1"}, []string{"hospital"}},
		"of one person": {store.Event{Kind: "reader", PersonID: "person of v2", HospitalID: "h1", VendorID: "v1"}, []string{"other vendor"}},
		"of nobody":     {store.Event{Kind: "outbox"}, nil},
	}
	for name, c := range events {
		hub := NewHub()
		pages := map[string]*page{}
		for who, actor := range actors {
			pages[who], _ = hub.join(actor)
		}
		hub.Tell([]store.Event{c.event})
		heard := map[string]bool{}
		for _, who := range c.heard {
			heard[who] = true
		}
		for who, p := range pages {
			if got := len(p.events) == 1; got != heard[who] {
				t.Errorf("event %s: %s heard it: %v", name, who, got)
			}
		}
	}
}

func TestSlowPageIsToldThatItMissedEvents(t *testing.T) {
	hub := NewHub()
	p, _ := hub.join(person(access.Hospital, "h1"))
	for range queue + 5 {
		hub.Tell([]store.Event{{Kind: "unit", HospitalID: "h1"}})
	}
	if !hub.takeMissed(p) || hub.takeMissed(p) {
		t.Error("the page is not told exactly once that it missed events")
	}
	if len(p.events) != queue {
		t.Errorf("%d events wait, want %d", len(p.events), queue)
	}
}

func TestCloseEndsStreamsAndRefusesNewOnes(t *testing.T) {
	hub := NewHub()
	p, _ := hub.join(person(access.Vendor, "v1"))
	hub.Close()
	if _, more := <-p.events; more {
		t.Error("the stream goes on after Close")
	}
	if _, open := hub.join(person(access.Vendor, "v1")); open || hub.Pages() != 0 {
		t.Error("a closed hub takes new pages")
	}
	hub.Tell([]store.Event{{Kind: "unit", VendorID: "v1"}}) // must not panic
}

func TestHubHearsWhoHasAPageOpen(t *testing.T) {
	hub := NewHub()
	p, _ := hub.join(person(access.Hospital, "h1"))
	if !hub.Hears("person of h1") || hub.Hears("person of h2") {
		t.Error("the hub hears somebody else")
	}
	hub.leave(p)
	if hub.Hears("person of h1") {
		t.Error("the hub hears a page that was closed")
	}
}
