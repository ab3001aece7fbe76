package web

import (
	"net/http"
	"slices"

	"github.com/labstack/echo/v4"

	view "trueward/templates/signin"
	"trueward/web/frame"
	"trueward/web/route"
)

// askProof answers a form that needs a fresh proof of the person by the
// question for it. What was entered goes along in the page and nowhere else,
// and is sent again, under its own key, once the person has proved themself.
// Secrets are not repeated: such a form is entered again.
func (s *Server) askProof(c echo.Context) bool {
	r := route.Of(c)
	if c.Request().Method != http.MethodPost || route.Hypertext(c) || slices.ContainsFunc(r.Route.Params, func(p route.Param) bool { return p.Type.Secret() }) {
		return false
	}
	p := view.ProveProps{
		Frame: frame.Bare(c, "Prove it is you"), Action: frame.ProvePath, Name: r.Actor.Name,
		To: frame.LocalPath(c.Request().URL.RequestURI()), Sent: r.Form.Encode(),
		AtWorkstation: r.Actor.Sitting != nil && r.Actor.Sitting.Kiosk != "",
	}
	if s.cfg.HasPasskey != nil && s.cfg.HasPasskey(c.Request().Context(), r.Actor) {
		p.PasskeyAsk, p.Frame.Scripts = frame.PasskeyProvePath, []string{"js/passkey.js"}
	}
	if s.cfg.ProvesOutside != nil {
		p.OutsideName, p.OutsideAction = s.cfg.ProvesOutside(c.Request().Context(), r.Actor), frame.OutsideProvePath
	}
	return route.Render(c, http.StatusForbidden, view.Prove(p)) == nil
}
