package tagging

import (
	"context"
	"errors"
	"strconv"
	"time"

	"trueward/internal/adapter/store"
	"trueward/internal/domain/access"
	"trueward/internal/domain/audit"
	"trueward/internal/domain/authentic"
	"trueward/internal/fault"
	"trueward/internal/standard/ntag424"
	"trueward/internal/standard/originality"
	"trueward/internal/standard/sdm"
)

// rejection is why a tag was put aside before anything was written to it.
type rejection string

func (r rejection) Error() string { return "tagging: rejected: " + string(r) }

// The reasons of rejection; see words.go.
const (
	rejectForeign    rejection = "foreign_tag"
	rejectNotGenuine rejection = "not_genuine"
	rejectHidden     rejection = "random_id"
	rejectVendor     rejection = "other_vendor"
	rejectBound      rejection = "bound"
	rejectTampered   rejection = "tampered"
	rejectRun        rejection = "other_run"
	rejectProfile    rejection = "other_profile"
	rejectEpoch      rejection = "same_epoch"
	rejectKeys       rejection = "keys_unknown"
	rejectSeveral    rejection = "several_tags"
)

// errRunDone: no job of the run waits for a tag.
var errRunDone = errors.New("tagging: the run has no tag left to write")

// claim is a tag with the job it is for: everything that must be stored before
// the first command that changes it.
type claim struct {
	Job     authentic.Job
	Known   bool // a tag of ours, or one that was torn off: to be gone on with
	Profile authentic.Profile
	uid     sdm.UID
	sealed  string
	old     string // sealed keys of the old epoch; empty for a new tag
}

// write takes one tag through its whole way. A rejection leaves the tag as it
// was; any other error but errRunDone leaves the job to be gone on with.
func (d *Desk) write(ctx context.Context, s *session, actor access.Actor, f Field) (authentic.Job, error) {
	report, err := f.Inspect(ctx)
	if err != nil {
		return authentic.Job{}, err
	}
	if err := d.admit(s, report); err != nil {
		return authentic.Job{}, err
	}
	c, err := d.claim(ctx, actor, s, report)
	if err != nil {
		return c.Job, err
	}
	s.under(c.Job)
	d.tell(s)
	work, err := d.commission(c)
	if err != nil {
		return c.Job, err
	}
	err = f.Commission(ctx, work, d.keep(ctx, c.Job))
	if work.State() != ntag424.StateVerified {
		return d.torn(ctx, c.Job, work.State(), err)
	}
	return d.finish(ctx, actor, c)
}

// admit looks at what the tag says of itself.
func (d *Desk) admit(s *session, r ntag424.Report) error {
	if r.Version.RandomID() {
		return rejectHidden
	}
	if s.station.Practice() {
		return nil // nobody signed made-up chips
	}
	if _, err := originality.Verify(string(originality.FamilyDESFire), r.UID[:], r.Signature); err != nil {
		return rejectNotGenuine
	}
	return nil
}

// claim commits the tag's keys and its lease, or finds those it had when it was
// torn off.
func (d *Desk) claim(ctx context.Context, actor access.Actor, s *session, r ntag424.Report) (claim, error) {
	var out claim
	err := d.Store.Write(ctx, actor, func(tx *store.Tx) error {
		run, err := tx.Run(s.run)
		if err != nil {
			return err
		}
		c := claim{uid: sdm.UID(r.UID)}
		if c.Profile, err = tx.Profile(run.Profile); err != nil {
			return err
		}
		identity := d.Keys.Identity(authentic.NTAG424, r.UID[:])
		held, ok, err := tx.Unbounded().JobOfChip(identity)
		switch {
		case err != nil:
			return err
		case ok && held.Run != run.ID:
			return rejectRun
		case ok:
			c.Job, c.Known = held, true
		default:
			if err := d.begin(tx, run, &c, identity, r); err != nil {
				return err
			}
		}
		c.Job.Station = s.station.Name()
		if err := d.keysOf(tx, &c); err != nil {
			return err
		}
		if err := tx.LeaseJob(c.Job, tx.Now().Add(lease)); err != nil {
			return err
		}
		tx.Audit(audit.Change{
			Chain: audit.OrganisationChain(string(actor.Organisation)), Action: "tag.keys_stored", Kind: "run", Object: string(run.ID),
			New: map[string]string{"tag": strconv.Itoa(c.Job.Position), "epoch": strconv.FormatInt(c.Job.Epoch, 10)},
		})
		out = c
		return nil
	})
	return out, err
}

