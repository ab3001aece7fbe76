package ui

// Verdict is what a check says about the tag (closed set). It never says whether
// the unit may be used.
type Verdict string

// The verdicts. Pending is a scan kept on the device: saved, not checked yet.
const (
	Genuine     Verdict = "genuine"
	ChipGenuine Verdict = "chip_genuine"
	Identified  Verdict = "identified"
	Refused     Verdict = "refused"
	Pending     Verdict = "pending"
)

// Disposition says whether the unit may be used. It never says whether the tag
// is genuine.
type Disposition string

// The dispositions.
const (
	MayBeUsed Disposition = "may_be_used"
	Warning   Disposition = "warning"
	StopUse   Disposition = "stop"
	Unknown   Disposition = "unknown" // no unit is known for the scan
)

// CheckProps carry the two values of a check side by side. The words come from
// the caller: "Not genuine", "Seen before", "Expired".
type CheckProps struct {
	Verdict         Verdict
	VerdictWord     string
	VerdictWhy      string // one plain sentence; may be empty
	Disposition     Disposition
	DispositionWord string
	DispositionWhy  string
}

// verdictTone gives green to one pair only: Genuine with May be used. A genuine
// tag on a stopped unit is told in words and a neutral colour, so that nobody
// sees green on a unit that must not be used.
func (p CheckProps) verdictTone() Tone {
	switch {
	case p.Verdict == Genuine && p.Disposition == MayBeUsed:
		return good
	case p.Verdict == Genuine, p.Verdict == ChipGenuine, p.Verdict == Identified:
		return Info
	case p.Verdict == Refused:
		return Stop
	}
	return Calm
}

func (p CheckProps) dispositionTone() Tone {
	switch p.Disposition {
	case MayBeUsed:
		if p.Verdict == Genuine {
			return good
		}
		return Info
	case Warning:
		return Warn
	case StopUse:
		return Stop
	}
	return Calm
}

func (p CheckProps) verdictIcon() string {
	switch p.Verdict {
	case Genuine:
		return "shield"
	case ChipGenuine:
		return "chip"
	case Identified:
		return "identify"
	case Refused:
		return "stop"
	}
	return "waiting"
}

func (p CheckProps) dispositionIcon() string {
	switch p.Disposition {
	case MayBeUsed:
		return "check"
	case Warning:
		return "warning"
	case StopUse:
		return "stop"
	}
	return "dot"
}

// Sound names the tone a fresh result plays: "stop" when anything stops, else
// "good" for a pair that may be used, else none.
func (p CheckProps) Sound() string {
	switch {
	case p.Verdict == Refused || p.Disposition == StopUse:
		return "stop"
	case p.Disposition == MayBeUsed:
		return "good"
	}
	return ""
}

func (p CheckProps) role() string {
	if p.Sound() == "stop" {
		return "alert"
	}
	return "status"
}
