package product

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"

	"trueward/internal/adapter/reader"
	"trueward/internal/adapter/serialport"
	"trueward/internal/adapter/store"
	"trueward/internal/app/reading"
	"trueward/internal/app/scanning"
	"trueward/internal/domain/access"
	"trueward/internal/domain/device"
	"trueward/internal/edge"
	"trueward/web"
	page "trueward/web/reader"
)

// desk is the readers at this machine and what becomes of their reads.
type desk struct {
	reading *reading.Desk
	readers []*edge.Desk
}

// openReaders connects the readers that the configuration names with the
// people who use them. Ports are opened by Run.
func (p *Product) openReaders(context.Context) error {
	if len(p.cfg.DeskReaders) == 0 {
		return nil
	}
	d := &desk{}
	d.reading = reading.New(reading.Ports{
		Scan: p.scanRead, Person: p.person, Listens: p.hub.Hears,
		Tell:   func(e store.Event) { p.hub.Tell([]store.Event{e}) },
		Status: d.status, Wait: edge.Sleep, Clock: p.cfg.Clock, Log: p.Log,
	})
	for i, a := range p.cfg.DeskReaders {
		d.readers = append(d.readers, edge.NewDesk(edge.Setup{
			ID: device.ReaderID(fmt.Sprintf("reader-%d", i+1)), Address: a, Clock: p.cfg.Clock,
			Open: func(ctx context.Context, a device.Address) (edge.Reader, error) {
				return reader.Open(ctx, a, p.cfg.Clock)
			},
			Present: serialport.Present, Wait: edge.Sleep, Jitter: rand.Float64,
			Read: d.reading.Take, Log: p.Log,
		}))
	}
	p.desk = d
	return nil
}

// readerRooms are the pages of the readers, where there are any.
func (p *Product) readerRooms() []web.Room {
	if p.desk == nil {
		return nil
	}
	return []web.Room{page.Room{Desk: p.desk.reading}}
}

func (d *desk) status() []device.Status {
	out := make([]device.Status, len(d.readers))
	for i, r := range d.readers {
		out[i] = r.Status()
	}
	return out
}

// run works the readers until ctx ends.
func (d *desk) run(ctx context.Context) {
	var work sync.WaitGroup
	work.Go(func() { d.reading.Run(ctx) })
	for _, r := range d.readers {
		work.Go(func() { r.Run(ctx) })
	}
	work.Wait()
}

// scanRead scans what a reader read, for the person who uses it.
func (p *Product) scanRead(ctx context.Context, cmd store.Command, raw string) (reading.Answer, error) {
	r, err := p.Scanning.Scan(ctx, cmd, scanning.ScanInput{Raw: raw, Source: "reader"})
	if err != nil {
		return reading.Answer{}, err
	}
	a := reading.Answer{
		Verdict: r.Verdict, Disposition: r.Disposition, Tap: r.Tap, Heading: r.Product.Name, Sentence: r.Sentence,
	}
	if r.Found() {
		a.Unit = r.Unit.ID
	}
	return a, nil
}

// person is who somebody is now; false if they may not act any more.
func (p *Product) person(ctx context.Context, id access.PersonID) (access.Actor, bool, error) {
	c, ok, err := p.Store.Read(ctx, access.Everything()).CredentialOf(id)
	return c.Actor, ok && !c.Disabled, err
}
