package ntag424

import "hash/crc32"

// ChangeKeyData is the data of ChangeKey. For the authenticated key it is new
// key and version; for another the old key must be known, and a CRC of the new
// one lets the tag notice a wrong old key (data sheet §10.6.1).
func ChangeKeyData(same bool, newKey, oldKey Key, version byte) []byte {
	if same {
		return append(append([]byte(nil), newKey[:]...), version)
	}
	out := make([]byte, 0, 21)
	for i := range newKey {
		out = append(out, newKey[i]^oldKey[i])
	}
	crc := CRC32NK(newKey)
	return append(append(out, version), crc[:]...)
}

// CRC32NK is CRC-32 without the final inversion, least significant byte first.
func CRC32NK(newKey Key) [4]byte {
	c := ^crc32.ChecksumIEEE(newKey[:])
	return [4]byte{byte(c), byte(c >> 8), byte(c >> 16), byte(c >> 24)}
}

// ChangeKey changes a key of the tag. For the session's own key the tag answers
// without a MAC and the session is over; see FinishChangeKey.
func (s *Session) ChangeKey(no byte, newKey, oldKey Key, version byte) ([]byte, error) {
	data := ChangeKeyData(no == s.KeyNo, newKey, oldKey, version)
	return s.Command(CommFull, InsChangeKey, []byte{no}, data)
}

// FinishChangeKey takes the answer to ChangeKey.
func (s *Session) FinishChangeKey(no byte, answer []byte) error {
	if no != s.KeyNo {
		data, err := s.Response(CommFull, answer)
		if err == nil && len(data) != 0 {
			s.Drop()
			return refuse(CodeMalformed, "change_key")
		}
		return err
	}
	defer s.Drop()
	_, err := want(answer, StatusOK, 0, "change_key")
	return err
}

// ChangeSettings sends file settings that were validated.
func (s *Session) ChangeSettings(file byte, f FileSettings) ([]byte, error) {
	return s.Command(CommFull, InsChangeSettings, []byte{file}, f.Encode())
}

// GetSettings asks for a file's settings inside the session.
func (s *Session) GetSettings(file byte) ([]byte, error) {
	return s.Command(CommMAC, InsGetSettings, []byte{file}, nil)
}

// GetKeyVersion asks for the version of a key inside the session.
func (s *Session) GetKeyVersion(no byte) ([]byte, error) {
	return s.Command(CommMAC, InsGetKeyVersion, []byte{no}, nil)
}

// Options of SetConfiguration. Each is for good.
const (
	OptionPICC   = 0x00
	OptionPower  = 0x05 // capability data, with the switch to LRP
	OptionTamper = 0x07 // NT4H2421Tx rev 3.0 §11.5.1
)

// EnableTamper switches the loop on, for good: the status is measured from the
// next activation on. Its status by command is for holders of a key alone. It
// needs a session with the master key; switching on what is on is no news.
func (s *Session) EnableTamper(statusKey byte) ([]byte, error) {
	return s.Command(CommFull, InsConfigure, []byte{OptionTamper}, []byte{0x01, statusKey})
}

// GetCardUID asks for the UID, the only way under random ID.
func (s *Session) GetCardUID() ([]byte, error) {
	return s.Command(CommFull, InsGetCardUID, nil, nil)
}

// GetCounters asks for the read counter of a file.
func (s *Session) GetCounters(file byte) ([]byte, error) {
	return s.Command(CommFull, InsGetCounters, []byte{file}, nil)
}

// ParseCounters reads the answer to GetCounters: 3 bytes and 2 reserved ones.
func ParseCounters(b []byte) (uint32, error) {
	if len(b) != 5 {
		return 0, refuse(CodeMalformed, "get_file_counters")
	}
	return uint24(b), nil
}

// Write writes to a file in its own communication mode.
func (s *Session) Write(mode CommMode, file byte, offset uint32, data []byte) ([]byte, error) {
	header := append(append([]byte{file}, le24(offset)...), le24(uint32(len(data)))...)
	return s.Command(mode, InsWriteData, header, data)
}

// Read reads from a file in its own communication mode.
func (s *Session) Read(mode CommMode, file byte, offset, n uint32) ([]byte, error) {
	header := append(append([]byte{file}, le24(offset)...), le24(n)...)
	return s.Command(mode, InsReadData, header, nil)
}

// GetKeyVersion, outside a session.
func GetKeyVersion(no byte) []byte { return native(InsGetKeyVersion, no) }

// GetSettings, outside a session.
func GetSettings(file byte) []byte { return native(InsGetSettings, file) }
