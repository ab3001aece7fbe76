package tagging

import (
	"context"
	"strconv"
	"time"

	"trueward/internal/adapter/store"
	"trueward/internal/domain/access"
	"trueward/internal/domain/audit"
	"trueward/internal/domain/authentic"
	"trueward/internal/domain/custody"
	"trueward/internal/fault"
)

// finish records a verified tag: the tag with its epoch and counter, what it
// stands for, and that its first message was checked, in one transaction.
func (d *Desk) finish(ctx context.Context, actor access.Actor, c claim) (authentic.Job, error) {
	job := c.Job
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	err := d.Store.Write(ctx, actor, func(tx *store.Tx) error {
		job = c.Job
		tag, err := d.enter(tx, c)
		if err != nil {
			return err
		}
		u, err := unitOf(tx, job)
		if err != nil {
			return err
		}
		job.State, job.Tag = authentic.JobVerified, tag
		if u.ID != "" {
			job.State, job.Unit = authentic.JobBound, string(u.ID)
			err = bind(tx, tag, u)
		} else {
			err = tx.LabelTag(tag, job.Vendor, job.Label)
		}
		if err != nil {
			return err
		}
		if _, err = tx.AddTap(authentic.Tap{
			Tag: tag, Profile: c.Profile.ID, Unit: string(u.ID), Hospital: u.Hospital, Vendor: job.Vendor, Epoch: job.Epoch, Counter: 1,
			Verdict: authentic.Verdict{Level: authentic.Genuine}, Person: actor.Person, Source: "commissioning",
		}); err != nil {
			return err
		}
		commissioned(tx, actor, u, job)
		ours, err := tx.FinishTagJob(job.ID, job.State, tag)
		if err == nil && !ours {
			err = fault.New(fault.Conflict, "This tag was finished at another reader.")
		}
		return err
	})
	return job, err
}

// enter takes the tag on, or puts the known one into its new epoch; its counter
// stands at the message that was just checked.
func (d *Desk) enter(tx *store.Tx, c claim) (authentic.TagID, error) {
	known, err := tx.Unbounded().TagByIdentity(c.Job.Identity)
	id := known.ID
	switch {
	case fault.Is(err, fault.NotFound):
		id, err = tx.CreateTag(authentic.Tag{
			Identity: c.Job.Identity, Technology: authentic.NTAG424, Profile: c.Profile.ID, Vendor: c.Profile.Vendor, Epoch: c.Job.Epoch,
		})
	case err == nil:
		err = tx.RenewTag(known.ID, c.Profile.ID, c.Job.Epoch)
	}
	if err != nil {
		return "", err
	}
	_, _, err = tx.TakeCounter(id, c.Job.Epoch, 1)
	return id, err
}

// unitOf is the unit that the job's tag stands for; zero when it is not on
// record, or came to its end meanwhile.
func unitOf(tx *store.Tx, job authentic.Job) (custody.Unit, error) {
	var u custody.Unit
	var err error
	switch {
	case job.Unit != "":
		u, err = tx.Unbounded().Unit(custody.UnitID(job.Unit))
	case job.Label.Serial != "":
		u, err = tx.Unbounded().UnitBySerial(job.Label.DI, job.Label.Serial)
	default:
		return u, nil
	}
	switch {
	case fault.Is(err, fault.NotFound):
		return custody.Unit{}, nil
	case err != nil:
		return custody.Unit{}, err
	case u.Vendor != job.Vendor || u.Lot != job.Label.Lot || u.State.Terminal():
		return custody.Unit{}, nil
	}
	return u, nil
}

// bind puts the tag on the unit in place of the one with keys that it had.
func bind(tx *store.Tx, tag authentic.TagID, u custody.Unit) error {
	others, err := tx.Unbounded().Tags(u.ID)
	if err != nil {
		return err
	}
	for _, t := range others {
		if t.ID != tag && t.Technology == authentic.NTAG424 && t.State == authentic.TagActive {
			if _, err := tx.RetireTag(t.ID, authentic.TagRetired); err != nil {
				return err
			}
		}
	}
	bound, err := tx.BindTag(tag, u)
	if err == nil && !bound {
		err = fault.New(fault.Conflict, "This tag stands for another unit by now.")
	}
	return err
}

func commissioned(tx *store.Tx, actor access.Actor, u custody.Unit, job authentic.Job) {
	c := audit.Change{
		Chain: audit.OrganisationChain(string(actor.Organisation)), Action: "tag.commissioned", Kind: "tag", Object: string(job.Tag),
		New: map[string]string{"run": string(job.Run), "epoch": strconv.FormatInt(job.Epoch, 10), "serial": job.Label.Serial},
	}
	if u.ID != "" {
		c.Chain, c.Kind, c.Object = audit.SiteChain(string(u.Site)), "unit", string(u.ID)
		c.New["tag"] = string(job.Tag)
		tx.Announce(store.Event{Kind: "unit", Subject: string(u.ID), HospitalID: string(u.Hospital), VendorID: string(u.Vendor)})
	}
	tx.Audit(c)
}
