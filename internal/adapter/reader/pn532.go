package reader

import (
	"context"
	"time"

	"trueward/internal/clock"
	"trueward/internal/domain/device"
	"trueward/internal/standard/pn532"
)

// PN532 is an NFC desk reader. It works with one tag at a time: of two that lie
// on it, one is seen.
type PN532 struct {
	link   *pn532Link
	clock  clock.Clock
	module string
	target pn532.Target // activated by the last Look; no UID for none
}

var _ Reader = (*PN532)(nil)

const (
	wakeTries = 3
	// findRetries bounds the search for a tag: two tries take a few
	// milliseconds, without a bound it never ends.
	findRetries = 2
	findTime    = 300 * time.Millisecond
)

// StartPN532 wakes a PN532 and makes it ready. No answer is
// device.TroubleSilent.
func StartPN532(ctx context.Context, line Line, c clock.Clock) (*PN532, error) {
	p := &PN532{link: newPN532Link(line, c), clock: c}
	if err := p.wake(ctx); err != nil {
		return nil, err
	}
	data, err := p.link.command(ctx, "firmware", pn532.GetFirmwareVersion(), replyTime)
	if err != nil {
		return nil, err
	}
	firmware, err := pn532.ParseFirmware(data)
	if err != nil {
		return nil, trouble(device.TroubleRefused, "firmware", err)
	}
	p.module = firmware.String()
	if _, err := p.link.command(ctx, "retries", pn532.MaxRetries(findRetries), replyTime); err != nil {
		return nil, err
	}
	return p, nil
}

// wake rouses the module: it may sleep, or be in the middle of something.
func (p *PN532) wake(ctx context.Context) (err error) {
	for range wakeTries {
		if err := p.link.write("wake", pn532.WakeUp()); err != nil {
			return err
		}
		p.link.dirty = true // draining also gives it the time it needs
		_, err = p.link.command(ctx, "wake", pn532.SAMConfiguration(), replyTime)
		if err == nil || device.TroubleOf(err).OfPort() || ctx.Err() != nil {
			return err
		}
	}
	return err
}

// Kind implements Reader.
func (*PN532) Kind() device.Kind { return device.KindPN532 }

// Module implements Reader.
func (p *PN532) Module() string { return p.module }

// Noise implements Reader.
func (p *PN532) Noise() uint64 { return p.link.parser.Dropped() }

// Close implements Reader.
func (p *PN532) Close() error { return p.link.line.Close() }

// Look implements Reader. It takes the power from a tag first, so that one that
// lies still is found again and begins anew.
func (p *PN532) Look(ctx context.Context) ([]device.Sighting, error) {
	p.target = pn532.Target{}
	if _, err := p.link.command(ctx, "field", pn532.Field(false), replyTime); err != nil {
		return nil, err
	}
	data, err := p.link.command(ctx, "look", pn532.ListPassiveTargets(1), findTime)
	if err != nil {
		return nil, err
	}
	targets, err := pn532.ParseTargets(data)
	if err != nil {
		return nil, trouble(device.TroubleRefused, "look", err)
	}
	if len(targets) == 0 {
		return nil, nil
	}
	p.target = targets[0]
	return []device.Sighting{{UID: device.NewUID(p.target.UID)}}, nil
}

// activate makes sure that this very tag listens, afresh.
func (p *PN532) activate(ctx context.Context, s device.Sighting) error {
	seen, err := p.Look(ctx)
	if err != nil {
		return err
	}
	if len(seen) == 0 || seen[0].UID != s.UID {
		return trouble(device.TroubleTagGone, "look", nil)
	}
	return nil
}

// maxParts bounds an answer that comes in parts.
const maxParts = 4

// Transceive sends one command to the activated tag and returns its answer: an
// APDU to an ISO-DEP tag, a Type 2 command to another.
func (p *PN532) Transceive(ctx context.Context, command []byte) ([]byte, error) {
	answer := []byte{}
	for range maxParts {
		f, err := pn532.DataExchange(p.target.Number, command)
		if err != nil {
			return nil, trouble(device.TroubleRefused, "exchange", err)
		}
		x, err := p.exchange(ctx, f)
		if err != nil {
			return nil, err
		}
		answer = append(answer, x.Data...)
		if !x.More {
			return answer, nil
		}
		command = nil
	}
	return nil, trouble(device.TroubleRefused, "exchange", nil)
}

// through sends a command that the module does not know.
func (p *PN532) through(ctx context.Context, command []byte) ([]byte, error) {
	f, err := pn532.CommunicateThru(command)
	if err != nil {
		return nil, trouble(device.TroubleRefused, "exchange", err)
	}
	x, err := p.exchange(ctx, f)
	return x.Data, err
}

func (p *PN532) exchange(ctx context.Context, f pn532.Frame) (pn532.Exchange, error) {
	data, err := p.link.command(ctx, "exchange", f, replyTime)
	if err != nil {
		return pn532.Exchange{}, err
	}
	x, err := pn532.ParseExchange(data)
	switch {
	case err != nil:
		return x, trouble(device.TroubleRefused, "exchange", err)
	case x.Status.Gone():
		return x, trouble(device.TroubleTagGone, "exchange", statusError(x.Status))
	case x.Status != pn532.StatusOK:
		return x, trouble(device.TroubleRefused, "exchange", statusError(x.Status))
	}
	return x, nil
}

type statusError pn532.Status

func (e statusError) Error() string { return pn532.Status(e).String() }
