package tagging

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"trueward/internal/adapter/store"
	"trueward/internal/domain/authentic"
	view "trueward/templates/tagging"
	"trueward/web/frame"
	"trueward/web/route"
)

// Tags that are chosen in the list, and what is done with all of them.
const (
	chosenPath    = "/tags/chosen"
	retireAllPath = "/tags/chosen/retire"
)

func chosenRoutes(r Room) []route.Route {
	return []route.Route{
		managed(http.MethodGet, chosenPath, "tags.chosen", r.chosen, route.QueryMany("ids", route.ID())),
		managed(http.MethodPost, retireAllPath, "tags.retire", r.retireAll, route.FormMany("tags", route.ID()), route.Form("reason", route.Prose(500))),
	}
}

// chosen asks about the tags that were chosen in the list.
func (r Room) chosen(c echo.Context) error {
	return r.renderChosen(c, http.StatusOK, route.Of(c).Query["ids"], nil)
}

func (r Room) renderChosen(c echo.Context, status int, ids []string, refused error) error {
	rows, err := r.among(c, tagIDs(ids))
	if err != nil {
		return err
	}
	p := view.ChosenProps{Frame: frame.Page(c, "Tags you chose"), List: tagsPath, Action: retireAllPath, Key: route.NewKey(), Reason: route.Value(c, "reason")}
	p.Errors, p.Summary = frame.Fields(refused)
	for _, row := range rows {
		if row.State == authentic.TagActive {
			p.Tags = append(p.Tags, tagLine(c, row))
		}
	}
	return route.Render(c, status, view.Chosen(p))
}

// among are the tags named that the actor may see.
func (r Room) among(c echo.Context, ids []authentic.TagID) ([]store.TagRow, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	list, err := r.queries(c).TagList(store.TagFilter{Among: ids}, store.Page{Limit: 200})
	return list.Rows, err
}

func (r Room) retireAll(c echo.Context) error {
	ids := tagIDs(route.Values(c, "tags"))
	ended, err := r.Desk.RetireAll(c.Request().Context(), route.Command(c), ids, route.Value(c, "reason"))
	if refusedAt(err) {
		return r.renderChosen(c, http.StatusUnprocessableEntity, route.Values(c, "tags"), err)
	}
	if frame.Shown(err) {
		_, said := frame.Fields(err)
		return route.Redirect(c, tagsPath, route.Flash{Kind: "warning", Text: said[0].Text})
	}
	if err != nil {
		return err
	}
	rows, err := r.among(c, slices.DeleteFunc(ids, func(id authentic.TagID) bool { return slices.Contains(ended, id) }))
	if err != nil {
		return err
	}
	return route.Redirect(c, tagsPath, retired(len(ended), rows))
}

// retired says how many tags were retired, and names those that were before.
func retired(n int, before []store.TagRow) route.Flash {
	text := "1 tag is retired. If it is ever read again, an alert says so."
	if n != 1 {
		text = strconv.Itoa(n) + " tags are retired. If one is ever read again, an alert says so."
	}
	if len(before) == 0 {
		return route.Done(text)
	}
	names := make([]string, len(before))
	for i, row := range before {
		names[i] = strings.TrimSpace(row.Product + " " + row.Serial)
	}
	return route.Flash{Kind: "warning", Text: text + " Retired before: " + strings.Join(names, ", ") + "."}
}

func tagIDs(texts []string) []authentic.TagID {
	ids := make([]authentic.TagID, len(texts))
	for i, text := range texts {
		ids[i] = authentic.TagID(text)
	}
	return ids
}
