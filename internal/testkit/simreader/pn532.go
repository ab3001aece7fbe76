package simreader

import (
	"bytes"
	"sync"

	"trueward/internal/standard/pn532"
)

// PN532 is a simulated NFC reader. It sleeps until it is woken, searches for
// ever unless told not to, and forgets a tag that fails to answer. It is safe
// for concurrent use: tests lay tags on it while it works.
type PN532 struct {
	mu      sync.Mutex
	parser  *pn532.Parser
	awake   bool
	ready   bool // SAMConfiguration was done
	bounded bool // the search was bounded
	card    Card
	active  Card // the activated one
	last    []byte
	tear    tear
	listed  int
	looks   *sync.Cond // listed has grown
}

// tear is when a tag is to leave.
type tear struct {
	armed  bool
	after  int  // exchanges that still work
	answer bool // the last one reaches the tag and its answer is lost
}

// NewPN532 makes a reader without a tag on it.
func NewPN532() *PN532 {
	p := &PN532{parser: pn532.NewParser()}
	p.looks = sync.NewCond(&p.mu)
	return p
}

// Lay puts a tag on the reader.
func (p *PN532) Lay(c Card) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.card, p.active = c, nil
}

// Lift takes the tag away.
func (p *PN532) Lift() { p.Lay(nil) }

// Tear takes the tag away after n more exchanges with it. With answerLost the
// tag still hears the one after that, and nobody hears its answer.
func (p *PN532) Tear(n int, answerLost bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.tear = tear{armed: true, after: n, answer: answerLost}
}

// Torn reports whether the armed tear has happened.
func (p *PN532) Torn() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return !p.tear.armed
}

// AwaitLooks waits until the host has looked for tags n more times.
func (p *PN532) AwaitLooks(n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for n += p.listed; p.listed < n; {
		p.looks.Wait()
	}
}

// PowerUp implements Device.
func (p *PN532) PowerUp() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.parser = pn532.NewParser()
	p.awake, p.ready, p.bounded, p.active, p.last = false, false, false, nil, nil
}

// Take implements Device.
func (p *PN532) Take(in []byte) (frames [][]byte) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.awake {
		if !bytes.Contains(in, []byte{0x55, 0x55}) {
			return nil
		}
		p.awake = true
	}
	p.parser.Feed(in, func(f pn532.Frame) {
		switch {
		case f.Kind == pn532.KindNAK && p.last != nil:
			frames = append(frames, p.last)
		case f.Kind == pn532.KindData && f.Direction == pn532.ToReader:
			frames = append(frames, pn532.ACK())
			if reply := p.run(f); reply != nil {
				p.last = reply
				frames = append(frames, reply)
			}
		}
	})
	return frames
}

// run executes a command; nil is no answer.
func (p *PN532) run(f pn532.Frame) []byte {
	data, answered := p.execute(f)
	if !answered {
		return nil
	}
	if data == nil {
		return pn532.ErrorFrame()
	}
	out, err := pn532.Frame{
		Kind: pn532.KindData, Direction: pn532.FromReader, Command: f.Command + 1, Data: data,
	}.Append(nil)
	if err != nil {
		return pn532.ErrorFrame()
	}
	return out
}

// execute returns the data of the answer, nil for a command that is not
// understood.
func (p *PN532) execute(f pn532.Frame) (data []byte, answered bool) {
	switch f.Command {
	case pn532.CmdSAMConfiguration:
		p.ready = len(f.Data) > 0 && f.Data[0] == 1
		return []byte{}, true
	case pn532.CmdGetFirmwareVersion:
		return []byte{pn532.PN532IC, 1, 6, 7}, true
	}
	if !p.ready {
		return nil, true
	}
	switch f.Command {
	case pn532.CmdRFConfiguration:
		return p.configure(f.Data), true
	case pn532.CmdInListPassiveTarget:
		return p.list(f.Data)
	case pn532.CmdInDataExchange:
		if len(f.Data) < 1 {
			return nil, true
		}
		return p.exchange(f.Data[1:], Card.Exchange), true
	case pn532.CmdInCommunicateThru:
		return p.exchange(f.Data, Card.Through), true
	case pn532.CmdInRelease:
		p.active = nil
		return []byte{0}, true
	}
	return nil, true
}

func (p *PN532) configure(data []byte) []byte {
	switch {
	case len(data) == 4 && data[0] == 0x05:
		p.bounded = data[3] != 0xFF
	case len(data) == 2 && data[0] == 0x01:
		if data[1]&1 == 0 {
			p.active = nil
		}
	default:
		return nil
	}
	return []byte{}
}

func (p *PN532) list(data []byte) ([]byte, bool) {
	p.listed++
	p.looks.Broadcast()
	switch {
	case len(data) < 2 || data[1] != 0:
		return nil, true
	case p.card == nil && !p.bounded:
		return nil, false // it searches until a tag comes
	case p.card == nil || p.active != nil:
		// A tag that is active already does not answer to a new search.
		p.active = nil
		return []byte{0}, true
	}
	p.active = p.card
	t := p.active.Activate()
	out := append([]byte{1, 1, t.ATQA[0], t.ATQA[1], t.SAK, byte(len(t.UID))}, t.UID...)
	return append(out, t.ATS...), true
}

// exchange speaks to the tag; one that does not answer is not active any more.
func (p *PN532) exchange(command []byte, how func(Card, []byte) ([]byte, bool)) []byte {
	gone := []byte{byte(pn532.StatusTimeout)}
	if p.active == nil {
		return gone
	}
	if p.tear.armed && p.tear.after == 0 {
		p.tear.armed = false
		if p.tear.answer {
			how(p.active, bytes.Clone(command))
		}
		p.card, p.active = nil, nil
		return gone
	}
	p.tear.after--
	answer, ok := how(p.active, bytes.Clone(command))
	if !ok {
		p.active = nil
		return gone
	}
	return append([]byte{0}, answer...)
}
