package carrier

import (
	"strings"
	"time"

	"trueward/internal/standard/epc"
)

// fromHex reads hexadecimal digits without divider: a chip number, an EPC, or,
// if they are decimal, a device label without separators.
func fromHex(s string, shape shape, now time.Time) (Answer, error) {
	if a, ok := chipNumber(s); ok {
		return a, nil
	}
	tag, err := epc.Decode(s)
	if err == nil {
		a := fromTag(EPCHex, tag)
		if tag.Scheme() == epc.DSGTINPlus || tag.Scheme() == epc.DSGTINPlusPlus {
			a.dates(now)
		}
		return a, nil
	}
	if shape == digits {
		return recovered(s, now, wrap(EPCHex, err))
	}
	return Answer{}, wrap(EPCHex, err)
}

// nfcMakers are the chip makers (ISO/IEC 7816-6) whose NFC tags are in use:
// ST 02, NXP 04, Infineon 05, EM 16, Fudan 1D. None is an EPC header.
const nfcMakers = "02 04 05 16 1D"

// chipNumber recognises a chip's own number: 7 bytes of an NFC tag (ISO/IEC
// 14443-3), 8 bytes with E0h in front (ISO/IEC 15693-3), or the TID of a UHF
// tag with its class E2h (EPC Gen2).
func chipNumber(s string) (Answer, bool) {
	kind := Unknown
	upper := func() string { return strings.ToUpper(s[:2]) }
	switch n := len(s); {
	case n == 14 && strings.Contains(nfcMakers, upper()):
		kind = UID
	case n == 16 && upper() == "E0":
		kind = UID
	case n >= 16 && n <= 64 && n%4 == 0 && upper() == "E2":
		kind = TID
	}
	return Answer{Kind: kind, ChipID: strings.ToUpper(s)}, kind != Unknown
}
