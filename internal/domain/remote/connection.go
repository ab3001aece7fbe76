package remote

import (
	"log/slog"
	"time"

	"trueward/internal/domain/access"
)

// Mode keeps real money and rehearsal apart. The set is closed.
type Mode string

// The modes.
const (
	Test Mode = "test"
	Live Mode = "live"
)

// Word returns the mode as people read it.
func (m Mode) Word() string {
	if m == Live {
		return "Live"
	}
	return "Test"
}

// Status says whether documents may go out over a connection.
type Status string

// The states of a connection. Revoked is the account owner's own no: new
// documents stop until it is connected again.
const (
	Onboarding Status = "onboarding"
	Active     Status = "active"
	Restricted Status = "restricted"
	Paused     Status = "paused"
	Revoked    Status = "revoked"
)

// Word returns the status as people read it.
func (s Status) Word() string {
	switch s {
	case Onboarding:
		return "Being set up"
	case Active:
		return "Active"
	case Restricted:
		return "Restricted by Stripe"
	case Paused:
		return "Paused"
	case Revoked:
		return "Disconnected"
	}
	return string(s)
}

// ConnectionID is a UUIDv7 text.
type ConnectionID string

// Connection is a vendor's account at the payment service in one mode. The key
// is the vendor's own (Account empty) or the platform's (Account set).
type Connection struct {
	ID     ConnectionID
	Vendor access.OrganisationID
	Mode   Mode
	// Account is "acct_…" where the platform's key is used on behalf of the
	// vendor, empty for a key of the vendor's own.
	Account string
	// KeyRef and HookRef name the secret key and the webhook's signing secret
	// in the vault; empty means the platform's.
	KeyRef  string
	HookRef string
	Status  Status
	// Chosen marks the one connection of a vendor that new invoices go over.
	Chosen bool
	Reason string // why it is not active, for people
	// SetBy entered the account or key; somebody else lets invoices go over it.
	SetBy     access.PersonID
	CheckedTo time.Time // of the last comparison
	Version   int64
	ChangedAt time.Time
}

// Secret is a key or signing secret. It prints as nothing.
type Secret string

// String keeps secrets out of logs and messages.
func (Secret) String() string { return "[secret]" }

// GoString is String for %#v.
func (Secret) GoString() string { return "[secret]" }

// LogValue keeps secrets out of structured logs.
func (Secret) LogValue() slog.Value { return slog.StringValue("[secret]") }

// Reveal is the text for whoever talks to the service.
func (s Secret) Reveal() string { return string(s) }

// Entry is what it takes to speak for a connection.
type Entry struct {
	Key     Secret
	Account string
}
