package kiosk

import (
	"context"
	"strings"
	"time"

	"trueward/internal/adapter/store"
	"trueward/internal/domain/access"
	"trueward/internal/domain/audit"
	"trueward/internal/domain/usage"
	"trueward/internal/fault"
)

// Tap is a badge at a workstation, with the PIN where one was asked for.
type Tap struct {
	Badge     string // what the reader typed
	PIN       string
	RequestID string
}

// Entry is what a tap leads to: the session of a person, or the question for
// their PIN.
type Entry struct {
	Person access.PersonID
	Name   string
	Since  time.Time
	// By names what proved the person; Proven is when a PIN did, zero when the
	// badge was enough.
	By     string
	Proven time.Time
	// AskPIN is set while the person is not in yet.
	AskPIN bool
	// Case is the open case they go on with; empty for none.
	Case usage.CaseID
}

// Names of what lets a person in at a workstation.
const (
	ByBadge = "badge"
	ByPIN   = "badge and PIN"
)

// errUnknown tells nothing about whose badge it may be.
func errUnknown() error {
	return fault.At("badge", "This badge is not known here. Sign in with your password and add it to your account.")
}

// Enter lets a person in at a workstation by their badge. Whoever sat there is
// out, and the person leaves any other workstation they hold.
func (d *Desk) Enter(ctx context.Context, k store.Kiosk, tap Tap) (Entry, error) {
	code := normal(tap.Badge)
	if code == "" {
		return Entry{}, fault.At("badge", "Hold your badge to the reader.")
	}
	badge, known, err := d.Store.Read(ctx, access.Everything()).BadgeByDigest(k.Hospital, d.digest(k.Hospital, code))
	if err != nil {
		return Entry{}, err
	}
	credential, found, err := d.Store.Read(ctx, access.Scope{}).CredentialOf(badge.Person)
	if err != nil {
		return Entry{}, err
	}
	if !known || !found || credential.Disabled {
		return Entry{}, errUnknown()
	}
	actor := credential.Actor
	if !reaches(actor, k) {
		return Entry{}, fault.At("badge", "You have no role at this site. Ask your administrator for one.")
	}
	entry := Entry{Person: actor.Person, Name: actor.Name, By: ByBadge}
	fresh := !badge.ProvenAt.IsZero() && badge.ProvenAt.After(credential.AccessChangedAt) && d.Store.Now().Sub(badge.ProvenAt) < Shift
	if !fresh || tap.PIN != "" {
		if tap.PIN == "" {
			entry.AskPIN = true
			return entry, refuseClosed(badge)
		}
		if err := d.provePIN(ctx, badge, tap.PIN); err != nil {
			return entry, err
		}
		entry.By = ByPIN
	}
	actor.Authenticator, actor.RequestID, actor.Device = entry.By, tap.RequestID, "workstation "+k.Name
	err = d.Store.Write(ctx, actor, func(tx *store.Tx) error { return d.take(tx, k.ID, &entry) })
	return entry, err
}

// reaches reports whether a person has any role where the workstation stands.
func reaches(a access.Actor, k store.Kiosk) bool {
	if a.Organisation != k.Hospital {
		return false
	}
	for _, g := range a.Grants {
		if g.Site == "" || g.Site == k.Site {
			return true
		}
	}
	return false
}

// take gives the workstation to the writing person, with the case that is open
// at it.
func (d *Desk) take(tx *store.Tx, id store.KioskID, entry *Entry) error {
	if err := tx.LockKiosks(tx.Actor().Organisation); err != nil {
		return err
	}
	k, err := tx.Kiosk(id)
	if err != nil {
		return err
	}
	if !k.RevokedAt.IsZero() {
		return fault.New(fault.Conflict, "This is no shared workstation any more. Ask your administrator.")
	}
	if entry.Case, err = openAt(tx, k); err != nil {
		return err
	}
	if err := tx.TakeKiosk(id, entry.Person); err != nil {
		return err
	}
	entry.Since = tx.Now()
	if entry.By == ByPIN {
		entry.Proven = tx.Now()
		if err := tx.NotePIN(entry.Person, true); err != nil {
			return err
		}
	}
	tx.Audit(change(k.Site, id, "workstation.entered", map[string]string{"by": entry.By, "case": string(entry.Case), "after": string(k.Person)}))
	if entry.Case == "" {
		return nil
	}
	return tx.SetOpenCase(entry.Person, entry.Case)
}

