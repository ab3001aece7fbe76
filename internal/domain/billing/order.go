package billing

// POState says how far a line has come on the way to its order.
type POState string

// The states of a line's order.
const (
	PONotNeeded POState = "not_needed"
	POAwaiting  POState = "awaiting"
	PORequested POState = "requested" // the hospital was asked for it
	POAttached  POState = "attached"
	POMismatch  POState = "mismatch" // attached, and says otherwise than the line
	POConfirmed POState = "confirmed"
)

// Word returns the state as people read it.
func (s POState) Word() string {
	switch s {
	case POAwaiting:
		return "Awaiting PO"
	case PORequested:
		return "PO requested"
	case POAttached:
		return "PO attached"
	case POMismatch:
		return "PO does not fit"
	case POConfirmed:
		return "PO confirmed"
	}
	return "No PO needed"
}
