package simtag

// loop is the tamper loop of the TagTamper variant (NT4H2421Tx): what is true
// now, what was measured at the last power-up, and what was recorded for ever.
type loop struct {
	fitted    bool
	enabled   bool // for good, by SetConfiguration
	open      bool
	current   byte
	permanent byte
}

// The letters of the status.
const (
	loopClosed        = 'C'
	loopOpen          = 'O'
	loopUninitialised = 'I'
)

func newLoop(fitted bool) loop {
	return loop{fitted: fitted, current: loopUninitialised, permanent: loopUninitialised}
}

// measure happens at power-up. The record goes to open once and never back.
func (l *loop) measure() {
	if !l.enabled {
		return
	}
	if l.permanent == loopUninitialised {
		l.permanent = loopClosed
	}
	l.current = loopClosed
	if l.open {
		l.current, l.permanent = loopOpen, loopOpen
	}
}

// ArmLoop switches the loop on, as SetConfiguration does: it is measured from
// the next power-up on, and before the status is II.
func (t *Tag) ArmLoop() { t.loop.enabled = t.loop.fitted }

// OpenLoop breaks the seal. The tag notices at its next power-up: without a
// field nothing is measured, so a loop opened and repaired between two taps
// leaves no trace, which is true of the chip as well.
func (t *Tag) OpenLoop() { t.loop.open = true }

// CloseLoop repairs the seal; a recorded opening stays recorded.
func (t *Tag) CloseLoop() { t.loop.open = false }

// status is the two characters of the mirror.
func (l *loop) status() [2]byte { return [2]byte{l.permanent, l.current} }

// LoopStatus is what was measured at the last power-up: permanent, current.
func (t *Tag) LoopStatus() string {
	s := t.loop.status()
	return string(s[:])
}
