package custody

import (
	"strings"
	"time"

	"trueward/internal/domain/catalog"
	"trueward/internal/standard/civil"
)

// Level is the answer to one question: may this unit be used?
type Level string

// The levels of a disposition.
const (
	MayBeUsed Level = "may_be_used"
	Warning   Level = "warning"
	Stop      Level = "stop"
)

// Words returns the level as a nurse reads it.
func (l Level) Words() string {
	switch l {
	case MayBeUsed:
		return "May be used"
	case Warning:
		return "Warning"
	}
	return "Stop"
}

// Code names why a unit stops or warns. The holds' kinds are codes as well.
type Code string

// The codes that are no holds.
const (
	CodeUsed         Code = "already_used"
	CodeWasted       Code = "already_wasted"
	CodeGone         Code = "no_longer_here"
	CodeOutbound     Code = "on_its_way_out"
	CodeNotReceived  Code = "not_received"
	CodeMissing      Code = "missing"
	CodeWrongProduct Code = "wrong_product"
	CodeShortDated   Code = "short_dated"
	CodeIncomplete   Code = "incomplete"
	CodeTagRetired   Code = "tag_retired"
)

// Reason is one thing that speaks against using the unit. A Final one cannot
// be overridden: the unit is no longer there to be used.
type Reason struct {
	Code  Code
	Level Level
	Words string
	Final bool
}

// Disposition is the answer with everything that speaks against it, gravest
// first.
type Disposition struct {
	Level   Level
	Reasons []Reason
}

// Words returns the answer in one line: "Stop: expired on 31 Jan 2026".
func (d Disposition) Words() string {
	if len(d.Reasons) == 0 {
		return d.Level.Words()
	}
	words := make([]string, len(d.Reasons))
	for i, r := range d.Reasons {
		words[i] = r.Words
	}
	return d.Level.Words() + ": " + strings.Join(words, "; ")
}

// Has reports whether a code is among the reasons.
func (d Disposition) Has(code Code) bool {
	for _, r := range d.Reasons {
		if r.Code == code {
			return true
		}
	}
	return false
}

// Final reports whether no override helps: the unit is already consumed or gone.
func (d Disposition) Final() bool {
	for _, r := range d.Reasons {
		if r.Final {
			return true
		}
	}
	return false
}

// OpensIncident reports whether a use in spite of the reasons is an incident.
func (d Disposition) OpensIncident() bool {
	for _, r := range d.Reasons {
		if r.Level == Stop && HoldKind(r.Code).OpensIncident() || r.Code == CodeWrongProduct {
			return true
		}
	}
	return false
}

// Circumstances are what the judgement is made on, besides unit and holds.
type Circumstances struct {
	Product    catalog.Product
	Now        time.Time
	Zone       *time.Location // of the unit's site
	ShortDated int            // days before expiry that warn; 0 for none
	// BoundElsewhere is set when the carrier belongs to another product than
	// the unit it was found on: its words say which.
	BoundElsewhere string
	TagRetired     bool
}

// Judge decides whether a unit may be used now.
func Judge(u Unit, holds []Hold, c Circumstances) Disposition {
	d := Disposition{Level: MayBeUsed}
	if r, found := byState(u.State); found {
		d.add(r)
	}
	if c.BoundElsewhere != "" {
		d.add(Reason{CodeWrongProduct, Stop, "wrong product: " + c.BoundElsewhere, false})
	}
	if c.TagRetired && !u.State.Terminal() {
		d.add(Reason{CodeTagRetired, Stop, "this tag was retired", false})
	}
	expiry(&d, u, c)
	for _, h := range holds {
		if h.Live() && !d.Has(Code(h.Kind)) {
			d.add(Reason{Code(h.Kind), h.Level.disposition(), holdSentence(h), false})
		}
	}
	if missing := c.Product.Needs.Missing(u.Lot, u.Serial, u.Expiry); len(missing) > 0 && c.Product.ID != "" {
		d.add(Reason{CodeIncomplete, Warning, "no " + strings.Join(missing, ", no ") + " on record", false})
	}
	return d
}

// add keeps the reasons with the gravest first.
func (d *Disposition) add(r Reason) {
	if r.Level != Stop {
		d.Reasons = append(d.Reasons, r)
		if d.Level == MayBeUsed {
			d.Level = Warning
		}
		return
	}
	d.Level = Stop
	at := 0
	for at < len(d.Reasons) && d.Reasons[at].Level == Stop {
		at++
	}
	d.Reasons = append(d.Reasons[:at], append([]Reason{r}, d.Reasons[at:]...)...)
}

func byState(s State) (Reason, bool) {
	switch s {
	case Used:
		return Reason{CodeUsed, Stop, "already used", true}, true
	case Wasted:
		return Reason{CodeWasted, Stop, "already recorded as wasted", true}, true
	case Closed:
		return Reason{CodeGone, Stop, "no longer in stock", true}, true
	case Outbound:
		return Reason{CodeOutbound, Stop, "on its way back to the vendor", true}, true
	case Expected:
		return Reason{CodeNotReceived, Warning, "not received yet", false}, true
	case Missing:
		return Reason{CodeMissing, Warning, "was counted as missing", false}, true
	}
	return Reason{}, false
}

func (l HoldLevel) disposition() Level {
	if l == StopHold {
		return Stop
	}
	return Warning
}

func holdSentence(h Hold) string {
	words := strings.ToLower(h.Kind.Words())
	if h.Reason == "" {
		return words
	}
	return words + " (" + h.Reason + ")"
}

// expiry stops a unit from 00:00 site time of the day after its expiry date.
func expiry(d *Disposition, u Unit, c Circumstances) {
	date, ok := ParseDate(u.Expiry)
	if !ok {
		return
	}
	zone := c.Zone
	if zone == nil {
		zone = time.UTC
	}
	today := civil.Of(c.Now.In(zone))
	if date.Before(today) {
		d.add(Reason{Code(HoldExpired), Stop, "expired on " + Spell(date), false})
		return
	}
	limit := civil.Of(c.Now.In(zone).AddDate(0, 0, c.ShortDated))
	if c.ShortDated > 0 && !limit.Before(date) {
		d.add(Reason{CodeShortDated, Warning, "expires on " + Spell(date), false})
	}
}

// ParseDate reads YYYY-MM-DD.
func ParseDate(text string) (civil.Date, bool) {
	t, err := time.Parse(time.DateOnly, text)
	if err != nil {
		return civil.Date{}, false
	}
	return civil.Of(t), true
}

// Spell writes a date as people read it: 31 Dec 2027.
func Spell(d civil.Date) string {
	return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, time.UTC).Format("2 Jan 2006")
}
