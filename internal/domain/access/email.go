package access

import (
	"net/mail"
	"strings"
)

// MaxEmail is the longest address that is accepted, in bytes (RFC 5321,
// 4.5.3.1.3, less the angle brackets).
const MaxEmail = 254

// NormalEmail returns an address in the form under which it is kept and
// compared: without space around it, in lower case. ok is false when it is no
// plain address of one mailbox at a domain.
func NormalEmail(s string) (email string, ok bool) {
	s = strings.ToLower(strings.TrimSpace(s))
	parsed, err := mail.ParseAddress(s)
	if err != nil || parsed.Name != "" || parsed.Address != s || len(s) > MaxEmail {
		return "", false
	}
	_, domain, _ := strings.Cut(s, "@")
	return s, !strings.HasPrefix(domain, "[")
}
