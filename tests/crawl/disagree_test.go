package crawl_test

import (
	"slices"
	"testing"
	"time"

	"trueward/cmd/trueward/product"
	"trueward/internal/adapter/store"
	"trueward/internal/app/approving"
	"trueward/internal/app/crediting"
	"trueward/internal/app/disputing"
	"trueward/internal/domain/access"
	"trueward/internal/domain/billing"
)

// disagree adds what the sample's story has not: for every vendor with issued
// invoices an issued and a proposed credit note, a dispute, a demand to end an
// invoice and a delegation, so that the crawl meets rows of each.
func disagree(t *testing.T, p *product.Product) {
	t.Helper()
	q := p.Store.Read(t.Context(), access.Everything())
	byVendor := map[access.OrganisationID][]billing.NamedInvoice{}
	check(t, q.AllInvoices(store.InvoiceFilter{States: []billing.InvoiceState{billing.Sent, billing.Paid}}, func(i billing.NamedInvoice) error {
		byVendor[i.Vendor] = append(byVendor[i.Vendor], i)
		return nil
	}))
	for vendor, invoices := range byVendor {
		office := clerkOf(vendor, access.Vendor, access.VendorOffice)
		for n, i := range invoices[:min(2, len(invoices))] {
			lines, err := q.InvoiceLines(i.ID)
			check(t, err)
			c, err := p.Crediting.Propose(t.Context(), store.Command{Actor: office}, crediting.ProposeInput{
				Invoice: i.ID, Reason: billing.WrongPrice, Explanation: "agreed otherwise", Parts: []billing.CreditPart{{Line: lines[0].ID, NetMinor: 1}}})
			check(t, err)
			if n == 0 {
				_, err = p.Crediting.Issue(t.Context(), store.Command{Actor: office}, c)
				check(t, err)
			}
		}
		disputeAndEnd(t, p, office, invoices)
	}
	delegations(t, p, q)
}

func clerkOf(id access.OrganisationID, kind access.OrganisationKind, role access.Role) access.Actor {
	return access.Actor{Person: access.PersonID("clerk of " + string(id)), Organisation: id, Kind: kind, Grants: []access.Grant{{Role: role}}}
}

func disputeAndEnd(t *testing.T, p *product.Product, office access.Actor, invoices []billing.NamedInvoice) {
	t.Helper()
	sent := slices.DeleteFunc(slices.Clone(invoices), func(i billing.NamedInvoice) bool { return i.State != billing.Sent })
	if len(sent) > 0 {
		i := sent[len(sent)-1]
		lines, err := p.Store.Read(t.Context(), access.Everything()).InvoiceLines(i.ID)
		check(t, err)
		_, err = p.Disputing.Open(t.Context(), store.Command{Actor: clerkOf(i.Hospital, access.Hospital, access.Finance)}, disputing.OpenInput{
			Invoice: i.ID, Line: lines[0].ID, Amount: "0.01", Reason: "agreed otherwise"})
		check(t, err)
	}
	if len(sent) > 1 {
		_, err := p.Approving.AskToEnd(t.Context(), store.Command{Actor: office}, approving.EndInput{
			Invoice: sent[0].ID, Kind: billing.EndUncollectible, Reason: "gone"})
		check(t, err)
	}
}

// delegations lets one person of each vendor with two approve for the other.
func delegations(t *testing.T, p *product.Product, q store.Queries) {
	t.Helper()
	people, err := q.People(store.PeopleFilter{}, store.Page{Limit: 200})
	check(t, err)
	for n, from := range people.Rows {
		for _, to := range people.Rows[n+1:] {
			if from.Organisation != to.Organisation {
				continue
			}
			lender := clerkOf(from.Organisation, access.Vendor, access.VendorOffice)
			lender.Person = from.ID
			day := p.Store.Now().Format(time.DateOnly)
			_, err := p.Approving.Delegate(t.Context(), store.Command{Actor: lender}, approving.DelegateInput{
				To: to.ID, Amount: "100.00", Currency: "EUR", From: day, Until: day, Reason: "leave"})
			check(t, err)
			break
		}
	}
}
