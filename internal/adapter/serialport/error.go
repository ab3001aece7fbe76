package serialport

import (
	"errors"
	"io/fs"
	"syscall"

	"go.bug.st/serial"
)

// Code says what is wrong with a port.
type Code string

// The codes.
const (
	CodeGone    Code = "gone"    // unplugged, or not there
	CodeBusy    Code = "busy"    // held by somebody else
	CodeDenied  Code = "denied"  // this user may not open it
	CodeClosed  Code = "closed"  // by us
	CodeInvalid Code = "invalid" // no serial port, or not at this speed
)

// Error is what a port refuses. Op is open, lock, read, write or close.
type Error struct {
	Code Code
	Op   string
	Err  error // the system's, if any
}

// Error says what happened.
func (e *Error) Error() string {
	text := "serial port: " + e.Op + ": " + string(e.Code)
	if e.Err != nil {
		text += ": " + e.Err.Error()
	}
	return text
}

// Unwrap returns the system's error.
func (e *Error) Unwrap() error { return e.Err }

// CodeOf is the code in err's chain, "" for none.
func CodeOf(err error) Code {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Code
	}
	return ""
}

// goneErrnos are what the system says of a device that left.
var goneErrnos = []error{syscall.ENOENT, syscall.ENODEV, syscall.ENXIO, syscall.EIO, syscall.EBADF}

func classify(op string, err error) *Error {
	e := &Error{CodeInvalid, op, err}
	for _, gone := range goneErrnos {
		if errors.Is(err, gone) {
			e.Code = CodeGone
			return e
		}
	}
	switch {
	case errors.Is(err, errTaken), errors.Is(err, syscall.EBUSY):
		e.Code = CodeBusy
	case errors.Is(err, fs.ErrPermission):
		e.Code = CodeDenied
	}
	if pe, ok := errors.AsType[*serial.PortError](err); ok {
		e.Code = fromLibrary(pe.Code())
	}
	return e
}

func fromLibrary(c serial.PortErrorCode) Code {
	switch c {
	case serial.PortBusy:
		return CodeBusy
	case serial.PermissionDenied:
		return CodeDenied
	case serial.PortNotFound, serial.PortClosed:
		// Close waits for readers and none may begin later, so this was not us.
		return CodeGone
	}
	return CodeInvalid
}

// errTaken means that somebody else holds the lock.
var errTaken = errors.New("somebody else holds the port")
