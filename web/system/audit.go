package system

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"trueward/internal/adapter/store"
	"trueward/internal/app/operating"
	view "trueward/templates/system"
	"trueward/templates/ui"
	"trueward/web/frame"
	"trueward/web/listing"
	"trueward/web/route"
)

func (r Room) showAudit(c echo.Context) error {
	f := store.AuditFilter{
		Action: route.QueryValue(c, "action"), Actor: route.QueryValue(c, "person"),
		Kind: route.QueryValue(c, "kind"), Object: route.QueryValue(c, "object"),
	}
	var trail operating.Trail
	read := func(page store.Page) (lines []view.TrailLine, next string, err error) {
		if page.Limit == 0 {
			page.Limit = trailLines
		}
		trail, err = r.Desk.Trail(c.Request().Context(), route.Actor(c), f, page)
		for _, l := range trail.Lines {
			lines = append(lines, trailLine(c, l))
		}
		return lines, trail.Next, err
	}
	if listing.AsFile(c) {
		return listing.Send(c, "audit", view.TrailColumns, read)
	}
	part, err := listing.Show(c, r.Desk.Store.Read(c.Request().Context(), route.Actor(c).Scope()), view.TrailColumns, listing.Falling, read)
	if err != nil {
		return err
	}
	return route.Render(c, http.StatusOK, view.Audit(view.AuditProps{
		Frame: frame.Page(c, "Audit"), Path: auditPath, Action: f.Action, Person: f.Actor, Actions: actionOptions(), People: peopleOptions(trail),
		ObjectKind: f.Kind, ObjectRef: f.Object, Chips: chips(f, trail), Lines: part.Rows, View: part.View, Pager: ui.PagerProps{NextHref: part.Next},
	}))
}

// trailLines are the entries of one page: each takes several lines of a phone.
const trailLines = 30

func auditHref(f store.AuditFilter) string {
	query := url.Values{}
	for _, v := range [...]struct{ name, value string }{
		{"action", f.Action}, {"person", f.Actor}, {"kind", f.Kind}, {"object", f.Object},
	} {
		if v.value != "" {
			query.Set(v.name, v.value)
		}
	}
	if len(query) == 0 {
		return auditPath
	}
	return auditPath + "?" + query.Encode()
}

func actionOptions() []ui.Option {
	options := []ui.Option{{Text: "Anything"}}
	for action, words := range actions {
		options = append(options, ui.Option{Value: action, Text: words})
	}
	slices.SortFunc(options[1:], func(a, b ui.Option) int { return strings.Compare(a.Text+a.Value, b.Text+b.Value) })
	return options
}

func peopleOptions(t operating.Trail) []ui.Option {
	options := []ui.Option{{Text: "Anybody"}, {Value: store.SystemActors, Text: "Trueward by itself"}}
	for _, p := range t.People {
		options = append(options, ui.Option{Value: string(p.ID), Text: p.Name})
	}
	return options
}

// chips are the filters in force, each with the way to take it away.
func chips(f store.AuditFilter, t operating.Trail) []ui.Chip {
	var out []ui.Chip
	if f.Action != "" {
		without := f
		without.Action = ""
		out = append(out, ui.Chip{Text: actionWords(f.Action), ClearHref: auditHref(without)})
	}
	if f.Actor != "" {
		without, name := f, "One person"
		for _, o := range peopleOptions(t) {
			if o.Value == f.Actor {
				name = o.Text
			}
		}
		without.Actor = ""
		out = append(out, ui.Chip{Text: name, ClearHref: auditHref(without)})
	}
	if f.Object != "" || f.Kind != "" {
		without := f
		without.Kind, without.Object = "", ""
		out = append(out, ui.Chip{Text: "One " + objectWords(f.Kind), ClearHref: auditHref(without)})
	}
	return out
}

func trailLine(c echo.Context, l operating.TrailLine) view.TrailLine {
	who := l.Who
	if who == "" {
		who = "Somebody of another organisation"
	}
	line := view.TrailLine{
		What: actionWords(l.Action), Object: objectWords(l.ObjectKind), Who: who, With: with(l),
		Href: auditHref(store.AuditFilter{Kind: l.ObjectKind, Object: l.ObjectID}),
		At:   l.At, Zone: zoneOf(c, l.Zone), Reason: l.Reason, Old: valueLines(l.Old), New: valueLines(l.New),
		Proof: fmt.Sprintf("entry %d · %.12s…", l.Seq, l.Hash), Refused: l.Result == "refused",
	}
	if line.Refused {
		line.What = "Refused: " + line.What
	}
	return line
}

// zoneOf is the zone of the site where something was done, else the reader's.
func zoneOf(c echo.Context, name string) *time.Location {
	if name == "" {
		return route.Zone(c)
	}
	return zone(name)
}

// with says where it was, how somebody proved who they are, and with what. That
// the product acted by itself needs no saying.
func with(l operating.TrailLine) string {
	var parts []string
	for _, part := range []string{l.Where, l.Authenticator, l.Device} {
		if part != "" && part != "process" && !slices.Contains(parts, part) {
			parts = append(parts, part)
		}
	}
	return strings.Join(parts, " · ")
}

// valueLines are the values of an entry, one "name: value" a line.
func valueLines(values string) []string {
	if values == "" {
		return nil
	}
	lines := strings.Split(values, "\n")
	for i, line := range lines {
		name, value, _ := strings.Cut(line, "=")
		lines[i] = strings.ReplaceAll(name, "_", " ") + ": " + strings.NewReplacer(`\n`, " ", `\r`, "", `\\`, `\`).Replace(value)
	}
	return lines
}
