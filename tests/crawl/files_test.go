package crawl_test

import (
	"encoding/csv"
	"fmt"
	"html"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"

	"trueward/cmd/trueward/product"
	"trueward/internal/adapter/store"
	"trueward/internal/domain/access"
	"trueward/templates/ui"
	"trueward/web/listing"
	"trueward/web/route"
)

// A list offered as a file is that list: with any columns, either way round, the
// file has the rows of the page in its order, and nothing stands in it that the
// page does not show.
func TestFilesHoldWhatListsShow(t *testing.T) {
	v := open(t, plantedLists)
	found, rows := v.walkFiles(t)
	for _, planted := range []string{"planted.hidden", "planted.short", "planted.turned"} {
		if !slices.ContainsFunc(found, func(f string) bool { return strings.HasPrefix(f, planted) }) {
			t.Errorf("the fault of %s was not found", planted)
		}
	}
	report(t, slices.DeleteFunc(found, func(f string) bool { return strings.HasPrefix(f, "planted.") }))
	for _, r := range v.routes {
		if offersFile(r) && rows[r.Name] == 0 && emptyHere[r.Name] == "" && !strings.HasPrefix(r.Name, "planted.") {
			t.Errorf("the town has no row in %s: its file proves nothing", r.Name)
		}
	}
	t.Logf("rows held against their files: %v", rows)
}

// emptyHere are lists of which the sample has no row, and where their rows are.
var emptyHere = map[string]string{
	"alerts":        "raised by taps: tests/operations",
	"match.missing": "the sample leaves nothing out for two weeks: app/matching",
}

// walkFiles compares every list with its file, as the first caller of each role
// who has rows in it.
func (v *town) walkFiles(t *testing.T) (found []string, rows map[string]int) {
	t.Helper()
	rows = map[string]int{}
	for _, a := range v.actors {
		if a.name == "" {
			continue
		}
		c := crawler{town: v, t: t, who: a, found: new([]string), calls: new(int)}
		entered := false
		for _, r := range v.routes {
			if !offersFile(r) || !r.Admits(a.access()) || rows[r.Name] > 0 {
				continue
			}
			if !entered {
				c.enter()
				entered = true
			}
			for _, address := range c.listsOf(r) {
				n, faults := c.compareFile(r, address)
				rows[r.Name] += n
				for _, f := range faults {
					found = append(found, r.Name+" "+f)
				}
			}
		}
	}
	return found, rows
}

func offersFile(r route.Route) bool {
	return r.Method == http.MethodGet && columnsOf(r) != nil && r.Name != "vendor.labels"
}

// listsOf are the addresses of a list: of each of its parts, or of each record
// that has one.
func (c *crawler) listsOf(r route.Route) (addresses []string) {
	if strings.Contains(r.Path, ":") {
		own, _ := c.idsFor(r)
		for _, id := range own {
			addresses = append(addresses, c.url(c.t, r, id)+"?")
		}
		return addresses
	}
	addresses = []string{c.server.URL + r.Path + "?"}
	for _, part := range choicesOf(r, "view") {
		addresses = append(addresses, c.server.URL+r.Path+"?view="+part+"&")
	}
	return addresses
}

// columnsOf are the keys of a list's columns, nil for what is no list.
func columnsOf(r route.Route) []string { return choicesOf(r, "cols") }

// choicesOf are the values that a filter takes, nil where there is none.
func choicesOf(r route.Route, name string) []string {
	for _, p := range r.Params {
		if p.In == route.InQuery && p.Name == name {
			return strings.Split(strings.TrimSuffix(strings.TrimPrefix(p.Type.String(), "enum("), ")"), "|")
		}
	}
	return nil
}

// compareFile holds a list against its file: with its usual columns, with its
// first one alone, with all, and turned round.
func (c *crawler) compareFile(r route.Route, address string) (rows int, faults []string) {
	keys := columnsOf(r)
	looks := []url.Values{{}, {"cols": keys[:1]}, {"cols": keys}, {"order": {"reverse"}}}
	var usual, turned [][]string
	for i, look := range looks {
		page := c.send(http.MethodGet, address+look.Encode(), nil).body
		shown, more := shownRows(page)
		if len(shown) == 0 && !strings.Contains(page, "as=csv") {
			continue // an empty part offers no file
		}
		file := c.file(address, look)
		if len(file) == 0 || len(file)-1 < len(shown) || len(file)-1 > len(shown) && !more {
			faults = append(faults, fmt.Sprintf("%v: %d rows on the page, %d in the file", look, len(shown), len(file)-1))
			continue
		}
		for n, row := range shown {
			for k, value := range file[n+1] {
				if !shows(row, file[0][k], value) {
					faults = append(faults, fmt.Sprintf("%v: row %d has %s %q in the file, and not on the page: %.300q", look, n+1, file[0][k], value, row))
				}
			}
		}
		switch rows = len(shown); i {
		case 0:
			usual = file[1:]
		case 3:
			turned = file[1:]
		}
	}
	slices.Reverse(turned)
	if fmt.Sprint(usual) != fmt.Sprint(turned) {
		faults = append(faults, "turned round it is another list")
	}
	return rows, faults[:min(len(faults), 3)]
}

