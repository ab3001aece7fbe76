package authentic_test

import (
	"testing"
	"time"

	"trueward/internal/domain/authentic"
)

var began = time.Date(2027, 3, 1, 9, 0, 0, 0, time.UTC)

func tap(counter uint32, after time.Duration, change ...func(*authentic.Tap)) authentic.Tap {
	t := authentic.Tap{
		Tag: "tag", Epoch: 2, Counter: counter, Person: "amy", At: began.Add(after),
		Verdict: authentic.Verdict{Level: authentic.Genuine},
	}
	for _, c := range change {
		c(&t)
	}
	return t
}

func TestVisitEndsWithASecondTap(t *testing.T) {
	visit := authentic.Visit{First: tap(100, 0), Person: "amy", Began: began}
	for name, c := range map[string]struct {
		second authentic.Tap
		want   authentic.Seconded
	}{
		"the next one":                 {tap(101, time.Second), authentic.Proven},
		"at the end of the window":     {tap(101, authentic.VisitWindow), authentic.Proven},
		"after it":                     {tap(101, authentic.VisitWindow+1), authentic.TooLate},
		"the same message":             {tap(100, time.Second), authentic.TooEarly},
		"an older one":                 {tap(99, time.Second), authentic.TooEarly},
		"read before the visit":        {tap(101, -time.Second), authentic.TooEarly},
		"some reads in between":        {tap(100+authentic.VisitSteps, time.Second), authentic.Proven},
		"more than a phone makes":      {tap(101+authentic.VisitSteps, time.Second), authentic.TooFar},
		"by a colleague":               {tap(101, time.Second, func(t *authentic.Tap) { t.Person = "ben" }), authentic.OtherPerson},
		"of another tag":               {tap(101, time.Second, func(t *authentic.Tap) { t.Tag = "other" }), authentic.OtherTag},
		"after the tag's keys changed": {tap(101, time.Second, func(t *authentic.Tap) { t.Epoch = 3 }), authentic.OtherTag},
	} {
		if got := visit.Second(c.second); got != c.want {
			t.Errorf("%s: %s, not %s", name, got, c.want)
		}
	}
}

func TestVisitBeginsWithFreshProofFromAPerson(t *testing.T) {
	if !authentic.Begins(tap(1, 0)) {
		t.Error("a fresh tap begins nothing")
	}
	for name, change := range map[string]func(*authentic.Tap){
		"a refused one":       func(t *authentic.Tap) { t.Verdict = authentic.Refuse(authentic.Replay) },
		"a chip's signature":  func(t *authentic.Tap) { t.Verdict.Level = authentic.ChipGenuine },
		"nobody's":            func(t *authentic.Tap) { t.Person = "" },
		"one that was kept":   func(t *authentic.Tap) { t.Captured = began },
		"one of no known tag": func(t *authentic.Tap) { t.Tag = "" },
	} {
		if authentic.Begins(tap(1, 0, change)) {
			t.Errorf("%s begins a visit", name)
		}
	}
}

func TestVisitIsWorded(t *testing.T) {
	said := map[string]bool{}
	for _, end := range []authentic.Seconded{
		authentic.Proven, authentic.TooLate, authentic.TooEarly, authentic.OtherTag, authentic.OtherPerson, authentic.TooFar,
	} {
		if words := end.Words(); words == "" || said[words] {
			t.Errorf("%s: %q", end, words)
		}
		said[end.Words()] = true
	}
}
