package store

import (
	"trueward/internal/domain/access"
	"trueward/internal/domain/catalog"
)

type productRecord struct {
	ID          string
	VendorID    string
	DI          string `gorm:"column:di"`
	Name        string
	Maker       string
	Family      string
	Size        string
	CatalogueNo string
	Sterile     bool
	Implantable bool
	SingleUse   bool
	Rebillable  bool
	NeedsLot    bool
	NeedsSerial bool
	NeedsExpiry bool
	Proof       string
	Provisional bool
	CreatedAt   int64
}

func (productRecord) TableName() string { return "products" }

func (r productRecord) product() catalog.Product {
	return catalog.Product{
		ID: catalog.ProductID(r.ID), Vendor: access.OrganisationID(r.VendorID), DI: r.DI, Name: r.Name,
		Maker: r.Maker, Family: r.Family, Size: r.Size, CatalogueNo: r.CatalogueNo,
		Sterile: r.Sterile, Implantable: r.Implantable, SingleUse: r.SingleUse, Rebillable: r.Rebillable,
		Needs: catalog.Needs{Lot: r.NeedsLot, Serial: r.NeedsSerial, Expiry: r.NeedsExpiry},
		Proof: catalog.Proof(r.Proof), Provisional: r.Provisional, CreatedAt: instant(r.CreatedAt),
	}
}

type levelRecord struct {
	DI        string `gorm:"column:di"`
	ProductID string
	VendorID  string
	Level     string
	Quantity  int64
}

func (levelRecord) TableName() string { return "product_levels" }

// CreateProduct adds a product with its unit-of-use level and returns its id.
// A DI that is taken is refused as a Conflict by its unique key.
func (tx *Tx) CreateProduct(p catalog.Product) (catalog.ProductID, error) {
	id := tx.NewID()
	err := tx.db.Create(&productRecord{
		ID: id, VendorID: string(p.Vendor), DI: p.DI, Name: p.Name, Maker: p.Maker, Family: p.Family,
		Size: p.Size, CatalogueNo: p.CatalogueNo, Sterile: p.Sterile, Implantable: p.Implantable,
		SingleUse: p.SingleUse, Rebillable: p.Rebillable, NeedsLot: p.Needs.Lot, NeedsSerial: p.Needs.Serial, NeedsExpiry: p.Needs.Expiry,
		Proof: string(p.Proof), Provisional: p.Provisional, CreatedAt: micros(tx.now),
	}).Error
	if err != nil {
		return "", err
	}
	each := catalog.Level{DI: p.DI, Product: catalog.ProductID(id), Vendor: p.Vendor, Level: catalog.Each, Quantity: 1}
	return catalog.ProductID(id), tx.AddLevel(each)
}

// AddLevel adds a package level with its own DI.
func (tx *Tx) AddLevel(l catalog.Level) error {
	return tx.db.Create(&levelRecord{
		DI: l.DI, ProductID: string(l.Product), VendorID: string(l.Vendor), Level: string(l.Level), Quantity: l.Quantity,
	}).Error
}

// Product returns one product of the scope.
func (q Queries) Product(id catalog.ProductID) (catalog.Product, error) {
	var r productRecord
	where, args := q.where("products")
	err := q.one("product", `SELECT id, vendor_id, di, name, maker, family, size, catalogue_no, sterile, implantable, single_use, rebillable,
		needs_lot, needs_serial, needs_expiry, proof, provisional, created_at FROM products WHERE id = ? AND `+where, append([]any{string(id)}, args...),
		&r.ID, &r.VendorID, &r.DI, &r.Name, &r.Maker, &r.Family, &r.Size, &r.CatalogueNo, &r.Sterile, &r.Implantable, &r.SingleUse, &r.Rebillable,
		&r.NeedsLot, &r.NeedsSerial, &r.NeedsExpiry, &r.Proof, &r.Provisional, &r.CreatedAt)
	if err != nil {
		return catalog.Product{}, err
	}
	return r.product(), nil
}

// ProductByDI returns the product that a DI of any package level names, and
// the level.
func (q Queries) ProductByDI(di string) (catalog.Product, catalog.Level, error) {
	l, err := first[levelRecord](q.from("product_levels").Where("product_levels.di = ?", di), "product")
	if err != nil {
		return catalog.Product{}, catalog.Level{}, err
	}
	p, err := q.Product(catalog.ProductID(l.ProductID))
	return p, catalog.Level{
		DI: l.DI, Product: p.ID, Vendor: p.Vendor, Level: catalog.LevelKind(l.Level), Quantity: l.Quantity,
	}, err
}

// Products lists the scope's products by name whose name, size or DI holds the
// text (all when empty).
func (q Queries) Products(text string, page Page) (Listed[catalog.Product], error) {
	list := q.from("products").Order("products.name, products.id")
	if text != "" {
		like := containing(text)
		list = list.Where(`(LOWER(products.name) LIKE ? ESCAPE '\' OR LOWER(products.size) LIKE ? ESCAPE '\' OR products.di LIKE ? ESCAPE '\')`, like, like, like)
	}
	list, err := page.after(list, "products.name, products.id")
	if err != nil {
		return Listed[catalog.Product]{}, err
	}
	var records []productRecord
	if err := list.Find(&records).Error; err != nil {
		return Listed[catalog.Product]{}, err
	}
	part := cut(page, records, func(r productRecord) []any { return []any{r.Name, r.ID} })
	out := Listed[catalog.Product]{Next: part.Next, Rows: make([]catalog.Product, len(part.Rows))}
	for i, r := range part.Rows {
		out.Rows[i] = r.product()
	}
	return out, nil
}
