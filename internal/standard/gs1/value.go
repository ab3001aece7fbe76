package gs1

// fault is what a check found wrong, with its position inside the value; nil
// means nothing. Checks return pointers because almost all find nothing.
type fault struct {
	code   Code
	offset int
	detail string
}

// at moves a fault that was found in a part beginning at offset.
func (f *fault) at(offset int) *fault {
	if f == nil {
		return nil
	}
	return &fault{f.code, f.offset + offset, f.detail}
}

// checkValue applies the components of an AI to its whole value.
func checkValue(r *row, value string) *fault {
	if len(value) > r.max {
		return &fault{CodeOversize, r.max, "value is too long"}
	}
	pos := 0
	for i := range r.parts {
		p := &r.parts[i]
		rest := value[pos:]
		if rest == "" && p.optional {
			return nil
		}
		n := min(p.max, len(rest))
		if n < p.min {
			return &fault{CodeTruncated, len(value), "value is too short"}
		}
		if f := checkPart(p, rest[:n]); f != nil {
			return f.at(pos)
		}
		pos += n
	}
	if pos != len(value) {
		return &fault{CodeOversize, pos, "value is too long"}
	}
	return nil
}

func checkPart(p *part, s string) *fault {
	if f := checkCharset(p.kind, s); f != nil {
		return f
	}
	for _, l := range p.lints {
		if f := l.check(s); f != nil {
			return f
		}
	}
	return nil
}

func checkCharset(set charset, s string) *fault {
	if set == cset64 {
		return lintBase64(s)
	}
	i := firstOutside(s, set)
	if i < 0 {
		return nil
	}
	switch set {
	case numeric:
		return &fault{CodeMalformed, i, "not a digit"}
	case cset39:
		return &fault{CodeMalformed, i, "character outside set 39"}
	}
	return &fault{CodeMalformed, i, "character outside set 82"}
}
