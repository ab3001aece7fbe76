package receiving

import (
	"strings"

	"trueward/internal/adapter/store"
	"trueward/internal/domain/audit"
	"trueward/internal/domain/catalog"
	"trueward/internal/domain/consign"
	"trueward/internal/fault"
)

// provisional makes a product of each device identifier that no catalogue
// knows, of the agreement's vendor. What the label carried is what later scans
// must bring. The vendor's office describes or merges it afterwards: goods that
// stand in the room are a fact.
func provisional(tx *store.Tx, v consign.Version, units []UnitInput) error {
	for _, in := range units {
		_, _, err := tx.Unbounded().ProductByDI(in.DI)
		if err == nil {
			continue
		}
		if !fault.Is(err, fault.NotFound) {
			return err
		}
		name := strings.TrimSpace(in.Name)
		if name == "" {
			return fault.At("name", "No catalogue here has this product. Enter its name as it stands on the box; the vendor completes it later.")
		}
		p := catalog.Product{
			Vendor: v.Vendor, DI: in.DI, Name: name, Provisional: true,
			Needs: catalog.Needs{Lot: in.Lot != "", Serial: in.Serial != "", Expiry: in.Expiry != ""},
		}
		if p.ID, err = tx.CreateProduct(p); err != nil {
			return err
		}
		tx.Audit(audit.Change{
			Chain: audit.OrganisationChain(string(v.Vendor)), Action: "product.provisional", Kind: "product", Object: string(p.ID),
			New: map[string]string{"di": p.DI, "name": p.Name},
		})
	}
	return nil
}

// fields are those of a form where a missing part of a label is entered.
var fields = map[string]string{"lot": "lot", "serial": "serial", "expiry date": "expiry"}

// complete refuses labels that lack what the product's own label carries, one
// sentence for each unit.
func complete(tx *store.Tx, units []UnitInput) error {
	known := shelfOfProducts{}
	var refused fault.Refusals
	for _, in := range units {
		p, _, err := known.find(tx, in.DI)
		if fault.Is(err, fault.NotFound) {
			continue // a product that its label alone will describe
		}
		if err != nil {
			return err
		}
		for _, what := range p.Needs.Missing(in.Lot, in.Serial, in.Expiry) {
			refused.At(fields[what], "The label of "+p.Name+" carries a "+what+". Enter it.")
		}
	}
	return refused.Err()
}
