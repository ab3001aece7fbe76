package gen2auth

import (
	"bytes"
	"crypto/subtle"
	"time"
)

// Issue is a challenge that the server gave out: for one reader, one tag, one
// answer and a few seconds. Whoever stores it marks it used in the same
// transaction in which its answer is judged.
type Issue struct {
	Challenge Challenge
	Reader    string
	EPC, TID  []byte // as inventoried; an empty one was not read and is not bound
	Expires   time.Time
	Used      bool
}

// Accept decides whether an answer that arrives now, from this reader, for this
// tag, may be judged against the challenge. Refusals are CodeChallengeReused and
// CodeChallengeUnknown; the latter does not tell expired from never issued.
func (i *Issue) Accept(c Challenge, reader string, epc, tid []byte, now time.Time) error {
	bound := subtle.ConstantTimeCompare(i.Challenge[:], c[:]) == 1 &&
		i.Reader == reader && bytes.Equal(i.EPC, epc) && bytes.Equal(i.TID, tid)
	switch {
	case !bound || !now.Before(i.Expires):
		return refuse(CodeChallengeUnknown, "")
	case i.Used:
		return refuse(CodeChallengeReused, "")
	}
	return nil
}
