package stock

import (
	"net/http"
	"strconv"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"

	"trueward/internal/adapter/store"
	"trueward/internal/app/cataloguing"
	"trueward/internal/domain/access"
	"trueward/internal/domain/catalog"
	"trueward/internal/fault"
	"trueward/internal/standard/money"
	"trueward/templates/finance"
	view "trueward/templates/stock"
	"trueward/templates/ui"
	"trueward/web/frame"
	"trueward/web/listing"
	"trueward/web/route"
)

const (
	productsPath = "/products"
	newProduct   = "/products/new"
	productPath  = "/products/:id"
	levelPath    = "/products/:id/packages"
	pricePath    = "/products/:id/price"
	mergePath    = "/products/:id/merge"
	importPath   = "/products/import"
)

func (r Room) ofProducts() []route.Route {
	yes := route.Enum("yes")
	parts := []route.Param{
		route.Form("name", route.Prose(400)), route.Form("maker", route.Prose(400)), route.Form("family", route.Prose(400)),
		route.Form("size", route.Prose(400)), route.Form("catalogue_no", route.Text(400)),
		route.FormMany("needs", route.Enum("lot", "serial", "expiry")), route.Form("sterile", yes), route.Form("implantable", yes), route.Form("single_use", yes), route.Form("rebillable", yes),
		route.Form("proof", route.Enum(string(catalog.TwoTaps))),
	}
	list := get(productsPath, "products", access.SeeStock, route.Sides, r.products,
		append(listing.Params(productColumns.Keys()), route.Query("q", route.Text(100)), route.Query("show", route.Enum("provisional")), after)...)
	list.Menu = &route.Menu{Text: "Products", Icon: "identify", Key: "x", Place: 36}
	take := post(importPath, "products.import", access.ManageCatalogue, route.Vendor, r.importTable,
		route.Upload("table", route.Prose(4<<20)), route.Form("step", route.Enum("check", "take")))
	take.BodyLimit = 6 << 20
	return []route.Route{
		list,
		get(newProduct, "products.new", access.ManageCatalogue, route.Vendor, r.showNewProduct),
		post(productsPath, "products.add", access.ManageCatalogue, route.Vendor, r.addProduct, append(parts, aDI)...),
		get(importPath, "products.import.form", access.ManageCatalogue, route.Vendor, r.showImport),
		take,
		get(productPath, "product", access.SeeStock, route.Sides, r.product, anID),
		post(productPath, "product.change", access.ManageCatalogue, route.Vendor, r.changeProduct, append(parts, anID)...),
		post(levelPath, "product.package", access.ManageCatalogue, route.Vendor, r.addLevel, anID, aDI,
			route.Form("level", route.Enum("pack", "case")), route.Form("quantity", route.Text(16))),
		post(pricePath, "product.price", access.SetPrices, route.Vendor, r.setPrice, anID,
			route.Form("price", route.Text(40)), route.Form("currency", route.Text(8))),
		post(mergePath, "product.merge", access.ManageCatalogue, route.Vendor, r.merge, anID,
			route.Form("into", route.Text(64)), route.Form("quantity", route.Text(16))),
	}
}

func (r Room) products(c echo.Context) error {
	q, text := r.queries(c), route.QueryValue(c, "q")
	keeps := route.Actor(c).May(access.ManageCatalogue)
	p := page(c, "Products", "What the labels on the boxes stand for.")
	if keeps {
		p.Head.Action = view.Acts(
			ui.LinkButton(link("Add a product", newProduct, ui.Primary)), ui.LinkButton(link("Take in a table", importPath, "")))
	}
	read := func(page store.Page) ([]catalog.Product, string, error) { return readProducts(c, q, text, page) }
	if listing.AsFile(c) {
		return listing.Send(c, "products", productColumns, read)
	}
	rows, after, err := read(listing.Page(c))
	if err != nil {
		return err
	}
	p.Blocks = append(p.Blocks, view.Search(productsPath, "Name, size or product number", text))
	if len(rows) == 0 {
		p.Blocks = append(p.Blocks, noProducts(keeps, text))
	} else {
		look, err := listing.View(c, q, productColumns, listing.Rising)
		if err != nil {
			return err
		}
		p.Blocks = append(p.Blocks, ui.ListTools(look.Tools), ui.DataTable(productColumns.Table(
			ui.TableProps{Caption: "Products", Pager: ui.PagerProps{NextHref: listing.Next(c, after)}}, look, rows, func(catalog.Product) ui.Row { return ui.Row{} })))
	}
	return route.Render(c, http.StatusOK, view.Page(p))
}

