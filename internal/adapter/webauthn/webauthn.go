// Package webauthn checks what authenticators answer (Web Authentication Level
// 3, W3C, 7.1 and 7.2), for one origin. It promises that an answer counts only
// for the question it was asked, on this origin and its domain, signed by the
// key that was registered, by a person whom the authenticator itself has
// verified. It keeps nothing: that a question is answered once, and that a
// counter rises, is the asker's to see to.
//
// It asks for no attestation: which make of authenticator people have is not
// judged.
package webauthn

import (
	"encoding/base64"
	"encoding/json"
	"net/netip"
	"net/url"
	"strings"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"trueward/internal/domain/access"
	"trueward/internal/fault"
)

// Party is the relying party of one origin. It is safe for concurrent use.
type Party struct {
	lib    *webauthn.WebAuthn
	origin string
}

// New returns the relying party of an origin such as https://ward.example. An
// origin without a name is refused as Invalid: passkeys belong to a domain
// (Web Authentication, 5.1.2).
func New(origin string) (*Party, error) {
	u, err := url.Parse(origin)
	if err != nil || u.Host == "" || u.Path != "" || u.RawQuery != "" || u.User != nil || u.Scheme != "https" && u.Scheme != "http" {
		return nil, fault.At("origin", "The installation's address is its scheme and name alone, such as https://ward.example.")
	}
	domain := strings.ToLower(u.Hostname())
	if _, err := netip.ParseAddr(domain); err == nil {
		return nil, fault.At("origin", "Passkeys need the installation to have a name: browsers keep none for an address of digits.")
	}
	if u.Scheme == "http" && domain != "localhost" && !strings.HasSuffix(domain, ".localhost") {
		return nil, fault.At("origin", "Passkeys need a secure connection: browsers keep none for a page without https.")
	}
	host := strings.ToLower(u.Host)
	if u.Scheme == "https" {
		host = strings.TrimSuffix(host, ":443") // as browsers write it
	}
	lib, err := webauthn.New(&webauthn.Config{
		RPID: domain, RPDisplayName: "Trueward", RPOrigins: []string{u.Scheme + "://" + host},
		AttestationPreference: protocol.PreferNoAttestation,
		AuthenticatorSelection: protocol.AuthenticatorSelection{
			ResidentKey: protocol.ResidentKeyRequirementRequired, RequireResidentKey: protocol.ResidentKeyRequired(),
			UserVerification: protocol.VerificationRequired,
		},
	})
	if err != nil {
		return nil, fault.Wrap(fault.Invalid, "The installation's address cannot be one of passkeys.", err)
	}
	return &Party{lib: lib, origin: u.Scheme + "://" + host}, nil
}

// Origin is where the passkeys work.
func (p *Party) Origin() string { return p.origin }

// user is a person as the library wants them.
type user struct {
	id    access.PersonID
	email string
	name  string
	keys  []webauthn.Credential
}

func (u user) WebAuthnID() []byte                         { return []byte(u.id) }
func (u user) WebAuthnName() string                       { return u.email }
func (u user) WebAuthnDisplayName() string                { return u.name }
func (u user) WebAuthnCredentials() []webauthn.Credential { return u.keys }

// AskToRegister returns what a browser is asked to make a passkey for a
// person with (PublicKeyCredentialCreationOptionsJSON), and what to check the
// answer against. have are the passkeys they have: an authenticator makes no
// second one.
func (p *Party) AskToRegister(person access.PersonID, email, name string, have []access.Passkey) (options, question []byte, err error) {
	keys, err := credentials(have)
	if err != nil {
		return nil, nil, err
	}
	var exclude []protocol.CredentialDescriptor
	for _, k := range keys {
		exclude = append(exclude, k.Descriptor())
	}
	creation, session, err := p.lib.BeginRegistration(user{person, email, name, keys}, webauthn.WithExclusions(exclude))
	if err != nil {
		return nil, nil, err
	}
	return both(creation.Response, session)
}

