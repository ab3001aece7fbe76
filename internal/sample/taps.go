package sample

import (
	"context"
	"fmt"
	"io"
	"net/url"
	"strings"
	"time"

	"trueward/internal/adapter/store"
	"trueward/internal/domain/access"
	"trueward/internal/domain/authentic"
	"trueward/internal/domain/custody"
	"trueward/internal/fault"
	"trueward/internal/standard/ntag424"
	"trueward/internal/standard/ntag424/simtag"
	"trueward/internal/standard/sdm"
)

// Tap is a URL as a phone gets it from a simulated tag, and what it shows.
type Tap struct {
	What string
	URL  string
}

// TagKeys is what a simulated tag needs of the vault.
type TagKeys interface {
	Identity(technology authentic.Technology, uid []byte) string
	Programming(ref string, epoch int64, d authentic.Derivation, uid [7]byte) (meta, file [16]byte, err error)
}

// TapConfig says where taps are made.
type TapConfig struct {
	Store  *store.Store
	Keys   TagKeys
	Host   string // "http://localhost:8088"
	Random io.Reader
	// Verify has the product check a tap, so that it is seen.
	Verify func(ctx context.Context, profile authentic.ProfileID, query string) error
}

// candidate is a tag of the sample whose unit is as a tap should show it.
type candidate struct {
	uid     sdm.UID
	tag     authentic.Tag
	profile authentic.Profile
}

// The taps that Taps makes.
const (
	TapGenuine      = "genuine"
	TapReplayed     = "replayed"
	TapAltered      = "altered"
	TapWrongProduct = "wrong product"
	TapRecalled     = "recalled"
)

// Taps returns five URLs: a genuine tag of a unit that may be used, one that
// was seen before, one with a changed digit, one of a unit whose box names
// another product, and one of a recalled unit.
func Taps(ctx context.Context, cfg TapConfig) ([]Tap, error) {
	found, err := cfg.find(ctx)
	if err != nil {
		return nil, err
	}
	var taps []Tap
	for _, what := range []string{TapGenuine, TapReplayed, TapAltered, TapWrongProduct, TapRecalled} {
		c, ok := found[what]
		if !ok {
			continue // its unit was used up meanwhile
		}
		address, err := cfg.tap(ctx, c)
		if err != nil {
			return nil, err
		}
		switch what {
		case TapReplayed:
			err = cfg.Verify(ctx, c.profile.ID, address[strings.IndexByte(address, '?')+1:])
		case TapAltered:
			address = alter(address)
		}
		if err != nil {
			return nil, err
		}
		taps = append(taps, Tap{what, address})
	}
	return taps, nil
}

// find looks through the sample's tags until each kind of tap has one.
func (cfg TapConfig) find(ctx context.Context) (map[string]candidate, error) {
	q := cfg.Store.Read(ctx, access.Everything())
	found, today := map[string]candidate{}, cfg.Store.Now().Format(time.DateOnly)
	plain := []string{TapGenuine, TapReplayed, TapAltered}
	for n := 1; n <= firstTags && len(found) < 5; n++ {
		id := uid(n)
		tag, err := q.TagByIdentity(cfg.Keys.Identity(authentic.NTAG424, id[:]))
		if fault.Is(err, fault.NotFound) {
			continue
		} else if err != nil {
			return nil, err
		}
		what, err := kindOfTap(q, tag, today)
		if err != nil {
			return nil, err
		}
		if what == TapGenuine {
			if len(plain) == 0 {
				continue
			}
			what, plain = plain[0], plain[1:]
		}
		if _, have := found[what]; have || what == "" {
			continue
		}
		profile, err := q.Profile(tag.Profile)
		if err != nil {
			return nil, err
		}
		found[what] = candidate{id, tag, profile}
	}
	return found, nil
}

// firstTags is how many units, and so first tags, the sample has.
const firstTags = 2000

// kindOfTap says what a tap of the tag would show; empty for tags that show
// nothing worth while.
func kindOfTap(q store.Queries, tag authentic.Tag, today string) (string, error) {
	unit, err := q.Unit(custody.UnitID(tag.Unit))
	if err != nil || unit.State != custody.Available {
		return "", err
	}
	holds, err := q.LiveHolds(unit.ID)
	if err != nil {
		return "", err
	}
	live := holds[unit.ID]
	switch {
	case len(live) == 0 && unit.Expiry > today && tag.State == authentic.TagActive:
		return TapGenuine, nil
	case len(live) == 1 && live[0].Kind == custody.HoldRecall:
		return TapRecalled, nil
	case len(live) == 1 && live[0].Kind == custody.HoldIdentity:
		return TapWrongProduct, nil
	}
	return "", nil
}

// tap lets the simulated tag write the URL of its next tap.
func (cfg TapConfig) tap(ctx context.Context, c candidate) (string, error) {
	meta, file, err := cfg.Keys.Programming(c.profile.KeyRef, c.tag.Epoch, c.profile.Derivation, c.uid)
	if err != nil {
		return "", err
	}
	template, err := cfg.template(c.profile)
	if err != nil {
		return "", err
	}
	image, err := template.Image()
	if err != nil {
		return "", fmt.Errorf("sample: profile %s: %w", c.profile.ID, err)
	}
	var keys [ntag424.KeyCount]ntag424.Key
	keys[ntag424.KeyMeta], keys[ntag424.KeyFile] = meta, file
	tag := simtag.New(simtag.Config{UID: ntag424.UID(c.uid), Rand: cfg.Random, TagTamper: c.profile.Tamper})
	if err := tag.Personalise(image, image.Settings(), keys, 1); err != nil {
		return "", err
	}
	tag.ArmLoop()
	last, _, err := cfg.Store.Read(ctx, access.Everything()).LastCounter(c.tag.ID, c.tag.Epoch)
	if err != nil {
		return "", err
	}
	tag.SetCounter(uint32(last))
	return tag.Tap()
}

// template is the profile's URL at the host where the server is now.
func (cfg TapConfig) template(p authentic.Profile) (ntag424.Template, error) {
	at, err := url.Parse(cfg.Host)
	if err != nil {
		return ntag424.Template{}, err
	}
	path := p.URLTemplate[strings.Index(p.URLTemplate, "/t/"):]
	return ntag424.Template{
		URL: at.Scheme + "://" + at.Host + path, EncLength: p.FileMirrorLength(), MACFrom: p.MACInput, Tamper: p.Tamper,
	}, nil
}

// alter changes the last digit of a URL: one of its MAC.
func alter(address string) string {
	last := byte('0')
	if address[len(address)-1] == '0' {
		last = '1'
	}
	return address[:len(address)-1] + string(last)
}
