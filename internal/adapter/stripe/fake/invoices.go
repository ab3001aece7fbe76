package fake

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// mostItems is the most lines a document may have.
const mostItems = 250

type customer struct {
	id       string
	created  int64
	name     string
	email    string
	metadata map[string]string
}

func (cu *customer) show() object {
	return object{
		"id": cu.id, "object": "customer", "created": cu.created, "name": cu.name, "email": cu.email,
		"metadata": cu.metadata, "balance": 0, "livemode": false,
	}
}

func (c call) customersAPI(path []string) answer {
	switch {
	case c.method == http.MethodPost && len(path) == 0:
		cu := &customer{id: c.id("cus"), created: c.now(), name: c.form.text("name"), email: c.form.text("email"), metadata: c.form.under("metadata")}
		c.account.customers = append(c.account.customers, cu)
		return ok(cu.show())
	case len(path) == 0:
		var rows []object
		for _, cu := range slices.Backward(c.account.customers) {
			if c.form.created(cu.created) {
				rows = append(rows, cu.show())
			}
		}
		return c.list(rows)
	}
	for _, cu := range c.account.customers {
		if cu.id == path[0] {
			return ok(cu.show())
		}
	}
	return missing("customer")
}

// invoice is a document.
type invoice struct {
	id, customer, currency, status, number string
	created, due                           int64
	metadata                               map[string]string
	fields                                 []object
	daysUntilDue                           int64
	paid, elsewhere                        int64
	preCredit, postCredit                  int64
	charge                                 string
	sent                                   int
	finalizedAt, paidAt, voidedAt          int64
}

func (c call) itemsOf(inv *invoice) []*item {
	var out []*item
	for _, it := range c.account.items {
		if it.invoice == inv.id {
			out = append(out, it)
		}
	}
	return out
}

func (a *account) sums(inv *invoice) (net, tax int64) {
	for _, it := range a.items {
		if it.invoice == inv.id {
			net += it.amount()
			for _, t := range it.taxes {
				tax += t.amount
			}
		}
	}
	return net, tax
}

func (a *account) remaining(inv *invoice) int64 {
	net, tax := a.sums(inv)
	if inv.status == "paid" {
		return 0
	}
	return net + tax - inv.preCredit - inv.paid
}

func (s *Server) show(a *account, inv *invoice) object {
	net, tax := a.sums(inv)
	o := object{
		"id": inv.id, "object": "invoice", "customer": inv.customer, "currency": inv.currency, "status": inv.status,
		"number": nil, "created": inv.created, "due_date": inv.due, "metadata": inv.metadata, "custom_fields": inv.fields,
		"subtotal": net, "tax": tax, "total": net + tax, "amount_due": net + tax - inv.preCredit,
		"amount_paid": inv.paid, "amount_remaining": a.remaining(inv), "paid": inv.status == "paid",
		"paid_out_of_band": inv.elsewhere > 0, "starting_balance": 0, "ending_balance": 0, "auto_advance": false,
		"pre_payment_credit_notes_amount": inv.preCredit, "post_payment_credit_notes_amount": inv.postCredit,
		"collection_method": "send_invoice", "livemode": false, "charge": nil,
		"status_transitions": object{"finalized_at": inv.finalizedAt, "paid_at": inv.paidAt, "voided_at": inv.voidedAt},
	}
	if inv.number != "" {
		o["number"] = inv.number
	}
	if inv.charge != "" {
		o["charge"] = inv.charge
	}
	if inv.status != "draft" {
		o["hosted_invoice_url"] = s.cfg.BaseURL + "/pay/" + inv.id
		o["invoice_pdf"] = s.cfg.BaseURL + "/pay/" + inv.id + "/pdf"
	}
	return o
}

func (c call) invoice(id string) *invoice {
	for _, inv := range c.account.invoices {
		if inv.id == id {
			return inv
		}
	}
	return nil
}

func (c call) invoicesAPI(path []string) answer {
	switch {
	case c.method == http.MethodPost && len(path) == 0:
		return c.newInvoice()
	case len(path) == 0:
		var rows []object
		for _, inv := range slices.Backward(c.account.invoices) {
			if (!c.form.has("customer") || c.form.text("customer") == inv.customer) && c.form.created(inv.created) {
				rows = append(rows, c.show(c.account, inv))
			}
		}
		return c.list(rows)
	}
	inv := c.invoice(path[0])
	if inv == nil {
		return missing("invoice: " + path[0])
	}
	if len(path) == 1 {
		return c.oneInvoice(inv)
	}
	return c.act(inv, path[1:])
}

