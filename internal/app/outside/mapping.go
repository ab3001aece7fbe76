package outside

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"

	"trueward/internal/domain/access"
	"trueward/internal/fault"
)

// Mapping says which of the issuer's words make somebody what here. It is a
// file of the operator's.
type Mapping struct {
	// Name of the house's sign-in, as its button says it.
	Name string `json:"name"`
	// Scopes to ask for beside the usual ones.
	Scopes []string `json:"scopes"`
	Rules  []Rule   `json:"rules"`
	// Unknown says what becomes of people whom nobody has invited.
	Unknown Unknown `json:"unknown"`
	// Passwords says when people who come through the house's sign-in may use a
	// password of their own.
	Passwords Passwords `json:"passwords"`
}

// Rule gives a role to whoever has a claim with a value.
type Rule struct {
	Claim        string      `json:"claim"`
	Value        string      `json:"value"`
	Organisation string      `json:"organisation"` // by name
	Site         string      `json:"site"`         // by name; empty for every site
	Role         access.Role `json:"role"`
}

// Unknown is what becomes of people whom nobody has invited.
type Unknown string

// What may become of them.
const (
	Refuse Unknown = "refuse"
	Admit  Unknown = "admit" // a person is made, with the roles of the rules
)

// Passwords is when a password of one's own lets in who comes through the
// house's sign-in.
type Passwords string

// When it does.
const (
	Always   Passwords = "always"
	WhenDown Passwords = "when_down"
)

// ReadMapping reads a mapping file. What it cannot mean is refused as Invalid.
func ReadMapping(content []byte) (Mapping, error) {
	m := Mapping{Unknown: Refuse, Passwords: Always}
	decoder := json.NewDecoder(bytes.NewReader(content))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&m); err != nil {
		return Mapping{}, fault.Wrap(fault.Invalid, "The mapping file of --oidc-map is not JSON of the form in docs/operations.md.", err)
	}
	if m.Name == "" {
		m.Name = "the house's account"
	}
	switch {
	case m.Unknown != Refuse && m.Unknown != Admit:
		return Mapping{}, fault.At("oidc-map", `In the mapping file "unknown" is "refuse" or "admit".`)
	case m.Passwords != Always && m.Passwords != WhenDown:
		return Mapping{}, fault.At("oidc-map", `In the mapping file "passwords" is "always" or "when_down".`)
	case len(m.Rules) == 0:
		return Mapping{}, fault.At("oidc-map", "The mapping file has no rule, so that nobody could come in.")
	}
	for _, r := range m.Rules {
		if err := r.check(); err != nil {
			return Mapping{}, err
		}
	}
	return m, nil
}

func (r Rule) check() error {
	known := false
	for _, kind := range []access.OrganisationKind{access.Hospital, access.Vendor, access.Operator} {
		known = known || slices.Contains(access.Roles(kind), r.Role)
	}
	switch {
	case r.Claim == "" || r.Value == "" || r.Organisation == "":
		return fault.At("oidc-map", `Each rule of the mapping file names "claim", "value", "organisation" and "role".`)
	case !known:
		return fault.Newf(fault.Invalid, "In the mapping file %q is no role.", r.Role)
	}
	return nil
}

// matching are the rules that somebody's claims meet.
func (m Mapping) matching(claims map[string][]string) (out []Rule) {
	for _, r := range m.Rules {
		if slices.Contains(claims[r.Claim], r.Value) {
			out = append(out, r)
		}
	}
	return out
}

// of are the rules about one organisation.
func of(rules []Rule, organisation string) (out []Rule) {
	for _, r := range rules {
		if strings.EqualFold(r.Organisation, organisation) {
			out = append(out, r)
		}
	}
	return out
}
