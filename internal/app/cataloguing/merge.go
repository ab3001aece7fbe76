package cataloguing

import (
	"context"
	"strconv"
	"strings"

	"trueward/internal/adapter/store"
	"trueward/internal/domain/audit"
	"trueward/internal/domain/catalog"
	"trueward/internal/fault"
)

// Merging says what a provisional product turned out to be: a package of a
// product that the catalogue has.
type Merging struct {
	Provisional catalog.ProductID
	Into        string // DI of the product, as typed
	Quantity    string // units of use in the provisional one's package, as typed; empty is 1
}

// Merge gives the DI of a provisional product to a product of the catalogue.
// Later scans of it find that product. Units that were brought in before keep
// their history under the provisional product, which is called like the other
// from then on.
func (d *Desk) Merge(ctx context.Context, cmd store.Command, in Merging) (catalog.ProductID, error) {
	if err := mayManage(cmd.Actor); err != nil {
		return "", err
	}
	var refused fault.Refusals
	di, err := catalog.ParseDI(in.Into)
	if err != nil {
		refused.At("into", fault.All(err)[0].Sentence)
	}
	quantity, level := int64(1), catalog.Each
	if text := strings.TrimSpace(in.Quantity); text != "" && text != "1" {
		level = catalog.Pack
		if quantity, err = strconv.ParseInt(text, 10, 64); err != nil || quantity < 2 || quantity > 100_000 {
			refused.At("quantity", "Enter how many units of use the package holds: 1 to 100,000.")
		}
	}
	if len(refused) > 0 {
		return "", refused.Err()
	}
	return store.Once(ctx, d.Store, cmd, func(tx *store.Tx) (catalog.ProductID, error) {
		from, into, err := pair(tx, in.Provisional, di)
		if err != nil {
			return "", err
		}
		if err := tx.MoveLevel(catalog.Level{DI: from.DI, Product: into.ID, Level: level, Quantity: quantity}); err != nil {
			return "", err
		}
		tx.Audit(audit.Change{
			Chain: audit.OrganisationChain(string(from.Vendor)), Action: "product.merged", Kind: "product", Object: string(from.ID),
			Old: facts(from), New: map[string]string{"into": string(into.ID), "quantity": strconv.FormatInt(quantity, 10)},
		})
		into.ID, into.DI = from.ID, from.DI
		target, _, err := tx.ProductByDI(di)
		if err != nil {
			return "", err
		}
		return target.ID, tx.ChangeProduct(into)
	})
}

// pair reads the two products of a merge and refuses those that cannot be one.
func pair(tx *store.Tx, provisional catalog.ProductID, di string) (from, into catalog.Product, err error) {
	if from, err = tx.Product(provisional); err != nil {
		return from, into, err
	}
	into, _, err = tx.ProductByDI(di)
	switch {
	case fault.Is(err, fault.NotFound):
		err = fault.At("into", "The catalogue has no product with this number. Describe the provisional product instead.")
	case err != nil:
	case !from.Provisional:
		err = fault.New(fault.Conflict, "This product is not provisional any more.")
	case into.ID == from.ID || into.Provisional:
		err = fault.At("into", "Enter the number of another product, one that is not provisional.")
	}
	return from, into, err
}
