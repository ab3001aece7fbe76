package ntag424

// CommMode is how a file's data travels inside a session (data sheet table 12).
type CommMode byte

// The communication modes.
const (
	CommPlain CommMode = 0
	CommMAC   CommMode = 1
	CommFull  CommMode = 3
)

// Access is a condition on an operation: a key number, or one of the two below.
type Access byte

// Conditions that are no key.
const (
	AccessFree  Access = 0xE
	AccessNever Access = 0xF
)

func (a Access) isKey() bool { return a < KeyCount }
func (a Access) valid() bool { return a.isKey() || a == AccessFree || a == AccessNever }

// Rights are the access conditions of a file.
type Rights struct {
	Read, Write, ReadWrite, Change Access
}

// wire is the rights on the air, least significant byte first.
func (r Rights) wire() [2]byte {
	return [2]byte{byte(r.ReadWrite)<<4 | byte(r.Change), byte(r.Read)<<4 | byte(r.Write)}
}

func parseRights(b [2]byte) Rights {
	return Rights{
		Read: Access(b[1] >> 4), Write: Access(b[1] & 15),
		ReadWrite: Access(b[0] >> 4), Change: Access(b[0] & 15),
	}
}

// NoOffset in CtrOffset means that the counter counts and is not mirrored.
const NoOffset = 0xFFFFFF

// SDM are the settings of Secure Dynamic Messaging. Offsets are byte positions
// in the file, lengths are characters; a value is only sent under its
// condition, so one that does not apply is zero.
type SDM struct {
	UID, Ctr, Enc bool    // what is mirrored
	Tamper        bool    // likewise the loop's status; chips with a loop alone take it
	Limit         *uint32 // SDMReadCtrLimit; nil for none, which is what we write

	Meta   Access // a key: encrypted mirror; AccessFree: plain; AccessNever: none
	File   Access // the key of MAC and file data; AccessNever: none
	CtrRet Access // who may ask for the counter

	UIDOffset, CtrOffset, PICCOffset, TamperOffset  uint32
	MACInputOffset, EncOffset, EncLength, MACOffset uint32
}

// FileSettings are what GetFileSettings tells and ChangeFileSettings sets.
type FileSettings struct {
	Comm   CommMode
	Rights Rights
	Size   uint32 // told only
	SDM    *SDM   // nil: off
}

// The bits of FileOption and SDMOptions.
const (
	optSDM     = 0x40
	optUID     = 0x80
	optCtr     = 0x40
	optLimit   = 0x20
	optEnc     = 0x10
	optTamper  = 0x08 // NT4H2421Tx rev 3.0 table 69; reserved on chips without a loop
	optASCII   = 0x01
	optSDMMask = optUID | optCtr | optLimit | optEnc | optTamper | optASCII
)

// field is one 3-byte value of the SDM settings and whether it is present.
type field struct {
	name    string
	present bool
	value   *uint32
}

// fields lists the values in the order of the wire (data sheet table 69).
func (s *SDM) fields() []field {
	plain, file := s.Meta == AccessFree, s.File != AccessNever
	return []field{
		{"uid_offset", s.UID && plain, &s.UIDOffset},
		{"sdm_read_ctr_offset", s.Ctr && plain, &s.CtrOffset},
		{"picc_data_offset", s.Meta.isKey(), &s.PICCOffset},
		{"tt_status_offset", s.Tamper, &s.TamperOffset},
		{"sdm_mac_input_offset", file, &s.MACInputOffset},
		{"sdm_enc_offset", file && s.Enc, &s.EncOffset},
		{"sdm_enc_length", file && s.Enc, &s.EncLength},
		{"sdm_mac_offset", file, &s.MACOffset},
		{"sdm_read_ctr_limit", s.Limit != nil, s.Limit},
	}
}

