package fake

import "net/http"

// account is one account with everything in it.
type account struct {
	id       string
	platform string // the account that made it; empty for a key's own
	revoked  bool
	charges  bool
	payouts  bool
	details  bool

	customers []*customer
	invoices  []*invoice
	items     []*item
	credits   []*credit
	charged   []*charge
	disputes  []*dispute
	refunds   map[string]string // charge by refund
	balance   []object
	paidOut   []object
	events    []object
}

// route finds what a request asks for.
func (c call) route() answer {
	kind, rest := c.path[0], c.path[1:]
	handlers := map[string]func([]string) answer{
		"customers": c.customersAPI, "invoices": c.invoicesAPI, "invoiceitems": c.itemsAPI,
		"credit_notes": c.creditsAPI, "charges": c.chargesAPI, "disputes": c.disputesAPI, "refunds": c.refundsAPI,
		"balance_transactions": c.balanceAPI, "payouts": c.payoutsAPI, "events": c.eventsAPI,
		"accounts": c.accountsAPI, "account": c.accountsAPI, "account_links": c.linksAPI,
	}
	handle, known := handlers[kind]
	if !known {
		return missing("path " + kind)
	}
	return handle(rest)
}

func (a *account) show() object {
	requirements := object{"currently_due": []string{}, "past_due": []string{}}
	if !a.details {
		requirements["currently_due"] = []string{"external_account"}
	}
	return object{
		"id": a.id, "object": "account", "charges_enabled": a.charges, "payouts_enabled": a.payouts,
		"details_submitted": a.details, "requirements": requirements,
	}
}

func (c call) accountsAPI(path []string) answer {
	switch {
	case c.method == http.MethodPost && len(path) == 0:
		a := &account{id: c.id("acct"), platform: c.account.id, refunds: map[string]string{}}
		c.accounts[a.id] = a
		return ok(a.show())
	case len(path) == 0:
		return ok(c.account.show())
	}
	a := c.accounts[path[0]]
	if a == nil || (a.platform != c.account.id && a != c.account) || a.revoked {
		return failure(http.StatusForbidden, "invalid_request_error", "account_invalid", "No access to this account")
	}
	return ok(a.show())
}

func (c call) linksAPI([]string) answer {
	a := c.accounts[c.form.text("account")]
	if a == nil {
		return missing("account")
	}
	return ok(object{
		"object": "account_link", "created": c.now(), "expires_at": c.now() + 300, "url": c.cfg.BaseURL + "/pay/setup/" + a.id,
	})
}

// Complete lets an account's owner finish its set-up.
func (s *Server) Complete(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if a := s.accounts[id]; a != nil {
		a.charges, a.payouts, a.details = true, true, true
		s.event(a, "account.updated", a.show())
	}
}

// Revoke lets an account's owner withdraw the platform's access.
func (s *Server) Revoke(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if a := s.accounts[id]; a != nil {
		s.event(a, "account.application.deauthorized", object{"id": "ca_fake", "object": "application"})
		a.revoked = true
	}
}

// AccountOf is the id of a key's own account.
func (s *Server) AccountOf(key string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.ownAccount(key).id
}

// Announce sends a notice about a connected account that nobody asked for.
func (s *Server) Announce(kind, id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	a := &account{id: id, platform: "acct_platform"}
	s.event(a, kind, a.show())
}
