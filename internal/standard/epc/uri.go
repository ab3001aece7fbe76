package epc

const (
	tagPrefix = "urn:epc:tag:"
	idPrefix  = "urn:epc:id:"
)

// TagURI is the EPC Tag URI (TDS 2.3 §12), "" for "+" and "++" schemes, which
// have none.
func (t *Tag) TagURI() string {
	var b [128]byte
	return string(t.AppendTagURI(b[:0]))
}

// AppendTagURI appends what TagURI returns.
func (t *Tag) AppendTagURI(dst []byte) []byte {
	if t.l == nil || t.l.plus != 0 {
		return dst
	}
	dst = append(dst, t.l.tagURI...)
	if t.l.filterBits != 0 {
		if t.filter > 9 {
			dst = append(dst, '0'+t.filter/10)
		}
		dst = append(dst, '0'+t.filter%10, '.')
	}
	return t.appendBody(dst)
}

// EPCURI is the pure identity EPC URI (TDS 2.3 §6), "" for "+" and "++"
// schemes: it needs the length of the company prefix, which they lack.
func (t *Tag) EPCURI() string {
	var b [128]byte
	return string(t.AppendEPCURI(b[:0]))
}

// AppendEPCURI appends what EPCURI returns.
func (t *Tag) AppendEPCURI(dst []byte) []byte {
	if t.l == nil || t.l.plus != 0 {
		return dst
	}
	dst = append(dst, t.l.epcURI...)
	return t.appendBody(dst)
}

// appendBody appends the part that both URIs share: the fields, divided by
// points.
func (t *Tag) appendBody(dst []byte) []byte {
	switch t.l.kind {
	case gid:
		dst = append(appendUint(dst, t.gcp), '.')
		dst = append(appendUint(dst, t.ref), '.')
		return appendUint(dst, t.num)
	case usdod:
		dst = append(append(dst, t.part...), '.')
		return appendUint(dst, t.num)
	case adi:
		dst = append(appendEscaped(dst, t.part), '.')
		return appendEscaped(dst, t.text)
	}
	dst = append(appendDigits(dst, t.gcp, int(t.prefixLen)), '.')
	dst = t.appendReference(dst, true)
	if t.l.kind == itip {
		dst = append(appendDigits(append(dst, '.'), uint64(t.piece), 2), '.')
		dst = appendDigits(dst, uint64(t.total), 2)
	}
	switch t.l.serial {
	case integer:
		return appendUint(append(dst, '.'), t.num)
	case absent:
		return dst
	}
	return appendEscaped(append(dst, '.'), t.text)
}

func (t *Tag) appendReference(dst []byte, escape bool) []byte {
	switch {
	case t.l.ref != integer && escape:
		return appendEscaped(dst, t.part)
	case t.l.ref != integer:
		return append(dst, t.part...)
	case t.l.unpadded:
		return appendUint(dst, t.ref)
	}
	return appendDigits(dst, t.ref, t.referenceDigits())
}

// appendEscaped writes the seven characters that URIs escape as %XX
// (TDS 2.3 Annex A).
func appendEscaped(dst []byte, s string) []byte {
	for i := 0; i < len(s); i++ {
		c := s[i]
		if class[c]&escaped != 0 {
			dst = append(dst, '%', upperHex[c>>4], upperHex[c&15])
			continue
		}
		dst = append(dst, c)
	}
	return dst
}
