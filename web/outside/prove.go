package outside

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"trueward/internal/domain/access"
	"trueward/internal/fault"
	view "trueward/templates/signin"
	"trueward/web/frame"
	"trueward/web/route"
)

// leaveToProve sends somebody who is signed in to prove themself anew. It
// answers by a page and no redirect: a form may lead nowhere but here (the
// policy's form-action), while a page may be left.
func (r Room) leaveToProve(c echo.Context) error {
	if r.Desk == nil || !r.Desk.Knows(c.Request().Context(), route.Actor(c)) {
		return errNone()
	}
	k := kept{Next: frame.LocalPath(route.Value(c, "to")), Sent: route.Value(c, "sent"), Prove: true}
	to, q, err := r.Issuer.AskAgain(c.Request().Context())
	if err != nil {
		return r.refuseProof(c, k, err)
	}
	k.OutsideQuestion = q
	ok, err := r.keep(c, k)
	if err != nil {
		return err
	}
	if !ok {
		return r.refuseProof(c, k, fault.New(fault.Invalid, "What you entered is too long to be kept on the way there and back. Do it in smaller parts, or prove it in another way."))
	}
	c.Response().Header().Set("Refresh", "0; url="+to)
	return route.Render(c, http.StatusOK, view.Leave(view.LeaveProps{Frame: frame.Bare(c, "Prove it is you"), Name: r.Desk.Name(), Href: to}))
}

// proved takes what the house's sign-in said of somebody who proves themself
// anew, and offers to go on with what they had entered.
func (r Room) proved(c echo.Context, k kept, who access.OutsideIdentity, err error) error {
	actor := route.Actor(c)
	if !actor.Signed() {
		return r.refuse(c, frame.LocalPath(""), fault.New(fault.Unauthenticated, "Your session here ended meanwhile. Sign in and enter it again."))
	}
	if err != nil {
		return r.refuseProof(c, k, err)
	}
	at, err := r.Desk.Prove(c.Request().Context(), actor, who)
	if err != nil {
		return r.refuseProof(c, k, err)
	}
	if err := r.Sessions.Prove(c, at); err != nil {
		return err
	}
	p := r.question(c, k)
	p.Done = true
	return route.Render(c, http.StatusOK, view.Prove(p))
}

// refuseProof shows why a proof was none, with what was entered.
func (r Room) refuseProof(c echo.Context, k kept, err error) error {
	if !frame.Shown(err) {
		return err
	}
	r.note(c, "sign-in by the house refused", err)
	p := r.question(c, k)
	p.Refusal = fault.All(err)[0].Sentence
	return route.Render(c, http.StatusUnprocessableEntity, view.Prove(p))
}

func (r Room) question(c echo.Context, k kept) view.ProveProps {
	return view.ProveProps{
		Frame: frame.Bare(c, "Prove it is you"), Action: frame.ProvePath, Name: route.Actor(c).Name,
		To: frame.LocalPath(k.Next), Sent: k.Sent, OutsideName: r.Desk.Name(), OutsideAction: frame.OutsideProvePath,
	}
}
