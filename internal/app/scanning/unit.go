package scanning

import (
	"cmp"
	"context"
	"slices"
	"time"

	"trueward/internal/adapter/store"
	"trueward/internal/domain/access"
	"trueward/internal/domain/authentic"
	"trueward/internal/domain/catalog"
	"trueward/internal/domain/consign"
	"trueward/internal/domain/custody"
	"trueward/internal/domain/usage"
)

// UnitView is a unit with its whole story, as far as the actor may know it.
type UnitView struct {
	Row         store.UnitRow
	Product     catalog.Product
	Terms       consign.Version
	Disposition custody.Disposition
	Holds       []custody.Hold // live ones
	Tags        []authentic.Tag
	Usages      []store.UsageRow // newest first
	Incidents   []usage.Incident
	Timeline    []Event // newest first
}

// Event is one line of a unit's story: who did what, when, where, with which
// device, on what proof.
type Event struct {
	At     time.Time
	What   string
	Who    string // empty when the actor may not know
	Where  string
	Device string
	Proof  string
	Reason string
	Stop   bool // something was wrong
}

// Unit returns a unit of the actor's scope. A vendor's people see neither the
// names of the hospital's people nor what those wrote.
func (d *Desk) Unit(ctx context.Context, actor access.Actor, id custody.UnitID) (UnitView, error) {
	q := d.Store.Read(ctx, actor.Scope())
	var v UnitView
	var err error
	if v.Row, err = q.UnitRow(id); err != nil {
		return v, err
	}
	if v.Product, err = q.Product(v.Row.Unit.Product); err != nil {
		return v, err
	}
	if v.Terms, err = q.VersionFor(v.Row.Agreement, d.Store.Now()); err != nil {
		return v, err
	}
	if v.Tags, err = q.Tags(id); err != nil {
		return v, err
	}
	usages, err := q.Usages(store.UsageFilter{Unit: id}, store.Page{})
	if err != nil {
		return v, err
	}
	incidents, err := q.Incidents(id, store.Page{})
	if err != nil {
		return v, err
	}
	v.Usages, v.Incidents = usages.Rows, incidents.Rows
	return v, d.story(q, actor, id, &v)
}

// story fills holds, disposition and timeline.
func (d *Desk) story(q store.Queries, actor access.Actor, id custody.UnitID, v *UnitView) error {
	holds, err := q.Holds(id)
	if err != nil {
		return err
	}
	for _, h := range holds {
		if h.Live() {
			v.Holds = append(v.Holds, h)
		}
	}
	v.Disposition = judge(v.Row, v.Holds, custody.Circumstances{Product: v.Product, Now: d.Store.Now()})
	movements, err := q.UnitMovements(id)
	if err != nil {
		return err
	}
	taps, err := q.Taps(id)
	if err != nil {
		return err
	}
	names, err := namesOf(q, movements, taps, holds)
	if err != nil {
		return err
	}
	cases := map[string]string{}
	for _, u := range v.Usages {
		cases[string(u.Case)] = u.Pseudonym
	}
	for _, m := range movements {
		v.Timeline = append(v.Timeline, movementEvent(m, names, cases))
	}
	for _, t := range taps {
		v.Timeline = append(v.Timeline, tapEvent(t, names))
	}
	for _, h := range holds {
		v.Timeline = append(v.Timeline, holdEvents(h, names)...)
	}
	if actor.Kind == access.Vendor {
		for i := range v.Timeline {
			v.Timeline[i].Reason, v.Timeline[i].Device = "", ""
		}
		for i := range v.Usages {
			v.Usages[i].Reason, v.Usages[i].ActorName, v.Usages[i].SecondName, v.Usages[i].OverrideReason = "", "", "", ""
		}
	}
	slices.Reverse(v.Timeline) // of one instant the last comes first
	slices.SortStableFunc(v.Timeline, func(a, b Event) int { return b.At.Compare(a.At) })
	return nil
}

// namesOf reads the names of people and places in a unit's story, as far as
// the scope reaches them.
func namesOf(q store.Queries, movements []custody.Movement, taps []authentic.Tap, holds []custody.Hold) (map[string]string, error) {
	var people, places []string
	for _, m := range movements {
		people = append(people, string(m.Actor))
		places = append(places, string(m.To.Place))
	}
	for _, t := range taps {
		people = append(people, string(t.Person))
	}
	for _, h := range holds {
		people = append(people, h.SetBy, h.ReleasedBy)
	}
	names, err := q.PersonNames(people...)
	if err != nil {
		return nil, err
	}
	where, err := q.PlaceNames(places...)
	for id, name := range names {
		where[id] = usage.ShortName(name)
	}
	return where, err
}

func movementEvent(m custody.Movement, names, cases map[string]string) Event {
	e := Event{At: m.FactAt, Who: names[string(m.Actor)], Where: names[string(m.To.Place)], Device: m.Device, Reason: m.Reason}
	e.What = sentence(m.Kind.Past())
	if c := cases[m.Case]; c != "" && m.Kind.Consumes() {
		e.What += " on " + c
	}
	switch {
	case m.Kind == custody.TitlePassed:
		e.Who, e.Proof = "", "by the agreement in force"
	case m.Evidence != "":
		e.Proof = "tag checked"
	case m.SecondActor != "":
		e.Proof = "confirmed by a second person"
	}
	return e
}

func tapEvent(t authentic.Tap, names map[string]string) Event {
	e := Event{At: t.At, What: "Tag checked: " + t.Verdict.Words(), Who: names[string(t.Person)], Stop: t.Verdict.Level == authentic.Refused}
	if !t.Captured.IsZero() {
		e.At, e.What = t.Captured, e.What+", by a device that was offline"
	}
	if t.Verdict.Level == authentic.Genuine {
		e.Proof = "the tag signed a fresh message with its own key"
	}
	return e
}

func holdEvents(h custody.Hold, names map[string]string) []Event {
	events := []Event{{At: h.SetAt, What: "Held: " + h.Kind.Words(), Who: names[h.SetBy], Reason: h.Reason, Stop: h.Level == custody.StopHold}}
	if !h.Live() {
		events = append(events, Event{At: h.ReleasedAt, What: "Released: " + h.Kind.Words(), Who: names[h.ReleasedBy]})
	}
	return events
}

// sentence begins words with a capital.
func sentence(words string) string {
	words = cmp.Or(words, "changed")
	return string(words[0]-'a'+'A') + words[1:]
}
