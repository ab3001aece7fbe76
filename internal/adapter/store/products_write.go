package store

import (
	"strings"

	"trueward/internal/domain/access"
	"trueward/internal/domain/catalog"
)

// ChangeProduct replaces what the catalogue says about a product of the scope,
// all but its vendor and DI. A product that a person described is provisional
// no longer when p says so.
func (tx *Tx) ChangeProduct(p catalog.Product) error {
	return tx.from("products").Where("products.id = ?", string(p.ID)).Updates(map[string]any{
		"name": p.Name, "maker": p.Maker, "family": p.Family, "size": p.Size, "catalogue_no": p.CatalogueNo,
		"sterile": p.Sterile, "implantable": p.Implantable, "single_use": p.SingleUse, "rebillable": p.Rebillable,
		"needs_lot": p.Needs.Lot, "needs_serial": p.Needs.Serial, "needs_expiry": p.Needs.Expiry, "proof": string(p.Proof), "provisional": p.Provisional,
	}).Error
}

// MoveLevel gives a DI to another product of the same vendor, as a package
// level of it: what a provisional product turns out to be.
func (tx *Tx) MoveLevel(l catalog.Level) error {
	return tx.from("product_levels").Where("product_levels.di = ?", l.DI).Updates(map[string]any{
		"product_id": string(l.Product), "level": string(l.Level), "quantity": l.Quantity,
	}).Error
}

// Levels returns the package levels of a product, the smallest first.
func (q Queries) Levels(product catalog.ProductID) ([]catalog.Level, error) {
	var records []levelRecord
	err := q.from("product_levels").Where("product_levels.product_id = ?", string(product)).
		Order("product_levels.quantity, product_levels.di").Limit(50).Find(&records).Error
	out := make([]catalog.Level, len(records))
	for i, r := range records {
		out[i] = catalog.Level{
			DI: r.DI, Product: catalog.ProductID(r.ProductID), Vendor: access.OrganisationID(r.VendorID),
			Level: catalog.LevelKind(r.Level), Quantity: r.Quantity,
		}
	}
	return out, err
}

// ProvisionalProducts lists the scope's products that a scan alone made, by
// name, at most limit.
func (q Queries) ProvisionalProducts(limit int) ([]catalog.Product, error) {
	var records []productRecord
	err := q.from("products").Where("products.provisional AND EXISTS (SELECT 1 FROM product_levels l WHERE l.product_id = products.id)").
		Order("products.name, products.id").Limit(limit).Find(&records).Error
	out := make([]catalog.Product, len(records))
	for i, r := range records {
		out[i] = r.product()
	}
	return out, err
}

// OrganisationNamed finds an organisation of a kind by its name, whatever the
// case of its letters. It looks beyond the scope: a vendor reaches a hospital
// it does not serve yet by knowing its name, and by nothing else.
func (tx *Tx) OrganisationNamed(kind access.OrganisationKind, name string) (access.Organisation, bool, error) {
	all, err := tx.Unbounded().Organisations(kind)
	for _, o := range all {
		if strings.EqualFold(o.Name, strings.TrimSpace(name)) {
			return o, err == nil, err
		}
	}
	return access.Organisation{}, false, err
}
