package fake

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
)

type charge struct {
	id, invoice, currency string
	amount, refunded      int64
	created               int64
	disputed              bool
}

func (ch *charge) show() object {
	return object{
		"id": ch.id, "object": "charge", "invoice": ch.invoice, "currency": ch.currency, "amount": ch.amount,
		"amount_refunded": ch.refunded, "refunded": ch.refunded == ch.amount, "paid": true, "status": "succeeded",
		"disputed": ch.disputed, "created": ch.created,
	}
}

type dispute struct {
	id, charge, currency, status string
	amount                       int64
}

func (d *dispute) show() object {
	return object{
		"id": d.id, "object": "dispute", "charge": d.charge, "currency": d.currency, "amount": d.amount, "status": d.status,
	}
}

type credit struct {
	id, invoice, memo, currency string
	amount                      int64
	created                     int64
	metadata                    map[string]string
	void                        bool
}

func (n *credit) show() object {
	status := "issued"
	if n.void {
		status = "void"
	}
	return object{
		"id": n.id, "object": "credit_note", "invoice": n.invoice, "memo": n.memo, "currency": n.currency, "amount": n.amount,
		"total": n.amount, "created": n.created, "metadata": n.metadata, "status": status, "number": "CN-" + n.id,
	}
}

// fee is what this service keeps of a payment: 1.5 % and 25.
func fee(amount int64) int64 { return amount*15/1000 + 25 }

// move notes a movement of the account's balance.
func (s *Server) move(a *account, kind, source, currency string, amount, fee int64) {
	a.balance = append(a.balance, object{
		"id": s.id("txn"), "object": "balance_transaction", "type": kind, "source": source, "currency": currency,
		"amount": amount, "fee": fee, "net": amount - fee, "created": s.now(), "status": "available", "payout": "",
	})
}

// Pay lets the hospital pay amount of an open document through the service; 0
// is all that is due.
func (s *Server) Pay(id string, amount int64) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	a, inv := s.find(id)
	if inv == nil || inv.status != "open" {
		return fmt.Errorf("fake: %s cannot be paid", id)
	}
	due := a.remaining(inv)
	if amount == 0 || amount > due {
		amount = due
	}
	ch := &charge{id: s.id("ch"), invoice: inv.id, currency: inv.currency, amount: amount, created: s.now()}
	a.charged = append(a.charged, ch)
	inv.charge = ch.id
	s.move(a, "charge", ch.id, ch.currency, amount, fee(amount))
	inv.paid += amount
	kind := "invoice.updated"
	if amount == due {
		inv.status, inv.paidAt, kind = "paid", s.now(), "invoice.paid"
	}
	s.event(a, kind, s.show(a, inv))
	return nil
}

// find looks for a document in every account.
func (s *Server) find(id string) (*account, *invoice) {
	for _, a := range s.accounts {
		for _, inv := range a.invoices {
			if inv.id == id {
				return a, inv
			}
		}
	}
	return nil, nil
}

// Refund gives amount of a document's payment back, as the vendor does it by
// hand at the service.
func (s *Server) Refund(id string, amount int64) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	a, inv := s.find(id)
	if inv == nil || inv.charge == "" {
		return fmt.Errorf("fake: %s has no payment", id)
	}
	return s.refund(a, inv.charge, amount)
}

func (s *Server) refund(a *account, id string, amount int64) error {
	i := slices.IndexFunc(a.charged, func(ch *charge) bool { return ch.id == id })
	if i < 0 || amount <= 0 || a.charged[i].refunded+amount > a.charged[i].amount {
		return fmt.Errorf("fake: %s cannot be refunded by %d", id, amount)
	}
	ch := a.charged[i]
	ch.refunded += amount
	re := s.id("re")
	a.refunds[re] = ch.id
	s.move(a, "refund", re, ch.currency, -amount, 0)
	s.event(a, "charge.refunded", ch.show())
	return nil
}

// Contest lets the payer's bank take a document's payment back for now.
func (s *Server) Contest(id string) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	a, inv := s.find(id)
	if inv == nil || inv.charge == "" {
		return "", fmt.Errorf("fake: %s has no payment", id)
	}
	i := slices.IndexFunc(a.charged, func(ch *charge) bool { return ch.id == inv.charge })
	ch := a.charged[i]
	ch.disputed = true
	d := &dispute{id: s.id("dp"), charge: ch.id, currency: ch.currency, status: "needs_response", amount: ch.amount}
	a.disputes = append(a.disputes, d)
	s.move(a, "adjustment", d.id, d.currency, -d.amount, 1500)
	s.event(a, "charge.dispute.created", d.show())
	return d.id, nil
}

// Settle ends a dispute.
func (s *Server) Settle(id string, won bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, a := range s.accounts {
		for _, d := range a.disputes {
			if d.id != id {
				continue
			}
			d.status = "lost"
			if won {
				d.status = "won"
				s.move(a, "adjustment", d.id, d.currency, d.amount, 0)
			}
			s.event(a, "charge.dispute.closed", d.show())
		}
	}
}

// PayOut sends an account's balance in a currency to its owner's bank.
func (s *Server) PayOut(accountID, currency string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	a := s.accounts[accountID]
	id := s.id("po")
	var sum int64
	for _, m := range a.balance {
		if m["payout"] == "" && m["currency"] == currency {
			m["payout"] = id
			sum += m["net"].(int64)
		}
	}
	s.move(a, "payout", id, currency, -sum, 0)
	a.balance[len(a.balance)-1]["payout"] = id
	po := object{"id": id, "object": "payout", "amount": sum, "currency": currency, "status": "paid", "created": s.now(), "arrival_date": s.now()}
	a.paidOut = append(a.paidOut, po)
	s.event(a, "payout.paid", po)
	return id
}

