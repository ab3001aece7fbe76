package edge

import (
	"log/slog"

	"trueward/internal/domain/device"
)

// connected notes that a reader answers and that nothing is known of the tags
// on it.
func (d *Desk) connected(r Reader) {
	gone := goneNFC
	if r.Kind() == device.KindR200 {
		gone = goneUHF
	}
	d.present, d.unread = device.NewPresence(gone), map[string]int{}
	d.mu.Lock()
	d.status.Kind, d.status.Module = r.Kind(), r.Module()
	d.status.Connections++
	d.mu.Unlock()
	d.enter(device.StateConnected, nil)
}

// enter notes a state; one that it is in already is no news.
func (d *Desk) enter(s device.State, cause error) {
	d.mu.Lock()
	if d.status.State == s {
		d.mu.Unlock()
		return
	}
	d.status.State, d.status.Since = s, d.Clock.Now()
	d.mu.Unlock()
	attrs := []any{
		slog.String("reader", string(d.ID)), slog.String("port", d.Address.Path), slog.String("state", string(s)),
	}
	if cause != nil {
		attrs = append(attrs, slog.String("cause", cause.Error()))
	}
	d.Log.Info("reader", attrs...)
	d.tell()
}

func (d *Desk) tell() {
	if d.Changed != nil {
		d.Changed(d.Status())
	}
}

func (d *Desk) heard(r Reader) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.status.LastAnswer, d.status.Noise = d.Clock.Now(), r.Noise()
}

func (d *Desk) fault() {
	d.mu.Lock()
	d.status.Faults++
	d.mu.Unlock()
	d.tell()
}

// deliver hands a read on, with the reader's name on it.
func (d *Desk) deliver(r device.Read) {
	r.Reader = d.ID
	d.mu.Lock()
	d.status.Reads++
	d.status.LastRead = r.At
	d.rate.Add(r.At)
	d.mu.Unlock()
	d.Read(r)
	d.tell()
}

// end closes the desk: who waits for a tag need not wait longer.
func (d *Desk) end() {
	d.mu.Lock()
	d.ended = true
	j := d.job
	d.job = nil
	d.mu.Unlock()
	if j != nil {
		j.done <- errEnded
	}
	d.enter(device.StateStopped, nil)
}
