package epc

// Tag is one EPC as it stands on a tag. The zero Tag is no EPC; Decode, the
// Parse functions and the builders return only complete ones. Tags are
// comparable: equal tags carry the same EPC in the same scheme.
type Tag struct {
	l *layout

	gcp    uint64 // company prefix, or manager number of a GID
	ref    uint64 // reference, object class, or the whole key of a "+" scheme
	num    uint64 // integer serial
	text   string // serial or extension that is not an integer field
	part   string // alphanumeric reference, or CAGE code
	host   string // "++": host name in lower case
	units  string // "++": 7-bit units of a host name that cannot be read
	extra  string // AIDC data bits after a "+" scheme, packed into bytes
	date   uint32 // DSGTIN: YYMMDD
	extraN uint16 // bits in extra

	filter    uint8
	prefixLen uint8 // company prefix digits, 0 if not known
	dateKind  uint8
	piece     uint8
	total     uint8
	aidc      bool
}

// IsZero says whether t is no EPC at all.
func (t *Tag) IsZero() bool { return t.l == nil }

// Scheme is the binary coding scheme, "" for the zero Tag.
func (t *Tag) Scheme() Scheme {
	if t.l == nil {
		return ""
	}
	return t.l.scheme
}

// Filter is the filter value (0 to 7; USDOD 0 to 15, ADI 0 to 63, GID always 0).
func (t *Tag) Filter() int { return int(t.filter) }

// PrefixLength is the number of digits of the GS1 company prefix, 6 to 12, or
// 0 where the scheme does not say.
func (t *Tag) PrefixLength() int { return int(t.prefixLen) }

// HasAIDCData says that more AIDC data follow the EPC of a "+" or "++" scheme
// (TDS 2.3 §15.3). They are kept, not decoded.
func (t *Tag) HasAIDCData() bool { return t.aidc }

// Host is the host name of a "++" scheme in lower case, "" if there is none or
// it cannot be read (see HostUnits). It must never be fetched or trusted.
func (t *Tag) Host() string { return t.host }

// HostUnits gives the 7-bit units of a host name that uses values which this
// package cannot read, one unit a byte, "" otherwise.
func (t *Tag) HostUnits() string { return t.units }

// GTIN is the 14-digit item number of an SGTIN or ITIP, "" for other schemes.
func (t *Tag) GTIN() string {
	var b [14]byte
	return string(t.AppendGTIN(b[:0]))
}

// AppendGTIN appends what GTIN returns.
func (t *Tag) AppendGTIN(dst []byte) []byte {
	if t.l == nil || t.l.kind != sgtin && t.l.kind != itip {
		return dst
	}
	if t.l.kind == itip && t.l.plus != 0 {
		return appendDigits(dst, t.ref/10000, 14)
	}
	if t.l.plus != 0 {
		return appendDigits(dst, t.ref, 14)
	}
	return appendChecked(dst, t.indicated(13), 13)
}

// Serial is the serial number, or the extension of an SGLN. It is "" where
// the scheme has none, and for an SGLN extension "0", which means none.
func (t *Tag) Serial() string {
	if t.l == nil || t.l.kind == sgln && t.plainGLN() {
		return ""
	}
	var b [32]byte
	return string(t.appendSerial(b[:0]))
}

// plainGLN says that the extension of an SGLN is the single zero that stands
// for none (TDS 2.3 §7.5).
func (t *Tag) plainGLN() bool {
	if t.l.serial == integer {
		return t.num == 0
	}
	return t.text == "0"
}

func (t *Tag) appendSerial(dst []byte) []byte {
	if t.l.serial == integer {
		return appendUint(dst, t.num)
	}
	return append(dst, t.text...)
}

// referenceDigits is K of the partition tables.
func (t *Tag) referenceDigits() int { return int(t.l.refDigits) - int(t.prefixLen) }

// indicated is the number whose first digit is that of the reference, followed
// by the company prefix and the rest of the reference: n digits in all
// (indicator of a GTIN, extension digit of an SSCC).
func (t *Tag) indicated(n int) uint64 {
	rest := pow10[t.referenceDigits()-1]
	return t.ref/rest*pow10[n-1] + t.gcp*rest + t.ref%rest
}

// joined is company prefix and reference one after the other.
func (t *Tag) joined() uint64 {
	return t.gcp*pow10[t.referenceDigits()] + t.ref
}
