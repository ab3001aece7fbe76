package gs1

import "strconv"

// row describes one AI or a range of AIs that share a format.
type row struct {
	lo, hi     int
	width      int // digits of the AI
	predefined bool
	attribute  bool // allowed in the query of a Digital Link
	key        bool // primary key of a Digital Link
	min, max   int  // length of the value
	parts      []part
	requires   [][]string // any of: all of; AIs or their first digits
	excludes   []string
	qualifiers [][]string // Digital Link: alternatives, each in order
	title      string
}

// part is one component of a value. Only the last one varies in length, and
// none that is mandatory follows an optional one.
type part struct {
	kind     charset
	min, max int
	optional bool
	lints    []linter
}

// rowIndex finds the row of an AI: 1 + its position in rows by the AI's number,
// for each width; widths gives the width by the first two digits. AIs form a
// prefix code, so two digits decide.
type rowIndex struct {
	widths [100]uint8
	two    [100]uint8
	three  [1000]uint8
	four   [10000]uint8
}

var index = buildIndex()

func buildIndex() *rowIndex {
	x := new(rowIndex)
	for i := range rows {
		r := &rows[i]
		for ai := r.lo; ai <= r.hi; ai++ {
			switch r.width {
			case 2:
				x.two[ai] = uint8(i + 1)
				x.widths[ai] = 2
			case 3:
				x.three[ai] = uint8(i + 1)
				x.widths[ai/10] = 3
			case 4:
				x.four[ai] = uint8(i + 1)
				x.widths[ai/100] = 4
			}
		}
	}
	return x
}

// prefixRow returns the row of the AI that s begins with, or nil.
func prefixRow(s string) *row {
	if len(s) < 2 || !isDigit(s[0]) || !isDigit(s[1]) {
		return nil
	}
	n := int(s[0]-'0')*10 + int(s[1]-'0')
	var at uint8
	switch index.widths[n] {
	case 2:
		at = index.two[n]
	case 3:
		if len(s) < 3 || !isDigit(s[2]) {
			return nil
		}
		at = index.three[n*10+int(s[2]-'0')]
	case 4:
		if len(s) < 4 || !isDigit(s[2]) || !isDigit(s[3]) {
			return nil
		}
		at = index.four[n*100+int(s[2]-'0')*10+int(s[3]-'0')]
	}
	if at == 0 {
		return nil
	}
	return &rows[at-1]
}

// exactRow returns the row of the AI s, or nil.
func exactRow(s string) *row {
	r := prefixRow(s)
	if r == nil || r.width != len(s) {
		return nil
	}
	return r
}

// number returns the row's position in the table.
func (r *row) number() int {
	var at uint8
	switch r.width {
	case 2:
		at = index.two[r.lo]
	case 3:
		at = index.three[r.lo]
	default:
		at = index.four[r.lo]
	}
	return int(at) - 1
}

// firstAI returns the digits of the row's first AI.
func (r *row) firstAI() string {
	s := strconv.Itoa(r.lo)
	return "0000"[:r.width-len(s)] + s
}

// Title returns the data title of an AI, such as "BATCH/LOT" for 10 (GS1
// General Specifications, section 3.2), and false for an unknown AI.
func Title(ai string) (string, bool) {
	r := exactRow(ai)
	if r == nil {
		return "", false
	}
	return r.title, true
}