// productColumns are what the list of products can show.
var productColumns = ui.ListColumns[catalog.Product]{
	{Key: "product", Label: "Product", Ordered: true, Cell: func(p catalog.Product) templ.Component { return ui.RowLink(p.Name, at(productPath, p.ID)) }, File: []ui.FileColumn[catalog.Product]{{Name: "product", Of: func(p catalog.Product) string { return p.Name }}}},
	{Key: "size", Label: "Size", Cell: func(p catalog.Product) templ.Component { return ui.Text(p.Size) }, File: []ui.FileColumn[catalog.Product]{{Name: "size", Of: func(p catalog.Product) string { return p.Size }}}},
	{Key: "number", Label: "Product number", Cell: func(p catalog.Product) templ.Component { return ui.Code(p.DI) }, File: []ui.FileColumn[catalog.Product]{{Name: "di", Of: func(p catalog.Product) string { return p.DI }}}},
	{Key: "maker", Label: "Maker", Cell: func(p catalog.Product) templ.Component { return ui.Text(p.Maker) }, File: []ui.FileColumn[catalog.Product]{{Name: "maker", Of: func(p catalog.Product) string { return p.Maker }}}},
	{Key: "family", Label: "Family", Extra: true, Cell: func(p catalog.Product) templ.Component { return ui.Text(p.Family) }, File: []ui.FileColumn[catalog.Product]{{Name: "family", Of: func(p catalog.Product) string { return p.Family }}}},
	{Key: "state", Label: "State", Cell: productState, File: []ui.FileColumn[catalog.Product]{{Name: "state", Of: productWord}}},
}

func productState(p catalog.Product) templ.Component {
	if p.Provisional {
		return ui.Status(ui.Warn, productWord(p))
	}
	return ui.Status(ui.Calm, productWord(p))
}

func productWord(p catalog.Product) string {
	if p.Provisional {
		return "Provisional"
	}
	return "In the catalogue"
}

func readProducts(c echo.Context, q store.Queries, text string, page store.Page) ([]catalog.Product, string, error) {
	if route.QueryValue(c, "show") == "provisional" {
		products, err := q.ProvisionalProducts(200)
		return products, "", err
	}
	list, err := q.Products(text, page)
	return list.Rows, list.Next, err
}

func noProducts(keeps bool, text string) templ.Component {
	p := ui.EmptyProps{Icon: "identify", Title: "No product found", Text: "Search for another part of the name, or for the number below the barcode."}
	if text == "" {
		p.Title, p.Text = "No product yet", "Products appear here when a vendor with an agreement adds them."
		if keeps {
			p.Text = "Add your first product, or take in your whole list as a table. Ship notices name products by their number."
			p.Action = ui.LinkButton(link("Add a product", newProduct, ui.Primary))
		}
	}
	return ui.EmptyState(p)
}

func (r Room) showNewProduct(c echo.Context) error { return r.renderNewProduct(c, nil) }

func (r Room) renderNewProduct(c echo.Context, refused error) error {
	f := formOf(c, refused)
	p := page(c, "Add a product", "", ui.Crumb{Text: "Products", Href: productsPath})
	p.Refused = f.all
	fields := append([]templ.Component{
		ui.Field(f.props("di", "Product number", "The GTIN below the barcode (8 to 14 digits), or a HIBC code from its plus sign on", "")),
	}, productFields(f, catalog.Product{Needs: catalog.Needs{Lot: true, Serial: true, Expiry: true}, SingleUse: true})...)
	p.Blocks = []templ.Component{view.Form(view.FormProps{Action: productsPath, Key: route.NewKey(), Fields: fields, Button: "Add the product", Kind: ui.Primary})}
	return route.Render(c, status(refused), view.Page(p))
}

// boxID names a box; the only one of its name has that name, so that a refusal
// leads to it.
func boxID(name, value string) string {
	if value == "yes" {
		return name
	}
	return name + "-" + value
}

// productFields are the fields of a product, all but its number.
func productFields(f form, p catalog.Product) []templ.Component {
	box := func(name, value, label, hint string, usual bool) templ.Component {
		checked := usual
		if f.has("name") { // boxes left empty are not sent
			checked = false
			for _, v := range route.Values(f.c, name) {
				checked = checked || v == value
			}
		}
		return ui.Checkbox(ui.FieldProps{
			ID: boxID(name, value), Name: name, Label: label, Hint: hint, Value: value, Error: f.errors[name],
		}, checked)
	}
	return []templ.Component{
		ui.Field(f.props("name", "Name", "As it stands on the box", p.Name)),
		ui.Field(optional(f.props("size", "Size", "Such as 3.0 × 18 mm", p.Size))),
		ui.Field(optional(f.props("family", "Family", "What belongs together on a list, such as Stents", p.Family))),
		ui.Field(optional(f.props("maker", "Maker", "Who made it, if not the vendor", p.Maker))),
		ui.Field(optional(f.props("catalogue_no", "Catalogue number", "", p.CatalogueNo))),
		box("needs", "lot", "The label carries a lot", "", p.Needs.Lot),
		box("needs", "serial", "The label carries a serial number", "", p.Needs.Serial),
		box("needs", "expiry", "The label carries an expiry date", "What the label carries is asked for at every scan; nothing else is.", p.Needs.Expiry),
		box("sterile", "yes", "Sterile", "", p.Sterile),
		box("implantable", "yes", "Stays in the patient", "", p.Implantable),
		box("single_use", "yes", "For a single use", "", p.SingleUse),
		box("rebillable", "yes", "Billed for each case, again and again", "Only for what comes back, such as a lent instrument with a fee. Everything else is billed once for each serial.", p.Rebillable),
		ui.Select(optional(f.props("proof", "What a use must show of the tag", "Two taps keep out labels that only repeat a message somebody collected. Needs tags that prove themselves.", string(p.Proof))), proofs),
	}
}