func (c *crawler) file(address string, look url.Values) [][]string {
	c.t.Helper()
	query := url.Values{"as": {"csv"}}
	for name, values := range look {
		query[name] = values
	}
	got := c.send(http.MethodGet, address+query.Encode(), nil)
	if !strings.HasPrefix(got.header.Get("Content-Type"), "text/csv") {
		return nil
	}
	records, err := csv.NewReader(strings.NewReader(got.body)).ReadAll()
	check(c.t, err)
	return records
}

var (
	tableBody = regexp.MustCompile(`(?s)<table class="data"[^>]*>.*?<tbody[^>]*>(.*?)</tbody>`)
	tableRow  = regexp.MustCompile(`(?s)<tr role="row".*?</tr>`)
	forReader = regexp.MustCompile(`<(?:time|data)[^>]* (?:datetime|value)="([^"]*)"[^>]*>`)
	anyTag    = regexp.MustCompile(`(?s)<[^>]*>`)
	spaces    = regexp.MustCompile(`[\s\x{00a0}]+`)
)

// shownRows are the rows of a page's list as text, with what its times and
// amounts say to machines, and whether the list goes on.
func shownRows(page string) (rows []string, more bool) {
	body := ""
	for _, m := range tableBody.FindAllStringSubmatch(page, -1) {
		body = m[1] // of several tables the last is the list
	}
	for _, row := range tableRow.FindAllString(body, -1) {
		rows = append(rows, plainText(html.UnescapeString(anyTag.ReplaceAllString(forReader.ReplaceAllString(row, " $1 "), " "))))
	}
	return rows, strings.Contains(page, `rel="next"`)
}

func plainText(text string) string {
	return spaces.ReplaceAllString(strings.NewReplacer(",", "", "'", "", "−", "-").Replace(text), " ")
}

// shows reports whether a row says the value of a file, perhaps in its words for
// a time or an amount; yes and no are of a column that the row names or not.
func shows(row, column, value string) bool {
	if value == "yes" || value == "no" {
		return strings.Contains(strings.ToLower(row), column) == (value == "yes")
	}
	if at, err := time.Parse(time.RFC3339, value); err == nil {
		return strings.Contains(row, at.UTC().Format(time.RFC3339))
	}
	for part := range strings.SplitSeq(value, "; ") {
		if !strings.Contains(row, strings.TrimSpace(plainText(part))) {
			return false
		}
	}
	return true
}

// plantedLists are lists whose files are not what they show.
func plantedLists(p *product.Product) []route.Route {
	type row struct{ name, secret string }
	columns := func(secret bool) ui.ListColumns[row] {
		file := ui.Said("name", func(r row) string { return r.name })
		if secret {
			file = append(file, ui.FileColumn[row]{Name: "secret", Of: func(r row) string { return r.secret }})
		}
		return ui.ListColumns[row]{{Key: "name", Label: "Name", Ordered: true, Cell: func(r row) templ.Component { return ui.RowLink(r.name, "/") }, File: file}}
	}
	list := func(name string, secret bool, of func(c echo.Context, page store.Page) []row) route.Route {
		cs := columns(secret)
		handler := func(c echo.Context) error {
			read := func(page store.Page) ([]row, string, error) { return of(c, page), "", nil }
			if listing.AsFile(c) {
				return listing.Send(c, "planted", cs, read)
			}
			part, err := listing.Show(c, p.Store.Read(c.Request().Context(), route.Actor(c).Scope()), cs, listing.Rising, read)
			if err != nil {
				return err
			}
			var page strings.Builder
			if err := ui.DataTable(part.Table(cs, ui.TableProps{Caption: "Planted"}, func(row) ui.Row { return ui.Row{} })).Render(c.Request().Context(), &page); err != nil {
				return err
			}
			return c.HTML(http.StatusOK, page.String())
		}
		return route.Route{
			Method: http.MethodGet, Path: "/planted/" + name, Name: "planted." + name, Needs: access.SeeStock, Tenancy: route.Sides,
			Handler: handler, Params: append(listing.Params(cs.Keys()), route.Query("after", route.Token(64))),
		}
	}
	both := []row{{"Stent", "KX-71"}, {"Wire", "KX-72"}}
	return []route.Route{
		list("hidden", true, func(echo.Context, store.Page) []row { return both }),
		list("short", false, func(c echo.Context, _ store.Page) []row {
			if listing.AsFile(c) {
				return both[:1]
			}
			return both
		}),
		list("turned", false, func(echo.Context, store.Page) []row { return both }),
	}
}
