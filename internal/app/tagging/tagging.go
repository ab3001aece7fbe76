// Package tagging gives units tags that can prove themselves: it makes profiles
// and their keys, plans runs, writes tags one by one at a reader, binds them,
// retires them, takes in files of tags that others wrote, and hands keys over.
//
// It promises that a tag's keys are sealed and committed before the first of
// them is written, so that no tag is lost to a crash or a torn card; that one
// chip is in the hands of one station; and that a tag counts as done only after
// its first message passed the verifier that the wards use. It cannot undo what
// was written: a tag whose master key is lost is lost.
//
// Which station writes for whom is kept in memory alone: after a restart a run
// is started again, and goes on where it was.
package tagging

import (
	"context"
	"io"
	"log/slog"
	"sync"
	"time"

	"trueward/internal/adapter/store"
	"trueward/internal/domain/access"
	"trueward/internal/domain/authentic"
	"trueward/internal/fault"
	"trueward/internal/standard/ntag424"
	"trueward/internal/standard/sdm"
)

// Keys is the vault as tagging needs it.
type Keys interface {
	Generate(ref string) error
	Rotate(ref string, epoch int64) error
	Has(ref string, epoch int64) bool
	Epochs(ref string) []int64
	Meta(ref string) (*sdm.Key, error)
	FileKey(ref string, epoch int64, d authentic.Derivation, uid sdm.UID) (*sdm.Key, error)
	Identity(technology authentic.Technology, uid []byte) string
	// NewTagKeys draws a chip's own keys, sealed for it alone.
	NewTagKeys(identity, ref string, epoch int64) (sealed string, err error)
	// TagKeys are all five keys of a chip.
	TagKeys(ref string, epoch int64, d authentic.Derivation, uid sdm.UID, sealed string) ([ntag424.KeyCount]ntag424.Key, error)
}

// Field is a reader with one tag on it. A tag that leaves is an error of it.
type Field interface {
	// Inspect reads what the tag says of itself, and changes nothing.
	Inspect(context.Context) (ntag424.Report, error)
	// Commission writes the tag; save is called with the state after every
	// command, and nothing more is sent when it fails.
	Commission(ctx context.Context, job *ntag424.Commission, save func(ntag424.State) error) error
}

// Station is a reader that can write tags.
type Station interface {
	Name() string
	// Practice says that its tags are made up.
	Practice() bool
	// Writes reports whether it can write tags of a technology, as far as is
	// known now: a reader that was not reached yet may be of any kind.
	Writes(authentic.Technology) bool
	// Next waits for the next tag and gives it to do. It returns do's error, or
	// says why there will be no tag.
	Next(ctx context.Context, do func(context.Context, Field) error) error
}

// Tapper is a field whose tag can be tapped without a phone: a made-up one.
type Tapper interface {
	Tap() (url string, err error)
}

// Ports are what the desk needs of others.
type Ports struct {
	Store    *store.Store
	Keys     Keys
	Courier  Courier
	Stations []Station
	// Person is who a person is now; false if they may not act any more.
	Person func(context.Context, access.PersonID) (access.Actor, bool, error)
	// Print prints labels on sheets (PDF).
	Print func([]PrintedLabel) ([]byte, error)
	// Tell wakes open pages.
	Tell   func(store.Event)
	Random io.Reader // fit for keys
	Log    *slog.Logger
}

// Desk tags. Use New; Work runs what was started.
type Desk struct {
	Ports
	begun chan *session

	mu       sync.Mutex
	sessions map[string]*session // by station; the last one, running or over
}

// New makes a desk.
func New(p Ports) *Desk {
	return &Desk{Ports: p, begun: make(chan *session), sessions: map[string]*session{}}
}

// lease is how long a station keeps a tag that it says nothing of.
const lease = 2 * time.Minute

func may(actor access.Actor) error {
	if !actor.May(access.ManageTags) {
		return fault.New(fault.Forbidden, "Working on tags needs the vendor's office or the hospital's engineers.")
	}
	return nil
}

// queries are the rows of the actor.
func (d *Desk) queries(ctx context.Context, actor access.Actor) (store.Queries, error) {
	return d.Store.Read(ctx, actor.Scope()), may(actor)
}
