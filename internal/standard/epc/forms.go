package epc

import "trueward/internal/standard/gs1"

// Element is one GS1 application identifier with its value.
type Element = gs1.Element

// keyAIs names the AI of a key, and of what follows it, by kind.
var keyAIs = [...]struct{ key, serial string }{
	sgtin: {"01", "21"}, sscc: {"00", ""}, sgln: {"414", "254"}, grai: {"8003", ""}, giai: {"8004", ""},
	gsrn: {"8018", ""}, gsrnp: {"8017", ""}, gdti: {"253", ""}, sgcn: {"255", ""}, itip: {"8006", "21"},
	cpi: {"8010", "8011"}, adi: {},
}

// hasElements says whether the identity is one of the GS1 system: GID, USDOD
// and ADI are not.
func (t *Tag) hasElements() bool { return t.l != nil && t.l.kind < gid }

// Elements lists the GS1 elements that the EPC stands for, key first. It is nil
// for GID, USDOD and ADI, which are not GS1 keys.
func (t *Tag) Elements() []Element {
	if !t.hasElements() {
		return nil
	}
	return t.AppendElements(make([]Element, 0, 3))
}

// AppendElements appends what Elements returns.
func (t *Tag) AppendElements(dst []Element) []Element {
	if !t.hasElements() {
		return dst
	}
	var b [48]byte
	ai := keyAIs[t.l.kind]
	dst = append(dst, Element{AI: ai.key, Value: string(t.appendKey(b[:0]))})
	if t.qualified() {
		dst = append(dst, Element{AI: ai.serial, Value: string(t.appendSerial(b[:0]))})
	}
	if t.l.dated {
		dst = append(dst, Element{AI: dateAIs[t.dateKind], Value: string(t.appendDate(b[:0]))})
	}
	return dst
}

// qualified says whether an AI of its own follows the key.
func (t *Tag) qualified() bool {
	return keyAIs[t.l.kind].serial != "" && (t.l.kind != sgln || !t.plainGLN())
}

func (t *Tag) appendDate(dst []byte) []byte { return appendDigits(dst, uint64(t.date), 6) }

// appendKey appends the value of the key's AI with its check digit. The serial
// of a GRAI, GDTI or SGCN is part of it (TDS 2.3 §7).
func (t *Tag) appendKey(dst []byte) []byte {
	switch t.l.kind {
	case giai, cpi:
		if t.l.plus != 0 {
			return append(dst, t.part...)
		}
		dst = appendDigits(dst, t.gcp, int(t.prefixLen))
		return t.appendReference(dst, false)
	}
	if t.l.plus != 0 {
		dst = appendDigits(dst, t.ref, int(t.l.keyDigits))
	} else {
		dst = t.appendClassicKey(dst)
	}
	switch t.l.kind {
	case grai, gdti, sgcn:
		return t.appendSerial(dst)
	}
	return dst
}

func (t *Tag) appendClassicKey(dst []byte) []byte {
	switch t.l.kind {
	case sgtin:
		return appendChecked(dst, t.indicated(13), 13)
	case itip:
		dst = appendChecked(dst, t.indicated(13), 13)
		return appendDigits(appendDigits(dst, uint64(t.piece), 2), uint64(t.total), 2)
	case sscc:
		return appendChecked(dst, t.indicated(17), 17)
	case gsrn, gsrnp:
		return appendChecked(dst, t.joined(), 17)
	case grai:
		return appendChecked(dst, t.joined(), 13) // with its leading zero
	}
	return appendChecked(dst, t.joined(), 12)
}

// ElementString is the bracketed GS1 element string, "" where Elements is nil.
func (t *Tag) ElementString() string {
	var b [128]byte
	return string(t.AppendElementString(b[:0]))
}

// AppendElementString appends what ElementString returns. An opening bracket
// in a value is escaped by a backslash, as element strings in brackets demand.
func (t *Tag) AppendElementString(dst []byte) []byte {
	if !t.hasElements() {
		return dst
	}
	ai := keyAIs[t.l.kind]
	dst = append(append(append(dst, '('), ai.key...), ')')
	from := len(dst)
	dst = escapeBrackets(t.appendKey(dst), from)
	if t.qualified() {
		dst = append(append(append(dst, '('), ai.serial...), ')')
		from = len(dst)
		dst = escapeBrackets(t.appendSerial(dst), from)
	}
	if t.l.dated {
		dst = append(append(append(dst, '('), dateAIs[t.dateKind]...), ')')
		dst = t.appendDate(dst)
	}
	return dst
}

// escapeBrackets puts a backslash before each opening bracket from there on.
func escapeBrackets(dst []byte, from int) []byte {
	for i := from; i < len(dst); i++ {
		if dst[i] == '(' {
			dst = append(dst, 0)
			copy(dst[i+1:], dst[i:])
			dst[i] = '\\'
			i++
		}
	}
	return dst
}

// canonicalHost is the host of a GS1 Digital Link that names no other (GS1
// Digital Link URI Syntax §4.12).
const canonicalHost = "id.gs1.org"

// DigitalLink is the GS1 Digital Link URI, "" where Elements is nil. Its host
// is that of a "++" scheme, else id.gs1.org; a host name that cannot be read
// counts as none.
func (t *Tag) DigitalLink() string {
	var b [160]byte
	return string(t.AppendDigitalLink(b[:0]))
}

// AppendDigitalLink appends what DigitalLink returns.
func (t *Tag) AppendDigitalLink(dst []byte) []byte {
	if !t.hasElements() {
		return dst
	}
	host := t.host
	if host == "" {
		host = canonicalHost
	}
	var b [48]byte
	ai := keyAIs[t.l.kind]
	dst = append(append(dst, "https://"...), host...)
	dst = append(append(append(dst, '/'), ai.key...), '/')
	dst = appendPercent(dst, t.appendKey(b[:0]))
	if t.qualified() {
		dst = append(append(append(dst, '/'), ai.serial...), '/')
		dst = appendPercent(dst, t.appendSerial(b[:0]))
	}
	if t.l.dated {
		dst = append(append(append(dst, '?'), dateAIs[t.dateKind]...), '=')
		dst = t.appendDate(dst)
	}
	return dst
}

// appendPercent writes everything but the unreserved characters of RFC 3986
// §2.3 as %XX.
func appendPercent(dst, s []byte) []byte {
	for _, c := range s {
		if class[c]&plain == 0 {
			dst = append(dst, '%', upperHex[c>>4], upperHex[c&15])
			continue
		}
		dst = append(dst, c)
	}
	return dst
}
