package stripe

import (
	"context"

	api "github.com/stripe/stripe-go/v76"

	"trueward/internal/domain/remote"
)

// Account returns what Stripe says about an account; of the key's own when the
// id is empty.
func (g *Gateway) Account(ctx context.Context, e remote.Entry, id string) (remote.Account, error) {
	e.Account = "" // asked by the key that may see it
	c, err := g.enter(ctx, e)
	if err != nil {
		return remote.Account{}, err
	}
	var a *api.Account
	if id == "" {
		a, err = c.Accounts.Get()
	} else {
		a, err = c.Accounts.GetByID(id, &api.AccountParams{Params: params(ctx, e)})
	}
	if err != nil {
		return remote.Account{}, refusal(err)
	}
	return accountOf(a), nil
}

// NewAccount makes a connected account for a vendor. The vendor is the seller:
// it signs in at Stripe by itself and bears its own losses and fees.
func (g *Gateway) NewAccount(ctx context.Context, e remote.Entry, key, vendor, email, country string) (remote.Account, error) {
	e.Account = ""
	c, err := g.enter(ctx, e)
	if err != nil {
		return remote.Account{}, err
	}
	p := params(ctx, e)
	p.SetIdempotencyKey(key)
	in := &api.AccountParams{Params: p, Type: api.String("standard"), Metadata: map[string]string{"vendor_uuid": vendor}}
	if email != "" {
		in.Email = api.String(email)
	}
	if country != "" {
		in.Country = api.String(country)
	}
	a, err := c.Accounts.New(in)
	if err != nil {
		return remote.Account{}, refusal(err)
	}
	return accountOf(a), nil
}

// SetUpLink returns a link, good for minutes, on which the account's owner
// finishes its set-up and then comes back.
func (g *Gateway) SetUpLink(ctx context.Context, e remote.Entry, account, back string) (string, error) {
	e.Account = ""
	c, err := g.enter(ctx, e)
	if err != nil {
		return "", err
	}
	link, err := c.AccountLinks.New(&api.AccountLinkParams{
		Params: params(ctx, e), Account: api.String(account), Type: api.String("account_onboarding"),
		RefreshURL: api.String(back), ReturnURL: api.String(back),
	})
	if err != nil {
		return "", refusal(err)
	}
	return link.URL, nil
}

func accountOf(a *api.Account) remote.Account {
	out := remote.Account{ID: a.ID, Charges: a.ChargesEnabled, Payouts: a.PayoutsEnabled, Complete: a.DetailsSubmitted}
	if a.Requirements != nil {
		out.Reason = string(a.Requirements.DisabledReason)
	}
	return out
}
