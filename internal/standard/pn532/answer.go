package pn532

import "fmt"

// Firmware is what GetFirmwareVersion tells (§7.2.2).
type Firmware struct {
	IC, Version, Revision, Support byte
}

// PN532IC is the value of IC that this package was written for.
const PN532IC = 0x32

// String is the name and version as the maker writes them.
func (f Firmware) String() string {
	return fmt.Sprintf("PN5%02X %d.%d", f.IC, f.Version, f.Revision)
}

// ParseFirmware reads the data of the answer to GetFirmwareVersion.
func ParseFirmware(data []byte) (Firmware, error) {
	if len(data) != 4 {
		return Firmware{}, fail(CodeMalformed, "firmware", len(data))
	}
	return Firmware{data[0], data[1], data[2], data[3]}, nil
}

// Target is a tag that was found and activated (§7.3.5).
type Target struct {
	Number byte // to be used in DataExchange
	ATQA   [2]byte
	SAK    byte
	UID    []byte
	ATS    []byte // with its length byte; ISO-DEP only
}

// sakISODEP is the bit of SAK that promises ISO/IEC 14443-4.
const sakISODEP = 0x20

// ISODEP reports whether the tag speaks ISO/IEC 14443-4.
func (t Target) ISODEP() bool { return t.SAK&sakISODEP != 0 }

// ParseTargets reads the data of the answer to ListPassiveTargets. The targets
// share no memory with it. Missing and extra bytes are refused.
func ParseTargets(data []byte) ([]Target, error) {
	if len(data) == 0 {
		return nil, fail(CodeTruncated, "targets", 0)
	}
	if data[0] > 2 {
		return nil, fail(CodeMalformed, "targets", 0)
	}
	targets := make([]Target, 0, data[0])
	at := 1
	for range data[0] {
		t, n, err := parseTarget(data, at)
		if err != nil {
			return nil, err
		}
		targets = append(targets, t)
		at = n
	}
	if at != len(data) {
		return nil, fail(CodeMalformed, "targets", at)
	}
	return targets, nil
}

func parseTarget(data []byte, at int) (Target, int, error) {
	const head = 5 // number, ATQA, SAK, length of the UID
	if len(data)-at < head {
		return Target{}, 0, fail(CodeTruncated, "target", len(data))
	}
	t := Target{Number: data[at], ATQA: [2]byte{data[at+1], data[at+2]}, SAK: data[at+3]}
	n := int(data[at+4])
	if n != 4 && n != 7 && n != 10 {
		return Target{}, 0, fail(CodeMalformed, "uid", at+4)
	}
	at += head
	if len(data)-at < n {
		return Target{}, 0, fail(CodeTruncated, "uid", len(data))
	}
	t.UID = append(t.UID, data[at:at+n]...)
	at += n
	if !t.ISODEP() || at == len(data) {
		return t, at, nil
	}
	n = int(data[at])
	switch {
	case n == 0:
		return Target{}, 0, fail(CodeMalformed, "ats", at)
	case len(data)-at < n:
		return Target{}, 0, fail(CodeTruncated, "ats", len(data))
	}
	t.ATS = append(t.ATS, data[at:at+n]...)
	return t, at + n, nil
}

// Status is the first byte of an exchange's answer (§7.1).
type Status byte

// The statuses that decide something.
const (
	StatusOK            Status = 0x00
	StatusTimeout       Status = 0x01 // no answer: the tag is gone
	StatusCRC           Status = 0x02
	StatusRFTimeout     Status = 0x0A // the field was not switched on in time
	StatusRFProtocol    Status = 0x0B
	StatusFormat        Status = 0x13
	StatusWrongContext  Status = 0x27 // no activated tag of that number
	StatusReleased      Status = 0x29
	StatusOtherCard     Status = 0x2A
	StatusCardGone      Status = 0x2B
	statusBits                 = 0x3F
	statusMoreFollowing        = 0x40
)

// Gone reports whether the tag is not there any more, as opposed to not being
// understood.
func (s Status) Gone() bool {
	switch s {
	case StatusTimeout, StatusRFTimeout, StatusWrongContext, StatusReleased, StatusOtherCard, StatusCardGone:
		return true
	}
	return false
}

// String is the status as the manual numbers it.
func (s Status) String() string { return fmt.Sprintf("status %02Xh", byte(s)) }

// Exchange is the answer to DataExchange and CommunicateThru.
type Exchange struct {
	Status Status
	More   bool // the tag has more to send: exchange again with no data
	Data   []byte
}

// ParseExchange reads the data of such an answer. Data shares its memory. An
// error status with data behind it is refused.
func ParseExchange(data []byte) (Exchange, error) {
	if len(data) == 0 {
		return Exchange{}, fail(CodeTruncated, "status", 0)
	}
	e := Exchange{Status: Status(data[0] & statusBits), More: data[0]&statusMoreFollowing != 0, Data: data[1:]}
	if e.Status != StatusOK && len(e.Data) > 0 {
		return Exchange{}, fail(CodeMalformed, "status", 1)
	}
	return e, nil
}