// proofs are the choices of what a use must show.
var proofs = []ui.Option{
	{Value: string(catalog.AnyProof), Text: "Nothing more: any carrier will do"},
	{Value: string(catalog.TwoTaps), Text: "Two taps of its tag, within two minutes"},
}

func productInput(c echo.Context) cataloguing.ProductInput {
	in := cataloguing.ProductInput{
		DI: route.Value(c, "di"), Name: route.Value(c, "name"), Maker: route.Value(c, "maker"), Family: route.Value(c, "family"),
		Size: route.Value(c, "size"), CatalogueNo: route.Value(c, "catalogue_no"),
		Sterile: route.Value(c, "sterile") != "", Implantable: route.Value(c, "implantable") != "", SingleUse: route.Value(c, "single_use") != "", Rebillable: route.Value(c, "rebillable") != "",
		Proof: catalog.Proof(route.Value(c, "proof")),
	}
	for _, what := range route.Values(c, "needs") {
		switch what {
		case "lot":
			in.Needs.Lot = true
		case "serial":
			in.Needs.Serial = true
		case "expiry":
			in.Needs.Expiry = true
		}
	}
	return in
}

func (r Room) addProduct(c echo.Context) error {
	id, err := r.Cataloguing.Add(c.Request().Context(), route.Command(c), productInput(c))
	if frame.AtFields(err) {
		return r.renderNewProduct(c, err)
	}
	if err != nil {
		return err
	}
	return route.Redirect(c, at(productPath, id), route.Done("The product is added. Give it a list price now."))
}

func (r Room) product(c echo.Context) error { return r.renderProduct(c, nil) }

func (r Room) renderProduct(c echo.Context, refused error) error {
	q, id := r.queries(c), catalog.ProductID(route.PathValue(c, "id"))
	product, err := q.Product(id)
	if err != nil {
		return err
	}
	levels, err := q.Levels(id)
	if err != nil {
		return err
	}
	prices, err := q.ListPrices(id)
	if err != nil {
		return err
	}
	f := formOf(c, refused)
	p := page(c, product.Name, product.Size, ui.Crumb{Text: "Products", Href: productsPath})
	p.Refused = f.all
	if product.Provisional {
		p.Notices = append(p.Notices, ui.NoticeProps{Tone: ui.Warn, Title: "Provisional: made when a hospital brought in a label that no catalogue had. The vendor's office describes it, or says which product it is."})
	}
	p.Blocks = append(p.Blocks, view.Facts("Facts", productFacts(product, levels, prices)))
	if route.Actor(c).May(access.ManageCatalogue) {
		p.Blocks = append(p.Blocks, r.productForms(c, f, product, prices)...)
	}
	return route.Render(c, status(refused), view.Page(p))
}

func productFacts(p catalog.Product, levels []catalog.Level, prices []store.ListPrice) []ui.Pair {
	pairs := []ui.Pair{{Key: "Product number", Value: ui.Code(p.DI)}}
	add := func(key, text string) {
		if text != "" {
			pairs = append(pairs, ui.Pair{Key: key, Value: ui.Text(text)})
		}
	}
	add("Family", p.Family)
	add("Maker", p.Maker)
	add("Catalogue number", p.CatalogueNo)
	carries := ""
	for _, n := range p.Needs.Missing("", "", "") {
		if carries != "" {
			carries += ", "
		}
		carries += n
	}
	if carries == "" {
		carries = "nothing beside the product number"
	}
	add("Its label carries", carries)
	if p.Proof == catalog.TwoTaps {
		add("A use must show", "two taps of its tag, within two minutes")
	}
	for _, l := range levels {
		if l.Quantity > 1 {
			pairs = append(pairs, ui.Pair{Key: "In a " + string(l.Level), Value: ui.Two(ui.Text(strconv.FormatInt(l.Quantity, 10)+" units"), ui.Code(l.DI))})
		}
	}
	if len(prices) > 0 {
		add("List price", prices[0].Price.Format(finance.Locale))
	} else {
		add("List price", "None yet: a usage waits for its price")
	}
	return pairs
}

