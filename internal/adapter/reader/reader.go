// Package reader drives desk readers over a serial line: the PN532 for NFC tags
// and UHF modules of the M100 family.
//
// It promises that an answer belongs to its question: what a line still held
// from before is thrown away, and an answer that was garbled is asked for again
// or given up, never guessed. A reader that stops answering is an error within
// a bounded time. It does not open a port again by itself (package edge does)
// and proves nothing about a tag. Nothing here was tried on a real module; the
// times are general knowledge.
//
// Errors are *device.Error and carry neither UIDs nor EPCs nor keys.
package reader

import (
	"context"
	"errors"
	"io"

	"trueward/internal/adapter/serialport"
	"trueward/internal/clock"
	"trueward/internal/domain/device"
)

// Reader is one connected module. It is used by one goroutine at a time.
type Reader interface {
	// Kind is what the reader is, Module what it calls itself.
	Kind() device.Kind
	Module() string
	// Look says which tags are there now. It changes nothing in a tag.
	Look(context.Context) ([]device.Sighting, error)
	// Read reads all it can from a tag of the last Look. This may be a tap: a
	// tag that counts its reads counts this one.
	Read(context.Context, device.Sighting) (device.Read, error)
	// Noise is the number of bytes that belonged to no frame.
	Noise() uint64
	io.Closer
}

// Line is an open serial line. Read waits a few milliseconds and is
// os.ErrDeadlineExceeded if nothing came.
type Line interface{ io.ReadWriteCloser }

// baud is the speed of all modules here as they leave the factory.
const baud = 115200

// Open opens the port at an address and starts the reader there. With an open
// kind it asks the port for a PN532 first, then for a UHF module.
func Open(ctx context.Context, a device.Address, c clock.Clock) (Reader, error) {
	line, err := serialport.Open(a.Path, serialport.Settings{Baud: baud})
	if err != nil {
		return nil, portTrouble("open", err)
	}
	r, err := Start(ctx, line, a.Kind, c)
	if err != nil {
		return nil, errors.Join(err, line.Close())
	}
	return r, nil
}

// Start starts the reader on an open line. On an error the line stays open and
// is the caller's to close.
func Start(ctx context.Context, line Line, kind device.Kind, c clock.Clock) (Reader, error) {
	switch kind {
	case device.KindPN532:
		return StartPN532(ctx, line, c)
	case device.KindR200:
		return StartR200(ctx, line, c)
	}
	pn, err := StartPN532(ctx, line, c)
	if device.TroubleOf(err) != device.TroubleSilent {
		return orNothing(pn, err)
	}
	uhf, err := StartR200(ctx, line, c)
	return orNothing(uhf, err)
}

// orNothing keeps a nil pointer from becoming a Reader that is not nil.
func orNothing[R interface {
	*PN532 | *R200
	Reader
}](r R, err error) (Reader, error) {
	if err != nil {
		return nil, err
	}
	return r, nil
}

func trouble(t device.Trouble, step string, cause error) error {
	return &device.Error{Trouble: t, Step: step, Cause: cause}
}

// portTrouble translates what a line said.
func portTrouble(step string, err error) error {
	switch serialport.CodeOf(err) {
	case serialport.CodeBusy:
		return trouble(device.TroubleBusy, step, err)
	case serialport.CodeDenied:
		return trouble(device.TroubleDenied, step, err)
	case serialport.CodeClosed:
		return trouble(device.TroubleClosed, step, err)
	case serialport.CodeInvalid:
		return trouble(device.TroubleRefused, step, err)
	}
	return trouble(device.TroubleGone, step, err)
}
