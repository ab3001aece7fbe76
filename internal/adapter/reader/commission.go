package reader

import (
	"context"
	"errors"

	"trueward/internal/domain/device"
	"trueward/internal/standard/ntag424"
)

// transceiver carries one command to the tag and brings its answer back.
type transceiver func(context.Context, []byte) ([]byte, error)

// Commission writes an NTAG 424 DNA by its plan. save is called with the state
// after every command, before the next is sent; if it fails, nothing more is
// sent. A tag that leaves, and a reader that fails, interrupt the job: it is to
// be run again with the same plan, marked as known.
//
// Errors are *device.Error, those of ntag424, and save's.
func (p *PN532) Commission(ctx context.Context, s device.Sighting, job *ntag424.Commission, save func(ntag424.State) error) error {
	if err := p.activate(ctx, s); err != nil {
		job.Interrupt()
		return errors.Join(err, save(job.State()))
	}
	return commission(ctx, p.Transceive, job, save)
}

func commission(ctx context.Context, send transceiver, job *ntag424.Commission, save func(ntag424.State) error) error {
	command, err := job.Next(nil)
	for command != nil && err == nil {
		answer, lost := send(ctx, command)
		if lost != nil {
			job.Interrupt()
			return errors.Join(lost, save(job.State()))
		}
		command, err = job.Next(answer)
		if unsaved := save(job.State()); unsaved != nil {
			job.Interrupt()
			return unsaved
		}
	}
	return err
}

// Inspect reads what an NTAG 424 DNA says of itself before it is written.
func (p *PN532) Inspect(ctx context.Context, s device.Sighting) (ntag424.Report, error) {
	if err := p.activate(ctx, s); err != nil {
		return ntag424.Report{}, err
	}
	return inspect(ctx, p.Transceive)
}

func inspect(ctx context.Context, send transceiver) (ntag424.Report, error) {
	i := ntag424.NewInspection()
	command, err := i.Next(nil)
	for command != nil && err == nil {
		var answer []byte
		if answer, err = send(ctx, command); err == nil {
			command, err = i.Next(answer)
		}
	}
	if err != nil {
		return ntag424.Report{}, err
	}
	report, _ := i.Report()
	return report, nil
}
