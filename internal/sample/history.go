package sample

import (
	"fmt"
	"slices"
	"time"

	"trueward/internal/app/using"
	"trueward/internal/domain/authentic"
	"trueward/internal/domain/usage"
)

// theatre is where cases take place, and what is used there.
type theatre struct {
	site, room, nurse string
	shelves           []int // indexes into consignments
	every             int   // how many days lie between its days
	perDay            int
}

var theatres = []theatre{
	{"harbour", "cath2", "amy@brannoc.example", []int{0, 3}, 1, 1},
	{"harbour", "theatre3", "ito@brannoc.example", []int{5}, 4, 1},
	{"clinic", "procedure", "ito@brannoc.example", []int{1, 6, 7}, 4, 1},
	{"prairie", "cath", "joy@lindgate.example", []int{2, 4, 8}, 3, 1},
}

// opening is the hour (UTC) at which a site's cases begin.
var opening = map[string]int{"harbour": 8, "clinic": 9, "prairie": 14}

// history tells the days up to yesterday. The undo times end and invoices are
// worked on every evening, payments come in the mornings.
func (l *loader) history() error {
	start := l.Until.AddDate(0, 0, -Days).Truncate(24 * time.Hour)
	for day := range Days {
		date := start.AddDate(0, 0, day)
		if weekday := date.Weekday(); weekday != time.Saturday && weekday != time.Sunday {
			if err := l.day(date); err != nil {
				return fmt.Errorf("sample: %s: %w", date.Format(time.DateOnly), err)
			}
		}
		l.Clock.Set(date.Add(23 * time.Hour))
		if err := l.evening(); err != nil {
			return err
		}
		if date.Weekday() == time.Friday {
			if err := l.pay(date); err != nil {
				return err
			}
		}
		l.Progress(day, Days, "Cases and usages of "+date.Format("2 January"))
	}
	return nil
}

// day has each theatre's cases of a day, in the order in which they begin.
func (l *loader) day(date time.Time) error {
	type begin struct {
		at time.Time
		in theatre
	}
	var cases []begin
	for i, t := range theatres {
		if date.YearDay()%t.every != 0 {
			continue
		}
		for n := range t.perDay {
			at := time.Duration(opening[t.site]+2*n)*time.Hour + time.Duration(i)*11*time.Minute
			cases = append(cases, begin{date.Add(at), t})
		}
	}
	slices.SortFunc(cases, func(a, b begin) int { return a.at.Compare(b.at) })
	for _, c := range cases {
		l.Clock.Set(c.at)
		if _, err := l.procedure(c.in, true); err != nil {
			return err
		}
	}
	return nil
}

// procedure is one case: opened, units used and some wasted, closed.
func (l *loader) procedure(t theatre, closing bool) (usage.CaseID, error) {
	desk := l.Desks.Using
	c, err := desk.OpenCase(l.ctx, l.command(t.nurse), l.places[t.site+"/"+t.room])
	if err != nil {
		return "", err
	}
	for n := range 2 + l.random.IntN(3) {
		u, ok := l.take(t.shelves[n%len(t.shelves)])
		if !ok {
			continue
		}
		l.Clock.Advance(time.Duration(3+l.random.IntN(9)) * time.Minute)
		if err := l.consume(t.nurse, c.ID, u); err != nil {
			return "", err
		}
	}
	l.Clock.Advance(10 * time.Minute)
	if !closing {
		return c.ID, nil
	}
	_, err = desk.CloseCase(l.ctx, l.command(t.nurse), c.ID)
	return c.ID, err
}

// take takes the next unit that may be used off a shelf.
func (l *loader) take(index int) (stocked, bool) {
	s := l.shelves[index]
	for len(s.units) > keepBack {
		u := s.units[len(s.units)-1]
		s.units = s.units[:len(s.units)-1]
		if u.expiry > l.Until.Format(time.DateOnly) {
			return u, true
		}
	}
	return stocked{}, false
}

// keepBack is how many units of a shelf the story leaves for the present.
const keepBack = 30

func (l *loader) consume(nurse string, c usage.CaseID, u stocked) error {
	verdict := authentic.Verdict{Level: authentic.Identified}
	if _, err := l.Desks.Using.Scan(l.ctx, l.command(nurse), using.ScanInput{Case: c, Unit: u.id, Source: "typed", Verdict: verdict}); err != nil {
		return err
	}
	in := using.Consumption{Case: c, Unit: u.id, Outcome: usage.Used}
	if l.random.IntN(14) == 0 {
		in.Outcome, in.Reason = usage.Wasted, "dropped"
	}
	used, err := l.Desks.Using.Use(l.ctx, l.command(nurse), in)
	if err != nil || l.random.IntN(40) != 0 {
		return err
	}
	l.Clock.Advance(2 * time.Minute)
	_, err = l.Desks.Using.Undo(l.ctx, l.command(nurse), using.Takeback{Usage: used.Usage})
	return err
}

// evening lets the workers do what has become due.
func (l *loader) evening() error {
	for {
		notices, err := l.Desks.Using.RunNotices(l.ctx)
		if err != nil {
			return err
		}
		worked, err := l.Desks.Invoicing.Run(l.ctx)
		if err != nil {
			return err
		}
		if notices+worked == 0 {
			return nil
		}
	}
}
