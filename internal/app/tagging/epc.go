package tagging

import (
	"encoding/hex"
	"strings"

	"trueward/internal/domain/authentic"
	"trueward/internal/fault"
	"trueward/internal/standard/epc"
)

// Memory is what a UHF tag's EPC bank is to hold behind its checksum.
type Memory struct {
	PC     uint16 // protocol control word: length of the EPC
	EPC    []byte // whole words
	Hex    string // the EPC as a scan of the tag names it
	TagURI string
}

// wrongRule refuses a rule by which no EPC can be made.
func wrongRule(r authentic.EPCRule, wrong *fault.Refusals) {
	if r.PrefixLength < 6 || r.PrefixLength > 12 {
		wrong.At("prefix", "A GS1 company prefix has 6 to 12 digits.")
	}
	if r.Filter < 0 || r.Filter > 7 {
		wrong.At("filter", "A filter value is 0 to 7.")
	}
}

// EPCOf is the memory image of a unit's tag: SGTIN-96 where the serial number
// is a number that it can hold, SGTIN-198 otherwise.
func EPCOf(l authentic.Label, r authentic.EPCRule) (Memory, error) {
	var wrong fault.Refusals
	if wrongRule(r, &wrong); wrong.Err() != nil {
		return Memory{}, wrong.Err()
	}
	tag, err := epc.EncodeSGTIN96(l.DI, l.Serial, r.PrefixLength, r.Filter)
	if err != nil {
		tag, err = epc.FromElements([]epc.Element{{AI: "01", Value: l.DI}, {AI: "21", Value: l.Serial}},
			epc.Options{Scheme: epc.SGTIN198, PrefixLength: r.PrefixLength, Filter: r.Filter})
	}
	if err != nil {
		return Memory{}, fault.Wrap(fault.Invalid, "No EPC can be made for this unit: it needs a GTIN and a serial number.", err)
	}
	raw, err := hex.DecodeString(tag.Hex())
	if err != nil {
		return Memory{}, err
	}
	if len(raw)%2 != 0 {
		raw = append(raw, 0) // a bank holds whole words; bits behind the EPC are zero
	}
	return Memory{PC: uint16(len(raw)/2) << 11, EPC: raw, Hex: strings.ToUpper(tag.Hex()), TagURI: tag.TagURI()}, nil
}

// named is an EPC as records name it: without the bits that fill its last word.
func named(bank string) string {
	if tag, err := epc.Decode(bank); err == nil {
		return strings.ToUpper(tag.Hex())
	}
	return bank
}

// bearable refuses a plan of UHF tags for units that have no EPC.
func bearable(p authentic.Profile, jobs []authentic.Job) error {
	if p.Keyed() {
		return nil
	}
	for _, j := range jobs {
		if _, err := EPCOf(j.Label, p.EPC); err != nil {
			return fault.At("profile", "No EPC can be made for the unit with serial number "+shortened(j.Label.Serial)+": it needs a GTIN and a serial number.")
		}
	}
	return nil
}
