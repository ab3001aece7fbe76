package reading

import (
	"context"
	"encoding/hex"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"trueward/internal/adapter/store"
	"trueward/internal/clock"
	"trueward/internal/domain/access"
	"trueward/internal/domain/authentic"
	"trueward/internal/domain/device"
	"trueward/internal/fault"
)

const desk = device.ReaderID("desk")

var amy = access.Actor{Person: "amy", Organisation: "h", Kind: access.Hospital, Grants: []access.Grant{{Role: access.Nurse}}}

// room is a desk whose ports a test holds.
type room struct {
	*Desk
	clk     *clock.Fake
	scans   []string
	by      []access.PersonID
	told    []store.Event
	people  map[access.PersonID]access.Actor
	open    map[access.PersonID]bool
	waited  int
	refused error
}

func newRoom() *room {
	r := &room{
		clk:    clock.NewFake(time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)),
		people: map[access.PersonID]access.Actor{"amy": amy}, open: map[access.PersonID]bool{"amy": true},
	}
	r.Desk = New(Ports{
		Scan: func(_ context.Context, cmd store.Command, raw string) (Answer, error) {
			r.scans, r.by = append(r.scans, raw), append(r.by, cmd.Actor.Person)
			return Answer{Verdict: authentic.Verdict{Level: authentic.Identified}}, r.refused
		},
		Person: func(_ context.Context, id access.PersonID) (access.Actor, bool, error) {
			a, ok := r.people[id]
			return a, ok, nil
		},
		Listens: func(id access.PersonID) bool { return r.open[id] },
		Tell:    func(e store.Event) { r.told = append(r.told, e) },
		Status:  func() []device.Status { return []device.Status{{Reader: desk}} },
		Wait:    func(context.Context, time.Duration) error { r.waited++; return nil },
		Clock:   r.clk, Log: slog.New(slog.DiscardHandler),
	})
	return r
}

func (r *room) lay(t *testing.T) {
	r.handle(t.Context(), device.Read{Reader: desk, UID: "04010203040506"})
}

func TestReadIsScannedForWhoUsesTheReader(t *testing.T) {
	r := newRoom()
	if err := r.Use(amy, desk); err != nil {
		t.Fatal(err)
	}
	r.lay(t)
	if !slices.Equal(r.by, []access.PersonID{"amy"}) || len(r.told) != 1 || r.told[0].PersonID != "amy" || r.told[0].Kind != "reader" {
		t.Errorf("scanned by %v, told %v", r.by, r.told)
	}
	if a, ok := r.Last(amy); !ok || a.Verdict.Level != authentic.Identified {
		t.Errorf("%+v", a)
	}
	if _, ok := r.Last(access.Actor{Person: "ben"}); ok {
		t.Error("another person sees the answer")
	}
}

// TestNobodyActsUnseen: a read is lost, and counted, rather than scanned in
// the name of somebody who is not there or may not.
func TestNobodyActsUnseen(t *testing.T) {
	for name, change := range map[string]func(*room){
		"nobody chose it":   func(r *room) { r.LetGo(amy, desk) },
		"no page is open":   func(r *room) { r.open["amy"] = false },
		"disabled":          func(r *room) { delete(r.people, "amy") },
		"role taken away":   func(r *room) { r.people["amy"] = access.Actor{Person: "amy"} },
		"the shift is over": func(r *room) { r.clk.Advance(useFor + time.Second) },
	} {
		r := newRoom()
		if err := r.Use(amy, desk); err != nil {
			t.Fatal(err)
		}
		change(r)
		r.lay(t)
		if len(r.scans)+len(r.told) != 0 || r.Lines(amy)[0].Lost != 1 {
			t.Errorf("%s: %d scans, %d events, %d lost", name, len(r.scans), len(r.told), r.Lines(amy)[0].Lost)
		}
	}
}