func (r Room) productForms(c echo.Context, f form, p catalog.Product, prices []store.ListPrice) []templ.Component {
	currency := "EUR"
	if own, err := r.queries(c).Organisation(p.Vendor); err == nil {
		currency = own.Currency
	}
	price := ""
	if len(prices) > 0 {
		currency, price = string(prices[0].Price.Currency), prices[0].Price.Decimal()
	}
	blocks := []templ.Component{view.Form(view.FormProps{
		Title: "List price", Lead: "From now on. What was used before keeps its price.", Action: at(pricePath, p.ID), Key: route.NewKey(), Button: "Set the list price",
		Fields: []templ.Component{
			ui.Field(narrow(f.props("price", "Price of one unit", "With a point before the decimals, such as 1240.00", price), "10")),
			ui.Field(narrow(f.props("currency", "Currency", "", currency), "4")),
		},
	})}
	if p.Provisional {
		blocks = append(blocks, view.Form(view.FormProps{
			Title: "It is a package of another product", Lead: "Later scans of this number then find that product. Units that are here already keep their history.",
			Action: at(mergePath, p.ID), Key: route.NewKey(), Button: "Merge into that product",
			Fields: []templ.Component{
				ui.Field(f.props("into", "Product number of that product", "", "")),
				ui.Field(optional(narrow(f.props("quantity", "Units of use in this package", "1 when empty", ""), "4"))),
			},
		}))
	}
	button, title := "Save the product", "Change the product"
	if p.Provisional {
		button, title = "Take it into the catalogue", "Describe the product"
	}
	change := view.Form(view.FormProps{Title: title, Action: at(productPath, p.ID), Key: route.NewKey(), Fields: productFields(f, p), Button: button})
	level := view.Form(view.FormProps{
		Title: "Add a package", Lead: "A box with a number of its own that holds several units.", Action: at(levelPath, p.ID), Key: route.NewKey(), Button: "Add the package",
		Fields: []templ.Component{
			ui.Field(f.props("di", "Product number of the package", "", "")),
			ui.Select(f.props("level", "Kind of package", "", "pack"), []ui.Option{{Value: "pack", Text: "Pack"}, {Value: "case", Text: "Case"}}),
			ui.Field(narrow(f.props("quantity", "Units of use in it", "", ""), "4")),
		},
	})
	if p.Provisional {
		return append(blocks, change)
	}
	return append(blocks, level, change)
}

// back answers a change of a product: to its page, or the page with what was
// refused.
func (r Room) back(c echo.Context, id catalog.ProductID, done string, err error) error {
	if frame.AtFields(err) {
		return r.renderProduct(c, err)
	}
	return finish(c, at(productPath, id), done, err)
}

func (r Room) changeProduct(c echo.Context) error {
	id := catalog.ProductID(route.PathValue(c, "id"))
	_, err := r.Cataloguing.Change(c.Request().Context(), route.Command(c), id, productInput(c))
	return r.back(c, id, "The product is saved.", err)
}

func (r Room) addLevel(c echo.Context) error {
	id := catalog.ProductID(route.PathValue(c, "id"))
	_, err := r.Cataloguing.AddLevel(c.Request().Context(), route.Command(c), cataloguing.LevelInput{
		Product: id, DI: route.Value(c, "di"), Level: catalog.LevelKind(route.Value(c, "level")), Quantity: route.Value(c, "quantity"),
	})
	return r.back(c, id, "The package is added.", err)
}

func (r Room) merge(c echo.Context) error {
	id := catalog.ProductID(route.PathValue(c, "id"))
	into, err := r.Cataloguing.Merge(c.Request().Context(), route.Command(c), cataloguing.Merging{
		Provisional: id, Into: route.Value(c, "into"), Quantity: route.Value(c, "quantity"),
	})
	if err == nil {
		id = into
	}
	return r.back(c, id, "Merged. Later scans find this product.", err)
}

func (r Room) setPrice(c echo.Context) error {
	id := catalog.ProductID(route.PathValue(c, "id"))
	currency, err := money.ParseCurrency(route.Value(c, "currency"))
	if err != nil || currency == "" {
		return r.renderProduct(c, fault.At("currency", "Enter the three letters of the currency, such as EUR."))
	}
	price, err := money.ParseDecimal(route.Value(c, "price"), currency)
	if err != nil {
		return r.renderProduct(c, fault.At("price", "Enter the price with a point before its decimals, such as 1240.00."))
	}
	return r.back(c, id, "The list price is set.", r.Cataloguing.Price(c.Request().Context(), route.Command(c), r.Prices, id, price))
}
