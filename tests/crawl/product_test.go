package crawl_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/labstack/echo/v4"

	"trueward/cmd/trueward/product"
	"trueward/internal/adapter/store"
	"trueward/internal/domain/access"
	"trueward/internal/fault"
	"trueward/web/route"
)

// Rows 48, 49, 50, 56, 58 and 78: every route as everybody; nothing foreign, the
// declared matrix, no text as markup, changes audited, reading without writing.
func TestCrawl(t *testing.T) {
	v := open(t, nil)
	found, calls, seen := v.crawl(t)
	t.Logf("%d routes, %d callers, %d calls", len(v.routes), len(v.actors), calls)
	for _, gap := range v.gaps(seen) {
		if elsewhere[gap] == "" {
			t.Errorf("the crawl got no further than the door of %s", gap)
		}
	}
	report(t, found)
}

// elsewhere are routes that do their work only with what a crawl has not, and
// where that work is tested. The crawl still calls them as everybody.
var elsewhere = map[string]string{
	"POST stripe.key":           "needs a service to ask: tests/stripe",
	"POST stripe.account":       "needs a service to ask: tests/stripe",
	"POST stripe.choose":        "needs a connected account: tests/stripe",
	"GET trust.certificate":     "needs an authority of its own: cmd/trueward",
	"GET trust.profile":         "needs an authority of its own: cmd/trueward",
	"POST stripe.unchoose":      "needs a connected account: tests/stripe",
	"POST stripe.refresh":       "needs a connected account: tests/stripe",
	"POST stripe.compare":       "needs a connected account: tests/stripe",
	"POST stripe.address":       "needs a connected account: tests/stripe",
	"POST stripe.settle":        "needs a finding: tests/stripe",
	"POST webhooks.stripe":      "needs a signed notice: tests/stripe",
	"POST ship_notice.surplus":  "needs a unit that no record has: app/receiving",
	"GET tag-run.labels":        "needs a run with labels: tests/tagging",
	"POST export.details.set":   "needs details that are whole: tests/money",
	"POST po.file":              "needs a table: app/ordering",
	"POST sheets.confirm":       "needs a usage that is not invoiced: tests/money",
	"POST sheets.contest":       "needs a usage that is not invoiced: tests/money",
	"POST account.propose":      "needs an account number that holds: tests/money",
	"POST account.decide":       "needs a proposal of somebody else: tests/money",
	"POST line.orders":          "needs a line of several units that waits for an order: app/ordering",
	"POST order.add":            "needs an order that is whole: app/ordering",
	"POST match.import":         "needs a table: app/matching",
	"POST agreement.price":      "needs a product of the agreement: app/pricing",
	"POST charges.codes":        "needs a table: app/capturing",
	"POST views.save":           "needs the name of a list: app/viewing",
	"POST views.remove":         "needs a view of the person's own: app/viewing",
	"POST prove":                "needs a password: tests/locks",
	"POST prove.outside":        "needs a sign-in of the house's own: tests/locks",
	"POST passkeys.prove":       "needs a passkey: app/passkeys",
	"POST passkeys.new":         "needs an address of the installation: tests/locks",
	"POST passkeys.register":    "needs a device: app/passkeys",
	"POST sign-in.passkey.ask":  "needs an address of the installation: tests/locks",
	"POST person.lost":          "needs a passkey: app/people",
	"POST workstations.revoke":  "needs an enrolled workstation: app/kiosk",
	"POST account.badge.set":    "needs a badge and a PIN: app/kiosk",
	"POST account.badge.remove": "needs a badge: app/kiosk",
	"GET tap":                   "needs a tag's message: app/scanning",
	"GET scan.tapped":           "needs a tap before the sign-in: app/scanning",
	"POST scan.kept":            "needs scans that a device kept: tests/browser",
	"POST outbox.decide":        "needs a scan that did not fit: app/using",
	"POST scan.check":           "answers a refusal for what no product knows: app/scanning",
	"POST case.decide":          "needs a stopped unit and a second person: app/using",
	"POST usage.move":           "needs a usage and another case of one site: app/using",
	"POST tag-runs.plan":        "needs a profile of the vendor's and its units: app/tagging",
	"POST tag-run.start":        "needs a reader: app/tagging",
	"POST tag-profiles.add":     "needs an address and a kind: app/tagging",
	"POST key-files.send":       "needs a receiver's key: tests/tagging",
	"POST key-files.take-in":    "needs a key file: tests/tagging",
	"POST invoice.end-decide":   "needs an invoice that somebody else asked to end: tests/money",
	"POST job.retry":            "needs a parked job: tests/money",
	"POST products.add":         "needs a number that no product has: app/cataloguing",
	"POST products.import":      "needs a table: app/cataloguing",
	"POST product.package":      "needs a number that no product has: app/cataloguing",
	"GET vendor.labels":         "needs units whose numbers are GS1's: app/labelling",
	"GET tags.labels":           "needs tags of units whose numbers are GS1's: app/labelling",
	"POST product.merge":        "needs a provisional product: app/cataloguing",
	"POST terms.propose":        "needs terms that are whole: app/agreeing",
	"POST notices.announce":     "needs units that no record has: app/receiving",
	"POST notice.scan":          "needs the label of a unit on its way: app/receiving",
	"POST notice.surplus":       "needs a unit that no record has: app/receiving",
	"POST receive.scan":         "needs the label of a unit that no record has: app/receiving",
	"POST receive.typed":        "needs a unit that no record has: app/receiving",
	"POST move.scan":            "needs the label of a unit on hand: app/receiving",
	"POST recalls.open":         "needs a product's number: app/receiving",
}

