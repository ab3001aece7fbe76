package tagging

import (
	"errors"

	"trueward/internal/domain/authentic"
	"trueward/internal/fault"
	"trueward/internal/standard/ntag424"
)

// rejected words why a tag was put aside: nothing was written to it.
var rejected = map[rejection]string{
	rejectForeign:    "This tag was written by somebody else. Nothing was changed. Take a new one.",
	rejectNotGenuine: "The chip's maker did not sign this chip. Do not use it. Take a tag from another roll.",
	rejectHidden:     "This tag hides its number and cannot be known again. Take another one.",
	rejectVendor:     "This tag belongs to another vendor. Take another one.",
	rejectBound:      "This tag stands for another unit. Retire it there before it is used again.",
	rejectTampered:   "The seal of this tag was opened. Throw it away.",
	rejectRun:        "This tag was begun in another run and torn off there. Finish it in that run.",
	rejectProfile:    "This tag was written for another profile. Take another one.",
	rejectEpoch:      "This tag holds keys of the present epoch already. Open a new epoch on the page of keys to write it again.",
	rejectSeveral:    "More than one new tag lies before the reader. Lay down one at a time.",
	rejectKeys:       "The keys in this tag are not kept here, so it cannot be written again. Take a new one.",
}

// broken words what ended the work on a tag that is not lost.
var broken = map[ntag424.Code]string{
	ntag424.CodeLRPTag:     "This tag was switched to another mode for good. Take another one.",
	ntag424.CodeTagChanged: "Another tag came before the first was done. Lay one tag down at a time.",
	ntag424.CodeVerify:     "The tag did not keep what was written. Lay it down again.",
	ntag424.CodeBadMAC:     "An answer was not this tag's. Lay down this one tag again.",
}

// sentence says what became of a tag, and what to do.
func (s *session) sentence(err error, state authentic.JobState) string {
	var aside rejection
	if errors.As(err, &aside) {
		return rejected[aside]
	}
	if ntag424.CodeOf(err) == ntag424.CodeNoLoop {
		return "This tag has no loop, so it cannot be a seal. Take one of the TagTamper kind; the unit waits for it."
	}
	if state == authentic.JobFailed && s.uhf {
		return "This tag does not take its EPC: it may be locked. Put it aside; the unit waits for another one."
	}
	if state == authentic.JobFailed {
		return "This tag is lost: it does not take its keys. Throw it away; the unit waits for another one."
	}
	if text, ok := broken[ntag424.CodeOf(err)]; ok {
		return text
	}
	if all := fault.All(err); len(all) > 0 {
		return all[0].Sentence
	}
	return "The tag left the reader before it was done. Lay it down again and leave it there."
}

// ReasonWords are the reason of a job as people read it; empty for none.
func ReasonWords(reason string) string {
	switch ntag424.Code(reason) {
	case "":
		return ""
	case reasonUnwritten:
		return "it does not take its EPC"
	case "tag_gone":
		return "it left the reader too early"
	case ntag424.CodeNoLoop:
		return "it has no loop to be a seal"
	case ntag424.CodeAuth:
		return "it does not take its keys"
	case ntag424.CodeStatus:
		return "its memory does not answer as it should"
	case ntag424.CodeVerify:
		return "what was read back is not what was written"
	case ntag424.CodeTagChanged:
		return "another tag was laid down"
	case ntag424.CodeLRPTag:
		return "it was switched to another mode"
	}
	return "it did not finish"
}