// begin gives the next job of the run to a tag that holds none.
func (d *Desk) begin(tx *store.Tx, run authentic.Run, c *claim, identity string, r ntag424.Report) error {
	epochs, err := tx.Epochs(run.Profile)
	if err != nil {
		return err
	}
	job, waits, err := tx.NextJob(run.ID)
	if err != nil {
		return err
	}
	if !waits {
		return errRunDone
	}
	job.Identity, job.Epoch = identity, authentic.Newest(epochs).Number
	known, err := tx.Unbounded().TagByIdentity(identity)
	switch {
	case fault.Is(err, fault.NotFound):
		if !r.Factory() {
			return rejectForeign
		}
	case err != nil:
		return err
	default:
		if err := renewable(known, run, job); err != nil {
			return err
		}
		job.OldEpoch, c.Known = known.Epoch, true
	}
	c.Job = job
	return nil
}

// renewable says whether a tag of ours may be written anew for a job.
func renewable(t authentic.Tag, run authentic.Run, job authentic.Job) error {
	switch {
	case t.Vendor != run.Vendor:
		return rejectVendor
	case t.Profile != run.Profile:
		return rejectProfile
	case !t.TamperedAt.IsZero() || t.State == authentic.TagQuarantined:
		return rejectTampered
	case t.State == authentic.TagActive && t.Unit != "" && t.Unit != job.Unit:
		return rejectBound
	case t.Epoch >= job.Epoch:
		return rejectEpoch
	}
	return nil
}

// keysOf finds the sealed keys of the job, or draws them; and those that the
// tag holds now.
func (d *Desk) keysOf(tx *store.Tx, c *claim) error {
	sealed, there, err := tx.TagKeys(c.Job.Identity, c.Profile.ID, c.Job.Epoch)
	if err != nil {
		return err
	}
	if !there {
		if sealed, err = d.Keys.NewTagKeys(c.Job.Identity, c.Profile.KeyRef, c.Job.Epoch); err != nil {
			return err
		}
		if err := tx.KeepTagKeys(c.Job.Identity, c.Profile.ID, c.Job.Epoch, sealed); err != nil {
			return err
		}
	}
	c.sealed = sealed
	if c.Job.OldEpoch == 0 {
		return nil
	}
	c.old, there, err = tx.TagKeys(c.Job.Identity, c.Profile.ID, c.Job.OldEpoch)
	if err == nil && !there {
		return rejectKeys
	}
	return err
}

// commission prepares the commands.
func (d *Desk) commission(c claim) (*ntag424.Commission, error) {
	im, err := image(c.Profile)
	if err != nil {
		return nil, err
	}
	p := ntag424.Plan{UID: ntag424.UID(c.uid), Image: im, Settings: im.Settings(), Version: byte(c.Job.Epoch), Known: c.Known}
	if p.Keys, err = d.Keys.TagKeys(c.Profile.KeyRef, c.Job.Epoch, c.Profile.Derivation, c.uid, c.sealed); err != nil {
		return nil, err
	}
	if c.old != "" {
		if p.Old, err = d.Keys.TagKeys(c.Profile.KeyRef, c.Job.OldEpoch, c.Profile.Derivation, c.uid, c.old); err != nil {
			return nil, err
		}
	}
	p.Check = func(url string) error {
		m, err := d.message(c.Profile, c.Job.Epoch, url)
		if err == nil && (m.UID != c.uid || m.Ctr != 1) {
			return errUnproven
		}
		return err
	}
	return ntag424.NewCommission(p, d.Random)
}

// keep stores how far the tag is, when that is news.
func (d *Desk) keep(ctx context.Context, job authentic.Job) func(ntag424.State) error {
	var last authentic.JobState
	return func(s ntag424.State) error {
		state := authentic.JobStateOf(s)
		if state == last || s == ntag424.StateInterrupted || s == ntag424.StateQuarantined {
			return nil // how it ended is stored once, with the reason
		}
		last = state
		return d.mark(ctx, job, state, "")
	}
}

func (d *Desk) mark(ctx context.Context, job authentic.Job, state authentic.JobState, reason string) error {
	return d.Store.Keep(ctx, func(tx *store.Tx) error {
		return tx.MarkJob(job.ID, state, reason, tx.Now().Add(lease))
	})
}

// torn ends a visit that did not finish the tag.
func (d *Desk) torn(ctx context.Context, job authentic.Job, state ntag424.State, cause error) (authentic.Job, error) {
	job.State, job.Reason = authentic.JobInterrupted, reasonOf(cause)
	if state == ntag424.StateQuarantined {
		job.State = authentic.JobFailed
	}
	// The visit may have ended because the person stopped it: what became of
	// the tag is stored all the same.
	stored, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	return job, errors.Join(cause, d.mark(stored, job, job.State, job.Reason))
}

// reasonOf is the code of what ended a visit.
func reasonOf(cause error) string {
	if code := ntag424.CodeOf(cause); code != "" {
		return string(code)
	}
	return "tag_gone"
}
