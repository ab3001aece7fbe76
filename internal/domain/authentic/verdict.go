// Package authentic says what a check of a tag proves. The verdict speaks of
// the tag alone; whether its unit may be used is a second value, the
// disposition, in package custody.
package authentic

import "errors"

// Level is one of four closed answers about a tag.
type Level string

// The levels.
const (
	// Genuine: fresh cryptographic proof with our key, binding and tamper fine.
	Genuine Level = "genuine"
	// ChipGenuine: the chip maker signed this chip's UID, and no more.
	ChipGenuine Level = "chip_genuine"
	// Identified: the carrier says what it is and proves nothing.
	Identified Level = "identified"
	// Refused: the check failed, for a reason.
	Refused Level = "refused"
)

// Reason says why a check was refused.
type Reason string

// The reasons of refusal (design of the tag layer, verdict rules).
const (
	Malformed         Reason = "malformed"
	NotAuthentic      Reason = "not_authentic"
	Replay            Reason = "replay"
	ReplayRollback    Reason = "replay_rollback"
	WrongMode         Reason = "wrong_mode"
	NotMirrored       Reason = "not_mirrored"
	Tampered          Reason = "tampered"
	DataMismatch      Reason = "data_mismatch"
	ChallengeReused   Reason = "challenge_reused"
	KeyFault          Reason = "key_fault"
	RemoteUnavailable Reason = "remote_unavailable"
)

// Verdict is a level with, for a refusal, its reason.
type Verdict struct {
	Level  Level
	Reason Reason
}

// Refuse makes a refused verdict.
func Refuse(reason Reason) Verdict { return Verdict{Level: Refused, Reason: reason} }

// Words returns the verdict as a nurse reads it.
func (v Verdict) Words() string {
	switch v.Level {
	case Genuine:
		return "Genuine"
	case ChipGenuine:
		return "Chip genuine"
	case Identified:
		return "Identified"
	}
	return v.Reason.Words()
}

// Words returns the reason as a nurse reads it.
func (r Reason) Words() string {
	switch r {
	case Replay, ReplayRollback:
		return "Seen before"
	case Tampered:
		return "Opened"
	case RemoteUnavailable:
		return "Could not be checked"
	case KeyFault:
		return "Tag not set up"
	case Malformed:
		return "Not readable"
	}
	return "Not genuine"
}

// ErrKeyFault is the error of a key that anyone can read in a public document:
// a tag that holds it was never commissioned.
var ErrKeyFault = errors.New("a well-known key is no key")

// Why explains the verdict in one sentence: what was proven, or what to do.
func (v Verdict) Why() string {
	switch v.Level {
	case Genuine:
		return "The tag signed a fresh message with its own key."
	case ChipGenuine:
		return "The chip's maker signed this chip; that says nothing about the product."
	case Identified:
		return "The code says what it is. It proves nothing."
	}
	return v.Reason.why()
}

func (r Reason) why() string {
	switch r {
	case Replay:
		return "This message was shown before. Hold the phone to the tag itself again."
	case ReplayRollback:
		return "This message is older than the tag's last one. It may be a copy: an alert was raised."
	case Tampered:
		return "The tag reports that the seal was opened."
	case KeyFault:
		return "This tag holds no key that is in force. Give the product a new tag."
	case RemoteUnavailable:
		return "The service that checks this tag did not answer. Try again."
	case Malformed:
		return "The message is not complete. Tap the tag again."
	}
	return "The tag could not prove itself. Put the product aside and tell materials."
}
