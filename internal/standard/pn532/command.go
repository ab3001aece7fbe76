package pn532

// The commands used here (UM0701-02 §7).
const (
	CmdGetFirmwareVersion  byte = 0x02
	CmdSetSerialBaudRate   byte = 0x10
	CmdSAMConfiguration    byte = 0x14
	CmdRFConfiguration     byte = 0x32
	CmdInDataExchange      byte = 0x40
	CmdInCommunicateThru   byte = 0x42
	CmdInListPassiveTarget byte = 0x4A
	CmdInRelease           byte = 0x52
)

// command is a frame to the reader.
func command(code byte, data ...byte) Frame {
	return Frame{Kind: KindData, Direction: ToReader, Command: code, Data: data}
}

// GetFirmwareVersion asks what the reader is; see ParseFirmware.
func GetFirmwareVersion() Frame { return command(CmdGetFirmwareVersion) }

// SAMConfiguration puts the reader into normal mode, without a security module.
func SAMConfiguration() Frame { return command(CmdSAMConfiguration, 0x01, 0x00, 0x00) }

// Items of RFConfiguration (§7.3.1).
const (
	itemField      = 0x01
	itemMaxRetries = 0x05
)

// MaxRetries bounds the search for a tag. Without it the search goes on for
// ever when no tag is there.
func MaxRetries(activation byte) Frame {
	return command(CmdRFConfiguration, itemMaxRetries, 0xFF, 0x01, activation)
}

// Field switches the field on or off. Off, a tag loses its power and begins
// anew; a tag that was put to sleep can be found again.
func Field(on bool) Frame {
	state := byte(0)
	if on {
		state = 1
	}
	return command(CmdRFConfiguration, itemField, state)
}

// ListPassiveTargets looks for up to most (1 or 2) tags of ISO/IEC 14443 type A
// at 106 kbit/s and activates them; see ParseTargets.
func ListPassiveTargets(most byte) Frame { return command(CmdInListPassiveTarget, most, 0x00) }

// DataExchange sends data to an activated tag by its own protocol: ISO-DEP
// blocks or Type 2 commands. More than MaxExchange bytes are CodeOversize.
func DataExchange(target byte, data []byte) (Frame, error) {
	if len(data) > MaxExchange {
		return Frame{}, fail(CodeOversize, "data", MaxExchange)
	}
	return command(CmdInDataExchange, append([]byte{target}, data...)...), nil
}

// CommunicateThru sends raw data to the activated tag, for commands that the
// reader does not know. More than MaxExchange bytes are CodeOversize.
func CommunicateThru(data []byte) (Frame, error) {
	if len(data) > MaxExchange {
		return Frame{}, fail(CodeOversize, "data", MaxExchange)
	}
	return command(CmdInCommunicateThru, append([]byte(nil), data...)...), nil
}

// Release lets go of a tag, 0 for all.
func Release(target byte) Frame { return command(CmdInRelease, target) }
