package gs1

import "strings"

// rowSet is a set of rows of the AI table.
type rowSet [4]uint64

func (s *rowSet) add(row int)      { s[row>>6] |= 1 << (row & 63) }
func (s *rowSet) has(row int) bool { return s[row>>6]&(1<<(row&63)) != 0 }

func (s *rowSet) meets(o *rowSet) bool {
	return s[0]&o[0]|s[1]&o[1]|s[2]&o[2]|s[3]&o[3] != 0
}

// companions are a row's rules in sets of rows.
type companions struct {
	demanding bool
	any       rowSet     // one of these suffices
	groups    [][]rowSet // or one of each set of a group
	excluded  rowSet
	alone     bool // excludes the other AIs of its own row
}

var companionsOf = buildCompanions()

// buildCompanions resolves the prefixes of the table once. No prefix splits a
// row: either all AIs of a range match it or none.
func buildCompanions() *[len(rows)]companions {
	out := new([len(rows)]companions)
	sets := newPrefixSets()
	for i := range rows {
		c := &out[i]
		c.demanding = rows[i].requires != nil
		for _, group := range rows[i].requires {
			all := make([]rowSet, len(group))
			for j, prefix := range group {
				all[j] = sets.of(prefix)
			}
			c.addGroup(all)
		}
		for _, prefix := range rows[i].excludes {
			c.exclude(i, sets.of(prefix))
		}
	}
	return out
}

// prefixSets finds the rows whose AIs begin with a prefix.
type prefixSets struct {
	first [len(rows)]string
	known map[string]rowSet
}

func newPrefixSets() *prefixSets {
	p := &prefixSets{known: make(map[string]rowSet, 64)}
	for i := range rows {
		p.first[i] = rows[i].firstAI()
	}
	return p
}

func (p *prefixSets) of(prefix string) rowSet {
	set, ok := p.known[prefix]
	if ok {
		return set
	}
	for i, ai := range p.first {
		if strings.HasPrefix(ai, prefix) {
			set.add(i)
		}
	}
	p.known[prefix] = set
	return set
}

func (c *companions) addGroup(sets []rowSet) {
	if len(sets) > 1 {
		c.groups = append(c.groups, sets)
		return
	}
	for i, word := range sets[0] {
		c.any[i] |= word
	}
}

func (c *companions) exclude(self int, set rowSet) {
	if set.has(self) {
		c.alone = true
		set[self>>6] &^= 1 << (self & 63)
	}
	for i, word := range set {
		c.excluded[i] |= word
	}
}

func (c *companions) satisfied(present *rowSet) bool {
	if !c.demanding || c.any.meets(present) {
		return true
	}
next:
	for _, group := range c.groups {
		for i := range group {
			if !group[i].meets(present) {
				continue next
			}
		}
		return true
	}
	return false
}

// check applies the rules between elements: repeated AIs agree, nothing
// excludes another, everything has the companions it needs. It returns the
// number of the element at fault.
func (r *reader) check() (int, *fault) {
	for i := range r.m.Elements {
		row := int(r.places[i].row)
		c := &companionsOf[row]
		if r.repeated && r.contradicted(i, c.alone) {
			return i, &fault{CodeConflict, 0, "contradicts another element of the message"}
		}
		if c.excluded.meets(&r.present) {
			return i, &fault{CodeConflict, 0, "not allowed together with another AI of the message"}
		}
		if !c.satisfied(&r.present) {
			return i, &fault{CodeMissing, 0, "needs another AI"}
		}
	}
	if r.present.has(signatureRow) {
		return r.checkSignature()
	}
	return 0, nil
}

// contradicted reports whether element i is repeated with another value or, if
// its AI must be alone in its row, stands beside another AI of the row.
func (r *reader) contradicted(i int, alone bool) bool {
	e := &r.m.Elements[i]
	for j := range r.m.Elements {
		o := &r.m.Elements[j]
		switch {
		case o.AI == e.AI:
			if o.Value != e.Value {
				return true
			}
		case alone && r.places[j].row == r.places[i].row:
			return true
		}
	}
	return false
}

var signatureRow = int(index.four[8030]) - 1

// checkSignature demands that a digital signature (AI 8030) goes with a key
// that names one thing: keys with an optional serial part must have it.
func (r *reader) checkSignature() (int, *fault) {
	for i, e := range r.m.Elements {
		keyOnly := 0
		switch e.AI {
		case "253", "255":
			keyOnly = 13
		case "8003":
			keyOnly = 14
		}
		if len(e.Value) == keyOnly {
			return i, &fault{CodeMissing, 0, "needs its serial part beside a digital signature"}
		}
	}
	return 0, nil
}
