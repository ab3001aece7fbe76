package simtag

import (
	"trueward/internal/standard/ntag424"
)

// chipVersion is what AN12196 table 13 shows, without the UID.
var chipVersion = ntag424.Version{
	Hardware: ntag424.VersionPart{Vendor: 4, Type: 4, Subtype: 8, Major: 0x30, Storage: 0x11, Protocol: 5},
	Software: ntag424.VersionPart{Vendor: 4, Type: 4, Subtype: 2, Major: 1, Minor: 1, Storage: 0x11, Protocol: 5},
	Week:     0x21, Year: 0x18,
}

func (t *Tag) versionBytes() []byte {
	v := chipVersion
	if !t.randomID {
		v.UID = t.cfg.UID
	}
	return v.Encode()
}

// getVersion sends the first of three parts; a session's MAC closes the last.
func (t *Tag) getVersion(body []byte) reply {
	if s := t.card.session; s != nil {
		r := s.run(ntag424.CommMAC, ntag424.InsGetVersion, body, 0, func([]byte, []byte) reply { return ok(t.versionBytes()...) })
		if r.status != ntag424.StatusOK {
			return r
		}
		t.card.parts = r.data
	} else if len(body) != 0 {
		return fail(ntag424.StatusLength)
	} else {
		t.card.parts = t.versionBytes()
	}
	return t.nextPart(7)
}

// more continues an authentication or GetVersion.
func (t *Tag) more(data []byte) reply {
	if h := t.card.auth; h != nil {
		t.card.auth = nil
		return t.prove(h, data)
	}
	if len(data) != 0 {
		return fail(ntag424.StatusLength)
	}
	switch len(t.card.parts) {
	case 0:
		return fail(ntag424.StatusAborted)
	case versionRest, versionRest + 8: // the second part is next, with or without MAC
		return t.nextPart(7)
	}
	return t.nextPart(len(t.card.parts))
}

// versionRest is what remains of GetVersion after its first part.
const versionRest = 21

// nextPart sends n bytes of an answer in parts.
func (t *Tag) nextPart(n int) reply {
	part := t.card.parts[:n:n]
	if t.card.parts = t.card.parts[n:]; len(t.card.parts) == 0 {
		return ok(part...)
	}
	return reply{part, ntag424.StatusMore}
}

func (t *Tag) readSig(data []byte) reply {
	if len(data) != 1 || data[0] != 0 {
		return fail(ntag424.StatusFormat)
	}
	return reply{t.cfg.Signature[:], ntag424.StatusSignature}
}

func (t *Tag) getKeyVersion(header, _ []byte) reply {
	if header[0] >= ntag424.KeyCount {
		return fail(ntag424.StatusNoSuchKey)
	}
	return ok(t.versions[header[0]])
}

func knownFile(no byte) bool { return no >= ntag424.FileCC && no <= ntag424.FileProprietary }

func (t *Tag) getSettings(header, _ []byte) reply {
	if !knownFile(header[0]) {
		return fail(ntag424.StatusFileNotFound)
	}
	return ok(t.settings[header[0]].EncodeAnswer()...)
}

func (t *Tag) getCounters(header, _ []byte) reply {
	if header[0] != ntag424.FileNDEF {
		return fail(ntag424.StatusFileNotFound)
	}
	s := t.settings[ntag424.FileNDEF].SDM
	if s == nil || !s.Ctr || !t.allowed(s.CtrRet) {
		return fail(ntag424.StatusPermission)
	}
	return ok(byte(t.ctr), byte(t.ctr>>8), byte(t.ctr>>16), 0, 0)
}

// allowed reports whether the session's key, or anyone, meets a condition.
func (t *Tag) allowed(a ntag424.Access) bool {
	if a == ntag424.AccessFree {
		return true
	}
	no, isKey := key(a)
	return isKey && t.card.session != nil && int(t.card.session.keyNo) == no
}

// changeSettings resets the read counter, as enabling SDM does on the chip.
func (t *Tag) changeSettings(header, data []byte) reply {
	no := header[0]
	if !knownFile(no) {
		return fail(ntag424.StatusFileNotFound)
	}
	if !t.allowed(t.settings[no].Rights.Change) {
		return fail(ntag424.StatusPermission)
	}
	f, err := ntag424.ParseSettings(data)
	if err == nil {
		err = f.Validate(no, 0)
	}
	if err != nil {
		return fail(statusOf(err))
	}
	if f.SDM != nil && f.SDM.Tamper && !t.loop.fitted {
		return fail(ntag424.StatusParameter)
	}
	f.Size = t.settings[no].Size
	t.settings[no] = f
	if no == ntag424.FileNDEF && f.SDM != nil {
		t.ctr = 0
	}
	return ok()
}

func (t *Tag) changeKey(header, data []byte) reply {
	no, s := header[0], t.card.session
	switch {
	case no >= ntag424.KeyCount:
		return fail(ntag424.StatusNoSuchKey)
	case s.keyNo != 0:
		return fail(ntag424.StatusPermission)
	}
	var k ntag424.Key
	if no == s.keyNo {
		if len(data) != 17 {
			return fail(ntag424.StatusLength)
		}
		copy(k[:], data)
		t.keys[no], t.versions[no] = k, data[16]
		t.endSession()
		return ok()
	}
	if len(data) != 21 {
		return fail(ntag424.StatusLength)
	}
	for i := range k {
		k[i] = data[i] ^ t.keys[no][i]
	}
	if crc := ntag424.CRC32NK(k); string(crc[:]) != string(data[17:]) {
		return fail(ntag424.StatusIntegrity)
	}
	t.keys[no], t.versions[no] = k, data[16]
	return ok()
}

// configure knows the options that cannot be taken back.
func (t *Tag) configure(header, data []byte) reply {
	switch {
	case t.card.session.keyNo != 0:
		return fail(ntag424.StatusPermission)
	case header[0] == ntag424.OptionPICC && len(data) == 1:
		t.randomID = t.randomID || data[0]&0x02 != 0
		return ok()
	case header[0] == ntag424.OptionPower && len(data) == 10:
		if data[4]&0x02 != 0 {
			t.lrp = true
			t.settings[ntag424.FileNDEF].SDM = nil
		}
		return ok()
	case header[0] == ntag424.OptionTamper && t.loop.fitted:
		return t.configureLoop(data)
	}
	return fail(ntag424.StatusParameter)
}

func (t *Tag) configureLoop(data []byte) reply {
	if len(data) != 2 {
		return fail(ntag424.StatusLength)
	}
	_, isKey := key(ntag424.Access(data[1]))
	if data[0]&^0x01 != 0 || !isKey && data[1] != byte(ntag424.AccessFree) && data[1] != byte(ntag424.AccessNever) {
		return fail(ntag424.StatusParameter)
	}
	t.loop.enabled = t.loop.enabled || data[0] == 0x01
	return ok()
}
