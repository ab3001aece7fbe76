package scanning

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strings"
	"time"

	"trueward/internal/adapter/store"
	"trueward/internal/domain/access"
	"trueward/internal/domain/authentic"
	"trueward/internal/fault"
	"trueward/internal/standard/sdm"
)

// TapInput is a tag's URL as it came over the air.
type TapInput struct {
	Profile authentic.ProfileID
	Query   string // raw, never decoded
	Source  string // "tap" for the URL itself, "scan" for the scan box, "offline" for kept ones
	// Captured is when a device that was offline kept it; zero: just now.
	Captured time.Time
}

// kept reports whether the message waited in a device that was offline.
func (in TapInput) kept() bool { return !in.Captured.IsZero() }

// checked is what a tap's transaction leaves; it survives as JSON under the
// command's key.
type checked struct {
	Tap     string
	Verdict authentic.Verdict
	Tamper  sdm.Tamper
	Unit    string
	Retired bool
	Unsure  bool // the first message after the database was put back
	Late    bool // kept offline, and older than what was seen meanwhile
}

// profile is a tag profile made ready.
type profile struct {
	authentic.Profile
	verifier *sdm.Verifier
}

// Tap checks a tag's message. A message that cannot be read is refused before
// any database work; every other answer is a Result with a verdict. cmd's key
// lets a request that is sent again find its own answer instead of "seen
// before"; GET requests have none.
func (d *Desk) Tap(ctx context.Context, cmd store.Command, in TapInput) (Result, error) {
	if !wellFormed(in.Query) {
		return Result{}, fault.At("scan", "This is not a tag's address. Tap the tag again, or scan its barcode.")
	}
	c, err := d.check(ctx, cmd, in)
	if err != nil {
		return Result{}, err
	}
	r, err := d.answer(ctx, cmd.Actor, c)
	r.Late = c.Late
	switch {
	case c.Late:
		r.Sentence = "This tap came late: newer ones of the tag were seen meanwhile. It is kept as evidence and proves nothing now."
	case c.Unsure && r.Sentence == "":
		r.Sentence = "This is the tag's first tap since the records were restored. Tap it once more to be sure."
	}
	return r, err
}

// wellFormed looks at length, alphabet and repeated names, and nothing else.
func wellFormed(query string) bool {
	if query == "" || len(query) > sdm.MaxText {
		return false
	}
	for i := range len(query) {
		c := query[i]
		if (c < '0' || c > '9') && (c < 'A' || c > 'Z') && (c < 'a' || c > 'z') && !strings.ContainsRune("=&-._~", rune(c)) {
			return false
		}
	}
	seen := map[string]bool{}
	for param := range strings.SplitSeq(query, "&") {
		name, _, ok := strings.Cut(param, "=")
		if !ok || seen[name] {
			return false
		}
		seen[name] = true
	}
	return true
}

func (d *Desk) check(ctx context.Context, cmd store.Command, in TapInput) (checked, error) {
	p, err := d.profile(ctx, in.Profile)
	if fault.Is(err, fault.NotFound) {
		return checked{Verdict: authentic.Refuse(authentic.NotAuthentic)}, nil
	}
	if err != nil {
		return checked{}, err
	}
	mirror, err := p.verifier.Parse(in.Query)
	switch sdm.CodeOf(err) {
	case "":
	case sdm.CodeWrongMode:
		return checked{Verdict: authentic.Refuse(authentic.WrongMode)}, nil
	default:
		return checked{}, fault.Wrap(fault.Invalid, "This is not a tag's address. Tap the tag again, or scan its barcode.", err)
	}
	message, tag, err := d.verify(ctx, p, &mirror)
	switch {
	case errors.Is(err, ErrKeyFault):
		return checked{Verdict: authentic.Refuse(authentic.KeyFault)}, nil
	case sdm.CodeOf(err) != "":
		return d.refuse(ctx, cmd.Actor, p, tag, in)
	case err != nil:
		return checked{}, err
	}
	return store.Once(ctx, d.Store, writer(cmd), func(tx *store.Tx) (checked, error) {
		return accept(tx, cmd.Actor, p, tag, message, in)
	})
}

// verify opens the mirror, finds the tag and checks its signature. A tag that
// is not known, or belongs to another profile, is checked against a dummy key,
// after the same derivation: the way and the time are the same.
func (d *Desk) verify(ctx context.Context, p profile, mirror *sdm.Mirror) (sdm.Result, authentic.Tag, error) {
	meta, err := d.Keys.Meta(p.KeyRef)
	if err != nil {
		return sdm.Result{}, authentic.Tag{}, err
	}
	claim := p.verifier.Open(mirror, meta)
	identity := d.Keys.Identity(authentic.NTAG424, claim.UID[:])
	tag, err := d.Store.Read(ctx, access.Everything()).TagByIdentity(identity)
	known := err == nil && tag.Profile == p.ID
	if err != nil && !fault.Is(err, fault.NotFound) {
		return sdm.Result{}, authentic.Tag{}, err
	}
	if !known {
		tag = authentic.Tag{Epoch: 1}
	}
	file, err := d.Keys.FileKey(p.KeyRef, tag.Epoch, p.Derivation, claim.UID)
	if err != nil {
		return sdm.Result{}, authentic.Tag{}, err
	}
	if !known {
		file = d.Keys.Dummy()
	}
	message, err := p.verifier.Verify(mirror, claim, file)
	return message, tag, err
}

func (d *Desk) profile(ctx context.Context, id authentic.ProfileID) (profile, error) {
	if p, ok := d.profiles.Load(id); ok {
		return p.(profile), nil
	}
	stored, err := d.Store.Read(ctx, access.Everything()).Profile(id)
	if err != nil {
		return profile{}, err
	}
	if !stored.Keyed() {
		return profile{}, fault.New(fault.NotFound, "There is no such profile of tags that prove themselves.")
	}
	p := profile{Profile: stored}
	if p.verifier, err = stored.Verifier(); err != nil {
		return profile{}, err
	}
	d.profiles.Store(id, p)
	return p, nil
}

// refuse records that a message did not verify. It writes the same row for a
// tag that is known and one that is not.
func (d *Desk) refuse(ctx context.Context, actor access.Actor, p profile, tag authentic.Tag, in TapInput) (checked, error) {
	c := checked{Verdict: authentic.Refuse(authentic.NotAuthentic)}
	var counted, many bool
	err := d.Store.Keep(ctx, func(tx *store.Tx) error {
		if !counted { // a transaction that is tried again is one message
			counted, many = true, d.swarm.grew(p.ID, tx.Now())
		}
		if many {
			if err := warn(tx, p); err != nil {
				return err
			}
		}
		_, err := tx.AddTap(authentic.Tap{
			Tag: tag.ID, Profile: p.ID, Unit: tag.Unit, Hospital: tag.Hospital, Vendor: p.Vendor, Epoch: tag.Epoch,
			Verdict: c.Verdict, Person: actor.Person, Source: in.Source, Captured: in.Captured,
		})
		return err
	})
	return c, err
}

// writer is the command under which a tap is recorded: the person's own, or
// the product's for nobody signed in.
func writer(cmd store.Command) store.Command {
	if !cmd.Actor.Signed() {
		system := access.System("tap")
		system.Device, system.RequestID = cmd.Actor.Device, cmd.Actor.RequestID
		cmd.Actor = system
	}
	return cmd
}

// evidence is the digest of the message, for the audit trail.
func evidence(in TapInput) string {
	sum := sha256.Sum256([]byte(string(in.Profile) + "?" + in.Query))
	return hex.EncodeToString(sum[:])
}
