package access

import "time"

// OutsideIdentity is what the house's own sign-in says of somebody (OpenID
// Connect Core 1.0, 2 and 5.1).
type OutsideIdentity struct {
	Issuer  string
	Subject string // never given to somebody else by the issuer
	Email   string
	// Verified says that the issuer knows the address to be theirs.
	Verified bool
	Name     string
	// ProvenAt is when they last proved themself there; zero when it says
	// nothing of it.
	ProvenAt time.Time
	// Session is the issuer's name for their session there (sid); may be empty.
	Session string
	// Claims are the issuer's further words about them, by name; a single value
	// is a list of one.
	Claims map[string][]string
}

// OutsideQuestion is what a browser takes to the house's own sign-in, and
// keeps meanwhile.
type OutsideQuestion struct {
	State    string `json:"state"`
	Nonce    string `json:"nonce"`
	Verifier string `json:"verifier"` // of PKCE (RFC 7636)
	// Again is when a proof of its own was asked for, in seconds since 1970; 0
	// when an earlier sign-in at the issuer will do.
	Again int64 `json:"again,omitempty"`
}

// OutsideAnswer is what the browser brought back.
type OutsideAnswer struct {
	State  string
	Code   string
	Issuer string // iss (RFC 9207); empty when the provider names none
	Error  string // the provider's own refusal; empty for none
}

// OutsideEnd is what the issuer says of somebody who signed out there (OpenID
// Connect Back-Channel Logout 1.0, 2.4). One of Subject and Session is set.
type OutsideEnd struct {
	Issuer  string
	Subject string
	Session string // empty for every session of theirs
}

// Digests name the person and the session at the issuer without telling who
// they are; each is empty when there is none.
func (e OutsideEnd) Digests() (person, session string) {
	digest := func(name string) string {
		if e.Issuer == "" || name == "" {
			return ""
		}
		return TokenDigest(e.Issuer + "\n" + name)
	}
	return digest(e.Subject), digest(e.Session)
}
