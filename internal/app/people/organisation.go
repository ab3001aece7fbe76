package people

import (
	"context"
	"regexp"
	"strings"
	"time"

	"trueward/internal/adapter/store"
	"trueward/internal/domain/access"
	"trueward/internal/domain/audit"
	"trueward/internal/domain/custody"
	"trueward/internal/fault"
)

var (
	countryForm  = regexp.MustCompile(`^[A-Z]{2}$`)
	currencyForm = regexp.MustCompile(`^[A-Z]{3}$`)
	prefixForm   = regexp.MustCompile(`^[A-Z0-9-]{1,12}$`)
)

// CreateOrganisation adds a hospital or a vendor. Only the operator may.
func (d Desk) CreateOrganisation(ctx context.Context, cmd store.Command, o access.Organisation) (access.OrganisationID, error) {
	if !cmd.Actor.MayAt(access.ManageOrganisations, "") {
		return "", fault.New(fault.Forbidden, "Only the operator's administrator can add organisations.")
	}
	o = tidy(o)
	if err := checkOrganisation(o); err != nil {
		return "", err
	}
	return store.Once(ctx, d.Store, cmd, func(tx *store.Tx) (access.OrganisationID, error) {
		if err := refuseTakenName(tx, o.Name); err != nil {
			return "", err
		}
		id, err := tx.CreateOrganisation(o)
		tx.Audit(audit.Change{
			Chain: audit.OrganisationChain(string(id)), Action: "organisation.created", Kind: "organisation", Object: string(id),
			New: map[string]string{"kind": string(o.Kind), "name": o.Name, "country": o.Country, "currency": o.Currency},
		})
		return id, err
	})
}

func tidy(o access.Organisation) access.Organisation {
	for _, field := range []*string{&o.Name, &o.LegalName, &o.Address, &o.Country, &o.Currency, &o.TaxID, &o.Email, &o.BankAccount, &o.InvoicePrefix} {
		*field = strings.TrimSpace(*field)
	}
	for _, field := range []*string{&o.Country, &o.Currency, &o.InvoicePrefix} {
		*field = strings.ToUpper(*field)
	}
	if o.LegalName == "" {
		o.LegalName = o.Name
	}
	return o
}

func checkOrganisation(o access.Organisation) error {
	var refused fault.Refusals
	if o.Kind != access.Hospital && o.Kind != access.Vendor {
		refused.At("kind", "Choose whether this is a hospital or a vendor.")
	}
	if o.Name == "" {
		refused.At("name", "Enter the name of the organisation.")
	}
	if !countryForm.MatchString(o.Country) {
		refused.At("country", "Enter the two letters of the country, such as IE.")
	}
	if !currencyForm.MatchString(o.Currency) {
		refused.At("currency", "Enter the three letters of the currency, such as EUR.")
	}
	if _, ok := access.NormalEmail(o.Email); !ok && o.Email != "" {
		refused.At("email", "Enter an e-mail address, such as office@vendor.example, or leave it empty.")
	}
	if o.Kind == access.Vendor && !prefixForm.MatchString(o.InvoicePrefix) {
		refused.At("invoice_prefix", "Enter what the vendor's invoice numbers begin with: 1 to 12 letters, digits or hyphens, such as NV-.")
	}
	return refused.Err()
}

func refuseTakenName(tx *store.Tx, name string) error {
	all, err := tx.Unbounded().Organisations("")
	if err != nil {
		return err
	}
	for _, o := range all {
		if strings.EqualFold(o.Name, name) {
			return fault.At("name", "There is already an organisation of this name. Choose another one.")
		}
	}
	return nil
}

// CreateSite adds a site to a hospital: its administrator's own, or, for the
// operator, any.
func (d Desk) CreateSite(ctx context.Context, cmd store.Command, s custody.Site) (access.SiteID, error) {
	if s.Hospital == "" {
		s.Hospital = cmd.Actor.Organisation
	}
	if s.Hospital != cmd.Actor.Organisation && !cmd.Actor.MayAt(access.ManageOrganisations, "") {
		return "", fault.New(fault.NotFound, "There is no such organisation, or it is not yours to see.")
	}
	if err := mayManage(cmd.Actor); err != nil {
		return "", err
	}
	s.Name, s.Address, s.TimeZone = strings.TrimSpace(s.Name), strings.TrimSpace(s.Address), strings.TrimSpace(s.TimeZone)
	if err := checkSite(s); err != nil {
		return "", err
	}
	return store.Once(ctx, d.Store, cmd, func(tx *store.Tx) (access.SiteID, error) {
		if err := refuseTakenSite(tx, s); err != nil {
			return "", err
		}
		id, err := tx.CreateSite(s)
		tx.Audit(audit.Change{
			Chain: audit.SiteChain(string(id)), Action: "site.created", Kind: "site", Object: string(id),
			New: map[string]string{"hospital": string(s.Hospital), "name": s.Name, "time_zone": s.TimeZone},
		})
		return id, err
	})
}

func checkSite(s custody.Site) error {
	var refused fault.Refusals
	if s.Name == "" {
		refused.At("name", "Enter the name of the site.")
	}
	if _, err := time.LoadLocation(s.TimeZone); err != nil || s.TimeZone == "" || s.TimeZone == "Local" {
		refused.At("time_zone", "Enter the site's time zone by its IANA name, such as Europe/Dublin.")
	}
	return refused.Err()
}

func refuseTakenSite(tx *store.Tx, s custody.Site) error {
	hospital, err := tx.Unbounded().Organisation(s.Hospital)
	if err != nil {
		return err
	}
	if hospital.Kind != access.Hospital {
		return fault.New(fault.Conflict, "Only hospitals have sites.")
	}
	sites, err := tx.Unbounded().Sites(s.Hospital)
	if err != nil {
		return err
	}
	for _, other := range sites {
		if strings.EqualFold(other.Name, s.Name) {
			return fault.At("name", "The hospital already has a site of this name. Choose another one.")
		}
	}
	return nil
}

// CreatePlace adds a place to a site of the actor's hospital.
func (d Desk) CreatePlace(ctx context.Context, cmd store.Command, p custody.Place) (custody.PlaceID, error) {
	if err := mayManage(cmd.Actor); err != nil {
		return "", err
	}
	p.Name = strings.TrimSpace(p.Name)
	if p.Name == "" {
		return "", fault.At("name", "Enter the name of the place, as people in the ward say it.")
	}
	return store.Once(ctx, d.Store, cmd, func(tx *store.Tx) (custody.PlaceID, error) {
		site, err := tx.Site(p.Site)
		if err != nil {
			return "", err
		}
		p.Hospital = site.Hospital
		if err := refuseTakenPlace(tx, p); err != nil {
			return "", err
		}
		id, err := tx.CreatePlace(p)
		tx.Audit(audit.Change{
			Chain: audit.SiteChain(string(site.ID)), Action: "place.created", Kind: "place", Object: string(id),
			New: map[string]string{"name": p.Name, "kind": string(p.Kind)},
		})
		return id, err
	})
}

func refuseTakenPlace(tx *store.Tx, p custody.Place) error {
	if p.Kind == custody.Trunk && p.Vendor == "" {
		return fault.At("kind", "A trunk belongs to a vendor's rep and is added by the vendor's stock, not here.")
	}
	places, err := tx.Places(p.Site)
	if err != nil {
		return err
	}
	for _, other := range places {
		if strings.EqualFold(other.Name, p.Name) {
			return fault.At("name", "The site already has a place of this name. Choose another one.")
		}
	}
	return nil
}
