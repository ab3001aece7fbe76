package ndef

// TLV blocks of a Type 2 tag's memory (NFC Forum Type 2 Tag 1.0 §2.3).
const (
	tlvNull          = 0x00
	tlvLockControl   = 0x01
	tlvMemoryControl = 0x02
	tlvMessage       = 0x03
	tlvProprietary   = 0xFD
	tlvTerminator    = 0xFE
	tlvLong          = 0xFF // three-byte length follows
)

// Type2Message finds the NDEF message in the data area of a Type 2 tag, which
// starts at page 4. It shares memory with the input. An empty message (length
// 0) is a tag without data: CodeMissing.
//
// Errors: CodeMissing (no message block before the terminator or the end),
// CodeTruncated, CodeMalformed, CodeUnsupported (unknown block), CodeOversize.
func Type2Message(data []byte) ([]byte, error) {
	for at := 0; at < len(data); {
		kind := data[at]
		if kind == tlvNull {
			at++
			continue
		}
		if kind == tlvTerminator {
			return nil, fail(CodeMissing, "message", at)
		}
		value, next, err := tlvValue(data, at+1)
		if err != nil {
			return nil, err
		}
		switch kind {
		case tlvMessage:
			return bounded(value, at)
		case tlvLockControl, tlvMemoryControl:
			if len(value) != 3 {
				return nil, fail(CodeMalformed, "control block", at)
			}
		case tlvProprietary:
		default:
			return nil, fail(CodeUnsupported, "block", at)
		}
		at = next
	}
	return nil, fail(CodeMissing, "message", len(data))
}

func bounded(message []byte, at int) ([]byte, error) {
	switch {
	case len(message) == 0:
		return nil, fail(CodeMissing, "message", at)
	case len(message) > MaxMessage:
		return nil, fail(CodeOversize, "message", at)
	}
	return message, nil
}

// tlvValue reads length and value from at on.
func tlvValue(data []byte, at int) (value []byte, next int, err error) {
	if at >= len(data) {
		return nil, 0, fail(CodeTruncated, "length", len(data))
	}
	n := int(data[at])
	at++
	if n == tlvLong {
		if len(data)-at < 2 {
			return nil, 0, fail(CodeTruncated, "length", len(data))
		}
		if n = int(data[at])<<8 | int(data[at+1]); n < 255 {
			return nil, 0, fail(CodeMalformed, "length", at)
		}
		at += 2
	}
	if len(data)-at < n {
		return nil, 0, fail(CodeTruncated, "message", len(data))
	}
	return data[at : at+n : at+n], at + n, nil
}

// AppendType2 appends the message in its block, and the terminator.
//
// Errors: CodeMissing, CodeOversize.
func AppendType2(dst, message []byte) ([]byte, error) {
	if _, err := bounded(message, 0); err != nil {
		return nil, err
	}
	dst = append(dst, tlvMessage)
	if n := len(message); n < tlvLong {
		dst = append(dst, byte(n))
	} else {
		dst = append(dst, tlvLong, byte(n>>8), byte(n))
	}
	return append(append(dst, message...), tlvTerminator), nil
}

// Capability is the capability container of a Type 2 tag, page 3.
type Capability struct {
	Size     int // bytes of the data area: 144 NTAG 213, 496 NTAG 215, 872 NTAG 216
	Writable bool
}

// ParseCapability reads page 3 of a Type 2 tag: magic number E1h, version 1.x,
// size in units of eight bytes, access rights.
//
// Errors: CodeTruncated, CodeMissing (blank or not NDEF), CodeUnsupported
// (other major version or access rights).
func ParseCapability(page []byte) (Capability, error) {
	switch {
	case len(page) < 4:
		return Capability{}, fail(CodeTruncated, "capability", len(page))
	case page[0] != 0xE1:
		return Capability{}, fail(CodeMissing, "capability", 0)
	case page[1]>>4 != 1:
		return Capability{}, fail(CodeUnsupported, "version", 1)
	case page[3] != 0x00 && page[3] != 0x0F:
		return Capability{}, fail(CodeUnsupported, "access rights", 3)
	}
	return Capability{Size: int(page[2]) * 8, Writable: page[3] == 0}, nil
}

// Type4Message takes the message out of the NDEF file of a Type 4 tag: two
// bytes of length, the message, and what the file holds behind it (NFC Forum
// Type 4 Tag 2.0 §4.3).
//
// Errors: CodeTruncated, CodeMissing (length 0), CodeOversize.
func Type4Message(file []byte) ([]byte, error) {
	if len(file) < 2 {
		return nil, fail(CodeTruncated, "length", len(file))
	}
	n := int(file[0])<<8 | int(file[1])
	if len(file)-2 < n {
		return nil, fail(CodeTruncated, "message", len(file))
	}
	return bounded(file[2:2+n:2+n], 0)
}

// AppendType4 appends the length field and the message.
//
// Errors: CodeMissing, CodeOversize.
func AppendType4(dst, message []byte) ([]byte, error) {
	if _, err := bounded(message, 0); err != nil {
		return nil, err
	}
	dst = append(dst, byte(len(message)>>8), byte(len(message)))
	return append(dst, message...), nil
}
