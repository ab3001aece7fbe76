package m100

import "encoding/binary"

// The commands used here.
const (
	CmdInfo        byte = 0x03
	CmdRegion      byte = 0x07
	CmdSetSelect   byte = 0x0C
	CmdSelectMode  byte = 0x12
	CmdPoll        byte = 0x22
	CmdMultiPoll   byte = 0x27
	CmdStop        byte = 0x28
	CmdRead        byte = 0x39
	CmdWrite       byte = 0x49
	CmdLock        byte = 0x82
	CmdSetPower    byte = 0xB6
	CmdPower       byte = 0xB7
	CmdFailure     byte = 0xFF // of a reply: the command failed
	multiPollFixed byte = 0x22
)

func command(code byte, param ...byte) Frame {
	return Frame{Dialect: DialectBB, Type: TypeCommand, Command: code, Param: param}
}

// Info asks for the hardware's name; see ParseInfo.
func Info() Frame { return command(CmdInfo, 0x00) }

// Poll runs one round of inventory: a notice per tag, or failure NoTag.
func Poll() Frame { return command(CmdPoll) }

// MultiPoll runs n rounds, until Stop.
func MultiPoll(n uint16) Frame {
	return command(CmdMultiPoll, multiPollFixed, byte(n>>8), byte(n))
}

// Stop ends MultiPoll.
func Stop() Frame { return command(CmdStop) }

// Region is the set of radio channels that the law of a place allows.
type Region byte

// The regions, by the module's numbers.
const (
	RegionChina900 Region = 1
	RegionUS       Region = 2
	RegionEU       Region = 3
	RegionChina800 Region = 4
	RegionKorea    Region = 6
)

// SetRegion chooses the radio channels.
func SetRegion(r Region) Frame { return command(CmdRegion, byte(r)) }

// Power asks for the transmission power.
func Power() Frame { return command(CmdPower) }

// SetPower sets the transmission power in hundredths of dBm.
func SetPower(centiDBm uint16) Frame {
	return command(CmdSetPower, byte(centiDBm>>8), byte(centiDBm))
}

// Bank is one of a Gen2 tag's memory banks.
type Bank byte

// The banks (EPC Gen2 v2 §6.3.2.1).
const (
	BankReserved Bank = 0
	BankEPC      Bank = 1
	BankTID      Bank = 2
	BankUser     Bank = 3
)

// Positions in the EPC bank, in words of 16 bits.
const (
	WordPC  = 1
	WordEPC = 2
)

// WordTID is the start of the TID bank.
const WordTID = 0

const maxMask = 31 // bytes: the length in bits is one byte

// Select makes the commands that follow speak only to tags whose bank holds
// mask at a word. An empty or too long mask is CodeRange.
func Select(bank Bank, word uint16, mask []byte) (Frame, error) {
	if len(mask) == 0 || len(mask) > maxMask {
		return Frame{}, fail(CodeRange, "mask", len(mask))
	}
	// Target S0 and action 0 (assert on match) leave the upper six bits zero.
	p := []byte{byte(bank)}
	p = binary.BigEndian.AppendUint32(p, uint32(word)*16)
	p = append(p, byte(len(mask)*8), 0x00)
	return command(CmdSetSelect, append(p, mask...)...), nil
}

// SelectMode says when the selection is used.
type SelectMode byte

// The modes.
const (
	SelectAlways SelectMode = 0 // also for inventory
	SelectNever  SelectMode = 1
	SelectAccess SelectMode = 2 // for reading and writing only
)

// SetSelectMode sets when the selection is used.
func SetSelectMode(m SelectMode) Frame { return command(CmdSelectMode, byte(m)) }

// ReadMemory reads words of a bank of the selected tag. The password is 0 if
// the tag has none.
func ReadMemory(password uint32, bank Bank, word, words uint16) Frame {
	return command(CmdRead, access(password, bank, word, words)...)
}

// maxWords is what modules take in one write.
const maxWords = 32

// WriteMemory writes whole words to a bank of the selected tag. Data that is
// empty, odd or too long is CodeRange.
func WriteMemory(password uint32, bank Bank, word uint16, data []byte) (Frame, error) {
	if len(data) == 0 || len(data)%2 != 0 || len(data) > 2*maxWords {
		return Frame{}, fail(CodeRange, "data", len(data))
	}
	p := access(password, bank, word, uint16(len(data)/2))
	return command(CmdWrite, append(p, data...)...), nil
}

func access(password uint32, bank Bank, word, words uint16) []byte {
	p := binary.BigEndian.AppendUint32(nil, password)
	p = append(p, byte(bank))
	p = binary.BigEndian.AppendUint16(p, word)
	return binary.BigEndian.AppendUint16(p, words)
}

// LockEPC lets only those write the EPC bank who know the password (EPC Gen2 v2
// §6.3.2.12.3.5: mask and action of the EPC bank's two bits). It is not
// permanent.
func LockEPC(password uint32) Frame {
	const mask, action = 0b11 << 14, 0b10 << 4
	p := binary.BigEndian.AppendUint32(nil, password)
	const payload = mask | action
	return command(CmdLock, append(p, byte(payload>>16), byte(payload>>8&0xFF), byte(payload&0xFF))...)
}
