package gs1

import "slices"

// Policy says which AIs a product's label may and must have. It comes from what
// is known about the product (for a device: the GUDID flags for lot, serial and
// dates). The zero Policy allows every AI and requires none.
type Policy struct {
	Required []string
	Allowed  []string // besides the required ones; empty means any
}

// DeviceLabel is the policy for a medical device of which nothing is known: the
// AIs that UDI uses (GS1 General Specifications, section 2.6.8; 21 CFR 830).
func DeviceLabel() Policy {
	return Policy{Required: []string{"01"}, Allowed: []string{"10", "11", "17", "21", "30", "240", "8012"}}
}

// Accepts reports whether the elements of m agree with p.
func (p Policy) Accepts(m Message) bool {
	for _, ai := range p.Required {
		if _, ok := m.Value(ai); !ok {
			return false
		}
	}
	for _, e := range m.Elements {
		if !p.allows(e.AI) {
			return false
		}
	}
	return true
}

func (p Policy) allows(ai string) bool {
	return len(p.Allowed) == 0 || slices.Contains(p.Allowed, ai) || slices.Contains(p.Required, ai)
}

const (
	maxSplitText = 256 // longer than any label without separators
	maxSplits    = 64  // more readings than a person can choose from
	maxSteps     = 20000
)

// Splits lists every way to read an element string whose separators may be
// lost, so that each reading is valid as a whole, repeats no AI and agrees with
// the policy. Separators that are present (^ in front, GS) still end a value. The
// order is stable: the reading with the longest early values comes first. An
// error means that there is none ([CodeMalformed]) or too many to consider
// ([CodeConflict]). Only a single reading may be taken without asking: see
// [Recover].
func Splits(s string, p Policy) ([]Message, error) {
	if len(s) > maxSplitText {
		return nil, refuse(CodeOversize, "", maxSplitText, "text is too long to be split")
	}
	pos := 0
	if s != "" && (s[0] == '^' || s[0] == groupSeparator) {
		pos = 1
	}
	x := splitter{s: s, policy: p}
	if !x.walk(pos) {
		return nil, refuse(CodeConflict, "", pos, "too many possible readings")
	}
	if len(x.found) == 0 {
		return nil, refuse(CodeMalformed, "", pos, "no reading is valid")
	}
	return x.found, nil
}

// Recover returns the only reading of [Splits]. Several readings are a
// [CodeConflict]: a person decides.
func Recover(s string, p Policy) (Message, error) {
	found, err := Splits(s, p)
	if err != nil {
		return Message{}, err
	}
	if len(found) > 1 {
		return Message{}, refuse(CodeConflict, "", 0, "several readings are valid")
	}
	return found[0], nil
}

// splitter searches depth first. taken holds the elements so far; dead marks
// positions from which no split reaches the end, whatever was taken before.
type splitter struct {
	s      string
	policy Policy
	taken  []Element
	found  []Message
	steps  int
	dead   [maxSplitText + 1]bool
}

// walk tries every reading from pos. It reports false when there are too many.
func (x *splitter) walk(pos int) bool {
	if x.steps++; x.steps > maxSteps {
		return false
	}
	if pos == len(x.s) {
		return x.accept()
	}
	r := prefixRow(x.s[pos:])
	if r == nil || !x.policy.allows(x.s[pos:pos+r.width]) || hasAI(x.taken, x.s[pos:pos+r.width]) {
		return true
	}
	start := pos + r.width
	// A separator inside a value fails its character check.
	for end := min(start+r.max, len(x.s)); end >= start+r.min; end-- {
		if next := x.behind(end); !x.dead[next] && checkValue(r, x.s[start:end]) == nil {
			if !x.try(Element{AI: x.s[pos:start], Value: x.s[start:end]}, next) {
				return false
			}
		}
	}
	return true
}

// try takes an element and walks on behind it.
func (x *splitter) try(e Element, next int) bool {
	if next < len(x.s) && prefixRow(x.s[next:]) == nil {
		x.dead[next] = true
		return true
	}
	x.taken = append(x.taken, e)
	ok := x.walk(next)
	x.taken = x.taken[:len(x.taken)-1]
	return ok
}

// behind skips a separator that is present.
func (x *splitter) behind(end int) int {
	if end < len(x.s) && x.s[end] == groupSeparator {
		return end + 1
	}
	return end
}

func (x *splitter) accept() bool {
	if len(x.taken) == 0 || !x.policy.Accepts(Message{Elements: x.taken}) {
		return true
	}
	m, err := New(x.taken...)
	if err != nil {
		return true
	}
	if len(x.found) == maxSplits {
		return false
	}
	x.found = append(x.found, m)
	return true
}
