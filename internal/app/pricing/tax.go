package pricing

import (
	"context"
	"slices"
	"strings"
	"time"

	"trueward/internal/adapter/store"
	"trueward/internal/domain/audit"
	"trueward/internal/domain/billing"
	"trueward/internal/domain/consign"
	"trueward/internal/fault"
)

// AddCertificate stores a tax certificate for an agreement's parties. It holds
// for what is used on the days it covers and is not frozen yet. Refusals:
// Forbidden, NotFound, Invalid at a field.
func (d *Desk) AddCertificate(ctx context.Context, cmd store.Command, agreement consign.AgreementID, c billing.Certificate) (string, error) {
	if err := mayAgree(cmd.Actor); err != nil {
		return "", err
	}
	c.Number, c.Reason = strings.TrimSpace(c.Number), strings.TrimSpace(c.Reason)
	if err := checkCertificate(c); err != nil {
		return "", err
	}
	return store.Once(ctx, d.Store, cmd, func(tx *store.Tx) (string, error) {
		a, err := tx.Agreement(agreement)
		if err != nil {
			return "", err
		}
		c.Parties = billing.Parties{Vendor: a.Vendor, Hospital: a.Hospital}
		known, err := tx.Certificates(c.Parties)
		if err != nil {
			return "", err
		}
		if slices.ContainsFunc(known, func(k billing.Certificate) bool { return k.Number == c.Number }) {
			return "", fault.At("number", "A certificate of this number is known already.")
		}
		id, err := tx.AddCertificate(c)
		tx.Audit(audit.Change{
			Chain: audit.OrganisationChain(string(c.Vendor)), Action: "certificate.added", Kind: "certificate", Object: id,
			New: map[string]string{"number": c.Number, "category": c.Category, "from": c.ValidFrom, "to": c.ValidTo},
		})
		return id, err
	})
}

func checkCertificate(c billing.Certificate) error {
	var refused fault.Refusals
	if c.Number == "" || len(c.Number) > 64 {
		refused.At("number", "Enter the number of the certificate, up to 64 characters.")
	}
	if !slices.Contains([]string{"E", "Z", billing.ReverseCharge, "O", "K", "G"}, c.Category) {
		refused.At("category", "Choose what the certificate does.")
	}
	if len(c.Reason) > 200 {
		refused.At("reason", "A reason has at most 200 characters.")
	}
	for field, day := range map[string]string{"from": c.ValidFrom, "to": c.ValidTo} {
		if _, err := time.Parse(time.DateOnly, day); err != nil {
			refused.At(field, "Enter the day.")
		}
	}
	if c.ValidTo < c.ValidFrom {
		refused.At("to", "The last day lies before the first.")
	}
	return refused.Err()
}
