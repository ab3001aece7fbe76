package approving

import (
	"context"

	"trueward/internal/adapter/store"
	"trueward/internal/domain/access"
	"trueward/internal/domain/audit"
	"trueward/internal/domain/billing"
	"trueward/internal/fault"
)

var errBank = fault.New(fault.Forbidden, "The account that invoices name is set by the vendor's office.")

// ProposeAccount asks for another account on the invoices of the actor's
// vendor. Nothing changes before somebody else confirms it. Refusals:
// Forbidden (who, or an old proof), Invalid (the account), Conflict (one waits
// already, or it is the account already).
func (d *Desk) ProposeAccount(ctx context.Context, cmd store.Command, text string) (string, error) {
	if !cmd.Actor.May(access.FreezeInvoices) {
		return "", errBank
	}
	account, err := billing.ReadAccount(text)
	if err != nil {
		return "", err
	}
	return store.Once(ctx, d.Store, cmd, func(tx *store.Tx) (string, error) {
		if err := tx.RequireProof(); err != nil {
			return "", err
		}
		org, err := tx.Organisation(cmd.Actor.Organisation)
		if err != nil {
			return "", err
		}
		open, err := tx.BankChanges()
		if err != nil {
			return "", err
		}
		for _, c := range open {
			if c.State == billing.BankProposed {
				return "", fault.New(fault.Conflict, "Another account waits to be confirmed or refused. Decide that first.")
			}
		}
		if org.BankAccount == account {
			return "", fault.At("account", "This is the account that invoices name already.")
		}
		c := billing.BankChange{Organisation: org.ID, Account: account, Former: org.BankAccount}
		noteAccount(tx, c, "account.proposed")
		return tx.AddBankChange(c)
	})
}

// DecideAccount confirms or refuses a proposed account. Whoever proposed it may
// refuse it and never confirm it. Refusals: Forbidden (who, or an old proof),
// NotFound, Conflict (decided already).
func (d *Desk) DecideAccount(ctx context.Context, cmd store.Command, id string, confirm bool) (string, error) {
	if !cmd.Actor.May(access.FreezeInvoices) {
		return "", errBank
	}
	return store.Once(ctx, d.Store, cmd, func(tx *store.Tx) (string, error) {
		if err := tx.RequireProof(); err != nil {
			return "", err
		}
		c, err := tx.BankChange(id)
		if err != nil {
			return "", err
		}
		if c.State != billing.BankProposed {
			return "", fault.New(fault.Conflict, "This change is decided already.")
		}
		if !confirm {
			noteAccount(tx, c, "account.refused")
			return id, tx.DecideBankChange(c, billing.BankRefused)
		}
		if c.ProposedBy == cmd.Actor.Person {
			return "", fault.New(fault.Forbidden, "You proposed this account. Somebody else of the vendor's office confirms it: where money goes is decided by two people.")
		}
		noteAccount(tx, c, "account.confirmed")
		return id, tx.DecideBankChange(c, billing.BankConfirmed)
	})
}

// noteAccount says in the trail what became of an account, by its last signs.
func noteAccount(tx *store.Tx, c billing.BankChange, action string) {
	tx.Audit(audit.Change{
		Chain: audit.OrganisationChain(string(c.Organisation)), Action: action, Kind: "organisation", Object: string(c.Organisation),
		Old: map[string]string{"account": billing.MaskedAccount(c.Former)}, New: map[string]string{"account": billing.MaskedAccount(c.Account)},
	})
}
