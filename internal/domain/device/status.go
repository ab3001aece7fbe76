package device

import "time"

// State says how a reader is doing.
type State string

// The states. Only StateConnected reads.
const (
	StateConnecting State = "connecting"
	StateConnected  State = "connected"
	StateAbsent     State = "absent"  // no such port: unplugged
	StateBusy       State = "busy"    // another program holds the port
	StateDenied     State = "denied"  // this program may not open the port
	StateSilent     State = "silent"  // the port is there, no reader answers
	StateStopped    State = "stopped" // by us
)

// Words returns the state as a person reads it.
func (s State) Words() string {
	switch s {
	case StateConnected:
		return "Connected"
	case StateAbsent:
		return "Not plugged in"
	case StateBusy:
		return "Used by another program"
	case StateDenied:
		return "No permission for the port"
	case StateSilent:
		return "Does not answer"
	case StateStopped:
		return "Stopped"
	}
	return "Connecting"
}

// Status is how a reader is doing.
type Status struct {
	Reader      ReaderID
	Address     Address
	Kind        Kind   // found out, if the address leaves it open
	Module      string // what the module calls itself
	State       State
	Since       time.Time // of the state
	LastAnswer  time.Time // of the module; zero for never
	LastRead    time.Time
	Reads       uint64
	PerMinute   int    // reads in the last minute
	Faults      uint64 // answers that failed or did not come
	Noise       uint64 // bytes that belonged to no frame, since it connected
	Connections uint64 // how often it connected
}

// Rate counts what happened in the last minute. Its zero value is ready.
type Rate struct {
	second [60]int64 // Unix second that a slot counts
	count  [60]int
}

// Add counts one at a time.
func (r *Rate) Add(at time.Time) {
	now := at.Unix()
	slot := int(now % 60)
	if r.second[slot] != now {
		r.second[slot], r.count[slot] = now, 0
	}
	r.count[slot]++
}

// PerMinute is the number counted in the minute before a time.
func (r *Rate) PerMinute(at time.Time) int {
	total := 0
	for slot, second := range r.second {
		if age := at.Unix() - second; age >= 0 && age < 60 {
			total += r.count[slot]
		}
	}
	return total
}
