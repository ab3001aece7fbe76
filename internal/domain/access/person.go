package access

import (
	"slices"
	"time"
)

// Organisation is a hospital, a vendor, or the operator of the installation.
type Organisation struct {
	ID        OrganisationID
	Kind      OrganisationKind
	Name      string // unique in the installation
	LegalName string
	Address   string // several lines
	Country   string // ISO 3166-1 alpha-2
	Currency  string // ISO 4217
	TaxID     string
	Email     string
	// BankAccount and InvoicePrefix are a vendor's: what invoices print.
	BankAccount   string
	InvoicePrefix string
	// Sample marks what was made up to try the product with.
	Sample    bool
	CreatedAt time.Time
}

// Person signs in. Email is in its normal form, see NormalEmail.
type Person struct {
	ID           PersonID
	Organisation OrganisationID
	Email        string
	Name         string
	Theme        Theme
	Grants       []Grant
	// Invited is true until the person has set a first password.
	Invited    bool
	CreatedAt  time.Time
	DisabledAt time.Time // zero while the person may sign in
}

// Disabled reports whether the person may not sign in.
func (p Person) Disabled() bool { return !p.DisabledAt.IsZero() }

// Administers reports whether the person is an administrator of the whole
// organisation.
func (p Person) Administers() bool {
	return slices.Contains(p.Grants, Grant{Role: Admin})
}

// Theme is how a person wants pages to look.
type Theme string

// The themes; System follows the device.
const (
	SystemTheme Theme = ""
	Light       Theme = "light"
	Dark        Theme = "dark"
)

// Language is the language a person reads pages in, as an IETF BCP 47 tag.
type Language string

// The languages; AnyLanguage follows what the browser asks for.
const (
	AnyLanguage Language = ""
	English     Language = "en"
	German      Language = "de"
	Spanish     Language = "es"
	French      Language = "fr"
)

// ParseLanguage reads a form value; anything unknown is AnyLanguage.
func ParseLanguage(text string) Language {
	switch l := Language(text); l {
	case English, German, Spanish, French:
		return l
	}
	return AnyLanguage
}

// LinkKind says what a one-time link is for.
type LinkKind string

// The kinds of one-time link.
const (
	// InviteLink lets a new person set their first password.
	InviteLink LinkKind = "invite"
	// ResetLink lets a person set a new one.
	ResetLink LinkKind = "reset"
	// SetupLink makes the installation's operator and first administrator.
	SetupLink LinkKind = "setup"
)

// Link is a one-time link. The token itself is known to its bearer alone.
type Link struct {
	Kind      LinkKind
	Person    PersonID // empty for SetupLink
	ExpiresAt time.Time
	UsedAt    time.Time // zero until used
}

// Open reports whether the link may still be used.
func (l Link) Open(now time.Time) bool { return l.UsedAt.IsZero() && now.Before(l.ExpiresAt) }
