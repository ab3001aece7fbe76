package tagging

import (
	"bytes"
	"context"
	"errors"
	"strconv"
	"time"

	"trueward/internal/adapter/store"
	"trueward/internal/domain/access"
	"trueward/internal/domain/audit"
	"trueward/internal/domain/authentic"
	"trueward/internal/domain/device"
	"trueward/internal/fault"
)

// UHFField is a reader with UHF tags before it. EPCs are hex, upper case.
type UHFField interface {
	// Seen are the EPCs of all tags there now.
	Seen(context.Context) ([]string, error)
	// TID reads the chip's own number from the tag of an EPC.
	TID(ctx context.Context, epc string) ([]byte, error)
	// Write gives the tag of an EPC another one, of whole words, and believes
	// only what it reads back. device.TroubleRefused is a tag that does not
	// take it.
	Write(ctx context.Context, epc string, to []byte) error
}

// UHFStation is a reader that can write UHF tags.
type UHFStation interface {
	Station
	// NextUHF waits until a tag is there that was not when do last returned
	// nil, and gives what is there to do. It returns do's error, or says why
	// there will be no tag.
	NextUHF(ctx context.Context, do func(context.Context, UHFField) error) error
}

// errNoneNew: only tags lie there that this session wrote.
var errNoneNew = errors.New("tagging: no new tag")

// reasonUnwritten is the reason of a job whose tag does not take its EPC.
const reasonUnwritten = "not_written"

// writeUHF gives the one new tag before the reader the EPC of the next unit. A
// tag that bears an EPC on record already is never written over: it stands for
// a unit, or will.
func (d *Desk) writeUHF(ctx context.Context, s *session, actor access.Actor, f UHFField) (authentic.Job, error) {
	seen, err := f.Seen(ctx)
	if err != nil {
		return authentic.Job{}, err
	}
	blank, err := d.newTag(ctx, s, seen)
	if err != nil {
		return authentic.Job{}, err
	}
	tid, err := f.TID(ctx, blank)
	if err != nil {
		return authentic.Job{}, err
	}
	job, memory, err := d.claimUHF(ctx, actor, s, tid)
	if err != nil {
		return job, err
	}
	s.under(job)
	d.tell(s)
	if err := f.Write(ctx, blank, memory.EPC); err != nil {
		again, gone := f.TID(ctx, blank)
		stands := gone == nil && bytes.Equal(again, tid) // there, and what it was
		return d.unwritten(ctx, job, stands && device.TroubleOf(err) == device.TroubleRefused, err)
	}
	s.made[memory.Hex] = true
	return d.finishUHF(ctx, actor, job, memory)
}

// newTag is the EPC, as it is now, of the one tag that may be written.
func (d *Desk) newTag(ctx context.Context, s *session, seen []string) (string, error) {
	var blank []string
	foreign := false
	q := d.Store.Read(ctx, access.Everything())
	for _, epc := range seen {
		name := named(epc)
		switch _, err := q.TagByEPC(name); {
		case fault.Is(err, fault.NotFound):
			blank = append(blank, epc)
		case err != nil:
			return "", err
		case !s.made[name]:
			foreign = true
		}
	}
	switch {
	case len(blank) == 1:
		return blank[0], nil
	case len(blank) > 1:
		return "", rejectSeveral
	case foreign:
		return "", rejectBound
	}
	return "", errNoneNew
}

// claimUHF gives the chip the next unit of the run, or the one it had when it
// was torn off; its EPC is the unit's own.
func (d *Desk) claimUHF(ctx context.Context, actor access.Actor, s *session, tid []byte) (job authentic.Job, memory Memory, err error) {
	err = d.Store.Write(ctx, actor, func(tx *store.Tx) error {
		run, err := tx.Run(s.run)
		if err != nil {
			return err
		}
		p, err := tx.Profile(run.Profile)
		if err != nil {
			return err
		}
		identity := d.Keys.Identity(authentic.UHF, tid)
		held, ok, err := tx.Unbounded().JobOfChip(identity)
		switch {
		case err != nil:
			return err
		case ok && held.Run != run.ID:
			return rejectRun
		case !ok:
			if held, ok, err = tx.NextJob(run.ID); err != nil {
				return err
			}
			if !ok {
				return errRunDone
			}
			held.Identity, held.Epoch = identity, 1
		}
		if memory, err = EPCOf(held.Label, p.EPC); err != nil {
			return err
		}
		held.Station = s.station.Name()
		if err := tx.LeaseJob(held, tx.Now().Add(lease)); err != nil {
			return err
		}
		tx.Audit(audit.Change{
			Chain: audit.OrganisationChain(string(actor.Organisation)), Action: "tag.begun", Kind: "run", Object: string(run.ID),
			New: map[string]string{"tag": strconv.Itoa(held.Position)},
		})
		held.State = authentic.JobWriting
		job = held
		return tx.MarkJob(held.ID, authentic.JobWriting, "", tx.Now().Add(lease))
	})
	return job, memory, err
}

// unwritten ends a visit that did not write the tag. One that left in between
// goes on when it is laid down again, whatever EPC it bears by then; one that
// refuses is given up.
func (d *Desk) unwritten(ctx context.Context, job authentic.Job, refuses bool, cause error) (authentic.Job, error) {
	job.State, job.Reason = authentic.JobInterrupted, "tag_gone"
	if refuses {
		job.State, job.Reason = authentic.JobFailed, reasonUnwritten
	}
	stored, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	return job, errors.Join(cause, d.mark(stored, job, job.State, job.Reason))
}

// finishUHF records a tag that was read back, and what it stands for.
func (d *Desk) finishUHF(ctx context.Context, actor access.Actor, begun authentic.Job, memory Memory) (authentic.Job, error) {
	job := begun
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	err := d.Store.Write(ctx, actor, func(tx *store.Tx) error {
		job = begun
		u, err := unitOf(tx, job)
		if err != nil {
			return err
		}
		known, err := tx.Unbounded().TagByEPC(memory.Hex)
		switch {
		case err == nil && (known.Unit != string(u.ID) || known.State != authentic.TagActive):
			return fault.New(fault.Conflict, "Another tag bears the EPC of this unit already. Retire or look for that one.")
		case err != nil && !fault.Is(err, fault.NotFound):
			return err
		}
		job.State, job.Tag = authentic.JobVerified, known.ID
		if err != nil {
			job.Tag, err = tx.CreateTag(authentic.Tag{
				Identity: string(authentic.UHF) + ":" + memory.Hex, Technology: authentic.UHF, Vendor: job.Vendor, EPC: memory.Hex, Epoch: 1,
			})
			if err == nil && u.ID != "" {
				err = bindFrom(tx, job.Tag, u)
			} else if err == nil {
				err = tx.LabelTag(job.Tag, job.Vendor, job.Label)
			}
			if err != nil {
				return err
			}
		}
		if u.ID != "" {
			job.State, job.Unit = authentic.JobBound, string(u.ID)
		}
		commissioned(tx, actor, u, job)
		ours, err := tx.FinishTagJob(job.ID, job.State, job.Tag)
		if err == nil && !ours {
			err = fault.New(fault.Conflict, "This tag was finished at another reader.")
		}
		return err
	})
	return job, err
}
