package ntag424

// Instruction is a command code.
type Instruction byte

// The commands of the chip (data sheet table 21).
const (
	InsGetVersion     Instruction = 0x60
	InsAuthFirst      Instruction = 0x71
	InsAuthNonFirst   Instruction = 0x77
	InsMore           Instruction = 0xAF
	InsGetCardUID     Instruction = 0x51
	InsReadSig        Instruction = 0x3C
	InsGetKeyVersion  Instruction = 0x64
	InsGetSettings    Instruction = 0xF5
	InsGetCounters    Instruction = 0xF6
	InsWriteData      Instruction = 0x8D
	InsReadData       Instruction = 0xAD
	InsChangeSettings Instruction = 0x5F
	InsChangeKey      Instruction = 0xC4
	InsConfigure      Instruction = 0x5C

	InsISOSelect Instruction = 0xA4
	InsISORead   Instruction = 0xB0
	InsISOUpdate Instruction = 0xD6
)

const (
	classNative = 0x90
	classISO    = 0x00
	maxData     = 255
	maxAnswer   = 258 // 256 bytes and the status
)

// native frames a command: 90 INS 00 00 [Lc data] 00. Lc is absent when there
// is no data.
func native(ins Instruction, data ...byte) []byte {
	out := []byte{classNative, byte(ins), 0, 0}
	if len(data) > 0 {
		out = append(out, byte(len(data)))
		out = append(out, data...)
	}
	return append(out, 0)
}

// SelectApp selects the NDEF application by its name.
func SelectApp() []byte {
	return append(append([]byte{classISO, byte(InsISOSelect), 0x04, 0x0C, byte(len(AppName))}, AppName...), 0)
}

// SelectFile selects an elementary file by its ISO identifier.
func SelectFile(id uint16) []byte {
	return []byte{classISO, byte(InsISOSelect), 0x00, 0x0C, 2, byte(id >> 8), byte(id), 0}
}

// ReadBinary reads up to 256 bytes (0 means 256) of the selected file.
func ReadBinary(offset uint16, n byte) []byte {
	return []byte{classISO, byte(InsISORead), byte(offset>>8) & 0x7F, byte(offset), n}
}

// UpdateBinary writes to the selected file; data is at most 255 bytes, and only
// the first 255 are framed.
func UpdateBinary(offset uint16, data []byte) []byte {
	data = data[:min(len(data), maxData)]
	out := []byte{classISO, byte(InsISOUpdate), byte(offset>>8) & 0x7F, byte(offset), byte(len(data))}
	return append(append(out, data...), 0)
}

// Answer is a response split into data and status.
type Answer struct {
	Data   []byte
	Status Status
}

// ParseAnswer splits a response. Shorter than a status word or longer than 258
// bytes is CodeMalformed.
func ParseAnswer(b []byte) (Answer, error) {
	if len(b) < 2 || len(b) > maxAnswer {
		return Answer{}, refuse(CodeMalformed, "answer")
	}
	n := len(b) - 2
	return Answer{Data: b[:n:n], Status: Status(b[n])<<8 | Status(b[n+1])}, nil
}

// want is ParseAnswer for an answer that must have this status and length; -1
// is any length.
func want(b []byte, status Status, length int, field string) ([]byte, error) {
	a, err := ParseAnswer(b)
	switch {
	case err != nil:
		return nil, err
	case a.Status != status:
		return nil, &Error{Code: CodeStatus, Field: field, Status: a.Status, Offset: -1}
	case length >= 0 && len(a.Data) != length:
		return nil, &Error{Code: CodeMalformed, Field: field, Offset: -1}
	}
	return a.Data, nil
}

// ReadSig asks for the originality signature, before a session.
func ReadSig() []byte { return native(InsReadSig, 0) }

// ParseSig reads the answer to ReadSig: 56 bytes. Both success statuses that
// NXP prints for it are taken; the signature decides.
func ParseSig(b []byte) ([]byte, error) {
	a, err := ParseAnswer(b)
	switch {
	case err != nil:
		return nil, err
	case a.Status != StatusOK && a.Status != StatusSignature:
		return nil, &Error{Code: CodeStatus, Field: "read_sig", Status: a.Status, Offset: -1}
	case len(a.Data) != 56:
		return nil, refuse(CodeMalformed, "read_sig")
	}
	return a.Data, nil
}
