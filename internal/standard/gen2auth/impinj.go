package gen2auth

import "encoding/hex"

// ImpinjEvent is an authentication event of an Impinj M775 reader. The suite is
// ISO/IEC 29167-11 (PRESENT-80) and its keys never leave the maker, so it is
// carried to a remote verifier; without one the answer is CodeRemote and never
// a pass.
type ImpinjEvent struct {
	Message  [6]byte
	Response [8]byte
	ShortTID [8]byte // words 1, 3, 4 and 5 of the TID
}

// shortTIDFollows are the six leading bits of a message to which the tag adds
// its short TID.
const shortTIDFollows = 0x01

// ParseImpinj reads the three hex fields of the event. Other lengths are
// CodeMalformed; a message without the short TID is CodeUnsupported, since it
// would not say which tag answered.
func ParseImpinj(message, response, tid string) (ImpinjEvent, error) {
	var e ImpinjEvent
	for _, f := range [...]struct {
		name, text string
		into       []byte
	}{{"message", message, e.Message[:]}, {"response", response, e.Response[:]}, {"tid", tid, e.ShortTID[:]}} {
		if len(f.text) != 2*len(f.into) {
			return ImpinjEvent{}, refuse(CodeMalformed, f.name)
		}
		if _, err := hex.Decode(f.into, []byte(f.text)); err != nil {
			return ImpinjEvent{}, refuse(CodeMalformed, f.name)
		}
	}
	if e.Message[0]>>2 != shortTIDFollows {
		return ImpinjEvent{}, refuse(CodeUnsupported, "message")
	}
	return e, nil
}

// MatchShortTID compares the event's short TID with the TID that was
// inventoried, at least 12 bytes.
func (e ImpinjEvent) MatchShortTID(tid []byte) error {
	if len(tid) < 12 {
		return refuse(CodeMalformed, "tid")
	}
	short := [8]byte{tid[2], tid[3], tid[6], tid[7], tid[8], tid[9], tid[10], tid[11]}
	if short != e.ShortTID {
		return refuse(CodeDataMismatch, "tid")
	}
	return nil
}
