package product

import (
	"context"

	"trueward/internal/adapter/egress"
	"trueward/internal/adapter/oidc"
	"trueward/internal/app/outside"
	"trueward/internal/app/signin"
	"trueward/internal/domain/access"
	"trueward/internal/fault"
	"trueward/web/frame"
	room "trueward/web/outside"
)

// OutsideConfig is the house's own sign-in. The zero value is none.
type OutsideConfig struct {
	Issuer   string
	ClientID string
	Secret   string
	Mapping  outside.Mapping
}

// openOutside makes the door to the house's own sign-in. It asks it nothing
// yet: the product starts without it.
func (p *Product) openOutside(context.Context) (err error) {
	cfg := p.cfg.Outside
	if cfg.Issuer == "" {
		return nil
	}
	if p.cfg.Origin == "" {
		return fault.At("origin", "The house's sign-in sends people back to --origin, which is not set.")
	}
	p.issuer, err = oidc.New(oidc.Config{
		Issuer: cfg.Issuer, ClientID: cfg.ClientID, Secret: cfg.Secret, Redirect: p.cfg.Origin + frame.OutsideBackPath,
		Scopes: cfg.Mapping.Scopes, Client: egress.New(egress.Config{Allow: p.cfg.Reach}), Clock: p.cfg.Clock,
	})
	if err != nil {
		return err
	}
	p.Outside = &outside.Desk{Store: p.Store, Clock: p.cfg.Clock, Mapping: cfg.Mapping, Issuer: p.issuer}
	return nil
}

// gate closes passwords to people who come through the house's sign-in, where
// there is one.
func (p *Product) gate() signin.Gate {
	if p.Outside == nil {
		return nil
	}
	return p.Outside
}

func (p *Product) outsideName() string {
	if p.Outside == nil {
		return ""
	}
	return p.Outside.Name()
}

// provesOutside names the house's sign-in for a person who comes through it.
func (p *Product) provesOutside(ctx context.Context, actor access.Actor) string {
	if !p.Outside.Knows(ctx, actor) {
		return ""
	}
	return p.Outside.Name()
}

func (p *Product) outsideRoom() room.Room {
	return room.Room{Issuer: p.issuer, Desk: p.Outside, Origin: p.cfg.Origin, Sessions: p.sessions, Clock: p.cfg.Clock, Log: p.Log}
}
