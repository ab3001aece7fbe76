package device

import "time"

// maxPresent bounds how many tags may lie on one reader; the one seen longest
// ago makes room.
const maxPresent = 4096

// Presence knows which tags lie on a reader, so that one that stays is one
// read. It is not safe for concurrent use.
type Presence struct {
	gone time.Duration
	seen map[string]time.Time
}

// NewPresence makes a Presence in which a tag has left after it was not seen
// for gone: long enough that a missed round is no new read.
func NewPresence(gone time.Duration) *Presence {
	return &Presence{gone: gone, seen: map[string]time.Time{}}
}

// Has reports whether a tag lies on the reader, and keeps it there.
func (p *Presence) Has(s Sighting, at time.Time) bool {
	last, here := p.seen[s.Key()]
	if !here || at.Sub(last) > p.gone {
		return false
	}
	p.seen[s.Key()] = at
	return true
}

// Put lays a tag on the reader. It is called once the tag was read, so that a
// tag whose read failed is tried again.
func (p *Presence) Put(s Sighting, at time.Time) {
	p.sweep(at)
	if len(p.seen) >= maxPresent {
		p.evict()
	}
	p.seen[s.Key()] = at
}

// Clear forgets all, as when the reader was away.
func (p *Presence) Clear() { clear(p.seen) }

func (p *Presence) sweep(at time.Time) {
	for key, last := range p.seen {
		if at.Sub(last) > p.gone {
			delete(p.seen, key)
		}
	}
}

func (p *Presence) evict() {
	var oldest string
	var when time.Time
	for key, last := range p.seen {
		if oldest == "" || last.Before(when) {
			oldest, when = key, last
		}
	}
	delete(p.seen, oldest)
}
