package reader

import (
	"context"
	"io"
	"time"

	"trueward/internal/domain/device"
	"trueward/internal/standard/ntag424"
	"trueward/internal/standard/ntag424/simtag"
)

// Practice is a reader of made-up tags: whoever has no reader at hand can see
// how tags are written. It lays down a new tag in factory state each time, and
// the same one again while it was not finished. It is used by one goroutine at a
// time.
type Practice struct {
	Random io.Reader
	// Wait waits, or ends early with the context's error.
	Wait func(context.Context, time.Duration) error
	Pace time.Duration // between two tags
	// Tear takes the tag away before this command of the next visit; 0 never.
	Tear int

	card *simtag.Tag
}

// Next lays a tag down for do. It is over when do returns no error.
func (p *Practice) Next(ctx context.Context, do func(context.Context, *PracticeTag) error) error {
	if err := p.Wait(ctx, p.Pace); err != nil {
		return err
	}
	if p.card == nil {
		uid := ntag424.UID{0: 0x04}
		if _, err := io.ReadFull(p.Random, uid[1:]); err != nil {
			return err
		}
		p.card = simtag.New(simtag.Config{UID: uid, Rand: p.Random, TagTamper: true})
	}
	tag := &PracticeTag{tag: p.card, tear: p.Tear}
	p.Tear = 0
	err := do(ctx, tag)
	if err == nil {
		p.card = nil
	}
	return err
}

// PracticeTag is a made-up tag on the reader.
type PracticeTag struct {
	tag  *simtag.Tag
	sent int
	tear int
}

// Transceive sends one command.
func (t *PracticeTag) Transceive(ctx context.Context, command []byte) ([]byte, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if t.sent++; t.tear > 0 && t.sent >= t.tear {
		return nil, trouble(device.TroubleTagGone, "exchange", nil)
	}
	return t.tag.Transceive(command), nil
}

// Inspect reads what the tag says of itself.
func (t *PracticeTag) Inspect(ctx context.Context) (ntag424.Report, error) {
	t.tag.Activate()
	return inspect(ctx, t.Transceive)
}

// Commission writes the tag; see PN532.Commission.
func (t *PracticeTag) Commission(ctx context.Context, job *ntag424.Commission, save func(ntag424.State) error) error {
	t.tag.Activate()
	return commission(ctx, t.Transceive, job, save)
}

// Tap is what a phone would read now.
func (t *PracticeTag) Tap() (string, error) { return t.tag.Tap() }
