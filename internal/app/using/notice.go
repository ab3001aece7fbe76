package using

import (
	"context"
	"time"

	"trueward/internal/adapter/store"
	"trueward/internal/domain/access"
	"trueward/internal/domain/audit"
	"trueward/internal/domain/usage"
)

// TopicNotice is the work of telling a vendor about a usage.
const TopicNotice = "usage.notice"

// tellVendor leaves work behind that tells the vendor once the undo time is
// over.
func tellVendor(tx *store.Tx, u usage.Usage) error {
	return tx.Enqueue(TopicNotice, string(u.ID), string(u.Hospital), string(u.Vendor), u.UndoUntil, struct{}{})
}

// untellVendor takes that work back; a notice that left already stands, and
// the vendor sees the correction beside it.
func untellVendor(tx *store.Tx, u usage.Usage) error {
	tx.Announce(store.Event{Kind: "usage", Subject: string(u.ID), HospitalID: string(u.Hospital), VendorID: string(u.Vendor)})
	return tx.CancelJob(TopicNotice, string(u.ID))
}

// RunNotices sends the notices that are due and returns how many it sent. The
// notice and the end of its job are one transaction: a worker that dies in
// between loses nothing and tells nobody twice.
func (d *Desk) RunNotices(ctx context.Context) (int, error) {
	const batch, lease = 100, time.Minute
	jobs, err := d.Store.ClaimJobs(ctx, []string{TopicNotice}, batch, lease)
	if err != nil {
		return 0, err
	}
	sent := 0
	for _, job := range jobs {
		if err := d.notify(ctx, job); err != nil {
			return sent, err
		}
		sent++
	}
	return sent, nil
}

func (d *Desk) notify(ctx context.Context, job store.Job) error {
	return d.Store.Write(ctx, access.System("notices"), func(tx *store.Tx) error {
		u, err := tx.Usage(usage.ID(job.Subject))
		if err != nil {
			return err
		}
		_, ended, err := tx.Correction(u.ID)
		if err != nil {
			return err
		}
		if !ended {
			if err := tx.AddVendorNotice(u); err != nil {
				return err
			}
		}
		auditNotice(tx, u, ended)
		return tx.FinishJob(job)
	})
}

func auditNotice(tx *store.Tx, u usage.Usage, ended bool) {
	action := "usage.notified"
	if ended {
		action = "usage.notice_dropped"
	}
	tx.Audit(audit.Change{
		Chain: audit.SiteChain(string(u.Site)), Action: action, Kind: "usage", Object: string(u.ID),
		New: map[string]string{"vendor": string(u.Vendor)},
	})
	if !ended {
		tx.Announce(store.Event{Kind: "usage", Subject: string(u.ID), HospitalID: string(u.Hospital), VendorID: string(u.Vendor)})
	}
}
