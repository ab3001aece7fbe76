package fake

import (
	"net/http"
	"slices"
	"strconv"
)

type tax struct {
	amount, taxable int64
	rate            string
}

// item is a line of a document: item and line are one here, with two ids.
type item struct {
	id, line, invoice, customer, currency, description string
	created, unit, quantity                            int64
	metadata                                           map[string]string
	taxes                                              []tax
}

func (it *item) amount() int64 { return it.unit * it.quantity }

func (it *item) show() object {
	return object{
		"id": it.id, "object": "invoiceitem", "invoice": it.invoice, "customer": it.customer, "currency": it.currency,
		"date": it.created, "amount": it.amount(), "unit_amount": it.unit, "quantity": it.quantity,
		"description": it.description, "metadata": it.metadata,
	}
}

func (it *item) showLine() object {
	taxes := []object{}
	for _, t := range it.taxes {
		taxes = append(taxes, object{"amount": t.amount, "taxable_amount": t.taxable, "inclusive": false, "tax_rate": t.rate})
	}
	return object{
		"id": it.line, "object": "line_item", "type": "invoiceitem", "invoice_item": it.id, "currency": it.currency,
		"invoice": it.invoice, "amount": it.amount(), "quantity": it.quantity, "description": it.description,
		"metadata": it.metadata, "tax_amounts": taxes, "unit_amount_excluding_tax": strconv.FormatInt(it.unit, 10),
	}
}

func (c call) itemsAPI(path []string) answer {
	switch {
	case c.method == http.MethodPost && len(path) == 0:
		return c.newItem()
	case len(path) == 0:
		var rows []object
		for _, it := range slices.Backward(c.account.items) {
			if !c.form.has("invoice") || c.form.text("invoice") == it.invoice {
				rows = append(rows, it.show())
			}
		}
		return c.list(rows)
	}
	i := slices.IndexFunc(c.account.items, func(it *item) bool { return it.id == path[0] })
	if i < 0 {
		return missing("invoiceitem: " + path[0])
	}
	it := c.account.items[i]
	if c.method == http.MethodDelete {
		if inv := c.invoice(it.invoice); inv != nil && inv.status != "draft" {
			return invalid("", "You can only delete items of drafts.")
		}
		c.account.items = slices.Delete(c.account.items, i, i+1)
		return ok(object{"id": it.id, "object": "invoiceitem", "deleted": true})
	}
	return ok(it.show())
}

func (c call) newItem() answer {
	inv := c.invoice(c.form.text("invoice"))
	switch {
	case inv == nil:
		return missing("invoice: " + c.form.text("invoice"))
	case inv.status != "draft":
		return invalid("invoice", "You can only add items to drafts.")
	case c.form.text("customer") != inv.customer:
		return invalid("customer", "The invoice is another customer's.")
	case c.form.text("currency") != inv.currency:
		return invalid("currency", "The invoice is in another currency.")
	case len(c.itemsOf(inv)) >= mostItems:
		return invalid("invoice", "An invoice has at most 250 items.")
	}
	it := &item{
		id: c.id("ii"), line: c.id("il"), invoice: inv.id, customer: inv.customer, currency: inv.currency,
		description: c.form.text("description"), created: c.now(), metadata: c.form.under("metadata"), quantity: 1,
	}
	var given bool
	if it.unit, given = c.form.number("unit_amount"); !given {
		return invalid("unit_amount", "Say the amount.")
	}
	if n, given := c.form.number("quantity"); given {
		it.quantity = n
	}
	c.account.items = append(c.account.items, it)
	return ok(it.show())
}

func (c call) linesAPI(inv *invoice, path []string) answer {
	items := c.itemsOf(inv)
	if len(path) == 0 {
		rows := make([]object, len(items))
		for i, it := range items {
			rows[i] = it.showLine()
		}
		return c.list(rows)
	}
	i := slices.IndexFunc(items, func(it *item) bool { return it.line == path[0] })
	switch {
	case i < 0:
		return missing("line item: " + path[0])
	case inv.status != "draft":
		return invalid("", "Lines of finalized invoices cannot be changed.")
	}
	var taxes []tax
	for _, f := range c.form.items("tax_amounts") {
		amount, _ := f.number("amount")
		taxable, _ := f.number("taxable_amount")
		rate := "txr_" + f["tax_rate_data[percentage]"]
		taxes = append(taxes, tax{amount, taxable, rate})
	}
	if taxes != nil {
		items[i].taxes = taxes
	}
	return ok(items[i].showLine())
}
