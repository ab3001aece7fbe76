package sdm

import "strings"

// Mirror is one parsed message: every length and digit is in order, nothing is
// proven. It refers to the text it was parsed from.
type Mirror struct {
	picc     [24]byte
	uid      UID
	ctr      uint32
	hasCtr   bool
	hasEnc   bool
	mac      [8]byte
	enc      string
	macInput string
}

// Parse reads the raw text that the tag sent, from where the layout begins. It
// is compared as it came: no percent decoding, no reordering, and a parameter
// that is missing, added or doubled is refused. Refusals are CodeOversize,
// CodeWrongMode for a message that another mode would have written, and
// CodeMalformed for everything else.
func (v *Verifier) Parse(raw string) (Mirror, error) {
	var m Mirror
	if len(raw) > MaxText {
		return Mirror{}, refuse(CodeOversize, "", -1)
	}
	if len(v.pieces) == 0 {
		return Mirror{}, refuse(CodeProfile, "layout", -1)
	}
	pos, macStart, macEnd := 0, 0, 0
	for i := range v.pieces {
		pc := &v.pieces[i]
		if !strings.HasPrefix(raw[pos:], pc.text) {
			return Mirror{}, v.misfit(raw, "text", pos)
		}
		pos += len(pc.text)
		if pc.place == v.macFrom {
			macStart = pos
		}
		if pc.place == PlaceMAC {
			macEnd = pos
		}
		end := pos + pc.size
		if end > len(raw) {
			return Mirror{}, v.misfit(raw, pc.place, pos)
		}
		if !m.take(pc.place, raw[pos:end], v.p.LowerHex) {
			return Mirror{}, v.misfit(raw, pc.place, pos)
		}
		pos = end
	}
	if pos != len(raw) {
		return Mirror{}, v.misfit(raw, "text", pos)
	}
	m.macInput = raw[macStart:macEnd]
	return m, nil
}

// take stores one placeholder's text, if it has the right alphabet.
func (m *Mirror) take(place, text string, lower bool) bool {
	switch place {
	case PlacePICC:
		return unhex(m.picc[:len(text)/2], text, lower)
	case PlaceUID:
		return unhex(m.uid[:], text, lower)
	case PlaceCtr:
		var c [3]byte
		m.hasCtr = true
		ok := unhex(c[:], text, lower)
		m.ctr = uint32(c[0])<<16 | uint32(c[1])<<8 | uint32(c[2])
		return ok
	case PlaceEnc:
		m.enc, m.hasEnc = text, true
		return isHex(text, lower)
	case PlaceMAC:
		return unhex(m.mac[:], text, lower)
	}
	return true
}

// misfit decides between a broken text and a sound one of another mode.
func (v *Verifier) misfit(raw, field string, offset int) error {
	if soundQuery(raw) {
		return refuse(CodeWrongMode, field, offset)
	}
	return refuse(CodeMalformed, field, offset)
}

// soundQuery reports whether a text is a query of distinct parameters with
// upper-case hex values of the lengths that some mode of the chip writes,
// exactly one of them a MAC and one the identity.
func soundQuery(raw string) bool {
	macs, identities := 0, 0
	for rest := raw; rest != ""; {
		var param string
		param, rest, _ = strings.Cut(rest, "&")
		name, value, found := strings.Cut(param, "=")
		if !found || name == "" || strings.Contains("&"+rest, "&"+name+"=") {
			return false
		}
		uid, ctr, joined := strings.Cut(value, "x")
		if joined && (len(uid) != uidLen || len(ctr) != ctrLen || !isHex(ctr, false)) {
			return false
		}
		if !isHex(uid, false) {
			return false
		}
		switch n := len(uid); {
		case n == macLen:
			macs++
		case n == uidLen, n == ModeLRP.piccLen():
			identities++
		case n == ctrLen:
		case n > 0 && n%encMod == 0:
			// An encrypted mirror or file data; one of them suffices.
			identities = max(identities, 1)
		default:
			return false
		}
	}
	return macs == 1 && identities == 1
}

// Fields are the parts of a message that some other program took apart. MAC
// input is the text on the air, as that program recorded it.
type Fields struct {
	PICC     string // encrypted mirror, hex
	UID      string // plain mirror, 14 hex digits
	Ctr      string // plain mirror, 6 hex digits, most significant first
	Enc      string // file data, hex
	MAC      string // 16 hex digits
	MACInput string
}

// ParseFields is Parse for a message already taken apart. Hex may be of either
// case, since only the MAC input is compared as text.
func (v *Verifier) ParseFields(f Fields) (Mirror, error) {
	if len(f.PICC)+len(f.UID)+len(f.Ctr)+len(f.Enc)+len(f.MAC) > MaxText || len(f.MACInput) > MaxText {
		return Mirror{}, refuse(CodeOversize, "", -1)
	}
	if err := v.fieldsOfMode(f); err != nil {
		return Mirror{}, err
	}
	m := Mirror{macInput: f.MACInput}
	for _, part := range [...]struct {
		place, text string
		size        int
	}{
		{PlacePICC, f.PICC, v.p.Mode.piccLen()},
		{PlaceUID, f.UID, v.placeLen(PlaceUID)},
		{PlaceCtr, f.Ctr, v.placeLen(PlaceCtr)},
		{PlaceEnc, f.Enc, encSize(f.Enc)},
		{PlaceMAC, f.MAC, macLen},
	} {
		optional := part.place == PlaceEnc || part.place == PlaceCtr && v.p.NoCounter
		if part.text == "" && (optional || part.size == 0) {
			continue
		}
		if len(part.text) != part.size || !m.take(part.place, part.text, true) {
			return Mirror{}, refuse(CodeMalformed, part.place, -1)
		}
	}
	return m, nil
}

// fieldsOfMode refuses the parts of another mode.
func (v *Verifier) fieldsOfMode(f Fields) error {
	plain := f.UID != "" || f.Ctr != ""
	switch mode := v.p.Mode; {
	case mode.plain() && f.PICC != "":
		return refuse(CodeWrongMode, PlacePICC, -1)
	case !mode.plain() && plain:
		return refuse(CodeWrongMode, PlaceUID, -1)
	case mode == ModeAES && len(f.PICC) == ModeLRP.piccLen(),
		mode == ModeLRP && len(f.PICC) == ModeAES.piccLen():
		return refuse(CodeWrongMode, PlacePICC, -1)
	case mode.plain() && f.UID == "" && f.Ctr != "":
		return refuse(CodeNotMirrored, PlaceUID, -1)
	case mode.plain() && f.UID != "" && f.Ctr == "" && !v.p.NoCounter:
		return refuse(CodeNotMirrored, PlaceCtr, -1)
	}
	return nil
}

// encSize is the length that file data of about this length must have.
func encSize(s string) int {
	if len(s) > 0 && len(s)%encMod == 0 {
		return len(s)
	}
	return -1
}
