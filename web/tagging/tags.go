package tagging

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"trueward/internal/adapter/store"
	"trueward/internal/app/tagging"
	"trueward/internal/domain/access"
	"trueward/internal/domain/authentic"
	view "trueward/templates/tagging"
	"trueward/templates/ui"
	"trueward/web/frame"
	"trueward/web/listing"
	"trueward/web/route"
)

func (r Room) listTags(c echo.Context) error {
	q := r.queries(c)
	filter := tagFilter(c)
	read := func(page store.Page) ([]view.TagLine, string, error) {
		list, err := q.TagList(filter, page)
		lines := make([]view.TagLine, len(list.Rows))
		for i, row := range list.Rows {
			lines[i] = tagLine(c, row)
		}
		return lines, list.Next, err
	}
	if listing.AsFile(c) {
		return listing.Send(c, "tags", view.TagColumns, read)
	}
	part, err := listing.Show(c, q, view.TagColumns, listing.Falling, read)
	if err != nil {
		return err
	}
	p := view.TagsProps{
		Frame: frame.Page(c, "Tags"), Action: tagsPath, Text: filter.Text, Profile: string(filter.Profile), State: string(filter.State),
		Technology: string(filter.Technology), RunsHref: runsPath, NewRunHref: newRunPath, ImportHref: importPath, ChosenHref: chosenPath, LabelsHref: listing.Beside(c, paperPath),
		Vendor: route.Actor(c).Kind == access.Vendor, Tags: part.Rows, View: part.View, NextHref: part.Next,
	}
	if p.Profiles, err = profileOptions(q, "Any profile"); err != nil {
		return err
	}
	return route.Render(c, http.StatusOK, view.Tags(p))
}

// tagFilter is the list's filter as the address says it.
func tagFilter(c echo.Context) store.TagFilter {
	return store.TagFilter{
		Profile: authentic.ProfileID(route.QueryValue(c, "profile")), State: authentic.TagState(route.QueryValue(c, "state")),
		Technology: authentic.Technology(route.QueryValue(c, "technology")), Text: route.QueryValue(c, "q"),
	}
}

// tagLabels prints labels for the tags of the list.
func tagLabels(r Room) route.Route {
	out := managed(http.MethodGet, paperPath, "tags.labels", r.printLabels, append([]route.Param{route.Query("order", route.Enum("reverse"))}, tagFilters...)...)
	out.Rate = route.RateExport
	return out
}

func (r Room) printLabels(c echo.Context) error {
	page := listing.Page(c)
	page.After = ""
	paper, err := r.Labelling.TagSheets(c.Request().Context(), route.Actor(c), tagFilter(c), page)
	if err != nil {
		return err
	}
	c.Response().Header().Set(echo.HeaderContentDisposition, `inline; filename="labels.pdf"`)
	return c.Blob(http.StatusOK, "application/pdf", paper)
}

func tagLine(c echo.Context, row store.TagRow) view.TagLine {
	l := view.TagLine{
		ID: string(row.ID), Retirable: row.State == authentic.TagActive, Href: to(tagPath, string(row.ID)), Technology: technologyWords(row.Technology), Profile: row.ProfileName, Product: row.Product,
		Lot: row.Lot, Serial: row.Serial, Where: row.Hospital, EPC: row.EPC,
		Made: row.CreatedAt, Zone: route.Zone(c), State: stateWords(row.State), Tone: ui.Calm,
	}
	switch {
	case !row.TamperedAt.IsZero():
		l.State, l.Tone = "Seal opened", ui.Stop
	case row.State == authentic.TagQuarantined:
		l.Tone = ui.Stop
	case row.Waiting:
		l.State, l.Tone = "Waiting for its unit", ui.Info
	case row.Unit == "" && row.State == authentic.TagActive:
		l.State, l.Tone = "On no unit", ui.Info
	}
	if l.Product == "" {
		l.Product = "No product yet"
	}
	return l
}

func (r Room) showTag(c echo.Context) error {
	v, err := r.Desk.Tag(c.Request().Context(), route.Actor(c), authentic.TagID(route.PathValue(c, "id")))
	if err != nil {
		return err
	}
	return r.renderTag(c, http.StatusOK, v, nil)
}

func (r Room) renderTag(c echo.Context, status int, v tagging.TagView, refused error) error {
	p := view.TagProps{
		Frame: frame.Page(c, "Tag"), ListHref: tagsPath, Title: "Tag", State: stateWords(v.Tag.State), Tone: ui.Calm,
		Proof: proofOf(v), Facts: factsOf(c, v), Taps: tapsOf(c, v),
	}
	if v.Unit != nil {
		p.Title, p.UnitHref = "Tag of "+v.Unit.Product, unitPath+string(v.Unit.ID)
	}
	switch {
	case !v.Tag.TamperedAt.IsZero():
		p.State, p.Tone = "Seal opened", ui.Stop
	case v.Tag.State != authentic.TagActive:
		p.Tone = ui.Warn
	}
	if v.Tag.State == authentic.TagActive {
		p.RetireAction, p.Key = to(retirePath, string(v.Tag.ID)), route.NewKey()
		p.Errors, p.Summary = frame.Fields(refused)
	}
	if v.Unit != nil && !v.Unit.State.Terminal() {
		p.RetagHref = newRunPath + "?unit=" + string(v.Unit.ID)
	}
	return route.Render(c, status, view.Tag(p))
}

func (r Room) retire(c echo.Context) error {
	id := authentic.TagID(route.PathValue(c, "id"))
	err := r.Desk.Retire(c.Request().Context(), route.Command(c), id, route.Value(c, "reason"))
	if refusedAt(err) {
		v, missing := r.Desk.Tag(c.Request().Context(), route.Actor(c), id)
		if missing != nil {
			return missing
		}
		return r.renderTag(c, http.StatusUnprocessableEntity, v, err)
	}
	if err != nil {
		return err
	}
	return route.Redirect(c, to(tagPath, string(id)), route.Done("The tag is retired. If it is ever read again, an alert says so."))
}
