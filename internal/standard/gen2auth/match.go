package gen2auth

import "bytes"

// epcStart is where the EPC begins in the EPC bank: behind StoredCRC and PC.
const epcStart = 4

// MatchEPC compares TAM2 data read from word 0 of the EPC bank (StoredCRC ‖ PC ‖
// EPC) with the EPC that was inventoried, whole bytes. The length told by PC
// must be that of the EPC, and all of the EPC that the data covers must agree;
// data that covers less than the EPC or 12 bytes of it is CodeMalformed, any
// difference CodeDataMismatch.
func MatchEPC(data, epc []byte) error {
	if len(data) < 2*8 || len(epc) == 0 || len(epc)%2 != 0 {
		return refuse(CodeMalformed, "epc")
	}
	words := int(data[2] >> 3) // PC bits 10h to 14h (Gen2 §6.3.2.1.2.2)
	n := min(len(epc), len(data)-epcStart)
	if words*2 != len(epc) || !bytes.Equal(data[epcStart:epcStart+n], epc[:n]) {
		return refuse(CodeDataMismatch, "epc")
	}
	return nil
}

const (
	tidClass  = 0xE2 // ISO/IEC 15963 allocation class of GS1 TIDs
	minTID    = 8    // class, maker, model and something of a serial number
	maxTIDCmp = 16
)

// MatchTID compares TAM2 data read from word 0 of the TID bank with the TID that
// was inventoried. A TID too short to tell two tags apart, or of another class,
// is CodeMalformed; any difference is CodeDataMismatch.
func MatchTID(data, tid []byte) error {
	if len(data) < maxTIDCmp || len(tid) < minTID || tid[0] != tidClass {
		return refuse(CodeMalformed, "tid")
	}
	n := min(len(tid), len(data))
	if !bytes.Equal(data[:n], tid[:n]) {
		return refuse(CodeDataMismatch, "tid")
	}
	return nil
}
