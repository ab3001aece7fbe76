package epc

// cage reads a CAGE or DoDAAC code of six characters of n bits; a code of five
// has a space in front (TDS 2.3 §14.3.9).
func (r *reader) cage(n int) (string, error) {
	var b [6]byte
	for i := range b {
		c := byte(r.take(n))
		if n == 6 && c < 32 {
			c += 64
		}
		if class[c]&inCAGE == 0 && (i != 0 || c != ' ') && !r.short {
			return "", r.fail(CodeMalformed, "cage")
		}
		b[i] = c
	}
	if b[0] == ' ' {
		return string(b[1:]), nil
	}
	return string(b[:]), nil
}

func (t *Tag) decodeUSDOD(r *reader) (err error) {
	t.filter = uint8(r.take(4))
	if t.part, err = r.cage(8); err != nil {
		return err
	}
	t.num = r.take(36)
	return nil
}

// decodeADI keeps the CAGE code and the part number, divided by a point, in
// part.
func (t *Tag) decodeADI(r *reader) error {
	t.filter = uint8(r.take(6))
	cage, err := r.cage(6)
	if err != nil {
		return err
	}
	part, err := r.six("part", 0, adiPartMax)
	if err != nil {
		return err
	}
	if t.text, err = r.six("serial", 1, adiSerialMax+1); err != nil {
		return err
	}
	t.part = cage + "." + part
	if !r.short && !validADI(part, t.text) {
		return r.fail(CodeMalformed, "serial")
	}
	return nil
}

// TDS 2.3 §6.3.12. The serial may have a "#" in front of its 30 characters.
const (
	adiPartMax   = 32
	adiSerialMax = 30
)

func validADI(part, serial string) bool {
	if len(serial) > 0 && serial[0] == '#' {
		serial = serial[1:]
	}
	return all(part, inADI) && all(serial, inADI) && serial != "" && len(serial) <= adiSerialMax
}
