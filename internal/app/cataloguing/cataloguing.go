// Package cataloguing keeps a vendor's catalogue: products with their package
// levels, what a scan of each must bring, and the import of a whole list.
//
// It promises that a device identifier names one product only, that it is
// checked before it is stored, that a list is taken as a whole or not at all,
// and that taking it again changes nothing. It does not set prices.
package cataloguing

import (
	"context"
	"strconv"
	"strings"

	"trueward/internal/adapter/store"
	"trueward/internal/domain/access"
	"trueward/internal/domain/audit"
	"trueward/internal/domain/catalog"
	"trueward/internal/fault"
	"trueward/internal/standard/money"
)

// Desk keeps the catalogue.
type Desk struct {
	Store *store.Store
}

// ProductInput is what a vendor's office says about a product.
type ProductInput struct {
	DI          string // as typed; ignored when a product is changed
	Name        string
	Maker       string
	Family      string
	Size        string
	CatalogueNo string
	Sterile     bool
	Implantable bool
	SingleUse   bool
	Rebillable  bool
	Needs       catalog.Needs
	Proof       catalog.Proof
}

func (in ProductInput) product() catalog.Product {
	return catalog.Product{
		DI: in.DI, Name: strings.TrimSpace(in.Name), Maker: strings.TrimSpace(in.Maker), Family: strings.TrimSpace(in.Family),
		Size: strings.TrimSpace(in.Size), CatalogueNo: strings.TrimSpace(in.CatalogueNo),
		Sterile: in.Sterile, Implantable: in.Implantable, SingleUse: in.SingleUse, Rebillable: in.Rebillable, Needs: in.Needs, Proof: in.Proof,
	}
}

const maxName = 200

func checkProduct(p catalog.Product, refused *fault.Refusals) {
	switch {
	case p.Name == "":
		refused.At("name", "Enter the name of the product, as it stands on the box.")
	case len(p.Name) > maxName:
		refused.At("name", "A name has at most 200 characters.")
	}
	if p.Rebillable && (p.Implantable || p.SingleUse) {
		refused.At("rebillable", "What stays in the patient or is for a single use is billed once. Only what comes back, such as a lent instrument, has a fee for each case.")
	}
	if !p.Proof.Known() {
		refused.At("proof", "Choose what a use must show of the tag.")
	}
	for field, text := range map[string]string{"maker": p.Maker, "family": p.Family, "size": p.Size, "catalogue_no": p.CatalogueNo} {
		if len(text) > maxName {
			refused.At(field, "This has at most 200 characters.")
		}
	}
}

func mayManage(actor access.Actor) error {
	if actor.Kind != access.Vendor || !actor.May(access.ManageCatalogue) {
		return fault.New(fault.Forbidden, "The catalogue is kept by the vendor's office.")
	}
	return nil
}

// Add adds a product of the actor's vendor.
func (d *Desk) Add(ctx context.Context, cmd store.Command, in ProductInput) (catalog.ProductID, error) {
	if err := mayManage(cmd.Actor); err != nil {
		return "", err
	}
	var refused fault.Refusals
	p := in.product()
	di, err := catalog.ParseDI(in.DI)
	if err != nil {
		refused = append(refused, fault.All(err)...)
	}
	if checkProduct(p, &refused); len(refused) > 0 {
		return "", refused.Err()
	}
	p.DI, p.Vendor = di, cmd.Actor.Organisation
	return store.Once(ctx, d.Store, cmd, func(tx *store.Tx) (catalog.ProductID, error) { return create(tx, p) })
}

func create(tx *store.Tx, p catalog.Product) (catalog.ProductID, error) {
	if err := refuseTaken(tx, p.DI); err != nil {
		return "", err
	}
	id, err := tx.CreateProduct(p)
	if err != nil {
		return "", err
	}
	p.ID = id
	note(tx, p, "product.created", nil)
	return id, nil
}

// refuseTaken refuses a DI that names a product already; whose it is, if not
// the actor's, is not said.
func refuseTaken(tx *store.Tx, di string) error {
	taken, _, err := tx.Unbounded().ProductByDI(di)
	switch {
	case fault.Is(err, fault.NotFound):
		return nil
	case err != nil:
		return err
	case taken.Vendor == tx.Actor().Organisation:
		return fault.At("di", "This product number is in the catalogue already: "+taken.Name+".")
	}
	return fault.At("di", "This product number stands for another product in this installation. Compare it with the label.")
}

