package cataloguing

import (
	"context"
	"errors"
	"strconv"

	"trueward/internal/adapter/store"
	"trueward/internal/domain/access"
	"trueward/internal/domain/audit"
	"trueward/internal/domain/catalog"
	"trueward/internal/fault"
	"trueward/internal/standard/money"
)

// Prices sets the list price of a product in a transaction of ours.
type Prices interface {
	SetListPrice(tx *store.Tx, product catalog.ProductID, price money.Amount) error
}

// Importing takes a catalogue as a table. With Dry nothing is written.
type Importing struct {
	Table string
	Dry   bool
}

// Imported says what a table did, or would do.
type Imported struct {
	Rows      int
	Added     int
	Changed   int
	Unchanged int
	Priced    int
	Mistakes  []RowError // when there is one, nothing was written
}

// errDry undoes a dry run: the same statements ran, and none of them stays.
var errDry = errors.New("cataloguing: dry run")

// Import adds and changes products as a table says, the whole table or nothing
// of it. Rows that say what the catalogue says already change nothing.
func (d *Desk) Import(ctx context.Context, cmd store.Command, prices Prices, in Importing) (Imported, error) {
	if err := mayManage(cmd.Actor); err != nil {
		return Imported{}, err
	}
	rows, mistakes, err := readTable(in.Table)
	if err != nil || len(mistakes) > 0 {
		return Imported{Rows: len(rows), Mistakes: mistakes}, err
	}
	if !in.Dry {
		return store.Once(ctx, d.Store, cmd, func(tx *store.Tx) (Imported, error) {
			done, err := take(tx, prices, rows)
			if err == nil && len(done.Mistakes) > 0 {
				err = fault.New(fault.Conflict, "The catalogue changed since the check. Check the table again; nothing was taken from it.")
			}
			return done, err
		})
	}
	var done Imported
	err = d.Store.Write(ctx, cmd.Actor, func(tx *store.Tx) error {
		if done, err = take(tx, prices, rows); err != nil {
			return err
		}
		return errDry
	})
	if errors.Is(err, errDry) {
		err = nil
	}
	return done, err
}

// take writes the rows of a table in a transaction.
func take(tx *store.Tx, prices Prices, rows []row) (Imported, error) {
	done := Imported{Rows: len(rows)}
	for _, r := range rows {
		if err := r.take(tx, prices, &done); err != nil {
			return done, err
		}
	}
	vendor := string(tx.Actor().Organisation)
	tx.Audit(audit.Change{
		Chain: audit.OrganisationChain(vendor), Action: "catalogue.imported", Kind: "organisation", Object: vendor,
		New: map[string]string{
			"rows": strconv.Itoa(done.Rows), "added": strconv.Itoa(done.Added), "changed": strconv.Itoa(done.Changed), "priced": strconv.Itoa(done.Priced),
		},
	})
	return done, nil
}

func (r row) take(tx *store.Tx, prices Prices, done *Imported) error {
	known, level, err := tx.Unbounded().ProductByDI(r.product.DI)
	id := known.ID
	switch {
	case fault.Is(err, fault.NotFound):
		r.product.Vendor = tx.Actor().Organisation
		if id, err = create(tx, r.product); err != nil {
			return err
		}
		done.Added++
	case err != nil:
		return err
	case known.Vendor != tx.Actor().Organisation || level.Quantity != 1 || known.DI != r.product.DI:
		done.Mistakes = append(done.Mistakes, RowError{r.number, "di", "This product number stands for another product, or for a package of one."})
		return nil
	default:
		fresh := r.over(known)
		if fresh == known {
			done.Unchanged++
			break
		}
		note(tx, fresh, "product.changed", facts(known))
		if err := tx.ChangeProduct(fresh); err != nil {
			return err
		}
		done.Changed++
	}
	return r.takePrice(tx, prices, id, done)
}

// over is a product as the row changes it: columns that the table does not
// have leave it as it is.
func (r row) over(known catalog.Product) catalog.Product {
	fresh := known
	fresh.Provisional = false
	from, to := flags(&r.product), flags(&fresh)
	for _, column := range r.given {
		switch column {
		case "name":
			fresh.Name = r.product.Name
		case "size":
			fresh.Size = r.product.Size
		case "maker":
			fresh.Maker = r.product.Maker
		case "family":
			fresh.Family = r.product.Family
		case "catalogue_no":
			fresh.CatalogueNo = r.product.CatalogueNo
		default:
			if to[column] != nil {
				*to[column] = *from[column]
			}
		}
	}
	return fresh
}

func (r row) takePrice(tx *store.Tx, prices Prices, id catalog.ProductID, done *Imported) error {
	if r.price == nil {
		return nil
	}
	if !tx.Actor().May(access.SetPrices) {
		return fault.New(fault.Forbidden, "Prices are set by the vendor's office.")
	}
	listed, err := tx.ListPrices(id)
	if err != nil {
		return err
	}
	for _, p := range listed { // newest first: the first of the currency is in force
		if p.Price.Currency == r.price.Currency {
			if p.Price == *r.price {
				return nil
			}
			break
		}
	}
	done.Priced++
	return prices.SetListPrice(tx, id, *r.price)
}
