package epc

// Decode reads an EPC from its hexadecimal digits, upper or lower case, as a
// reader gives the EPC bank from bit 20h on. Zero bits after the end of the
// scheme are word padding and accepted. A single digit at the end that is half
// a byte is accepted only from schemes of variable length.
//
// Errors: CodeMissing (empty), CodeOversize, CodeMalformed, CodeUnprogrammed,
// CodeUnsupported, CodeTruncated, CodeRange, CodeCheckDigit.
func Decode(s string) (Tag, error) {
	var t Tag
	err := t.decodeHex(s)
	if err != nil {
		return Tag{}, err
	}
	return t, nil
}

// DecodeBytes reads an EPC from the bytes of the EPC bank from bit 20h on.
// Errors are those of Decode.
func DecodeBytes(p []byte) (Tag, error) {
	if len(p) == 0 {
		return Tag{}, fail(CodeMissing, "epc", 0)
	}
	if len(p) > maxBytes {
		return Tag{}, fail(CodeOversize, "epc", maxDigits)
	}
	var b bank
	copy(b[:], p)
	var t Tag
	if err := t.decode(&b, len(p)*8); err != nil {
		return Tag{}, err
	}
	return t, nil
}

func (t *Tag) decodeHex(s string) error {
	if len(s) == 0 {
		return fail(CodeMissing, "epc", 0)
	}
	if len(s) > maxDigits {
		return fail(CodeOversize, "epc", maxDigits)
	}
	var b bank
	if at := unhex(&b, s); at >= 0 {
		return fail(CodeMalformed, "hex", at)
	}
	if len(s)&1 != 0 {
		if l := byHeader[b[0]]; len(s) == 1 || l == nil || !l.odd {
			return fail(CodeMalformed, "hex", len(s))
		}
	}
	return t.decode(&b, len(s)*4)
}

func (t *Tag) decode(b *bank, bits int) error {
	l := byHeader[b[0]]
	if l == nil {
		if b[0] == 0 {
			return fail(CodeUnprogrammed, "header", 0)
		}
		return fail(CodeUnsupported, "header", 0)
	}
	r := reader{b: b, pos: 8, end: bits}
	t.l = l
	if err := t.decodeBody(&r); err != nil {
		return err
	}
	if r.short {
		return fail(CodeTruncated, string(l.scheme), digit(r.end))
	}
	if at := r.pos; !t.aidc && !r.blank(r.end-at) {
		return fail(CodeMalformed, "padding", digit(at))
	}
	return nil
}

func (t *Tag) decodeBody(r *reader) error {
	switch {
	case t.l.plus != 0:
		return t.decodePlus(r)
	case t.l.kind == gid:
		t.gcp, t.ref, t.num = r.take(28), r.take(24), r.take(36)
		return nil
	case t.l.kind == usdod:
		return t.decodeUSDOD(r)
	case t.l.kind == adi:
		return t.decodeADI(r)
	}
	return t.decodePartitioned(r)
}

// decodePartitioned reads filter, partition, company prefix, reference and
// what follows (TDS 2.3 §14.3.3).
func (t *Tag) decodePartitioned(r *reader) error {
	t.filter = uint8(r.take(3))
	partition := r.take(3)
	if partition == 7 {
		return fail(CodeMalformed, "partition", 2)
	}
	t.prefixLen = 12 - uint8(partition)
	m := int(prefixBits[t.prefixLen])
	if t.gcp = r.take(m); t.gcp >= pow10[t.prefixLen] {
		return r.fail(CodeRange, "company prefix")
	}
	if err := t.decodeReference(r, m); err != nil {
		return err
	}
	if t.l.kind == itip {
		t.piece, t.total = uint8(r.take(7)), uint8(r.take(7))
		if t.piece > 99 || t.total > 99 {
			return r.fail(CodeRange, "piece")
		}
	}
	return t.decodeSerial(r)
}

func (t *Tag) decodeReference(r *reader, m int) (err error) {
	switch t.l.ref {
	case seven:
		t.part, err = r.seven("reference", int(t.l.refBits)-m, t.referenceDigits())
		return err
	case six:
		t.part, err = r.six("reference", 1, t.referenceDigits())
		return err
	}
	t.ref = r.wide(int(t.l.refBits) - m)
	if k := t.referenceDigits(); k < len(pow10) && t.ref >= pow10[k] {
		return r.fail(CodeRange, "reference")
	}
	return nil
}

func (t *Tag) decodeSerial(r *reader) (err error) {
	n := int(t.l.serialBits)
	switch t.l.serial {
	case seven:
		t.text, err = r.seven("serial", n, int(t.l.serialMax))
	case oneled:
		err = t.decodeOneled(r, n)
	case integer:
		if t.num = r.take(n); t.num >= pow10[t.l.serialMax] {
			err = r.fail(CodeRange, "serial")
		}
	default:
		if !r.blank(n) {
			err = r.fail(CodeMalformed, "reserved")
		}
	}
	return err
}

// decodeOneled reads a decimal number whose first digit, 1, only guards the
// zeros behind it (TDS 2.3 §14.3.6 "numeric string").
func (t *Tag) decodeOneled(r *reader, n int) error {
	var b [20]byte
	d := appendUint(b[:0], r.take(n))
	if r.short {
		return nil
	}
	if d[0] != '1' || len(d) < 2 || len(d) > int(t.l.serialMax)+1 {
		return r.fail(CodeRange, "serial")
	}
	t.text = string(d[1:])
	return nil
}
