package scanning

import (
	"sync"
	"time"

	"trueward/internal/adapter/store"
	"trueward/internal/domain/alert"
	"trueward/internal/domain/authentic"
)

// So many refused messages of one profile within so long are no worn tag or
// careless hand: somebody tries addresses.
const (
	swarmFrom   = 50
	swarmWithin = 10 * time.Minute
)

// swarm counts refused messages by profile. Every instance of the product
// counts its own.
type swarm struct {
	mu      sync.Mutex
	windows map[authentic.ProfileID]window // as many as there are profiles
}

type window struct {
	began   time.Time
	refused int
}

// grew counts one more and reports whether it is the one that makes a swarm,
// which happens once in a window.
func (s *swarm) grew(p authentic.ProfileID, now time.Time) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	w := s.windows[p]
	if now.Sub(w.began) >= swarmWithin {
		w = window{began: now}
	}
	w.refused++
	if s.windows == nil {
		s.windows = map[authentic.ProfileID]window{}
	}
	s.windows[p] = w
	return w.refused == swarmFrom
}

// warn tells the vendor whose tags somebody tries to find or to forge.
func warn(tx *store.Tx, p profile) error {
	return tx.Raise(alert.Alert{
		Vendor: p.Vendor, Kind: alert.MassScanning, SubjectKind: "profile", Subject: string(p.ID),
		Sentence: "Many taps of the profile " + p.Name + " were refused within ten minutes: somebody tries addresses, or a roll has other keys than it should.",
	})
}
