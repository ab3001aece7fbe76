package people

import (
	"context"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"trueward/internal/adapter/store"
	app "trueward/internal/app/people"
	"trueward/internal/domain/access"
	"trueward/internal/domain/audit"
	"trueward/templates/ui"

	view "trueward/templates/people"
	"trueward/web/frame"
	"trueward/web/route"
)

func (o Office) show(c echo.Context) error {
	return o.renderPerson(c, http.StatusOK, nil)
}

func idOf(c echo.Context) access.PersonID { return access.PersonID(route.PathValue(c, "id")) }

// renderPerson shows a person, with what was refused about them if anything.
func (o Office) renderPerson(c echo.Context, status int, refused error) error {
	actor := route.Actor(c)
	detail, err := o.Desk.Person(c.Request().Context(), actor, idOf(c))
	if err != nil {
		return err
	}
	sites, err := o.Desk.Sites(c.Request().Context(), actor)
	if err != nil {
		return err
	}
	person := detail.Person
	form := rolesForm(actor.Kind, sites, person.Grants)
	form.Action, form.Button = personHref(rolesPath, person.ID), "Change the roles of "+person.Name
	form.Errors, form.Summary = frame.Fields(refused)
	p := view.DetailProps{
		Frame: frame.Page(c, person.Name), ListHref: peoplePath, Line: line(person, sites), Since: person.CreatedAt, Zone: route.Zone(c),
		Form: form, Invited: person.Invited, Self: person.ID == actor.Person,
		LinkAction: personHref(linkPath, person.ID), LinkKey: route.NewKey(), DisableKey: route.NewKey(),
		Trail: timeline(detail, route.Zone(c)),
	}
	if detail.Passkeys > 0 && !person.Disabled() {
		p.Passkeys, p.LostAction, p.LostKey = detail.Passkeys, personHref(lostPath, person.ID), route.NewKey()
	}
	if person.Disabled() {
		p.EnableAction = personHref(enablePath, person.ID)
	} else {
		p.DisableAction = personHref(disablePath, person.ID)
		p.SignOutAction, p.SignOutKey = personHref(signOutPath, person.ID), route.NewKey()
	}
	return route.Render(c, status, view.Detail(p))
}

// done answers a change of a person: back to them, with what was done or why
// not.
func (o Office) done(c echo.Context, err error, said string) error {
	switch {
	case frame.Shown(err) && status(err) != http.StatusNotFound:
		return o.renderPerson(c, status(err), err)
	case err != nil:
		return err
	}
	return route.Redirect(c, personHref(personPath, idOf(c)), route.Done(said))
}

func (o Office) setRoles(c echo.Context) error {
	err := o.Desk.SetRoles(c.Request().Context(), route.Command(c), idOf(c), chosen(c))
	if err == nil && idOf(c) == route.Actor(c).Person {
		return route.Redirect(c, "/", route.Done("Your own roles are changed. Sign in again."))
	}
	return o.done(c, err, "The roles are changed. Open sessions have ended.")
}

func (o Office) disable(c echo.Context) error {
	return o.act(c, o.Desk.Disable, "This person can no longer sign in, and is signed out everywhere.")
}

func (o Office) signOut(c echo.Context) error {
	return o.act(c, o.Desk.SignOut, "This person is signed out everywhere, and may sign in again.")
}

func (o Office) enable(c echo.Context) error {
	return o.act(c, o.Desk.Enable, "This person can sign in again.")
}

func (o Office) act(c echo.Context, do func(context.Context, store.Command, access.PersonID) error, said string) error {
	return o.done(c, do(c.Request().Context(), route.Command(c), idOf(c)), said)
}

func (o Office) makeLink(c echo.Context) error {
	link, err := o.Desk.Reset(c.Request().Context(), route.Command(c), idOf(c))
	if err != nil {
		return o.done(c, err, "")
	}
	return renderLink(c, link, personHref(personPath, link.Person), link.Name)
}

func (o Office) lostDevice(c echo.Context) error {
	link, err := o.Desk.LostDevice(c.Request().Context(), route.Command(c), idOf(c))
	if err != nil {
		return o.done(c, err, "")
	}
	return renderLink(c, link, personHref(personPath, link.Person), link.Name)
}

// timeline says in words what happened to a person's access, newest first.
func timeline(d app.Detail, zone *time.Location) []ui.Event {
	events := make([]ui.Event, 0, len(d.Trail))
	for i := len(d.Trail) - 1; i >= 0; i-- {
		e := d.Trail[i]
		events = append(events, ui.Event{
			Tone: ui.Calm, Icon: "person", What: happened(e), When: ui.Instant(e.At, zone), Who: who(e, d), With: e.Authenticator,
		})
	}
	return events
}

func who(e audit.Entry, d app.Detail) string {
	switch name := d.Names[e.Actor]; {
	case name != "":
		return name
	case e.Authenticator == "process":
		return "Trueward"
	}
	return "the operator"
}

func happened(e audit.Entry) string {
	switch e.Action {
	case "person.invited":
		return "Invited"
	case "person.link_made":
		return "A link for a password was made"
	case "person.password_changed":
		return "The password was set"
	case "person.roles_changed":
		return "The roles were changed"
	case "person.disabled":
		return "Disabled"
	case "person.enabled":
		return "Enabled again"
	case "passkey.registered":
		return "Made a passkey"
	case "passkey.renamed":
		return "Renamed a passkey"
	case "passkey.removed":
		return "Removed a passkey"
	case "passkey.stopped":
		return "A passkey that may be copied was stopped"
	case "passkey.all_removed":
		return "All passkeys were removed"
	case "person.proved_again":
		return "Proved again who they are"
	case "person.badge_set":
		return "A badge was set"
	case "person.badge_removed":
		return "A badge was removed"
	case "person.signed_in":
		return "Signed in"
	case "person.signed_out_everywhere":
		return "Signed out everywhere"
	case "person.signed_out_outside":
		return "Signed out by single sign-on"
	case "person.theme_chosen":
		return "Chose the colours of pages"
	case "person.language_chosen":
		return "Chose the language of pages"
	case "person.preferences_chosen":
		return "Chose how pages work"
	}
	return e.Action
}