// openAt is the case that is open at a workstation and that the writing person
// may work on: its present holder's, or the one it was locked with, else the
// person's own.
func openAt(tx *store.Tx, k store.Kiosk) (usage.CaseID, error) {
	if k.Person != "" {
		c, open, err := tx.OpenCase(k.Person)
		if err != nil {
			return "", err
		}
		if open {
			k.Case = c.ID
		}
	}
	if k.Case == "" {
		return "", nil
	}
	c, err := tx.Case(k.Case)
	switch {
	case fault.Is(err, fault.NotFound):
		return "", nil
	case err != nil:
		return "", err
	case c.State != usage.CaseOpen || c.Site != k.Site || !tx.Actor().MayAt(access.WorkCase, c.Site):
		return "", nil
	}
	return c.ID, nil
}

// Lock closes the workstation and keeps the case that is open at it.
func (d *Desk) Lock(ctx context.Context, actor access.Actor, id store.KioskID) error {
	return d.Store.Write(ctx, actor, func(tx *store.Tx) error {
		k, err := tx.Kiosk(id)
		if err != nil {
			return err
		}
		open, _, err := tx.OpenCase(actor.Person)
		if err != nil {
			return err
		}
		held, err := tx.LockKiosk(id, actor.Person, open.ID)
		if err != nil || !held {
			return err
		}
		tx.Audit(change(k.Site, id, "workstation.locked", map[string]string{"case": string(open.ID)}))
		return nil
	})
}

// ProvePIN asks the actor for the PIN of their badge once more.
func (d *Desk) ProvePIN(ctx context.Context, actor access.Actor, pin string) error {
	badge, known, err := d.Store.Read(ctx, actor.Scope()).BadgeOf(actor.Person)
	if err != nil {
		return err
	}
	if !known {
		return fault.At("pin", "You have no badge here. Give your password instead.")
	}
	if err := d.provePIN(ctx, badge, pin); err != nil {
		return err
	}
	return d.Store.Keep(ctx, func(tx *store.Tx) error { return tx.NotePIN(actor.Person, true) })
}

func (d *Desk) provePIN(ctx context.Context, badge store.Badge, pin string) error {
	if err := refuseClosed(badge); err != nil {
		return err
	}
	// Counted before it is compared: tries that come at once count as many.
	if err := d.Store.Keep(ctx, func(tx *store.Tx) error { return tx.NotePIN(badge.Person, false) }); err != nil {
		return err
	}
	counted, _, err := d.Store.Read(ctx, access.Everything()).BadgeOf(badge.Person)
	if err != nil {
		return err
	}
	if counted.PINFailures > pinTries {
		return refuseClosed(counted)
	}
	right, err := d.Hashes.Matches(ctx, pin, badge.PINHash)
	if err != nil || right {
		return err
	}
	return fault.At("pin", "This PIN is not right. Try again.")
}

func refuseClosed(b store.Badge) error {
	if b.PINFailures < pinTries {
		return nil
	}
	return fault.At("pin", "This PIN was wrong too often and is closed. Sign in with your password and choose a new one in your account.")
}

// NewBadge is a person's own badge and PIN.
type NewBadge struct {
	Badge string
	PIN   string
	Again string
}

