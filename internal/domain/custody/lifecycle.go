package custody

import "slices"

// Kind names an event in a unit's life; each is recorded as one movement.
type Kind string

// The kinds of movement (life cycle of the domain specification, section 5).
// Every kind keeps the owner, but for the last three.
const (
	Announced   Kind = "announced"
	BroughtIn   Kind = "brought_in"
	Received    Kind = "received"
	NotArrived  Kind = "not_arrived"
	Taken       Kind = "removed"
	PutBack     Kind = "put_back"
	Moved       Kind = "moved"
	OpenedUp    Kind = "opened"
	Consumed    Kind = "used"
	Discarded   Kind = "wasted"
	Undone      Kind = "undone"
	Explanted   Kind = "explanted"
	LostInCount Kind = "missing"
	Found       Kind = "found"
	Sent        Kind = "sent"
	Accepted    Kind = "accepted"
	SentBack    Kind = "refused"
	Destroyed   Kind = "destroyed"

	TitlePassed    Kind = "title_passed"
	TitleReturned  Kind = "title_returned"
	OwnerCorrected Kind = "owner_corrected"
)

// ChangesOwner reports whether a movement of the kind may end with another
// owner than it began with.
func (k Kind) ChangesOwner() bool {
	return k == TitlePassed || k == TitleReturned || k == OwnerCorrected
}

// Consumes reports whether the kind takes units of use out of a unit.
func (k Kind) Consumes() bool { return k == Consumed || k == Discarded }

// born is the state before the first movement.
const born State = ""

// stays, as the state after an event, means: the state it had before.
const stays State = "="

type step struct {
	from []State
	to   State
}

var live = []State{Available, Removed, Opened}

// lifeCycle lists, for each kind, the states it may follow and the state it
// leads to. Undone names no state here: it leads back to the earlier one.
var lifeCycle = map[Kind]step{
	Announced:   {[]State{born}, Expected},
	BroughtIn:   {[]State{born}, Available},
	Received:    {[]State{Expected}, Available},
	NotArrived:  {[]State{Expected}, Closed},
	Taken:       {[]State{Available}, Removed},
	PutBack:     {[]State{Removed}, Available},
	Moved:       {[]State{Expected, Available, Removed, Opened}, stays},
	OpenedUp:    {[]State{Available, Removed}, Opened},
	Consumed:    {live, Used},
	Discarded:   {[]State{Opened}, Wasted},
	Undone:      {[]State{Opened, Used, Wasted}, stays},
	Explanted:   {[]State{Used}, Used},
	LostInCount: {[]State{Available, Removed}, Missing},
	Found:       {[]State{Missing}, Available},
	Sent:        {[]State{Available}, Outbound},
	Accepted:    {[]State{Outbound}, Closed},
	SentBack:    {[]State{Outbound}, Available},
	Destroyed:   {[]State{Expected, Available, Removed, Opened, Missing, Outbound}, Closed},

	TitlePassed:    {[]State{Available, Removed, Opened, Used, Wasted, Missing}, stays},
	TitleReturned:  {[]State{Available, Removed, Opened, Used, Wasted, Missing}, stays},
	OwnerCorrected: {[]State{Expected, Available, Removed, Opened, Missing, Outbound}, stays},
}

// Next returns the state that an event of the kind leads to from a state, and
// whether it may follow that state at all. For Undone it is the same state:
// the fact says which one it goes back to.
func Next(from State, kind Kind) (State, bool) {
	s, known := lifeCycle[kind]
	if !known || !slices.Contains(s.from, from) {
		return from, false
	}
	if s.to == stays {
		return from, true
	}
	return s.to, true
}

// Terminal reports whether nothing but a correction follows the state; the
// unit's tags are retired.
func (s State) Terminal() bool { return s == Used || s == Wasted || s == Closed }

// Usable reports whether a unit in the state can be used at all.
func (s State) Usable() bool { return slices.Contains(live, s) }

// Word returns the state as people say it.
func (s State) Word() string {
	if s == Outbound {
		return "on its way out"
	}
	return string(s)
}

var past = map[Kind]string{
	Announced: "announced", BroughtIn: "brought in", Received: "received", NotArrived: "reported as not arrived",
	Taken: "removed from its place", PutBack: "put back", Moved: "moved", OpenedUp: "opened",
	Consumed: "used", Discarded: "wasted", Undone: "taken back", Explanted: "explanted",
	LostInCount: "counted as missing", Found: "found again", Sent: "sent out", Accepted: "accepted by the receiver",
	SentBack: "refused by the receiver", Destroyed: "destroyed", TitlePassed: "sold to the hospital",
	TitleReturned: "returned to the vendor's ownership", OwnerCorrected: "given its right owner",
}

// Past returns the kind as what was done: "put back".
func (k Kind) Past() string { return past[k] }