func TestReadWaitsForThePageThatIsBeingOpened(t *testing.T) {
	r := newRoom()
	if err := r.Use(amy, desk); err != nil {
		t.Fatal(err)
	}
	r.open["amy"] = false
	r.Wait = func(context.Context, time.Duration) error { r.open["amy"] = true; return nil }
	r.lay(t)
	if len(r.scans) != 1 {
		t.Errorf("%d scans", len(r.scans))
	}
}

func TestSomebodyElseTakesTheReaderOver(t *testing.T) {
	r := newRoom()
	ben := amy
	ben.Person = "ben"
	r.people["ben"], r.open["ben"] = ben, true
	for _, who := range []access.Actor{amy, ben} {
		if err := r.Use(who, desk); err != nil {
			t.Fatal(err)
		}
	}
	r.LetGo(amy, desk) // it is not hers any more
	if l := r.Lines(ben)[0]; !l.Mine || !l.Taken {
		t.Errorf("%+v", l)
	}
	if l := r.Lines(amy)[0]; l.Mine || !l.Taken {
		t.Errorf("%+v", l)
	}
	r.lay(t)
	if !slices.Equal(r.by, []access.PersonID{"ben"}) {
		t.Errorf("scanned by %v", r.by)
	}
}

func TestUseIsRefused(t *testing.T) {
	r := newRoom()
	if err := r.Use(access.Actor{Person: "x"}, desk); !fault.Is(err, fault.Forbidden) {
		t.Errorf("without a role: %v", err)
	}
	if err := r.Use(amy, "attic"); !fault.Is(err, fault.NotFound) {
		t.Errorf("no such reader: %v", err)
	}
}

func TestBestOfWhatATagSays(t *testing.T) {
	r := newRoom()
	const tap = "https://ward.example/t/p1?p=EF963FF7828658A599F3041510671E88&m=94EED9EE65337086"
	for _, c := range []struct {
		read device.Read
		want string
	}{
		{device.Read{URL: tap, UID: "04010203040506"}, tap},
		{device.Read{URL: "https://example.com/1", UID: "04010203040506"}, "04010203040506"},
		{device.Read{EPC: "30751FEB705C5904E3D50D70", TID: "E2801105"}, "30751FEB705C5904E3D50D70"},
		{device.Read{}, ""},
	} {
		if got := r.text(c.read); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}

func TestRefusalIsToldAndNothingElse(t *testing.T) {
	r := newRoom()
	r.refused = fault.At("scan", "Tap again.")
	if a := r.scan(t.Context(), amy, device.Read{UID: "04010203040506"}); a.Sentence != "Tap again." || a.Checked() {
		t.Errorf("%+v", a)
	}
	r.refused = context.DeadlineExceeded
	if a := r.scan(t.Context(), amy, device.Read{UID: "04010203040506"}); strings.Contains(a.Sentence, "deadline") || a.Sentence == "" {
		t.Errorf("%+v", a)
	}
}

// TestChipGenuineNeedsTheMakersSignature takes a published signature of an
// NTAG 21x, and spoils it.
func TestChipGenuineNeedsTheMakersSignature(t *testing.T) {
	uid, sig := publishedNTAG(t)
	r := newRoom()
	read := device.Read{Technology: device.NTAG21x, UID: device.NewUID(uid), Signature: sig}
	if a := r.scan(t.Context(), amy, read); a.Verdict.Level != authentic.ChipGenuine {
		t.Errorf("%+v", a.Verdict)
	}
	sig[3] ^= 1
	if a := r.scan(t.Context(), amy, read); a.Verdict.Level != authentic.Identified {
		t.Errorf("spoiled: %+v", a.Verdict)
	}
}

// publishedNTAG is an example of Proxmark3, tools/recover_pk.py @1c8c3b7.
func publishedNTAG(t *testing.T) (uid, sig []byte) {
	t.Helper()
	uid, err := hex.DecodeString("04E10CDA993C80")
	if err != nil {
		t.Fatal(err)
	}
	sig, err = hex.DecodeString("8B76052EE42F5567BEB53238B3E3F9950707C0DCC956B5C5EFCFDB709B2D82B3")
	if err != nil {
		t.Fatal(err)
	}
	return uid, sig
}