func (c call) newInvoice() answer {
	if !slices.ContainsFunc(c.account.customers, func(cu *customer) bool { return cu.id == c.form.text("customer") }) {
		return missing("customer: " + c.form.text("customer"))
	}
	if c.form.text("collection_method") == "send_invoice" && !c.form.has("days_until_due") {
		return invalid("days_until_due", "You must provide days_until_due or due_date when collection method is send_invoice.")
	}
	inv := &invoice{
		id: c.id("in"), customer: c.form.text("customer"), currency: c.form.text("currency"), status: "draft",
		created: c.now(), metadata: c.form.under("metadata"), fields: []object{},
	}
	inv.daysUntilDue, _ = c.form.number("days_until_due")
	fields := c.form.items("custom_fields")
	if len(fields) > 4 {
		return invalid("custom_fields", "At most 4 custom fields.")
	}
	for _, f := range fields {
		if len(f["name"]) > 40 || len(f["value"]) > 140 {
			return invalid("custom_fields", "A custom field is too long.")
		}
		inv.fields = append(inv.fields, object{"name": f["name"], "value": f["value"]})
	}
	c.account.invoices = append(c.account.invoices, inv)
	return ok(c.show(c.account, inv))
}

func (c call) oneInvoice(inv *invoice) answer {
	switch c.method {
	case http.MethodDelete:
		if inv.status != "draft" {
			return invalid("", "Only drafts can be deleted.")
		}
		c.account.invoices = slices.DeleteFunc(c.account.invoices, func(i *invoice) bool { return i == inv })
		c.account.items = slices.DeleteFunc(c.account.items, func(it *item) bool { return it.invoice == inv.id })
		return ok(object{"id": inv.id, "object": "invoice", "deleted": true})
	case http.MethodPost:
		return c.update(inv)
	}
	return ok(c.show(c.account, inv))
}

func (c call) update(inv *invoice) answer {
	if number := c.form.text("number"); number != "" {
		if inv.status != "draft" {
			return invalid("number", "Finalized invoices can't be updated in this way.")
		}
		for _, other := range c.account.invoices {
			if other != inv && other.number == number {
				return invalid("number", "This number is taken.")
			}
		}
		inv.number = number
	}
	return ok(c.show(c.account, inv))
}

// act does one of the named actions on a document.
func (c call) act(inv *invoice, path []string) answer {
	if path[0] == "lines" {
		return c.linesAPI(inv, path[1:])
	}
	action := map[string]func(*invoice) answer{
		"finalize": c.finalize, "send": c.send, "void": c.void, "pay": c.payElsewhere, "mark_uncollectible": c.writeOff,
	}[path[0]]
	if action == nil || c.method != http.MethodPost {
		return missing("action " + strings.Join(path, "/"))
	}
	return action(inv)
}

func (c call) finalize(inv *invoice) answer {
	if inv.status != "draft" {
		return invalid("", "This invoice is already finalized, you can't re-finalize a non-draft invoice.")
	}
	if len(c.itemsOf(inv)) == 0 {
		return failure(http.StatusBadRequest, "invalid_request_error", "invoice_no_customer_line_items", "Nothing to invoice.")
	}
	if inv.number == "" {
		inv.number = fmt.Sprintf("FAKE-%04d", len(c.account.invoices))
	}
	inv.status, inv.finalizedAt, inv.due = "open", c.now(), c.now()+inv.daysUntilDue*86400
	c.tell(inv, "invoice.finalized")
	return ok(c.show(c.account, inv))
}

func (c call) send(inv *invoice) answer {
	if inv.status != "open" {
		return invalid("", "Only open invoices can be sent.")
	}
	inv.sent++
	c.tell(inv, "invoice.sent")
	return ok(c.show(c.account, inv))
}

func (c call) void(inv *invoice) answer {
	if inv.status != "open" && inv.status != "uncollectible" {
		return invalid("", "You can only void open invoices.")
	}
	inv.status, inv.voidedAt = "void", c.now()
	c.tell(inv, "invoice.voided")
	return ok(c.show(c.account, inv))
}

func (c call) writeOff(inv *invoice) answer {
	if inv.status != "open" {
		return invalid("", "Only open invoices can be marked uncollectible.")
	}
	inv.status = "uncollectible"
	c.tell(inv, "invoice.marked_uncollectible")
	return ok(c.show(c.account, inv))
}

func (c call) payElsewhere(inv *invoice) answer {
	if inv.status != "open" && inv.status != "uncollectible" {
		return failure(http.StatusBadRequest, "invalid_request_error", "invoice_already_paid", "Invoice is already paid")
	}
	if !c.form.bool("paid_out_of_band") {
		return invalid("", "This customer has no default payment method.")
	}
	inv.elsewhere = c.account.remaining(inv)
	inv.status, inv.paidAt = "paid", c.now()
	c.tell(inv, "invoice.paid")
	return ok(c.show(c.account, inv))
}

func (c call) tell(inv *invoice, kind string) { c.event(c.account, kind, c.show(c.account, inv)) }
