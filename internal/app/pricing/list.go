package pricing

import (
	"context"
	"strconv"
	"time"

	"trueward/internal/adapter/store"
	"trueward/internal/domain/access"
	"trueward/internal/domain/audit"
	"trueward/internal/domain/billing"
	"trueward/internal/domain/catalog"
	"trueward/internal/fault"
	"trueward/internal/standard/money"
)

// PriceInput gives a product a list price from an instant on.
type PriceInput struct {
	Product   catalog.ProductID
	Price     money.Amount // of one unit of use
	ValidFrom time.Time
}

// PriceResult says what a new price did.
type PriceResult struct {
	PriceID  string
	Repriced int // usages that waited for it
}

// SetPrice adds a list price of a vendor's own product and prices the usages
// that waited for it; a usage that already has a price keeps it. Refusals:
// Forbidden, NotFound (product), Invalid (amount), Conflict (a price begins at
// that instant already).
func (d *Desk) SetPrice(ctx context.Context, cmd store.Command, in PriceInput) (PriceResult, error) {
	vendor := cmd.Actor.Organisation
	switch {
	case !cmd.Actor.May(access.SetPrices) || cmd.Actor.Kind != access.Vendor:
		return PriceResult{}, fault.New(fault.Forbidden, "Prices are set by the vendor's office.")
	case in.Price.Minor < 0:
		return PriceResult{}, fault.At("price", "A price is zero or more.")
	}
	return store.Once(ctx, d.Store, cmd, func(tx *store.Tx) (PriceResult, error) {
		owner, err := tx.VendorOfProduct(in.Product)
		if err != nil {
			return PriceResult{}, err
		}
		if owner != vendor {
			return PriceResult{}, fault.New(fault.NotFound, "There is no such product, or it is not yours to see.")
		}
		return d.setPrice(tx, vendor, in)
	})
}

func (d *Desk) setPrice(tx *store.Tx, vendor access.OrganisationID, in PriceInput) (PriceResult, error) {
	id, err := tx.AddListPrice(store.ListPrice{Vendor: vendor, Product: in.Product, Price: in.Price, ValidFrom: in.ValidFrom})
	if err != nil {
		return PriceResult{}, err
	}
	repriced, err := d.repriceWaiting(tx, in.Product)
	tx.Audit(audit.Change{
		Chain: audit.OrganisationChain(string(vendor)), Action: "price.set", Kind: "product", Object: string(in.Product),
		New: map[string]string{"price": in.Price.String(), "from": in.ValidFrom.UTC().Format(time.RFC3339), "repriced": strconv.Itoa(repriced)},
	})
	return PriceResult{PriceID: id, Repriced: repriced}, err
}

// SetListPrice is SetPrice from now on, as a part of another command that has
// checked who may: the product is the actor's vendor's own.
func (d *Desk) SetListPrice(tx *store.Tx, product catalog.ProductID, price money.Amount) error {
	_, err := d.setPrice(tx, tx.Actor().Organisation, PriceInput{Product: product, Price: price, ValidFrom: tx.Now()})
	return err
}

// repriceWaiting decides again for every usage of a product that has no price
// yet, and returns how many have one now.
func (d *Desk) repriceWaiting(tx *store.Tx, product catalog.ProductID) (int, error) {
	lines, err := tx.UnpricedLines(product, 500)
	if err != nil {
		return 0, err
	}
	priced := 0
	for _, line := range lines {
		ok, err := reprice(tx, line)
		if err != nil {
			return priced, err
		}
		if ok {
			priced++
		}
	}
	return priced, nil
}

// reprice makes a later revision of an unpriced line's decision. It reports
// false when there is still no price; nothing is stored then.
func reprice(tx *store.Tx, line billing.Line) (bool, error) {
	u, err := tx.UsageOfLine(line.ID)
	if err != nil {
		return false, err
	}
	last, err := tx.Unbounded().Decision(line.Usage)
	if err != nil {
		return false, err
	}
	decision, err := decide(tx, u, last.Revision+1)
	if err != nil || decision.Outcome == billing.Unpriced {
		return false, err
	}
	if err := tx.AddDecision(decision); err != nil {
		return false, err
	}
	if err := tx.RepriceLine(line, decision); err != nil {
		return false, err
	}
	line.Net = decision.Net
	if err := tx.Post(billing.TitleEntries(u.ID, decision.Revision, decision.Parties, decision.Net, u.FactAt)); err != nil {
		return false, err
	}
	if line.CapPending = decision.AwaitsCap(); line.CapPending {
		if err := tx.SetCapPending(line.ID, true); err != nil {
			return false, err
		}
	}
	if err := resume(tx, line, decision); err != nil || !line.CapPending {
		return true, err
	}
	return true, awaitCase(tx, u, decision)
}
