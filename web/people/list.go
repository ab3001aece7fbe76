package people

import (
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"trueward/internal/adapter/store"
	"trueward/internal/domain/access"
	"trueward/internal/domain/custody"
	view "trueward/templates/people"
	"trueward/web/frame"
	"trueward/web/listing"
	"trueward/web/route"
)

func (o Office) list(c echo.Context) error {
	ctx, actor := c.Request().Context(), route.Actor(c)
	search := route.QueryValue(c, "q")
	sites, err := o.Desk.Sites(ctx, actor)
	if err != nil {
		return err
	}
	read := func(page store.Page) ([]view.Line, string, error) {
		part, err := o.Desk.List(ctx, actor, search, page)
		lines := make([]view.Line, len(part.Rows))
		for i, person := range part.Rows {
			lines[i] = line(person, sites)
		}
		return lines, part.Next, err
	}
	if listing.AsFile(c) {
		return listing.Send(c, "people", view.Columns, read)
	}
	lines, after, err := read(listing.Page(c))
	if err != nil {
		return err
	}
	p := view.ListProps{Frame: frame.Page(c, "People"), Search: search, ListHref: peoplePath, NewHref: newPath}
	p.People, p.NextHref = lines, listing.Next(c, after)
	if p.View, err = listing.View(c, o.Desk.Store.Read(ctx, actor.Scope()), view.Columns, listing.Rising); err != nil {
		return err
	}
	return route.Render(c, http.StatusOK, view.List(p))
}

func line(p access.Person, sites []custody.Site) view.Line {
	l := view.Line{Name: p.Name, Href: personHref(personPath, p.ID), Email: p.Email, Roles: rolesInWords(p.Grants, sites), State: "May sign in"}
	switch {
	case p.Disabled():
		l.State = "Disabled"
	case p.Invited:
		l.State = "Invited"
	}
	return l
}

func personHref(pattern string, id access.PersonID) string {
	return strings.Replace(pattern, ":id", string(id), 1)
}

// rolesInWords says a person's roles: "nurse, materials at Main".
func rolesInWords(grants []access.Grant, sites []custody.Site) string {
	names := map[access.SiteID]string{}
	for _, s := range sites {
		names[s.ID] = " at " + s.Name
	}
	words := make([]string, len(grants))
	for i, g := range grants {
		words[i] = g.Role.Word() + names[g.Site]
	}
	if len(words) == 0 {
		return "None"
	}
	return capital(strings.Join(words, ", "))
}
