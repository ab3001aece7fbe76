package custody

import "trueward/internal/domain/consign"

// rank orders the events at which title may pass: using a unit implies opening
// it, and opening implies taking it out.
var rank = map[Kind]int{Taken: 1, OpenedUp: 2, Discarded: 2, Consumed: 3}

var titleRank = map[consign.TitleEvent]int{
	consign.TitleRemoved: 1, consign.TitleOpened: 2, consign.TitleUsed: 3,
	// A product that is no implant would never be sold under "implanted", so
	// its use counts. Under "counted missing" a use that was scanned all the
	// same counts too: nothing is left to be counted.
	consign.TitleImplanted: 3, consign.TitleCountedMissing: 3,
}

// TitlePassesAt reports whether title passes from vendor to hospital with an
// event of the kind, under the agreement's title event.
func TitlePassesAt(kind Kind, event consign.TitleEvent) bool {
	if kind == LostInCount {
		return event == consign.TitleCountedMissing
	}
	reached, known := rank[kind]
	needed, set := titleRank[event]
	return known && set && reached >= needed
}
