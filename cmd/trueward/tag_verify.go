package main

import (
	"bufio"
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"trueward/internal/standard/sdm"
)

// tagVerifyCmd checks messages of NTAG 424 DNA with keys that stand beside
// them. It knows no counters and no tags: whether a message was seen before is
// the server's answer, not this one.
type tagVerifyCmd struct {
	JSON bool `name:"json" required:"" help:"JSON Lines in and out, the only form."`
}

// Run prints one answer for every line. An answer of "invalid" is an answer:
// only input that cannot be read ends with an error.
func (tagVerifyCmd) Run(std streams) error {
	in := bufio.NewReaderSize(std.in, verifyLine)
	out := bufio.NewWriterSize(std.out, 64<<10)
	enc := json.NewEncoder(out)
	for {
		line, err := nextLine(in)
		if errors.Is(err, io.EOF) {
			return out.Flush()
		}
		if err != nil {
			return errors.Join(err, out.Flush())
		}
		if err := enc.Encode(verifyMessage(line)); err != nil {
			return err
		}
	}
}

// verifyLine is the longest line that is looked at, in bytes.
const verifyLine = 64 << 10

// nextLine returns a line without its end, nil for one that is too long; it is
// valid until the next call. The error is io.EOF after the last one.
func nextLine(in *bufio.Reader) ([]byte, error) {
	line, err := in.ReadSlice('\n')
	if errors.Is(err, bufio.ErrBufferFull) {
		for errors.Is(err, bufio.ErrBufferFull) {
			_, err = in.ReadSlice('\n')
		}
		line = nil
	} else if len(line) == 0 && err != nil {
		return nil, err
	}
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	return bytes.TrimRight(line, "\r\n"), nil
}

// message is one line of input: the parts of a message as another program took
// them apart. Absent, null and empty are the same.
type message struct {
	Mode     string `json:"mode"` // AES or LRP
	MetaKey  string `json:"sdm_meta_read_key"`
	FileKey  string `json:"sdm_file_read_key"`
	PICC     string `json:"picc_data"`
	UID      string `json:"uid"`
	Ctr      string `json:"ctr_ascii_msb"`
	Enc      string `json:"enc"`
	MAC      string `json:"cmac"`
	MACInput string `json:"mac_input_ascii"`
	// TamperOffset says where in the file data the TagTamper status stands;
	// without it none is read, since any data could look like one.
	TamperOffset *int `json:"tamper_offset"`
}

// answer is one line of output. What is not known is null.
type answer struct {
	Verdict string      `json:"verdict"`
	Reason  *string     `json:"reason"`
	UID     *string     `json:"uid"`
	Ctr     *uint32     `json:"read_ctr"`
	Data    *string     `json:"file_data_hex"`
	Tamper  *sdm.Tamper `json:"tamper"`
}

// verifyMessage answers one line.
func verifyMessage(line []byte) answer {
	var m message
	if json.Unmarshal(line, &m) != nil {
		return invalid(sdm.CodeMalformed)
	}
	r, err := m.check()
	if err != nil {
		return invalid(sdm.CodeOf(err))
	}
	uid := hexText(r.UID[:])
	a := answer{Verdict: "valid", UID: &uid, Ctr: &r.Ctr}
	if r.FileData != nil {
		data := hexText(r.FileData)
		a.Data = &data
	}
	if m.TamperOffset != nil {
		a.Tamper = &r.Tamper
	}
	return a
}

// invalid is a refusal. Each line names its mode itself, so that a part of
// another mode's length, like one that is far too long, is just malformed.
func invalid(code sdm.Code) answer {
	reason := string(code)
	switch code {
	case sdm.CodeWrongMode, sdm.CodeOversize, sdm.CodeProfile, "":
		reason = string(sdm.CodeMalformed)
	}
	return answer{Verdict: "invalid", Reason: &reason}
}

// check is the cryptography alone.
func (m message) check() (sdm.Result, error) {
	mode, err := m.mode()
	if err != nil {
		return sdm.Result{}, err
	}
	profile := sdm.Profile{Mode: mode}
	if m.TamperOffset != nil {
		profile.Tamper, profile.TamperOffset, profile.EncLength = true, *m.TamperOffset, len(m.Enc)
	}
	v, err := sdm.NewVerifier(profile)
	if err != nil {
		return sdm.Result{}, err
	}
	parsed, err := v.ParseFields(sdm.Fields{
		PICC: m.PICC, UID: m.UID, Ctr: m.Ctr, Enc: m.Enc, MAC: m.MAC, MACInput: m.MACInput,
	})
	if err != nil {
		return sdm.Result{}, err
	}
	file, err := tagKey(m.FileKey)
	if err != nil {
		return sdm.Result{}, err
	}
	var meta *sdm.Key
	if mode == sdm.ModeAES || mode == sdm.ModeLRP {
		if meta, err = tagKey(m.MetaKey); err != nil {
			return sdm.Result{}, err
		}
	}
	return v.Verify(&parsed, v.Open(&parsed, meta), file)
}

// mode is the mode that a line means: it names the primitive, and a mirror is
// plain if there is a readable UID and no encrypted part.
func (m message) mode() (sdm.Mode, error) {
	plain := m.PICC == "" && m.UID != ""
	switch lrp := strings.EqualFold(m.Mode, "LRP"); {
	case !lrp && m.Mode != "" && !strings.EqualFold(m.Mode, "AES"):
		return "", errMessage
	case plain && lrp:
		return sdm.ModePlainLRP, nil
	case plain:
		return sdm.ModePlain, nil
	case lrp:
		return sdm.ModeLRP, nil
	}
	return sdm.ModeAES, nil
}

// errMessage is a line whose keys or mode cannot be read. It repeats nothing.
var errMessage = errors.New("a key or the mode cannot be read")

func tagKey(text string) (*sdm.Key, error) {
	var b [16]byte
	if len(text) != 2*len(b) {
		return nil, errMessage
	}
	if _, err := hex.Decode(b[:], []byte(text)); err != nil {
		return nil, errMessage
	}
	return sdm.NewKey(b), nil
}

func hexText(b []byte) string { return fmt.Sprintf("%X", b) }
