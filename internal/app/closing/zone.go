package closing

import (
	"context"
	"time"

	"trueward/internal/adapter/store"
	"trueward/internal/domain/access"
	"trueward/internal/domain/audit"
	"trueward/internal/fault"
)

// SetZone sets the calendar of a vendor's months; a hospital's follows its
// first site. It is set before the first month closes, and stays: a month that
// began later or ended earlier than it was closed with would be no month.
// Refusals: Forbidden, Invalid (no such zone), Conflict (a month is closed).
func (d *Desk) SetZone(ctx context.Context, cmd store.Command, name string) (string, error) {
	if !cmd.Actor.May(access.CloseBooks) || cmd.Actor.Kind != access.Vendor {
		return "", fault.New(fault.Forbidden, "The calendar of a vendor's months is set by its office.")
	}
	zone, err := time.LoadLocation(name)
	if err != nil || name == "" || name == "Local" {
		return "", fault.At("time_zone", "Enter the time zone by its IANA name, such as Europe/Berlin.")
	}
	return store.Once(ctx, d.Store, cmd, func(tx *store.Tx) (string, error) {
		id := cmd.Actor.Organisation
		books, err := tx.Books(id)
		if err != nil {
			return "", err
		}
		if books.OpenFrom != "" || books.ClosedThrough != "" {
			return "", fault.New(fault.Conflict, "A month is closed already, so the calendar of the months stays as it is.")
		}
		tx.Audit(audit.Change{
			Chain: audit.OrganisationChain(string(id)), Action: "books.zone_set", Kind: "organisation", Object: string(id),
			New: map[string]string{"time_zone": zone.String()},
		})
		return zone.String(), tx.SetBooksZone(id, zone)
	})
}