// Change replaces what the catalogue says about a product. A provisional one,
// made from a scan, is an ordinary product from then on.
func (d *Desk) Change(ctx context.Context, cmd store.Command, id catalog.ProductID, in ProductInput) (catalog.ProductID, error) {
	if err := mayManage(cmd.Actor); err != nil {
		return "", err
	}
	var refused fault.Refusals
	fresh := in.product()
	if checkProduct(fresh, &refused); len(refused) > 0 {
		return "", refused.Err()
	}
	return store.Once(ctx, d.Store, cmd, func(tx *store.Tx) (catalog.ProductID, error) {
		old, err := tx.Product(id)
		if err != nil {
			return "", err
		}
		fresh.ID, fresh.Vendor, fresh.DI = old.ID, old.Vendor, old.DI
		note(tx, fresh, "product.changed", facts(old))
		return id, tx.ChangeProduct(fresh)
	})
}

// LevelInput is a package of a product with a DI of its own.
type LevelInput struct {
	Product  catalog.ProductID
	DI       string
	Level    catalog.LevelKind // Pack or Case
	Quantity string            // units of use, as typed
}

// AddLevel adds a package level.
func (d *Desk) AddLevel(ctx context.Context, cmd store.Command, in LevelInput) (catalog.ProductID, error) {
	if err := mayManage(cmd.Actor); err != nil {
		return "", err
	}
	var refused fault.Refusals
	di, err := catalog.ParseDI(in.DI)
	if err != nil {
		refused = append(refused, fault.All(err)...)
	}
	quantity, err := strconv.ParseInt(strings.TrimSpace(in.Quantity), 10, 64)
	if err != nil || quantity < 2 || quantity > 100_000 {
		refused.At("quantity", "Enter how many units of use the package holds: 2 to 100,000.")
	}
	if in.Level != catalog.Pack && in.Level != catalog.Case {
		refused.At("level", "Choose pack or case.")
	}
	if len(refused) > 0 {
		return "", refused.Err()
	}
	return store.Once(ctx, d.Store, cmd, func(tx *store.Tx) (catalog.ProductID, error) {
		p, err := tx.Product(in.Product)
		if err != nil {
			return "", err
		}
		if err := refuseTaken(tx, di); err != nil {
			return "", err
		}
		tx.Audit(audit.Change{
			Chain: audit.OrganisationChain(string(p.Vendor)), Action: "product.level_added", Kind: "product", Object: string(p.ID),
			New: map[string]string{"di": di, "level": string(in.Level), "quantity": strconv.FormatInt(quantity, 10)},
		})
		return p.ID, tx.AddLevel(catalog.Level{DI: di, Product: p.ID, Vendor: p.Vendor, Level: in.Level, Quantity: quantity})
	})
}

func facts(p catalog.Product) map[string]string {
	return map[string]string{
		"di": p.DI, "name": p.Name, "maker": p.Maker, "family": p.Family, "size": p.Size, "catalogue_no": p.CatalogueNo,
		"sterile": strconv.FormatBool(p.Sterile), "implantable": strconv.FormatBool(p.Implantable), "single_use": strconv.FormatBool(p.SingleUse), "rebillable": strconv.FormatBool(p.Rebillable),
		"needs_lot": strconv.FormatBool(p.Needs.Lot), "needs_serial": strconv.FormatBool(p.Needs.Serial),
		"needs_expiry": strconv.FormatBool(p.Needs.Expiry), "provisional": strconv.FormatBool(p.Provisional), "proof": string(p.Proof),
	}
}

func note(tx *store.Tx, p catalog.Product, action string, old map[string]string) {
	tx.Audit(audit.Change{
		Chain: audit.OrganisationChain(string(p.Vendor)), Action: action, Kind: "product", Object: string(p.ID), Old: old, New: facts(p),
	})
}

// Price sets the list price of a product of the actor's vendor from now on.
func (d *Desk) Price(ctx context.Context, cmd store.Command, prices Prices, id catalog.ProductID, price money.Amount) error {
	switch {
	case cmd.Actor.Kind != access.Vendor || !cmd.Actor.May(access.SetPrices):
		return fault.New(fault.Forbidden, "Prices are set by the vendor's office.")
	case price.Minor < 0:
		return fault.At("price", "A price is zero or more.")
	}
	_, err := store.Once(ctx, d.Store, cmd, func(tx *store.Tx) (bool, error) {
		if _, err := tx.Product(id); err != nil {
			return false, err
		}
		return true, prices.SetListPrice(tx, id, price)
	})
	return err
}
