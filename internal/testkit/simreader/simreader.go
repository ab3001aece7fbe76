// Package simreader is desk readers in memory, with tags on them: a PN532 with
// NTAG 215 and NTAG 424 DNA tags and a UHF module of the M100 family, behind a
// pseudo terminal or a line in memory. They also misbehave: noise, cut frames,
// wrong checks, silence, and being unplugged.
//
// They promise the bytes that the manuals and published captures show, as far
// as package pn532 and m100 know them, so they cannot find what both sides got
// wrong. Tests only.
package simreader

import (
	"math/rand/v2"
	"sync"
)

// Device is a simulated module. It is called by one goroutine at a time.
type Device interface {
	// PowerUp is plugging in.
	PowerUp()
	// Take takes bytes from the host and returns the frames it answers.
	Take(in []byte) (frames [][]byte)
}

// Fault is what a line does to one frame of a device.
type Fault string

// The faults.
const (
	FaultNone   Fault = ""
	FaultNoise  Fault = "noise before the frame"
	FaultCut    Fault = "the frame ends in the middle"
	FaultCheck  Fault = "a flipped bit"
	FaultSilent Fault = "the frame is lost"
	FaultTwice  Fault = "the frame comes twice"
)

// Faults are all that do harm.
func Faults() []Fault {
	return []Fault{FaultNoise, FaultCut, FaultCheck, FaultSilent, FaultTwice}
}

// Mischief decides what happens to the frames of a device; nil does no harm. It
// is safe for concurrent use.
type Mischief struct {
	mu     sync.Mutex
	queue  []Fault
	always Fault
	rand   *rand.Rand
	done   int
	more   *sync.Cond // done has grown
}

// NewMischief makes one with its own randomness.
func NewMischief(seed uint64) *Mischief {
	m := &Mischief{rand: rand.New(rand.NewPCG(seed, 1))}
	m.more = sync.NewCond(&m.mu)
	return m
}

// Next queues faults for the frames to come, one each; FaultNone spares one.
func (m *Mischief) Next(faults ...Fault) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.queue = append(m.queue, faults...)
}

// Always does the same to every frame, until FaultNone.
func (m *Mischief) Always(f Fault) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.always = f
}

// Done is how many frames were harmed.
func (m *Mischief) Done() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.done
}

// Await waits until n more frames were harmed.
func (m *Mischief) Await(n int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for n += m.done; m.done < n; {
		m.more.Wait()
	}
}

// spoil is what goes over the line instead of a frame.
func (m *Mischief) spoil(frame []byte) []byte {
	if m == nil {
		return frame
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	f := m.always
	if f == FaultNone && len(m.queue) > 0 {
		f, m.queue = m.queue[0], m.queue[1:]
	}
	if f != FaultNone {
		m.done++
		m.more.Broadcast()
	}
	switch f {
	case FaultNoise:
		noise := make([]byte, 1+m.rand.IntN(40))
		for i := range noise {
			noise[i] = byte(m.rand.Uint32())
		}
		return append(noise, frame...)
	case FaultCut:
		return frame[:len(frame)/2]
	case FaultCheck:
		spoilt := append([]byte(nil), frame...)
		spoilt[len(spoilt)-2] ^= 0x10 // the check byte, or an end that must be 0
		return spoilt
	case FaultSilent:
		return nil
	case FaultTwice:
		return append(append([]byte(nil), frame...), frame...)
	}
	return frame
}
