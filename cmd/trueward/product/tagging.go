package product

import (
	"context"
	"crypto/rand"
	"time"

	"trueward/internal/adapter/label"
	"trueward/internal/adapter/reader"
	"trueward/internal/adapter/store"
	"trueward/internal/app/labelling"
	"trueward/internal/app/tagging"
	"trueward/internal/domain/authentic"
	"trueward/internal/domain/device"
	"trueward/internal/edge"
	"trueward/internal/standard/ntag424"
)

// practicePace is how long a made-up tag takes to be laid down: long enough to
// watch, short enough for a roll of a thousand.
const practicePace = 60 * time.Millisecond

// openTagging lets the desk readers write tags, and in a demonstration a reader
// of made-up tags.
func (p *Product) openTagging(context.Context) error {
	var stations []tagging.Station
	if p.desk != nil {
		for _, r := range p.desk.readers {
			stations = append(stations, &station{desk: r})
		}
	}
	if p.cfg.PracticeReader {
		stations = append(stations, practice{&reader.Practice{Random: rand.Reader, Wait: edge.Sleep, Pace: practicePace}})
	}
	p.Tagging = tagging.New(tagging.Ports{
		Store: p.Store, Keys: p.Vault, Courier: courier{p.Vault}, Stations: stations, Person: p.person, Random: rand.Reader, Log: p.Log, Print: printLabels,
		Tell: func(e store.Event) { p.hub.Tell([]store.Event{e}) },
	})
	return nil
}

// printLabels prints labels on sheets.
func printLabels(in []tagging.PrintedLabel) ([]byte, error) {
	labels := make([]label.Label, len(in))
	for i, l := range in {
		labels[i] = label.Label{Name: l.Name, Message: l.Message}
	}
	return label.PDF(labels)
}

// labels prints labels for what stands in a list.
func (p *Product) labels() labelling.Desk {
	return labelling.Desk{Store: p.Store, Print: printUnitLabels}
}

// printUnitLabels prints labels for units of a list.
func printUnitLabels(in []labelling.Label) ([]byte, error) {
	labels := make([]label.Label, len(in))
	for i, l := range in {
		labels[i] = label.Label{Name: l.Name, Message: l.Message}
	}
	return label.PDF(labels)
}

// station is a desk reader that writes tags. It is used by one run at a time.
type station struct {
	desk *edge.Desk
	over string          // the tag that is done and may still lie there
	lie  map[string]bool // UHF tags that lay there when the last visit was over
}

// Name implements tagging.Station.
func (s *station) Name() string { return string(s.desk.ID) }

// Practice implements tagging.Station.
func (s *station) Practice() bool { return false }

// Writes implements tagging.Station.
func (s *station) Writes(t authentic.Technology) bool {
	switch s.desk.Status().Kind {
	case device.KindPN532:
		return t == authentic.NTAG424
	case device.KindR200:
		return t == authentic.UHF
	}
	return true
}

// Next implements tagging.Station. A tag that is over is not begun again while
// it lies there; one that was torn off is.
func (s *station) Next(ctx context.Context, do func(context.Context, tagging.Field) error) error {
	wanted := func(seen device.Sighting) bool { return seen.EPC == "" && seen.Key() != s.over }
	return s.desk.Next(ctx, wanted, func(ctx context.Context, r edge.Reader, seen device.Sighting) error {
		writer, ok := r.(*reader.PN532)
		if !ok {
			return &device.Error{Trouble: device.TroubleRefused, Step: "write"}
		}
		err := do(ctx, field{writer, seen})
		s.over = ""
		if err == nil {
			s.over = seen.Key()
		}
		return err
	})
}

// field is a desk reader with a tag on it.
type field struct {
	writer *reader.PN532
	seen   device.Sighting
}

// Inspect implements tagging.Field.
func (f field) Inspect(ctx context.Context) (ntag424.Report, error) {
	return f.writer.Inspect(ctx, f.seen)
}

// Commission implements tagging.Field.
func (f field) Commission(ctx context.Context, job *ntag424.Commission, save func(ntag424.State) error) error {
	return f.writer.Commission(ctx, f.seen, job, save)
}

// practice is a reader of made-up tags.
type practice struct{ tags *reader.Practice }

// Name implements tagging.Station.
func (practice) Name() string { return "practice" }

// Practice implements tagging.Station.
func (practice) Practice() bool { return true }

// Writes implements tagging.Station.
func (practice) Writes(t authentic.Technology) bool { return t == authentic.NTAG424 }

// Next implements tagging.Station.
func (s practice) Next(ctx context.Context, do func(context.Context, tagging.Field) error) error {
	return s.tags.Next(ctx, func(ctx context.Context, t *reader.PracticeTag) error { return do(ctx, t) })
}