// SetBadge gives the actor a badge and a PIN in place of what they had.
func (d *Desk) SetBadge(ctx context.Context, actor access.Actor, in NewBadge) error {
	code := normal(in.Badge)
	var refused fault.Refusals
	if actor.Kind != access.Hospital {
		return fault.New(fault.Forbidden, "Badges are for people of a hospital.")
	}
	if len(code) < 6 || len(code) > 64 {
		refused.At("badge", "Hold your badge to the reader: it types 6 to 64 characters.")
	}
	if sentence := weakPIN(in.PIN); sentence != "" {
		refused.At("pin", sentence)
	} else if in.PIN != in.Again {
		refused.At("pin_again", "The two PINs differ. Type the same one twice.")
	}
	if err := refused.Err(); err != nil {
		return err
	}
	hash, err := d.Hashes.Hash(ctx, in.PIN)
	if err != nil {
		return err
	}
	return d.Store.Write(ctx, actor, func(tx *store.Tx) error {
		free, err := tx.SaveBadge(actor.Organisation, actor.Person, d.digest(actor.Organisation, code), hash)
		if err == nil && !free {
			err = fault.At("badge", "This badge belongs to somebody else. Ask your administrator.")
		}
		tx.Audit(badgeChange(actor, actor.Person, "person.badge_set"))
		return err
	})
}

// RemoveBadge takes a badge away: one's own, or, for an administrator, that of
// a person of their organisation.
func (d *Desk) RemoveBadge(ctx context.Context, cmd store.Command, person access.PersonID) error {
	if person != cmd.Actor.Person && !cmd.Actor.May(access.ManagePeople) {
		return fault.New(fault.Forbidden, "Only an administrator can take other people's badges away.")
	}
	_, err := store.Once(ctx, d.Store, cmd, func(tx *store.Tx) (access.PersonID, error) {
		if _, err := tx.Person(person); err != nil {
			return "", err
		}
		had, err := tx.RemoveBadge(person)
		if err == nil && !had {
			err = fault.New(fault.Conflict, "There is no badge to take away.")
		}
		tx.Audit(badgeChange(cmd.Actor, person, "person.badge_removed"))
		return person, err
	})
	return err
}

// Badge returns the badge of the actor; false when they have none.
func (d *Desk) Badge(ctx context.Context, actor access.Actor) (store.Badge, bool, error) {
	if actor.Kind != access.Hospital {
		return store.Badge{}, false, nil
	}
	return d.Store.Read(ctx, actor.Scope()).BadgeOf(actor.Person)
}

func badgeChange(actor access.Actor, person access.PersonID, action string) audit.Change {
	return audit.Change{
		Chain: audit.OrganisationChain(string(actor.Organisation)), Action: action, Kind: "person", Object: string(person),
	}
}

// digest binds a badge to its hospital: the same badge elsewhere is another one.
func (d *Desk) digest(hospital access.OrganisationID, code string) string {
	return d.Identity([]byte(string(hospital) + "\x00" + code))
}

// normal is what stays of a reader's output: without the sentinels of track 2
// (ISO/IEC 7813, 7), without blanks, in one case.
func normal(badge string) string {
	badge = strings.TrimSuffix(strings.TrimPrefix(strings.TrimSpace(badge), ";"), "?")
	return strings.ToUpper(strings.ReplaceAll(badge, " ", ""))
}

// weakPIN says what is wrong with a PIN; empty when nothing is.
func weakPIN(pin string) string {
	if len(pin) < 6 || len(pin) > 12 || strings.Trim(pin, "0123456789") != "" {
		return "Choose a PIN of 6 to 12 digits."
	}
	same, up, down := true, true, true
	for i := 1; i < len(pin); i++ {
		same, up, down = same && pin[i] == pin[0], up && pin[i] == pin[i-1]+1, down && pin[i] == pin[i-1]-1
	}
	if same || up || down || strings.Repeat(pin[:2], len(pin)/2) == pin || strings.Repeat(pin[:3], len(pin)/3) == pin {
		return "This PIN is easy to guess. Choose one without a pattern."
	}
	return ""
}
