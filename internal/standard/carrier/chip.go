package carrier

import (
	"strings"
	"time"

	"trueward/internal/standard/epc"
)

// fromHex reads hexadecimal digits without divider: a chip number, an EPC, or,
// if they are decimal, a device label without separators.
func (a *Answer) fromHex(s string, shape shape, now time.Time) (err error) {
	if a.chipNumber(s) {
		return nil
	}
	if a.EPC, err = epc.Decode(s); err == nil {
		a.takeTag(EPCHex)
		a.dates(now)
		return nil
	}
	if shape == digits {
		return a.recovered(s, now, wrap(EPCHex, err))
	}
	return wrap(EPCHex, err)
}

// nfcMakers are the chip makers (ISO/IEC 7816-6) whose NFC tags are in use:
// ST 02, NXP 04, Infineon 05, EM 16, Fudan 1D. None is an EPC header.
const nfcMakers = "02 04 05 16 1D"

// chipNumber recognises a chip's own number: 7 bytes of an NFC tag (ISO/IEC
// 14443-3), 8 bytes with E0h in front (ISO/IEC 15693-3), or the TID of a UHF
// tag with its class E2h (EPC Gen2).
func (a *Answer) chipNumber(s string) bool {
	upper := func() string { return strings.ToUpper(s[:2]) }
	switch n := len(s); {
	case n == 14 && strings.Contains(nfcMakers, upper()):
		a.Kind = UID
	case n == 16 && upper() == "E0":
		a.Kind = UID
	case n >= 16 && n <= 64 && n%4 == 0 && upper() == "E2":
		a.Kind = TID
	default:
		return false
	}
	a.ChipID = strings.ToUpper(s)
	return true
}
