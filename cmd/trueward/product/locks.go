package product

import (
	"context"
	"encoding/hex"
	"fmt"
	"os"
	"strings"

	"trueward/internal/adapter/tlsca"
	"trueward/internal/adapter/webauthn"
	"trueward/internal/app/kiosk"
	"trueward/internal/app/passkeys"
	"trueward/internal/domain/access"
	"trueward/internal/fault"
	workstations "trueward/web/kiosk"
	"trueward/web/trust"
)

// openAuthority opens the installation's own certificate authority, if it
// keeps one. The vault has made the key-encryption key by now.
func (p *Product) openAuthority(context.Context) error {
	if p.cfg.AuthorityFolder == "" {
		return nil
	}
	key, err := readKey(p.cfg.KeyPath)
	if err != nil {
		return err
	}
	p.Authority, err = tlsca.Open(tlsca.Config{
		Folder: p.cfg.AuthorityFolder, Key: key, Names: p.cfg.Names, Guesses: p.cfg.GuessedNames, Clock: p.cfg.Clock,
	})
	return err
}

// readKey reads the key-encryption key from its file.
func readKey(path string) (key [32]byte, err error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return key, err
	}
	raw, err := hex.DecodeString(strings.TrimSpace(string(text)))
	if err != nil || len(raw) != len(key) {
		return key, fmt.Errorf("the key-encryption key in %s is not 64 hex digits", path)
	}
	return [32]byte(raw), nil
}

// trustRoom shows devices what they must trust, if anything.
func (p *Product) trustRoom() trust.Room {
	if p.Authority == nil {
		return trust.Room{}
	}
	root := p.Authority.Root()
	return trust.Room{Authority: root, Fingerprint: tlsca.Fingerprint(root)}
}

func (p *Product) trustHref() string {
	if p.Authority == nil {
		return ""
	}
	return trust.Path
}

// openKiosks makes the shared workstations. A badge's digest is keyed like a tag's.
func (p *Product) openKiosks(context.Context) error {
	p.Kiosk = &kiosk.Desk{
		Store: p.Store, Hashes: p.SignIn,
		Identity: func(badge []byte) string { return p.Vault.Identity("badge", badge) },
	}
	return nil
}

func (p *Product) workstations() workstations.Room {
	return workstations.Room{Desk: p.Kiosk, Sessions: p.sessions, Prove: p.SignIn, Passkeys: p.Passkeys, ProvesOutside: p.provesOutside}
}

// openPasskeys lets people use passkeys where the installation has a name.
// Without one everything else works, and the pages say what is missing.
func (p *Product) openPasskeys(context.Context) error {
	p.Passkeys = &passkeys.Desk{Store: p.Store}
	if p.cfg.Origin == "" {
		p.Passkeys.Reason = "Passkeys need the installation's own address, such as https://ward.example. Your administrator sets it with --origin."
		return nil
	}
	party, err := webauthn.New(p.cfg.Origin)
	if err != nil {
		all := fault.All(err)
		if len(all) == 0 {
			return err
		}
		p.Passkeys.Reason = all[0].Sentence
		return nil
	}
	p.Passkeys.Party = party
	return nil
}

// hasPasskey offers a passkey as proof to who has one. Not knowing offers the
// password alone.
func (p *Product) hasPasskey(ctx context.Context, actor access.Actor) bool {
	has, err := p.Passkeys.Has(ctx, actor)
	return err == nil && has
}
