package authentic

// jump is how many taps may go unseen before somebody should look: tags are
// read by phones that never reach us, but not this often.
const jump = 1000

// Jumped reports whether a tag's counter rose so far since it was last seen
// (-1: never in this epoch) that its taps may be harvested elsewhere.
func Jumped(last int64, counter uint32) bool { return last >= 0 && int64(counter)-last > jump }

// counterEnd is where a 24-bit counter is near its end; at FFFFFFh a tag
// answers no more.
const counterEnd = 0xFFFFFF - 10_000

// NearEnd reports whether the tag is to be replaced soon.
func NearEnd(counter uint32) bool { return counter >= counterEnd }

// Stale judges a counter that was not above the stored one: a message seen
// before is a replay; one older and never seen is a rollback.
func Stale(seen bool) Verdict {
	if seen {
		return Refuse(Replay)
	}
	return Refuse(ReplayRollback)
}
