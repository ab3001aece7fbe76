package billing

import (
	"strings"
	"time"

	"trueward/internal/domain/access"
	"trueward/internal/fault"
)

// BankState is where a change of a bank account stands.
type BankState string

// The states of a change; the latter two are ends.
const (
	BankProposed  BankState = "proposed"
	BankConfirmed BankState = "confirmed"
	BankRefused   BankState = "refused"
)

// BankChange is the wish to have money sent to another account. It takes two
// people, because whoever could change it alone could take the money.
type BankChange struct {
	ID           string
	Organisation access.OrganisationID
	Account      string
	Former       string // when it was proposed
	State        BankState
	ProposedBy   access.PersonID
	ProposedAt   time.Time
	DecidedBy    access.PersonID
	DecidedAt    time.Time
}

// ReadAccount reads an account number as it was typed: an IBAN with its check
// digits, or, where a country has none, 4 to 34 letters and digits.
func ReadAccount(text string) (string, error) {
	account := strings.ToUpper(strings.Join(strings.Fields(text), ""))
	if len(account) >= 15 && strings.Trim(account[:2], "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == "" && strings.Trim(account[2:4], "0123456789") == "" {
		if !ValidIBAN(account) {
			return "", fault.At("account", "The check digits of this IBAN do not hold: a digit is wrong or two are swapped.")
		}
		return account, nil
	}
	if len(account) < 4 || len(account) > 34 || strings.Trim(account, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-/") != "" {
		return "", fault.At("account", "Enter the account as an IBAN, or as the 4 to 34 letters and digits that your bank uses.")
	}
	return account, nil
}

// MaskedAccount is an account as logs and pages of others may show it: its last
// four signs.
func MaskedAccount(account string) string {
	if len(account) <= 4 {
		return account
	}
	return "…" + account[len(account)-4:]
}
