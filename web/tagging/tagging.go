// Package tagging is the room of those who give products their tags: the list
// of tags, one tag with its proof, runs at a reader, profiles and the epochs of
// their keys, files of tags and of keys.
package tagging

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"trueward/internal/adapter/store"
	"trueward/internal/app/labelling"
	"trueward/internal/app/tagging"
	"trueward/internal/domain/access"
	"trueward/internal/domain/authentic"
	view "trueward/templates/tagging"
	"trueward/templates/ui"
	"trueward/web/frame"
	"trueward/web/listing"
	"trueward/web/route"
)

// Addresses of the pages, and those of others they lead to.
const (
	tagsPath   = "/tags"
	tagPath    = "/tags/:id"
	paperPath  = "/tags/labels"
	retirePath = "/tags/:id/retire"

	runsPath     = "/tag-runs"
	newRunPath   = "/tag-runs/new"
	runPath      = "/tag-runs/:id"
	progressPath = "/tag-runs/:id/progress"
	startPath    = "/tag-runs/:id/start"
	stopPath     = "/tag-runs/:id/stop"
	replanPath   = "/tag-runs/:id/retry"
	dropPath     = "/tag-runs/:id/end"
	labelsPath   = "/tag-runs/:id/labels.pdf"

	newProfilePath = "/tag-profiles/new"
	profilesPath   = "/tag-profiles"
	profilePath    = "/tag-profiles/:id"
	rotatePath     = "/tag-profiles/:id/rotate"
	closePath      = "/tag-profiles/:id/close"

	keysPath = "/keys"
	unitPath = "/units/"
)

// Room holds what the pages work with.
type Room struct {
	Desk      *tagging.Desk
	Labelling labelling.Desk
}

var (
	anID       = route.Path("id", route.ID())
	aProfile   = route.Path("id", route.Token(64))
	cursor     = route.Query("after", route.Token(512))
	runStates  = route.Query("view", route.Enum("all", "open", "failed"))
	tagFilters = []route.Param{
		cursor, route.Query("q", route.Text(64)), route.Query("profile", route.Token(64)),
		route.Query("state", route.Enum("active", "retired", "quarantined")),
		route.Query("technology", route.Enum("ntag424", "uhf", "nfc")),
	}
	runFields = []route.Param{
		route.Form("profile", route.Token(64)), route.Form("name", route.Prose(100)), route.Form("what", route.Enum("stock", "coming")),
		route.Form("count", route.Int()), route.Form("product", route.ID()), route.Form("di", route.Text(32)), route.Form("lot", route.Text(32)),
		route.Form("expiry", route.Date()), route.Form("serials", route.Prose(64_000)),
	}
)

// Routes are the URLs of the room.
func (r Room) Routes() []route.Route {
	get := func(path, name string, h echo.HandlerFunc, params ...route.Param) route.Route {
		return managed(http.MethodGet, path, name, h, params...)
	}
	post := func(path, name string, h echo.HandlerFunc, params ...route.Param) route.Route {
		return managed(http.MethodPost, path, name, h, params...)
	}
	tags := get(tagsPath, "tags", r.listTags, append(listing.Params(view.TagColumns.Keys()), tagFilters...)...)
	tags.Menu = &route.Menu{Text: "Tags", Icon: "chip", Key: "g", Place: 79}
	return append([]route.Route{
		tags,
		tagLabels(r),
		get(tagPath, "tag", r.showTag, anID),
		post(retirePath, "tag.retire", r.retire, anID, route.Form("reason", route.Prose(500))),
		get(runsPath, "tag-runs", r.listRuns, append(listing.Params(view.RunColumns.Keys()), cursor)...),
		get(newRunPath, "tag-runs.new", r.newRun, route.Query("profile", route.Token(64)), route.Query("unit", route.ID())),
		post(runsPath, "tag-runs.plan", r.planRun, append(runFields, route.Form("unit", route.ID()))...),
		get(runPath, "tag-run", r.showRun, anID, runStates, cursor),
		get(progressPath, "tag-run.progress", r.progress, anID, runStates, cursor),
		get(labelsPath, "tag-run.labels", r.labels, anID),
		post(startPath, "tag-run.start", r.start, anID, route.Form("station", route.Token(64))),
		post(stopPath, "tag-run.stop", r.stop, anID),
		post(replanPath, "tag-run.retry", r.replan, anID),
		post(dropPath, "tag-run.end", r.drop, anID),
		get(newProfilePath, "tag-profiles.new", r.newProfile),
		post(profilesPath, "tag-profiles.add", r.createProfile, route.Form("name", route.Prose(100)),
			route.Form("kind", route.Enum("private", "sealed", "open", "epc")), route.Form("prefix", route.Int()), route.Form("filter", route.Int()), route.Form("address", route.Prose(200)), route.Form("vendor", route.ID())),
		get(profilePath, "tag-profile", r.showProfile, aProfile),
		post(rotatePath, "tag-profile.rotate", r.rotate, aProfile),
		post(closePath, "tag-profile.close", r.closeEpoch, aProfile, route.Form("epoch", route.Int())),
	}, append(chosenRoutes(r), r.files()...)...)
}

func managed(method, path, name string, h echo.HandlerFunc, params ...route.Param) route.Route {
	return route.Route{
		Method: method, Path: path, Name: name, Needs: access.ManageTags, Tenancy: route.Sides,
		ChangesState: method == http.MethodPost, Handler: h, Params: params,
	}
}

func to(pattern, id string) string { return strings.Replace(pattern, ":id", id, 1) }

func (r Room) queries(c echo.Context) store.Queries {
	return r.Desk.Store.Read(c.Request().Context(), route.Actor(c).Scope())
}

// next is the address of the next part of a list.
func next(c echo.Context, path, after string) string {
	if after == "" {
		return ""
	}
	query := url.Values{}
	for name, values := range route.Of(c).Query {
		query[name] = values
	}
	query.Set("after", after)
	return path + "?" + query.Encode()
}

// profileOptions are the profiles of the scope, under a first choice.
func profileOptions(q store.Queries, first string) ([]ui.Option, error) {
	profiles, err := q.Profiles()
	options := []ui.Option{{Text: first}}
	for _, p := range profiles {
		options = append(options, ui.Option{Value: string(p.ID), Text: p.Name})
	}
	return options, err
}

// origin is the server's address as the person's own browser knows it.
func origin(c echo.Context) string {
	if route.Secure(c) {
		return "https://" + c.Request().Host
	}
	return "http://" + c.Request().Host
}

func technologyWords(t authentic.Technology) string {
	switch t {
	case authentic.NTAG424:
		return "NFC, proves itself"
	case authentic.UHF:
		return "UHF"
	}
	return "NFC, number only"
}

func stateWords(s authentic.TagState) string {
	switch s {
	case authentic.TagRetired:
		return "Retired"
	case authentic.TagQuarantined:
		return "Put aside"
	}
	return "Active"
}

// number writes a count with separators.
func number(n int64) string {
	text := strconv.FormatInt(n, 10)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}

// refusedAt shows a form again with what was refused, or passes the error on.
func refusedAt(err error) bool { return frame.AtFields(err) }
