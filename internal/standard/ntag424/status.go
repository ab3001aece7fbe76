package ntag424

// Status is a status word, SW1 SW2.
type Status uint16

// Status words of the chip (data sheet tables 22 and 23).
const (
	StatusOK             Status = 0x9100
	StatusUnknownCommand Status = 0x910B
	StatusFormat         Status = 0x910C
	StatusIllegalCommand Status = 0x911C
	StatusIntegrity      Status = 0x911E
	StatusNoSuchKey      Status = 0x9140
	StatusLength         Status = 0x917E
	StatusSignature      Status = 0x9190 // Read_Sig, AN12196 table 30
	StatusPermission     Status = 0x919D
	StatusParameter      Status = 0x919E
	StatusAuthDelay      Status = 0x91AD
	StatusAuthError      Status = 0x91AE
	StatusMore           Status = 0x91AF
	StatusBoundary       Status = 0x91BE
	StatusAborted        Status = 0x91CA
	StatusMemory         Status = 0x91EE
	StatusFileNotFound   Status = 0x91F0
	StatusISOOK          Status = 0x9000
	StatusISOMemory      Status = 0x6581
	StatusISOLength      Status = 0x6700
	StatusISOSecurity    Status = 0x6982
	StatusISOConditions  Status = 0x6985
	StatusISOParameters  Status = 0x6A80
	StatusISONotFound    Status = 0x6A82
	StatusISOP1P2        Status = 0x6A86
	StatusISOLcP1P2      Status = 0x6A87
	StatusISOLe          Status = 0x6C00
	StatusISOInstruction Status = 0x6D00
	StatusISOClass       Status = 0x6E00
	statusISOLeMask      Status = 0xFF00
)

var statusNames = map[Status]string{
	StatusOK:             "OPERATION_OK",
	StatusUnknownCommand: "COMMAND_NOT_FOUND",
	StatusFormat:         "COMMAND_FORMAT_ERROR",
	StatusIllegalCommand: "ILLEGAL_COMMAND_CODE",
	StatusIntegrity:      "INTEGRITY_ERROR",
	StatusNoSuchKey:      "NO_SUCH_KEY",
	StatusLength:         "LENGTH_ERROR",
	StatusSignature:      "OPERATION_OK",
	StatusPermission:     "PERMISSION_DENIED",
	StatusParameter:      "PARAMETER_ERROR",
	StatusAuthDelay:      "AUTHENTICATION_DELAY",
	StatusAuthError:      "AUTHENTICATION_ERROR",
	StatusMore:           "ADDITIONAL_FRAME",
	StatusBoundary:       "BOUNDARY_ERROR",
	StatusAborted:        "COMMAND_ABORTED",
	StatusMemory:         "MEMORY_ERROR",
	StatusFileNotFound:   "FILE_NOT_FOUND",
	StatusISOOK:          "OK",
	StatusISOMemory:      "memory failure",
	StatusISOLength:      "wrong length",
	StatusISOSecurity:    "security status not satisfied",
	StatusISOConditions:  "conditions of use not satisfied",
	StatusISOParameters:  "incorrect parameters in data",
	StatusISONotFound:    "file or application not found",
	StatusISOP1P2:        "incorrect P1-P2",
	StatusISOLcP1P2:      "Lc inconsistent with P1-P2",
	StatusISOInstruction: "INS not supported",
	StatusISOClass:       "CLA not supported",
}

// String is the name the data sheet gives the status.
func (s Status) String() string {
	if n, ok := statusNames[s]; ok {
		return n
	}
	if s&statusISOLeMask == StatusISOLe {
		return "wrong Le"
	}
	return "unknown status"
}

// Action is what a writer does after an error status. Error answers carry no
// MAC, so nothing but the next step may depend on them.
type Action string

// The actions after a status (commissioning rules; every error ends the
// session).
const (
	ActionNone       Action = ""           // not an error
	ActionDrop       Action = "drop"       // start a new session once, then stop
	ActionQuarantine Action = "quarantine" // the tag's memory is not to be trusted
	ActionRetry      Action = "retry"      // the same authentication, a bounded number of times
	ActionStop       Action = "stop"       // the command or the stored key is wrong
)

// Action is what follows this status.
func (s Status) Action() Action {
	switch s {
	case StatusOK, StatusMore, StatusISOOK, StatusSignature:
		return ActionNone
	case StatusMemory, StatusISOMemory:
		return ActionQuarantine
	case StatusAuthDelay:
		return ActionRetry
	case StatusPermission, StatusAuthError, StatusAborted:
		return ActionDrop
	}
	return ActionStop
}
