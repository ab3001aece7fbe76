// Package receiving brings units into care: a vendor announces what is coming,
// a hospital receives it at a place, a rep brings trunk stock, tags are bound.
//
// It promises that every unit begins with its vendor as owner, at a place, and
// under an agreement between the two; receiving changes place and possessor,
// never the owner.
package receiving

import (
	"fmt"
	"strings"
	"time"

	"trueward/internal/adapter/store"
	"trueward/internal/domain/access"
	"trueward/internal/domain/audit"
	"trueward/internal/domain/authentic"
	"trueward/internal/domain/catalog"
	"trueward/internal/domain/consign"
	"trueward/internal/domain/custody"
	"trueward/internal/fault"
)

// Identities names a tag without keeping its UID: the vault's keyed digest.
type Identities interface {
	Identity(technology authentic.Technology, uid []byte) string
}

// Desk receives.
type Desk struct {
	Store      *store.Store
	Identities Identities
}

// UnitInput says what one unit is, as its label says it.
type UnitInput struct {
	DI     string // of any package level
	Lot    string
	Serial string
	Expiry string // YYYY-MM-DD
	Tags   []TagInput
	// Name is what a person calls a product that the catalogue does not have.
	Name string
}

// maxUnits bounds one notice, so that its transaction stays short.
const maxUnits = 500

// maxText is the longest lot or serial (GS1 General Specifications, AI 10, 21).
const maxText = 20

func (in UnitInput) check(field string) *fault.Error {
	switch {
	case !catalog.IsDI(in.DI):
		return fault.At(field+".di", "The product number is neither a GTIN of 14 digits with its check digit nor a HIBC number.")
	case len(in.Lot) > maxText, len(in.Serial) > maxText:
		return fault.At(field+".serial", "A lot or serial has at most 20 characters.")
	case strings.TrimSpace(in.Lot) != in.Lot, strings.TrimSpace(in.Serial) != in.Serial:
		return fault.At(field+".serial", "A lot or serial does not begin or end with a space.")
	}
	if _, ok := custody.ParseDate(in.Expiry); in.Expiry != "" && !ok {
		return fault.At(field+".expiry", "The expiry date is not a date (YYYY-MM-DD).")
	}
	return nil
}

func checkUnits(units []UnitInput) error {
	var refusals fault.Refusals
	if len(units) == 0 || len(units) > maxUnits {
		refusals.At("units", fmt.Sprintf("A notice names 1 to %d units.", maxUnits))
	}
	for i, u := range units {
		if r := u.check(fmt.Sprintf("units.%d", i+1)); r != nil {
			refusals = append(refusals, r)
		}
	}
	return refusals.Err()
}

// shelfOfProducts remembers the products of one notice: its units share a few.
type shelfOfProducts map[string]struct {
	product catalog.Product
	level   catalog.Level
}

func (s shelfOfProducts) find(tx *store.Tx, di string) (catalog.Product, catalog.Level, error) {
	if found, ok := s[di]; ok {
		return found.product, found.level, nil
	}
	product, level, err := tx.Unbounded().ProductByDI(di)
	if err == nil {
		found := s[di]
		found.product, found.level = product, level
		s[di] = found
	}
	return product, level, err
}

// create makes one unit under an agreement version, at a place, in care of a
// possessor, and binds its tags.
func (d *Desk) create(tx *store.Tx, known shelfOfProducts, in UnitInput, v consign.Version, place custody.Place, possessor access.OrganisationID, f custody.Fact) (custody.Unit, error) {
	product, level, err := known.find(tx, in.DI)
	if err != nil {
		return custody.Unit{}, err
	}
	if product.Vendor != v.Vendor {
		return custody.Unit{}, fault.Newf(fault.Invalid, "%s is not a product of this vendor.", product.Name)
	}
	f.AgreementVersion = v.ID
	u, err := tx.CreateUnit(custody.Unit{
		Vendor: v.Vendor, QuantityTotal: level.Quantity,
		Key: custody.Key{
			Hospital: v.Hospital, Site: place.Site, Place: place.ID, Owner: v.Vendor, Possessor: possessor,
			Agreement: v.Agreement, Product: product.ID, DI: in.DI, Lot: in.Lot, Serial: in.Serial, Expiry: in.Expiry,
		},
	}, f)
	if err != nil {
		return custody.Unit{}, taken(err, in)
	}
	for _, t := range in.Tags {
		if _, err := d.bind(tx, u, t); err != nil {
			return custody.Unit{}, err
		}
	}
	if err := bindWaiting(tx, u); err != nil {
		return custody.Unit{}, err
	}
	note(tx, u, "unit."+string(f.Kind), map[string]string{"state": ""}, f.Reason)
	return u, recalled(tx, u)
}

// taken words the one way in which two labels may not agree.
func taken(err error, in UnitInput) error {
	if fault.Is(err, fault.Internal) && in.Serial != "" {
		return fault.Wrap(fault.Conflict, "A unit with this product and serial number is on record already.", err)
	}
	return err
}

// note audits what happened to a unit and wakes the pages that show it.
func note(tx *store.Tx, u custody.Unit, action string, old map[string]string, reason string) {
	tx.Audit(audit.Change{
		Chain: audit.SiteChain(string(u.Site)), Action: action, Kind: "unit", Object: string(u.ID), Old: old,
		New:    map[string]string{"state": string(u.State), "place": string(u.Place), "possessor": string(u.Possessor)},
		Reason: reason,
	})
	tx.Announce(store.Event{Kind: "unit", Subject: string(u.ID), HospitalID: string(u.Hospital), VendorID: string(u.Vendor)})
}

// inForce returns the version that lets units begin their life now.
func inForce(tx *store.Tx, agreement consign.AgreementID, at time.Time) (consign.Version, error) {
	v, err := tx.Unbounded().VersionInForce(agreement, at)
	if fault.Is(err, fault.NotFound) {
		return v, fault.New(fault.Conflict, "No agreement with this vendor is in force on that day, so nothing can be announced or brought in under it.")
	}
	return v, err
}
