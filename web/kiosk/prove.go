package kiosk

import (
	"net/http"

	"github.com/labstack/echo/v4"

	app "trueward/internal/app/kiosk"
	"trueward/internal/app/passkeys"
	"trueward/internal/fault"
	view "trueward/templates/signin"
	"trueward/web/frame"
	"trueward/web/route"
)

// prove takes the proof that something costly asked for, and offers to go on
// with what was entered.
func (r Room) prove(c echo.Context) error {
	request := route.Of(c)
	p := view.ProveProps{
		Frame: frame.Bare(c, "Prove it is you"), Action: provePath, Name: request.Actor.Name,
		To: frame.LocalPath(route.Value(c, "to")), Sent: route.Value(c, "sent"),
		AtWorkstation: request.Actor.Sitting != nil && request.Actor.Sitting.Kiosk != "",
	}
	if has, err := r.Passkeys.Has(c.Request().Context(), request.Actor); err == nil && has {
		p.PasskeyAsk, p.Frame.Scripts = frame.PasskeyProvePath, []string{"js/passkey.js"}
	}
	if r.ProvesOutside != nil {
		p.OutsideName, p.OutsideAction = r.ProvesOutside(c.Request().Context(), request.Actor), frame.OutsideProvePath
	}
	err := r.takeProof(c)
	if frame.Shown(err) {
		p.Refusal = fault.All(err)[0].Sentence
		return route.Render(c, http.StatusUnprocessableEntity, view.Prove(p))
	}
	if err != nil {
		return err
	}
	p.Done = true
	return route.Render(c, http.StatusOK, view.Prove(p))
}

// takeProof compares what the person gave and notes it in their session. A PIN
// proves at a shared workstation alone.
func (r Room) takeProof(c echo.Context) error {
	ctx, request := c.Request().Context(), route.Of(c)
	if reply := route.Value(c, "reply"); reply != "" {
		at, err := r.Passkeys.Prove(ctx, request.Actor, passkeys.Answer{Token: route.Value(c, "question"), Reply: []byte(reply)})
		if err != nil {
			return err
		}
		return r.Sessions.Prove(c, at)
	}
	pin := route.Value(c, "pin")
	if pin == "" || request.Actor.Sitting == nil || request.Actor.Sitting.Kiosk == "" {
		at, err := r.Prove.Prove(ctx, request.Actor, route.Value(c, "password"), request.Address)
		if err != nil {
			return err
		}
		return r.Sessions.Prove(c, at)
	}
	if err := r.Desk.ProvePIN(ctx, request.Actor, pin); err != nil {
		return err
	}
	at, err := r.Prove.Proved(ctx, request.Actor, app.ByPIN)
	if err != nil {
		return err
	}
	return r.Sessions.Prove(c, at)
}