// Encode is the data of ChangeFileSettings, without the file number.
func (f FileSettings) Encode() []byte {
	rights := f.Rights.wire()
	if f.SDM == nil {
		return []byte{byte(f.Comm), rights[0], rights[1]}
	}
	s := f.SDM
	options := byte(optASCII)
	for _, o := range [...]struct {
		on  bool
		bit byte
	}{{s.UID, optUID}, {s.Ctr, optCtr}, {s.Limit != nil, optLimit}, {s.Enc, optEnc}, {s.Tamper, optTamper}} {
		if o.on {
			options |= o.bit
		}
	}
	out := []byte{
		optSDM | byte(f.Comm), rights[0], rights[1], options,
		0xF0 | byte(s.CtrRet), byte(s.Meta)<<4 | byte(s.File),
	}
	for _, v := range s.fields() {
		if v.present {
			out = append(out, le24(*v.value)...)
		}
	}
	return out
}

// ParseSettings reads the data of ChangeFileSettings. Missing and extra bytes
// are CodeMalformed with status 917E; reserved bits and impossible conditions
// are CodeSettings.
func ParseSettings(b []byte) (FileSettings, error) {
	if len(b) < 3 {
		return FileSettings{}, lengthError("file_option")
	}
	f := FileSettings{Comm: CommMode(b[0] & 3), Rights: parseRights([2]byte{b[1], b[2]})}
	if f.Comm == 2 {
		f.Comm = CommPlain // data sheet table 12: bit 1 without bit 0 is plain
	}
	if b[0]&^(optSDM|3) != 0 {
		return FileSettings{}, settingsError("file_option")
	}
	on := b[0]&optSDM != 0
	if b = b[3:]; on {
		var err error
		if f.SDM, b, err = parseSDM(b); err != nil {
			return FileSettings{}, err
		}
	}
	if len(b) != 0 {
		return FileSettings{}, lengthError("end")
	}
	return f, nil
}

func parseSDM(b []byte) (*SDM, []byte, error) {
	if len(b) < 3 {
		return nil, nil, lengthError("sdm_options")
	}
	options := b[0]
	s := &SDM{
		UID: options&optUID != 0, Ctr: options&optCtr != 0, Enc: options&optEnc != 0, Tamper: options&optTamper != 0,
		CtrRet: Access(b[1] & 15), Meta: Access(b[2] >> 4), File: Access(b[2] & 15),
	}
	switch {
	case options&^optSDMMask != 0 || options&optASCII == 0:
		return nil, nil, settingsError("sdm_options")
	case b[1]>>4 != 0xF:
		return nil, nil, settingsError("sdm_access_rights")
	}
	if options&optLimit != 0 {
		s.Limit = new(uint32)
	}
	if err := s.validateKeys(); err != nil {
		return nil, nil, err
	}
	b = b[3:]
	for _, v := range s.fields() {
		if !v.present {
			continue
		}
		if len(b) < 3 {
			return nil, nil, lengthError(v.name)
		}
		*v.value, b = uint24(b), b[3:]
	}
	return s, b, nil
}

// ParseFileSettings reads the answer to GetFileSettings, strictly: a byte more
// or less is CodeMalformed.
func ParseFileSettings(b []byte) (FileSettings, error) {
	if len(b) < 7 || b[0] != 0 {
		return FileSettings{}, lengthError("file_type")
	}
	size := uint24(b[4:7])
	f, err := ParseSettings(append(append([]byte(nil), b[1:4]...), b[7:]...))
	f.Size = size
	if err != nil {
		return FileSettings{}, err
	}
	return f, nil
}

// EncodeAnswer is the answer to GetFileSettings.
func (f FileSettings) EncodeAnswer() []byte {
	set := f.Encode()
	out := append([]byte{0x00}, set[:3]...)
	return append(append(out, le24(f.Size)...), set[3:]...)
}

func settingsError(field string) error {
	return &Error{Code: CodeSettings, Field: field, Status: StatusParameter, Offset: -1}
}

func lengthError(field string) error {
	return &Error{Code: CodeMalformed, Field: field, Status: StatusLength, Offset: -1}
}

func le24(v uint32) []byte { return []byte{byte(v), byte(v >> 8), byte(v >> 16)} }

func uint24(b []byte) uint32 { return uint32(b[0]) | uint32(b[1])<<8 | uint32(b[2])<<16 }
