package sample

import (
	"fmt"

	"trueward/internal/adapter/store"
	"trueward/internal/domain/access"
	"trueward/internal/domain/audit"
	"trueward/internal/domain/catalog"
	"trueward/internal/domain/consign"
	"trueward/internal/domain/custody"
	"trueward/internal/standard/gs1"
	"trueward/internal/standard/money"
)

// master writes what everything else refers to.
func (l *loader) master() error {
	for _, step := range []func(*store.Tx) error{l.makeOrganisations, l.makeSites, l.makePeople, l.makeProducts, l.makeAgreements} {
		if err := l.write(step); err != nil {
			return err
		}
	}
	return nil
}

func (l *loader) makeOrganisations(tx *store.Tx) error {
	for kind, list := range map[access.OrganisationKind][]organisation{access.Hospital: hospitals, access.Vendor: vendors} {
		for _, o := range list {
			id, err := tx.CreateOrganisation(access.Organisation{
				Kind: kind, Name: o.name, LegalName: o.legalName, Address: o.address, Country: o.country,
				Currency: o.currency, TaxID: o.taxID, Email: o.email, BankAccount: o.bank, InvoicePrefix: o.prefix, Sample: true,
			})
			if err != nil {
				return err
			}
			l.organisations[o.key] = id
			note(tx, string(id), "organisation", string(id), o.name)
		}
	}
	return nil
}

func (l *loader) makeSites(tx *store.Tx) error {
	for _, s := range sites {
		hospital := l.organisations[s.hospital]
		id, err := tx.CreateSite(custody.Site{Hospital: hospital, Name: s.name, Address: s.address, TimeZone: s.zone})
		if err != nil {
			return err
		}
		l.sites[s.key] = id
		note(tx, string(hospital), "site", string(id), s.name)
		for _, p := range s.places {
			place, err := tx.CreatePlace(custody.Place{Hospital: hospital, Site: id, Name: p.name, Kind: p.kind})
			if err != nil {
				return err
			}
			l.places[s.key+"/"+p.key] = place
		}
	}
	return nil
}

func (l *loader) makePeople(tx *store.Tx) error {
	for _, p := range people {
		organisation := l.organisations[p.organisation]
		grants := make([]access.Grant, len(p.roles))
		for i, role := range p.roles {
			grants[i] = access.Grant{Role: role}
		}
		id, err := tx.CreatePerson(access.Person{Organisation: organisation, Email: p.email, Name: p.name, Grants: grants})
		if err != nil {
			return err
		}
		if err := tx.SetPassword(id, l.PasswordHash); err != nil {
			return err
		}
		note(tx, string(organisation), "person", string(id), p.name)
		l.actors[p.email] = access.Actor{
			Person: id, Name: p.name, Organisation: organisation, Kind: kindOf(p.organisation), Grants: grants,
			Authenticator: "sample data", Device: "sample data",
		}
	}
	return nil
}

func kindOf(organisation string) access.OrganisationKind {
	if _, sells := vendorBlock[organisation]; sells {
		return access.Vendor
	}
	return access.Hospital
}

// firstItem is the item number of each vendor's first GTIN; the fifth stent of
// Norvane gets 0 9506000 134 35 2 by it.
const firstItem = 31

func (l *loader) makeProducts(tx *store.Tx) error {
	item := map[string]int{}
	for i := range families {
		f := &families[i]
		for n, size := range f.sizes {
			body := fmt.Sprintf("09506000%s%02d", vendorBlock[f.vendor], firstItem+item[f.vendor])
			item[f.vendor]++
			di := body + string(checkDigit(body))
			vendor := l.organisations[f.vendor]
			id, err := tx.CreateProduct(catalog.Product{
				Vendor: vendor, DI: di, Name: f.product, Maker: organisationName(f.vendor), Family: f.name, Size: size,
				CatalogueNo: fmt.Sprintf("%s-%02d", f.catalogueNo, n+1), Sterile: f.sterile, Implantable: f.implantable,
				SingleUse: true, Needs: f.needs,
			})
			if err != nil {
				return err
			}
			if err := l.makePrices(tx, f, size, id); err != nil {
				return err
			}
			l.products[di] = product{id, di, f}
			l.order = append(l.order, di)
			note(tx, string(vendor), "product", string(id), f.product+" "+size)
		}
	}
	return nil
}

// unpriced is a product that its vendor forgot to price, so that the queue of
// unpriced usages is not empty.
var unpriced = struct{ family, size string }{"Gowns", "XL"}

// makePrices gives a product a list price in each currency its vendor sells in.
func (l *loader) makePrices(tx *store.Tx, f *family, size string, id catalog.ProductID) error {
	if f.name == unpriced.family && size == unpriced.size {
		return nil
	}
	done := map[string]bool{}
	for _, a := range agreements {
		if a.vendor != f.vendor || done[a.terms.Currency] {
			continue
		}
		done[a.terms.Currency] = true
		currency, err := money.ParseCurrency(a.terms.Currency)
		if err != nil {
			return err
		}
		_, err = tx.AddListPrice(store.ListPrice{
			Vendor: l.organisations[f.vendor], Product: id,
			Price: money.Amount{Minor: f.priceMinor, Currency: currency}, ValidFrom: l.Clock.Now().AddDate(-1, 0, 0),
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (l *loader) makeAgreements(tx *store.Tx) error {
	for _, a := range agreements {
		vendor, hospital := l.organisations[a.vendor], l.organisations[a.hospital]
		held := consign.Agreement{Vendor: vendor, Hospital: hospital, Number: a.number}
		if a.site != "" {
			held.Scope, held.Site = consign.OfSite, l.sites[a.site]
		}
		id, err := tx.CreateAgreement(held)
		if err != nil {
			return err
		}
		_, err = tx.CreateVersion(consign.Version{
			Agreement: id, Vendor: vendor, Hospital: hospital, Version: 1,
			ValidFrom: l.Clock.Now().AddDate(0, -6, 0), Terms: a.terms,
		}, "Sample terms of agreement "+a.number+".")
		if err != nil {
			return err
		}
		l.agreements[a.number] = id
		note(tx, string(hospital), "agreement", string(id), a.number)
	}
	return nil
}

// note is the audit entry of a row of master data.
func note(tx *store.Tx, organisation, kind, id, name string) {
	tx.Audit(audit.Change{
		Chain: audit.OrganisationChain(organisation), Action: kind + ".created", Kind: kind, Object: id,
		New: map[string]string{"name": name}, Reason: "sample data",
	})
}

// checkDigit completes a GTIN; its digits are written above, so it always can.
func checkDigit(body string) byte {
	digit, _ := gs1.CheckDigit(body)
	return digit
}
