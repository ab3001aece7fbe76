package ntag424

import "slices"

// Lengths of the mirrored parts in the file, in characters.
const (
	LenUID  = 14
	LenCtr  = 6
	LenPICC = 32
	LenMAC  = 16
	// LenTamper is the status of a loop: permanent, then current.
	LenTamper = 2
	encUnit   = 32
	maxCtr    = 0xFFFFFF
)

// Validate refuses settings that the tag would refuse, before they are sent.
// file is the file number and ctr the tag's present read counter. A refusal is
// CodeSettings with the field and the status the tag would answer.
func (f FileSettings) Validate(file byte, ctr uint32) error {
	switch {
	case file < FileCC || file > FileProprietary:
		return &Error{Code: CodeSettings, Field: "file_no", Status: StatusFileNotFound, Offset: -1}
	case f.SDM != nil && file != FileNDEF:
		return &Error{Code: CodeSettings, Field: "file_no", Status: StatusPermission, Offset: -1}
	}
	r := f.Rights
	if !r.Read.valid() || !r.Write.valid() || !r.ReadWrite.valid() || !r.Change.valid() {
		return settingsError("access_rights")
	}
	if f.Comm != CommPlain && f.Comm != CommMAC && f.Comm != CommFull {
		return settingsError("file_option")
	}
	if f.SDM == nil {
		return nil
	}
	return f.SDM.validate(ctr)
}

func (s *SDM) validate(ctr uint32) error {
	if err := s.validateKeys(); err != nil {
		return err
	}
	if err := s.validateMirrors(); err != nil {
		return err
	}
	if s.Limit != nil && (!s.Ctr || *s.Limit <= ctr || *s.Limit > maxCtr) {
		return settingsError("sdm_read_ctr_limit")
	}
	if err := s.validateMAC(); err != nil {
		return err
	}
	return s.validateOverlap()
}

// validateKeys checks the three access nibbles by themselves; they decide which
// fields follow.
func (s *SDM) validateKeys() error {
	switch {
	case !s.Meta.valid():
		return settingsError("sdm_meta_read")
	case !s.File.isKey() && s.File != AccessNever:
		return settingsError("sdm_file_read")
	case !s.CtrRet.valid():
		return settingsError("sdm_ctr_ret")
	}
	return nil
}

func (s *SDM) validateMirrors() error {
	switch {
	case s.Meta == AccessNever && s.UID:
		return settingsError("sdm_meta_read")
	case s.Meta != AccessNever && !s.UID && !s.Ctr:
		return settingsError("sdm_meta_read")
	case s.CtrRet != AccessNever && !s.Ctr:
		return settingsError("sdm_ctr_ret")
	case s.Enc && (!s.UID || !s.Ctr || s.File == AccessNever):
		return settingsError("sdm_enc_file_data")
	}
	return nil
}

// validateMAC checks the order MACInput ≤ ENC, ENC end ≤ MAC.
func (s *SDM) validateMAC() error {
	if s.File == AccessNever {
		return nil
	}
	switch {
	case s.MACOffset > SizeNDEF-LenMAC:
		return settingsError("sdm_mac_offset")
	case s.MACInputOffset > s.MACOffset:
		return settingsError("sdm_mac_input_offset")
	}
	if !s.Enc {
		return nil
	}
	switch {
	case s.EncLength < encUnit || s.EncLength%encUnit != 0:
		return settingsError("sdm_enc_length")
	case s.EncOffset < s.MACInputOffset:
		return settingsError("sdm_enc_offset")
	case s.EncOffset+s.EncLength > s.MACOffset:
		return settingsError("sdm_mac_offset")
	}
	return nil
}

// span is one mirrored part of the file.
type span struct {
	name        string
	start, size uint32
}

// spans are the parts that the tag writes, by position.
func (s *SDM) spans() []span {
	var out []span
	for _, v := range s.fields() {
		size := map[string]uint32{
			"uid_offset": LenUID, "sdm_read_ctr_offset": LenCtr, "picc_data_offset": LenPICC,
			"sdm_enc_offset": s.EncLength, "sdm_mac_offset": LenMAC, "tt_status_offset": LenTamper,
		}[v.name]
		if v.name == "tt_status_offset" && s.tamperEncrypted() {
			continue // it is part of the plain data that {enc} is made of
		}
		if v.present && size > 0 && *v.value != NoOffset {
			out = append(out, span{v.name, *v.value, size})
		}
	}
	slices.SortFunc(out, func(a, b span) int { return int(a.start) - int(b.start) })
	return out
}

func (s *SDM) validateOverlap() error {
	end := uint32(0)
	for _, p := range s.spans() {
		if p.start < end || p.start+p.size > SizeNDEF {
			return settingsError(p.name)
		}
		end = p.start + p.size
	}
	return nil
}

// tamperEncrypted reports whether the loop's status stands in the plain half of
// the encrypted file data (NT4H2421Tx §9.3.5).
func (s *SDM) tamperEncrypted() bool {
	return s.Enc && s.TamperOffset >= s.EncOffset && s.TamperOffset+LenTamper <= s.EncOffset+s.EncLength/2
}
