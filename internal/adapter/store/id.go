package store

import (
	"encoding/binary"
	"fmt"
	"io"
	"sync"

	"github.com/google/uuid"

	"trueward/internal/clock"
)

// idSource makes UUIDv7 values (RFC 9562, 5.7) from the store's clock and
// randomness. Ids made by one source rise: the 12 bits behind the millisecond
// count within it, so that paging by id follows the order of writing.
type idSource struct {
	mu     sync.Mutex
	clock  clock.Clock
	random io.Reader
	millis int64
	count  uint16
}

func newIDSource(c clock.Clock, random io.Reader) *idSource {
	return &idSource{clock: c, random: random}
}

func (s *idSource) next() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if now := s.clock.Now().UnixMilli(); now > s.millis {
		s.millis, s.count = now, 0
	} else if s.count++; s.count == 1<<12 {
		s.millis, s.count = s.millis+1, 0
	}
	var id uuid.UUID
	if _, err := io.ReadFull(s.random, id[8:]); err != nil {
		panic(fmt.Sprintf("store: no randomness for an id: %v", err))
	}
	var stamp [8]byte
	binary.BigEndian.PutUint64(stamp[:], uint64(s.millis)<<16)
	copy(id[:6], stamp[:6])
	binary.BigEndian.PutUint16(id[6:8], 0x7000|s.count)
	id[8] = id[8]&0x3f | 0x80
	return id.String()
}
