package operating

import (
	"context"

	"trueward/internal/adapter/store"
	"trueward/internal/domain/access"
	"trueward/internal/domain/alert"
	"trueward/internal/domain/audit"
	"trueward/internal/fault"
)

// AlertLine is an alert and who looked at it: a name, empty while nobody has,
// or when it was somebody of the other side.
type AlertLine struct {
	alert.Alert
	By string
}

// Alerts lists the alerts that concern the actor's organisation, newest first;
// open leaves out what somebody has looked at.
func (d Desk) Alerts(ctx context.Context, actor access.Actor, open bool, page store.Page) (store.Listed[AlertLine], error) {
	if err := may(actor, access.ManageTags); err != nil {
		return store.Listed[AlertLine]{}, err
	}
	q := d.Store.Read(ctx, actor.Scope())
	list, err := q.Alerts(open, page)
	if err != nil {
		return store.Listed[AlertLine]{}, err
	}
	var people []string
	for _, a := range list.Rows {
		if a.AcknowledgedBy != "" {
			people = append(people, string(a.AcknowledgedBy))
		}
	}
	names, err := q.PersonNames(people...)
	out := store.Listed[AlertLine]{Next: list.Next}
	for _, a := range list.Rows {
		out.Rows = append(out.Rows, AlertLine{Alert: a, By: names[string(a.AcknowledgedBy)]})
	}
	return out, err
}

// AlertsAmong returns those of the alerts named that concern the actor's
// organisation and that nobody has looked at.
func (d Desk) AlertsAmong(ctx context.Context, actor access.Actor, ids []alert.ID) ([]alert.Alert, error) {
	if err := may(actor, access.ManageTags); err != nil {
		return nil, err
	}
	return d.Store.Read(ctx, actor.Scope()).AlertsAmong(ids)
}

// AcknowledgeAll notes that somebody looked at alerts, all in one, and returns
// how many they were the first to look at.
func (d Desk) AcknowledgeAll(ctx context.Context, cmd store.Command, ids []alert.ID) (int, error) {
	if err := may(cmd.Actor, access.ManageTags); err != nil {
		return 0, err
	}
	return store.Once(ctx, d.Store, cmd, func(tx *store.Tx) (int, error) {
		n := 0
		for _, id := range ids {
			first, err := tx.Acknowledge(id)
			if err != nil {
				return 0, err
			}
			if !first {
				continue
			}
			n++
			tx.Audit(audit.Change{
				Chain: audit.OrganisationChain(string(cmd.Actor.Organisation)), Action: "alert.acknowledged", Kind: "alert", Object: string(id),
			})
		}
		if n == 0 {
			return 0, fault.New(fault.Conflict, "None of these alerts is open any more. Somebody has looked at them already.")
		}
		return n, nil
	})
}

// Acknowledge notes that somebody looked at an alert. It stays in the list of
// all; who looked first stands beside it. An alert about a tag concerns its
// hospital and its vendor, and one look is enough for both.
func (d Desk) Acknowledge(ctx context.Context, cmd store.Command, id alert.ID) error {
	if err := may(cmd.Actor, access.ManageTags); err != nil {
		return err
	}
	_, err := store.Once(ctx, d.Store, cmd, func(tx *store.Tx) (bool, error) {
		first, err := tx.Acknowledge(id)
		if err != nil {
			return false, err
		}
		if !first {
			// Whether it was never there or is another's: the answer is one.
			return false, fault.New(fault.Conflict, "This alert is not open any more. Somebody has looked at it already.")
		}
		tx.Audit(audit.Change{
			Chain: audit.OrganisationChain(string(cmd.Actor.Organisation)), Action: "alert.acknowledged",
			Kind: "alert", Object: string(id),
		})
		return true, nil
	})
	return err
}