// Register checks a new passkey. A wrong answer is refused as Invalid.
func (p *Party) Register(person access.PersonID, question, answer []byte) (access.Passkey, error) {
	var session webauthn.SessionData
	if err := json.Unmarshal(question, &session); err != nil {
		return access.Passkey{}, err
	}
	parsed, err := protocol.ParseCredentialCreationResponseBytes(answer)
	if err != nil {
		return access.Passkey{}, refuse(err)
	}
	credential, err := p.lib.CreateCredential(user{id: person}, session, parsed)
	if err != nil {
		return access.Passkey{}, refuse(err)
	}
	counter := credential.Authenticator.SignCount
	record, err := json.Marshal(credential)
	return access.Passkey{
		Person: person, Credential: base64.RawURLEncoding.EncodeToString(credential.ID), Record: record, Counter: counter,
	}, err
}

// AskToProve returns what a browser is asked for a passkey with
// (PublicKeyCredentialRequestOptionsJSON): for one of have, or, when nobody is
// known yet, for any that the device keeps.
func (p *Party) AskToProve(person access.PersonID, have []access.Passkey) (options, question []byte, err error) {
	if person == "" {
		assertion, session, err := p.lib.BeginDiscoverableLogin()
		if err != nil {
			return nil, nil, err
		}
		return both(assertion.Response, session)
	}
	keys, err := credentials(have)
	if err != nil {
		return nil, nil, err
	}
	assertion, session, err := p.lib.BeginLogin(user{id: person, keys: keys})
	if err != nil {
		return nil, nil, err
	}
	return both(assertion.Response, session)
}

// Answered names the passkey that an answer says it is from; nothing of it is
// checked yet.
func (p *Party) Answered(answer []byte) (credential string, err error) {
	parsed, err := protocol.ParseCredentialRequestResponseBytes(answer)
	if err != nil {
		return "", refuse(err)
	}
	return base64.RawURLEncoding.EncodeToString(parsed.RawID), nil
}

// Prove checks an answer of a passkey and returns the counter it came with,
// which the caller compares with the kept one. A wrong answer is refused as
// Invalid.
func (p *Party) Prove(key access.Passkey, question, answer []byte) (counter uint32, err error) {
	var session webauthn.SessionData
	if err := json.Unmarshal(question, &session); err != nil {
		return 0, err
	}
	keys, err := credentials([]access.Passkey{key})
	if err != nil {
		return 0, err
	}
	parsed, err := protocol.ParseCredentialRequestResponseBytes(answer)
	if err != nil {
		return 0, refuse(err)
	}
	owner := user{id: key.Person, keys: keys}
	if len(session.UserID) == 0 {
		_, err = p.lib.ValidateDiscoverableLogin(func(_, _ []byte) (webauthn.User, error) { return owner, nil }, session, parsed)
	} else {
		// The person may have further passkeys; this is the one that answered.
		session.AllowedCredentialIDs = only(session.AllowedCredentialIDs, keys[0].ID)
		_, err = p.lib.ValidateLogin(owner, session, parsed)
	}
	if err != nil {
		return 0, refuse(err)
	}
	return parsed.Response.AuthenticatorData.Counter, nil
}

// only keeps one id of a list, or a list that admits nothing.
func only(ids [][]byte, id []byte) [][]byte {
	for _, other := range ids {
		if string(other) == string(id) {
			return [][]byte{id}
		}
	}
	return [][]byte{{}}
}

func credentials(have []access.Passkey) ([]webauthn.Credential, error) {
	var out []webauthn.Credential
	for _, k := range have {
		var c webauthn.Credential
		if err := json.Unmarshal(k.Record, &c); err != nil {
			return nil, err
		}
		c.Authenticator.SignCount = k.Counter
		out = append(out, c)
	}
	return out, nil
}

func both(options any, session *webauthn.SessionData) (first, second []byte, err error) {
	if first, err = json.Marshal(options); err != nil {
		return nil, nil, err
	}
	second, err = json.Marshal(session)
	return first, second, err
}

// refuse is the one answer to a wrong answer; why goes to nobody but the log.
func refuse(err error) error {
	return fault.Wrap(fault.Invalid, "This passkey was not accepted. Try again, or sign in with your password.", err)
}
