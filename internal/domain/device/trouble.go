package device

import "errors"

// Trouble says why a reader could not do something.
type Trouble string

// The troubles.
const (
	TroubleGone    Trouble = "gone"     // the port is not there (any more)
	TroubleBusy    Trouble = "busy"     // another program holds the port
	TroubleDenied  Trouble = "denied"   // this program may not open the port
	TroubleClosed  Trouble = "closed"   // by us
	TroubleSilent  Trouble = "silent"   // the module does not answer
	TroubleTagGone Trouble = "tag_gone" // the tag left, or there is none
	TroubleRefused Trouble = "refused"  // module or tag refused, or answered nonsense
)

// Error is a trouble with the step that met it. It holds nothing that was read
// from a tag.
type Error struct {
	Trouble Trouble
	Step    string
	Cause   error // for the log
}

// Error says step and trouble; causes are protocol refusals and system errors.
func (e *Error) Error() string {
	text := "reader: " + e.Step + ": " + string(e.Trouble)
	if e.Cause != nil {
		text += ": " + e.Cause.Error()
	}
	return text
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Cause }

// TroubleOf is the trouble in err's chain, "" for none.
func TroubleOf(err error) Trouble {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Trouble
	}
	return ""
}

// OfPort reports whether the trouble is with the port: it has to be opened
// anew before anything can work.
func (t Trouble) OfPort() bool {
	switch t {
	case TroubleGone, TroubleBusy, TroubleDenied, TroubleClosed:
		return true
	}
	return false
}

// State is the state of a reader that has this trouble and did not connect.
func (t Trouble) State() State {
	switch t {
	case TroubleGone:
		return StateAbsent
	case TroubleBusy:
		return StateBusy
	case TroubleDenied:
		return StateDenied
	}
	return StateSilent
}
