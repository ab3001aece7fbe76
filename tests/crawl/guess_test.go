package crawl_test

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"trueward/cmd/trueward/product"
	"trueward/internal/domain/access"
	"trueward/web/route"
)

// guesses is how many ids a person of each side tries.
const guesses = 2500

// TestGuessedIDsHitNothing is row 54: somebody who is signed in tries ids that
// look like ours, near to ones they know and far from them, on every page of
// one record. All are answered as absent, and none tells more than another.
func TestGuessedIDsHitNothing(t *testing.T) {
	v := open(t, nil)
	tried, hits := v.guess(t, v.pagesOfOneRecord(t), guesses)
	for _, hit := range hits {
		t.Error(hit)
	}
	if tried < 10_000 {
		t.Errorf("only %d ids were tried", tried)
	}
}

// TestGuessesFindAGenerousPage is the control of row 54: a page that shows
// something for whatever id it is asked must be found.
func TestGuessesFindAGenerousPage(t *testing.T) {
	generous := func(*product.Product) []route.Route {
		return []route.Route{{
			Method: http.MethodGet, Path: "/generous/:id", Name: "planted.generous",
			Needs: access.SeeStock, Tenancy: route.Sides, Params: []route.Param{route.Path("id", route.ID())},
			Handler: func(c echo.Context) error { return c.String(http.StatusOK, "Here you are.") },
		}}
	}
	v := open(t, generous)
	pages := slices.DeleteFunc(v.pagesOfOneRecord(t), func(r route.Route) bool { return r.Name != "planted.generous" })
	if _, hits := v.guess(t, pages, 5); len(hits) == 0 {
		t.Fatal("a page that answers every id was not found")
	}
}

// pagesOfOneRecord are the pages that show what an id in their address names.
func (v *town) pagesOfOneRecord(t *testing.T) []route.Route {
	t.Helper()
	var pages []route.Route
	for _, r := range v.routes {
		if r.Method == http.MethodGet && strings.Count(r.Path, ":id") == 1 && strings.Count(r.Path, ":") == 1 {
			pages = append(pages, r)
		}
	}
	if len(pages) < 5 {
		t.Fatalf("only %d pages of one record were found", len(pages))
	}
	return pages
}

// guess tries ids as a person of each side, and says which were answered
// otherwise than an absent one.
func (v *town) guess(t *testing.T, pages []route.Route, each int) (tried int, hits []string) {
	random := rand.New(rand.NewPCG(5, 4))
	known := v.allIDs()
	for _, a := range v.oneOfEachSide() {
		found, calls, seen := []string{}, 0, coverage{map[string]bool{}, map[string]int{}}
		c := crawler{town: v, t: t, who: a, found: &found, calls: &calls, seen: &seen}
		c.enter()
		for n := range each {
			r := pages[n%len(pages)]
			id := near(known[n%len(known)], random)
			got := c.send(http.MethodGet, v.server.URL+strings.Replace(r.Path, ":id", id, 1), nil)
			if got.status == http.StatusOK {
				hits = append(hits, a.email+" guessed "+id+" of "+r.Name)
			}
			if got.status != http.StatusNotFound && got.status != http.StatusForbidden && got.status != http.StatusTooManyRequests {
				hits = append(hits, fmt.Sprintf("%s: %s answers %d to a guess", a.email, r.Name, got.status))
			}
			tried++
		}
	}
	return tried, hits
}

// near changes the random part of an id that exists: the time in front is what
// somebody who knows when a thing was recorded would keep.
func near(id string, random *rand.Rand) string {
	u := uuid.MustParse(id)
	for i := 8; i < 16; i++ {
		u[i] = byte(random.Uint32())
	}
	u[8] = u[8]&0x3f | 0x80
	return u.String()
}

// allIDs are the ids of every row the crawl knows, in order.
func (v *town) allIDs() []string {
	var out []string
	for _, rows := range v.ids {
		for _, row := range rows {
			if _, err := uuid.Parse(row.id); err == nil {
				out = append(out, row.id)
			}
		}
	}
	slices.Sort(out)
	return out
}

// oneOfEachSide are people of four organisations.
func (v *town) oneOfEachSide() []actor {
	var out []actor
	seen := map[string]bool{"": true}
	for _, a := range v.actors {
		if !seen[a.organisation] && a.kind != access.Operator && len(out) < 4 {
			seen[a.organisation] = true
			out = append(out, a)
		}
	}
	return out
}
