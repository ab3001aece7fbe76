package gs1

import "strings"

// check applies the rules between elements: repeated AIs agree, nothing
// excludes another, everything has the companions it needs. It returns the
// number of the element at fault.
func (m *Message) check() (int, fault) {
	for i := range m.Elements {
		e := &m.Elements[i]
		for _, later := range m.Elements[i+1:] {
			if later.AI == e.AI && later.Value != e.Value {
				return i, fault{CodeConflict, 0, "repeated with another value"}
			}
		}
		r := prefixRow(e.AI)
		if m.excludedBy(e.AI, r) {
			return i, fault{CodeConflict, 0, "not allowed together with another AI of the message"}
		}
		if !m.satisfies(e.AI, r) {
			return i, fault{CodeMissing, 0, "needs another AI"}
		}
	}
	return m.checkSignature()
}

func (m *Message) excludedBy(ai string, r *row) bool {
	for _, prefix := range r.excludes {
		if m.hasOther(prefix, ai) {
			return true
		}
	}
	return false
}

func (m *Message) satisfies(ai string, r *row) bool {
	if r.requires == nil {
		return true
	}
next:
	for _, group := range r.requires {
		for _, prefix := range group {
			if !m.hasOther(prefix, ai) {
				continue next
			}
		}
		return true
	}
	return false
}

// hasOther reports whether an AI beginning with prefix is present, other than
// the one given.
func (m *Message) hasOther(prefix, except string) bool {
	for i := range m.Elements {
		ai := m.Elements[i].AI
		if strings.HasPrefix(ai, prefix) && ai != except {
			return true
		}
	}
	return false
}

// checkSignature demands that a digital signature (AI 8030) goes with a key
// that names one thing: keys with an optional serial part must have it.
func (m *Message) checkSignature() (int, fault) {
	if !m.hasOther("8030", "") {
		return 0, fault{}
	}
	for i, e := range m.Elements {
		keyOnly := 0
		switch e.AI {
		case "253", "255":
			keyOnly = 13
		case "8003":
			keyOnly = 14
		}
		if len(e.Value) == keyOnly {
			return i, fault{CodeMissing, 0, "needs its serial part beside a digital signature"}
		}
	}
	return 0, fault{}
}
