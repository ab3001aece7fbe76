package simtag

import (
	"trueward/internal/standard/ntag424"
	"trueward/internal/standard/sdm"
)

// readMirrored is the NDEF file as a read outside a session shows it. The first
// read command of a run of reads raises the counter.
func (t *Tag) readMirrored() ([]byte, error) {
	file := append([]byte(nil), t.files[ntag424.FileNDEF]...)
	s := t.settings[ntag424.FileNDEF].SDM
	if s == nil {
		return file, nil
	}
	if s.Ctr && !t.counted {
		if t.ctr >= MaxCounter || s.Limit != nil && t.ctr >= *s.Limit {
			return nil, ErrCounterEnd
		}
		t.ctr++
	}
	t.counted = true
	return file, t.mirror(s, file)
}

// mirror writes the dynamic parts in the order of the data sheet (§9.3.1): the
// MAC comes last, over what stands in the file by then.
func (t *Tag) mirror(s *ntag424.SDM, file []byte) error {
	src := sdm.Source{Mode: sdm.ModeAES, UID: sdm.UID(t.cfg.UID), Ctr: t.ctr, NoCtr: !s.Ctr}
	if err := t.random(src.Random[:]); err != nil {
		return err
	}
	put := func(offset uint32, text string) {
		if offset != ntag424.NoOffset {
			copy(file[offset:], text)
		}
	}
	switch {
	case s.Meta == ntag424.AccessFree && s.UID:
		put(s.UIDOffset, src.PlainUID())
	case s.Meta < ntag424.KeyCount:
		src.Meta = sdm.NewKey(t.keys[s.Meta])
		put(s.PICCOffset, src.PICC())
	}
	if s.Meta == ntag424.AccessFree && s.Ctr {
		put(s.CtrOffset, src.PlainCtr())
	}
	if s.Tamper {
		status := t.loop.status()
		put(s.TamperOffset, string(status[:]))
	}
	if s.File == ntag424.AccessNever {
		return nil
	}
	src.File = sdm.NewKey(t.keys[s.File])
	if s.Enc {
		plain := append([]byte(nil), file[s.EncOffset:s.EncOffset+s.EncLength/2]...)
		put(s.EncOffset, src.Enc(plain))
	}
	put(s.MACOffset, src.MAC(string(file[s.MACInputOffset:s.MACOffset])))
	return nil
}
