package gen2auth

// Bank is the memory that TAM2 data is read from.
type Bank byte

// The memory profiles of ISO/IEC 29167-10.
const (
	BankEPC  Bank = 0
	BankTID  Bank = 1
	BankUser Bank = 2
)

// TAM1Message is the message of the Authenticate command for TAM1, 12 bytes:
// method 00, no custom data, reserved bits, key number, challenge.
func TAM1Message(keyID byte, c Challenge) []byte {
	return append([]byte{0x00, keyID}, c[:]...)
}

// TAM2Request says which memory a TAM2 answer shall carry.
type TAM2Request struct {
	Bank   Bank
	Offset uint16 // in blocks, 12 bits
	Blocks int    // of 16 bytes, 1 to 16
}

const (
	customData = 0x20 // the bit behind the two of the method
	protMode1  = 0x1
)

// TAM2Message is the message for TAM2 in ProtMode 1, 15 bytes. A request outside
// the fields' range is CodeUnsupported.
func TAM2Message(keyID byte, c Challenge, r TAM2Request) ([]byte, error) {
	if r.Bank > BankUser || r.Offset > 0xFFF || r.Blocks < 1 || r.Blocks > maxBlocks {
		return nil, refuse(CodeUnsupported, "request")
	}
	out := append([]byte{customData, keyID}, c[:]...)
	return append(out,
		byte(r.Bank)<<4|byte(r.Offset>>8),
		byte(r.Offset),
		byte(r.Blocks-1)<<4|protMode1,
	), nil
}
