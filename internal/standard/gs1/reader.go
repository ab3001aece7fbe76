package gs1

// reader gathers the elements of one message and what is known of them.
type reader struct {
	m        Message
	present  rowSet
	repeated bool // two elements share a row
	places   [maxElements]place
}

// place is where an element stood in the input and which row it has.
type place struct {
	offset uint16
	row    uint8
}

// add appends an element that was checked by itself.
func (r *reader) add(e Element, row *row, offset int) {
	n := row.number()
	if r.present.has(n) {
		r.repeated = true
	}
	r.present.add(n)
	if r.m.Elements == nil {
		r.m.Elements = make([]Element, 0, 4)
	}
	r.places[len(r.m.Elements)] = place{uint16(offset), uint8(n)}
	r.m.Elements = append(r.m.Elements, e)
}

// full refuses more elements than a message may have.
func (r *reader) full(offset int) error {
	if len(r.m.Elements) < maxElements {
		return nil
	}
	return refuse(CodeOversize, "", offset, "too many elements")
}

// finish applies the rules for the message as a whole. end is where the input
// ended.
func (r *reader) finish(end int) (Message, error) {
	if len(r.m.Elements) == 0 {
		return Message{}, refuse(CodeMissing, "", end, "no AI data")
	}
	if i, f := r.check(); f != nil {
		return Message{}, refuse(f.code, r.m.Elements[i].AI, int(r.places[i].offset), f.detail)
	}
	if r.present.has(lotRow) || r.present.has(serialRow) {
		r.warnSwallowed()
	}
	return r.m, nil
}

func (r *reader) warn(code WarningCode, field string, offset int) {
	r.m.Warnings = append(r.m.Warnings, Warning{Code: code, Field: field, Offset: offset})
}

var (
	lotRow    = int(index.two[10]) - 1
	serialRow = int(index.two[21]) - 1
)

// warnSwallowed looks for a lot or serial that ends in a plausible expiry or
// production date with its AI.
func (r *reader) warnSwallowed() {
	for i := range r.m.Elements {
		row := int(r.places[i].row)
		if row != lotRow && row != serialRow {
			continue
		}
		if at := r.swallowed(r.m.Elements[i].Value); at > 0 {
			e := r.m.Elements[i]
			r.warn(WarnPossibleSwallowedAI, e.AI, int(r.places[i].offset)+len(e.AI)+at)
		}
	}
}

// swallowed returns the position in a value where such a date begins, or 0. A
// date that the message has elsewhere was not swallowed.
func (r *reader) swallowed(value string) int {
	const tail = 8 // AI and YYMMDD
	at := len(value) - tail
	if at < 1 || value[at] != '1' || (value[at+1] != '7' && value[at+1] != '1') {
		return 0
	}
	if checkDateOrMonth(value[at+2:]) != nil || r.present.has(int(index.two[number(value[at:at+2])])-1) {
		return 0
	}
	return at
}