func report(t *testing.T, found []string) {
	t.Helper()
	const most = 40
	for i, f := range found {
		if i == most {
			t.Errorf("… and %d more", len(found)-most)
			return
		}
		t.Error(f)
	}
}

// Every planted fault must be found; a crawl that misses one proves nothing.
func TestCrawlFindsPlantedFaults(t *testing.T) {
	v := open(t, planted)
	v.routes = v.routes[len(v.routes)-len(planted(v.product)):]
	found, _, _ := v.crawl(t)
	all := strings.Join(found, "\n")
	for fault, want := range map[string]string{
		"a list without scope":              "planted.list  shows zq",
		"a filter that forgets the scope":   "planted.list ?",
		"a foreign row told from an absent": "planted.row tells a foreign id",
		"a page that writes":                "planted.write  wrote to the database",
		"a change without an audit entry":   "planted.silent changed something without an audit entry",
		"a change by a foreign id":          "planted.silent changed something by a foreign id",
		"a page that fails":                 "planted.fails  answers 500",
		"a text printed as markup":          "/planted/markup prints what people wrote as markup",
		"ids from nowhere":                  "planted.nowhere: where its ids come from",
	} {
		if !strings.Contains(all, want) {
			t.Errorf("%s was not found; found:\n%.2000s", fault, all)
		}
	}
}

// planted are routes with the faults the crawl is there to find.
func planted(p *product.Product) []route.Route {
	everything := func(c echo.Context) store.Queries { return p.Store.Read(c.Request().Context(), access.Everything()) }
	names := func(c echo.Context) error {
		all, err := everything(c).Places("")
		var text strings.Builder
		for _, place := range all {
			text.WriteString(place.Name + "\n")
		}
		if err != nil {
			return err
		}
		return c.String(http.StatusOK, text.String())
	}
	row := func(c echo.Context) error {
		_, err := everything(c).Site(access.SiteID(route.PathValue(c, "id")))
		if err == nil {
			err = fault.New(fault.Forbidden, "This site is not yours.")
		}
		return err
	}
	write := func(c echo.Context) error {
		if err := p.Store.Keep(c.Request().Context(), func(tx *store.Tx) error {
			return tx.SetTheme(route.Actor(c).Person, access.Dark)
		}); err != nil {
			return err
		}
		return c.NoContent(http.StatusOK)
	}
	raw := func(c echo.Context) error {
		all, err := everything(c).Places("")
		if err != nil || len(all) == 0 {
			return err
		}
		return c.HTML(http.StatusOK, "<p>"+all[0].Name+"</p>")
	}
	fails := func(echo.Context) error { return http.ErrBodyNotAllowed }
	get := func(name, path string, h echo.HandlerFunc, params ...route.Param) route.Route {
		return route.Route{Method: http.MethodGet, Path: path, Name: name, Needs: access.SeeStock, Tenancy: route.Sides, Handler: h, Params: params}
	}
	silent := get("planted.silent", "/sites/:id/planted", write, route.Path("id", route.ID()))
	silent.Method, silent.ChangesState = http.MethodPost, true
	id := route.Path("id", route.ID())
	return []route.Route{
		get("planted.list", "/planted/list", names, route.Query("q", route.Text(20))),
		get("planted.row", "/sites/:id/planted", row, id),
		get("planted.write", "/planted/write", write),
		get("planted.markup", "/planted/markup", raw),
		silent,
		get("planted.fails", "/planted/fails", fails),
		get("planted.nowhere", "/planted/:id", names, id),
	}
}