func one(rows []object, id, what string) answer {
	for _, o := range rows {
		if o["id"] == id {
			return ok(o)
		}
	}
	return missing(what)
}

func (c call) chargesAPI(path []string) answer {
	var rows []object
	for _, ch := range slices.Backward(c.account.charged) {
		rows = append(rows, ch.show())
	}
	if len(path) == 1 {
		return one(rows, path[0], "charge")
	}
	return c.list(rows)
}

func (c call) disputesAPI(path []string) answer {
	var rows []object
	for _, d := range slices.Backward(c.account.disputes) {
		if !c.form.has("charge") || c.form.text("charge") == d.charge {
			rows = append(rows, d.show())
		}
	}
	if len(path) == 1 {
		return one(rows, path[0], "dispute")
	}
	return c.list(rows)
}

func (c call) refundsAPI([]string) answer {
	amount, _ := c.form.number("amount")
	if err := c.refund(c.account, c.form.text("charge"), amount); err != nil {
		return invalid("amount", err.Error())
	}
	return ok(object{"id": c.id("re"), "object": "refund", "amount": amount, "charge": c.form.text("charge"), "status": "succeeded"})
}

func (c call) balanceAPI([]string) answer {
	var rows []object
	for _, m := range slices.Backward(c.account.balance) {
		if c.form.created(m["created"].(int64)) && (!c.form.has("payout") || c.form.text("payout") == m["payout"]) {
			rows = append(rows, c.expand(m))
		}
	}
	return c.list(rows)
}

// expand shows a movement with its source in full, where that was asked for.
func (c call) expand(m object) object {
	if !strings.HasSuffix(c.form.text("expand[0]"), "source") {
		return m
	}
	shown := maps.Clone(m)
	id := m["source"].(string)
	for _, ch := range c.account.charged {
		if ch.id == id {
			shown["source"] = ch.show()
		}
	}
	for _, d := range c.account.disputes {
		if d.id == id {
			shown["source"] = d.show()
		}
	}
	if charge := c.account.refunds[id]; charge != "" {
		shown["source"] = object{"id": id, "object": "refund", "charge": charge}
	}
	return shown
}

func (c call) payoutsAPI(path []string) answer {
	if len(path) == 1 {
		return one(c.account.paidOut, path[0], "payout")
	}
	return c.list(slices.Collect(backward(c.account.paidOut)))
}

func backward(rows []object) func(func(object) bool) {
	return func(yield func(object) bool) {
		for _, o := range slices.Backward(rows) {
			if !yield(o) {
				return
			}
		}
	}
}

func (c call) creditsAPI(path []string) answer {
	switch {
	case c.method == http.MethodPost && len(path) == 0:
		return c.newCredit()
	case len(path) == 0:
		var rows []object
		for _, n := range slices.Backward(c.account.credits) {
			if !c.form.has("invoice") || c.form.text("invoice") == n.invoice {
				rows = append(rows, n.show())
			}
		}
		return c.list(rows)
	}
	for _, n := range c.account.credits {
		if n.id == path[0] {
			return ok(n.show())
		}
	}
	return missing("credit note")
}

// newCredit checks what Stripe checks: not more than is left, and on a paid
// document refund, balance credit and out of band together are the total.
func (c call) newCredit() answer {
	inv := c.invoice(c.form.text("invoice"))
	if inv == nil || inv.status == "draft" {
		return missing("invoice")
	}
	n := &credit{
		id: c.id("cn"), invoice: inv.id, memo: c.form.text("memo"), currency: inv.currency, created: c.now(),
		metadata: c.form.under("metadata"),
	}
	for _, line := range c.form.items("lines") {
		amount, _ := line.number("amount")
		n.amount += amount
		for _, t := range line.items("tax_amounts") {
			tax, _ := t.number("amount")
			n.amount += tax
		}
	}
	net, tax := c.account.sums(inv)
	if n.amount <= 0 || inv.preCredit+inv.postCredit+n.amount > net+tax {
		return invalid("amount", "The sum of credit notes is more than the invoice.")
	}
	refund, _ := c.form.number("refund_amount")
	elsewhere, _ := c.form.number("out_of_band_amount")
	if inv.status == "paid" {
		if refund+elsewhere != n.amount {
			return invalid("", "The sum of refund, credit and out of band amounts must equal the credit note amount.")
		}
		inv.postCredit += n.amount
	} else {
		if n.amount > c.account.remaining(inv) {
			return invalid("amount", "The credit note is more than what remains.")
		}
		inv.preCredit += n.amount
	}
	c.account.credits = append(c.account.credits, n)
	c.event(c.account, "credit_note.created", n.show())
	if refund > 0 {
		if err := c.refund(c.account, inv.charge, refund); err != nil {
			return invalid("refund_amount", err.Error())
		}
	}
	if inv.status == "open" && c.account.remaining(inv) == 0 {
		inv.status, inv.paidAt = "paid", c.now()
		c.tell(inv, "invoice.paid")
	}
	return ok(n.show())
}

// Stray moves the balance of a key's own account for nothing of an invoice.
func (s *Server) Stray(key string, amount int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.move(s.ownAccount(key), "adjustment", s.id("adj"), "eur", amount, 0)
}

// Tamper changes the first line of a draft, as somebody might in a dashboard.
func (s *Server) Tamper(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if a, _ := s.find(id); a != nil {
		for _, it := range a.items {
			if it.invoice == id {
				it.unit++
				return
			}
		}
	}
}
