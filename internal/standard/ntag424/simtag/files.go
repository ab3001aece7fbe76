package simtag

import (
	"errors"

	"trueward/internal/standard/ntag424"
)

// iso answers the three ISO/IEC 7816-4 commands.
func (t *Tag) iso(ins ntag424.Instruction, c []byte) reply {
	switch ins {
	case ntag424.InsISOSelect:
		return t.selectISO(c)
	case ntag424.InsISORead:
		return t.readISO(c)
	case ntag424.InsISOUpdate:
		return t.updateISO(c)
	}
	return fail(ntag424.StatusISOInstruction)
}

// selectISO selects the application, which ends a session, or a file, which
// does not.
func (t *Tag) selectISO(c []byte) reply {
	if len(c) < 5 || len(c) < 5+int(c[4]) || len(c) > 6+int(c[4]) {
		return fail(ntag424.StatusISOLength)
	}
	name := c[5 : 5+int(c[4])]
	switch {
	case c[2] == 0x04 && string(name) == ntag424.AppName:
		t.endSession()
		t.card.app, t.card.file = true, 0
		return isoOK()
	case c[2] == 0x00 && len(name) == 2 && t.card.app:
		id := int(name[0])<<8 | int(name[1])
		if no := id - ntag424.IDCC + 1; id >= ntag424.IDCC && no <= ntag424.FileProprietary {
			t.card.file = no
			return isoOK()
		}
	case c[2] != 0x04 && c[2] != 0x00:
		return fail(ntag424.StatusISOP1P2)
	}
	return fail(ntag424.StatusISONotFound)
}

func (t *Tag) readISO(c []byte) reply {
	if len(c) != 5 {
		return fail(ntag424.StatusISOLength)
	}
	if t.card.file == 0 {
		return fail(ntag424.StatusISOConditions)
	}
	r := t.settings[t.card.file].Rights
	if t.card.session != nil || r.Read != ntag424.AccessFree && r.ReadWrite != ntag424.AccessFree {
		return fail(ntag424.StatusISOSecurity)
	}
	file, err := t.content(t.card.file)
	if err != nil {
		return fail(ntag424.StatusISOConditions)
	}
	offset, n := int(c[2]&0x7F)<<8|int(c[3]), int(c[4])
	if n == 0 {
		n = 256
	}
	if offset >= len(file) {
		return fail(ntag424.StatusISOP1P2)
	}
	return isoOK(file[offset:min(offset+n, len(file))]...)
}

func (t *Tag) updateISO(c []byte) reply {
	if len(c) < 6 || len(c) < 5+int(c[4]) || len(c) > 6+int(c[4]) || c[4] == 0 {
		return fail(ntag424.StatusISOLength)
	}
	if t.card.file == 0 {
		return fail(ntag424.StatusISOConditions)
	}
	r := t.settings[t.card.file].Rights
	if t.card.session != nil || r.Write != ntag424.AccessFree && r.ReadWrite != ntag424.AccessFree {
		return fail(ntag424.StatusISOSecurity)
	}
	offset, data := int(c[2]&0x7F)<<8|int(c[3]), c[5:5+int(c[4])]
	if offset+len(data) > len(t.files[t.card.file]) {
		return fail(ntag424.StatusISOP1P2)
	}
	copy(t.files[t.card.file][offset:], data)
	return isoOK()
}

// content is a file as an unauthenticated read shows it. Frames of one run of
// reads see the same content, so that a long URL stays whole.
func (t *Tag) content(no int) ([]byte, error) {
	if no != ntag424.FileNDEF {
		return t.files[no], nil
	}
	if t.card.view != nil {
		return t.card.view, nil
	}
	file, err := t.readMirrored()
	if err == nil {
		t.card.view = file
	}
	return file, err
}

const dataHeader = 7 // file number, offset 3, length 3

// fileData is ReadData and WriteData: the mode follows from the access
// condition that is met, and free access is always plain.
func (t *Tag) fileData(ins ntag424.Instruction, body []byte) reply {
	if len(body) < dataHeader {
		return fail(ntag424.StatusLength)
	}
	if !knownFile(body[0]) {
		return fail(ntag424.StatusFileNotFound)
	}
	mode, status := t.access(ins, body[0])
	if status != ntag424.StatusOK {
		return fail(status)
	}
	h := t.readData
	if ins == ntag424.InsWriteData {
		h = t.writeData
	}
	if t.card.session == nil {
		return h(body[:dataHeader], body[dataHeader:])
	}
	return t.card.session.run(mode, ins, body, dataHeader, h)
}

func (t *Tag) access(ins ntag424.Instruction, no byte) (ntag424.CommMode, ntag424.Status) {
	set := t.settings[no]
	own := set.Rights.Read
	if ins == ntag424.InsWriteData {
		own = set.Rights.Write
	}
	for _, a := range [...]ntag424.Access{own, set.Rights.ReadWrite} {
		if _, isKey := key(a); isKey && t.allowed(a) {
			return set.Comm, ntag424.StatusOK
		}
	}
	if own == ntag424.AccessFree || set.Rights.ReadWrite == ntag424.AccessFree {
		return ntag424.CommPlain, ntag424.StatusOK
	}
	if t.card.session == nil {
		return 0, ntag424.StatusAuthError
	}
	return 0, ntag424.StatusPermission
}

// bounds reads offset and length of a command; length 0 means to the end.
func (t *Tag) bounds(header []byte) (from, to int, good bool) {
	le24 := func(b []byte) int { return int(b[0]) | int(b[1])<<8 | int(b[2])<<16 }
	from, n := le24(header[1:]), le24(header[4:])
	size := len(t.files[header[0]])
	if n == 0 {
		n = size - from
	}
	return from, from + n, from < size && from+n <= size
}

func (t *Tag) readData(header, _ []byte) reply {
	from, to, good := t.bounds(header)
	if !good {
		return fail(ntag424.StatusBoundary)
	}
	file := t.files[header[0]]
	if t.card.session == nil {
		var err error
		if file, err = t.content(int(header[0])); err != nil {
			return fail(ntag424.StatusAuthError)
		}
	}
	return ok(file[from:to]...)
}

func (t *Tag) writeData(header, data []byte) reply {
	from, to, good := t.bounds(header)
	switch {
	case !good:
		return fail(ntag424.StatusBoundary)
	case to-from != len(data):
		return fail(ntag424.StatusLength)
	}
	copy(t.files[header[0]][from:], data)
	return ok()
}

// statusOf is the status that an ntag424 refusal stands for.
func statusOf(err error) ntag424.Status {
	if e, is := errors.AsType[*ntag424.Error](err); is && e.Status != 0 {
		return e.Status
	}
	return ntag424.StatusParameter
}
