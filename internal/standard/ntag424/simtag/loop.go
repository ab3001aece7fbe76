package simtag

// loop is the tamper loop of the TagTamper variant (NT4H2421Tx): what is true
// now, what was measured at the last power-up, and what was recorded for ever.
type loop struct {
	fitted    bool
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
	if !l.fitted || l.permanent == loopUninitialised {
		return
	}
	l.current = loopClosed
	if l.open {
		l.current, l.permanent = loopOpen, loopOpen
	}
}

// ArmLoop starts recording, as commissioning does; before, the status is II.
func (t *Tag) ArmLoop() {
	if t.loop.fitted && t.loop.permanent == loopUninitialised {
		t.loop.current, t.loop.permanent = loopClosed, loopClosed
	}
}

// OpenLoop breaks the seal. The tag notices at its next power-up: without a
// field nothing is measured, so a loop opened and repaired between two taps
// leaves no trace, which is true of the chip as well.
func (t *Tag) OpenLoop() { t.loop.open = true }

// CloseLoop repairs the seal; a recorded opening stays recorded.
func (t *Tag) CloseLoop() { t.loop.open = false }

// status is the two characters of the mirror.
func (l *loop) status() [2]byte { return [2]byte{l.permanent, l.current} }
