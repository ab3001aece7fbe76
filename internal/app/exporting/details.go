package exporting

import (
	"context"
	"strings"

	"trueward/internal/adapter/store"
	"trueward/internal/domain/access"
	"trueward/internal/domain/audit"
	"trueward/internal/domain/billing"
	"trueward/internal/fault"
	"trueward/internal/standard/ubl"
)

// Details returns what electronic documents say of the actor's organisation.
// Refusals: Forbidden.
func (d *Desk) Details(ctx context.Context, actor access.Actor) (billing.PartyDetails, error) {
	if !actor.May(access.Export) {
		return billing.PartyDetails{}, errForbidden
	}
	return d.Store.Read(ctx, actor.Scope()).PartyDetails(actor.Organisation)
}

// SetDetails sets them for documents that are made from now on; what is stored
// stays as it is. Refusals: Forbidden, Invalid per field.
func (d *Desk) SetDetails(ctx context.Context, cmd store.Command, details billing.PartyDetails) (string, error) {
	if !cmd.Actor.May(access.RecordPayments) {
		return "", fault.New(fault.Forbidden, "The details of documents are set by finance or the vendor's office.")
	}
	if err := checkDetails(details); err != nil {
		return "", err
	}
	return store.Once(ctx, d.Store, cmd, func(tx *store.Tx) (string, error) {
		old, err := tx.PartyDetails(cmd.Actor.Organisation)
		if err != nil {
			return "", err
		}
		tx.Audit(audit.Change{
			Chain: audit.OrganisationChain(string(cmd.Actor.Organisation)), Action: "organisation.document-details", Kind: "organisation",
			Object: string(cmd.Actor.Organisation), Old: listed(old), New: listed(details),
		})
		return string(cmd.Actor.Organisation), tx.SetPartyDetails(cmd.Actor.Organisation, details)
	})
}

func listed(d billing.PartyDetails) map[string]string {
	return map[string]string{
		"endpoint": strings.Trim(d.EndpointScheme+":"+d.Endpoint, ":"), "gln": d.GLN, "registration": strings.Trim(d.RegistrationScheme+":"+d.Registration, ":"),
		"street": d.Street, "postal_zone": d.PostalZone, "city": d.City, "region": d.Region, "edi": strings.Trim(d.EDIQualifier+":"+d.EDI, ":"),
	}
}

func checkDetails(d billing.PartyDetails) error {
	var refused fault.Refusals
	if (d.EndpointScheme == "") != (d.Endpoint == "") {
		refused.At("endpoint", "Give the scheme and the address together, or neither.")
	} else if d.EndpointScheme != "" && !ubl.KnownEndpointScheme(d.EndpointScheme) {
		refused.At("endpoint_scheme", "This is no scheme of the Electronic Address list: 0088 is a GLN, 9930 a German VAT number.")
	}
	if d.GLN != "" && !ubl.ValidGLN(d.GLN) {
		refused.At("gln", "A GLN has 13 digits, the last of which checks the others.")
	}
	if d.RegistrationScheme != "" && (len(d.RegistrationScheme) != 4 || d.Registration == "") {
		refused.At("registration_scheme", "The scheme has four digits (0106 is the Dutch register) and goes with a number.")
	}
	if (d.EDIQualifier == "") != (d.EDI == "") || d.EDI != "" && (len(d.EDIQualifier) != 2 || len(d.EDI) < 2 || len(d.EDI) > 15) {
		refused.At("edi", "An interchange address has a qualifier of two signs and 2 to 15 signs.")
	}
	return refused.Err()
}
