// Package stripe serves the pages on which a vendor's office connects Stripe
// and looks after what waits there. Each handler parses, asks one use case or
// one scoped query, and renders.
package stripe

import (
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"trueward/internal/adapter/store"
	"trueward/internal/app/charging"
	"trueward/internal/domain/access"
	"trueward/internal/domain/remote"
	view "trueward/templates/stripe"
	"trueward/templates/ui"
	"trueward/web/frame"
	"trueward/web/route"
	"trueward/web/webhooks"
)

// Addresses of the pages.
const (
	connectPath  = "/stripe"
	workPath     = "/stripe/work"
	keyPath      = "/stripe/key"
	accountPath  = "/stripe/account"
	choosePath   = "/stripe/:id/choose"
	unchoosePath = "/stripe/:id/unchoose"
	refreshPath  = "/stripe/:id/refresh"
	comparePath  = "/stripe/:id/compare"
	addressPath  = "/stripe/:id/address"
	settlePath   = "/stripe/findings/:id/settle"
)

// Room holds what the pages work with.
type Room struct {
	Store *store.Store
	Desk  *charging.Desk
}

// Routes are the URLs of the room.
func (r Room) Routes() []route.Route {
	id, key := route.Path("id", route.ID()), route.Secret
	page := office(http.MethodGet, connectPath, "stripe", r.show)
	page.Menu = &route.Menu{Text: "Stripe", Icon: "card", Place: 66}
	return []route.Route{
		page,
		office(http.MethodGet, workPath, "stripe.work", r.work),
		office(http.MethodPost, keyPath, "stripe.key", r.connectKey,
			route.Form("mode", modeType()), route.Form("key", key(300)), route.Form("hook", key(300))),
		office(http.MethodPost, accountPath, "stripe.account", r.connectAccount, route.Form("mode", modeType())),
		office(http.MethodPost, choosePath, "stripe.choose", r.choose, id),
		office(http.MethodPost, unchoosePath, "stripe.unchoose", r.unchoose, id),
		office(http.MethodPost, refreshPath, "stripe.refresh", r.refresh, id),
		office(http.MethodPost, comparePath, "stripe.compare", r.compare, id),
		office(http.MethodPost, addressPath, "stripe.address", r.setAddress, id,
			route.Form("hospital", route.ID()), route.Form("email", route.Text(254))),
		office(http.MethodPost, settlePath, "stripe.settle", r.settle, id, route.Form("why", route.Prose(200))),
	}
}

func modeType() route.Type { return route.Enum(string(remote.Test), string(remote.Live)) }

func office(method, path, name string, handler echo.HandlerFunc, params ...route.Param) route.Route {
	return route.Route{
		Method: method, Path: path, Name: name, Needs: access.FreezeInvoices, Tenancy: route.Vendor,
		ChangesState: method == http.MethodPost, Params: params, Handler: handler,
	}
}

func tabs(active string) []ui.Tab {
	return []ui.Tab{
		{Text: "Accounts", Href: connectPath, Active: active == connectPath},
		{Text: "To look at", Href: workPath, Active: active == workPath},
	}
}

func (r Room) show(c echo.Context) error {
	return r.render(c, http.StatusOK, string(remote.Test), nil)
}

func (r Room) render(c echo.Context, status int, mode string, refused error) error {
	q := r.Store.Read(c.Request().Context(), route.Actor(c).Scope())
	connections, err := q.Connections()
	if err != nil {
		return err
	}
	p := view.ConnectProps{
		Frame: frame.Page(c, "Stripe"), Tabs: tabs(connectPath), KeyAction: keyPath, Mode: mode,
		Webhook: origin(c) + webhooks.StripePath, Keys: []string{route.NewKey(), route.NewKey()},
	}
	p.Errors, p.Summary = frame.Fields(refused)
	if len(r.Desk.Platform.Keys) > 0 {
		p.AccountAction = accountPath
	}
	for _, conn := range connections {
		a := card(conn)
		if a.Payers, err = payers(q, conn); err != nil {
			return err
		}
		p.Accounts = append(p.Accounts, a)
	}
	return route.Render(c, status, view.Connect(p))
}

func card(conn remote.Connection) view.Account {
	at := func(path string) string { return strings.Replace(path, ":id", string(conn.ID), 1) }
	a := view.Account{
		Mode: conn.Mode.Word(), Status: conn.Status.Word(), Good: conn.Status == remote.Active, Chosen: conn.Chosen, Reason: conn.Reason,
		Kind: "the vendor's own key", Checked: conn.CheckedTo, Refresh: at(refreshPath), Compare: at(comparePath), Address: at(addressPath),
	}
	if conn.Account != "" {
		a.Kind = "this server's account at Stripe"
	}
	if conn.Chosen {
		a.Unchoose = at(unchoosePath)
	} else {
		a.Choose = at(choosePath)
	}
	for range 4 {
		a.Keys = append(a.Keys, route.NewKey())
	}
	return a
}

// payers are the hospitals that buy of the vendor, with where Stripe mails.
func payers(q store.Queries, conn remote.Connection) ([]view.Payer, error) {
	known, err := q.RemoteCustomers(conn.ID)
	if err != nil {
		return nil, err
	}
	hospitals, err := q.Organisations(access.Hospital)
	var out []view.Payer
	for _, h := range hospitals {
		p := view.Payer{ID: string(h.ID), Name: h.Name, Email: h.Email, Key: route.NewKey()}
		for _, k := range known {
			if k.Hospital == h.ID {
				p.Known = k.Customer != ""
				if k.Email != "" {
					p.Email = k.Email
				}
			}
		}
		out = append(out, p)
	}
	return out, err
}

// origin is how the browser reaches this server.
func origin(c echo.Context) string {
	scheme := "http"
	if route.Secure(c) {
		scheme = "https"
	}
	return scheme + "://" + c.Request().Host
}

func (r Room) connectKey(c echo.Context) error {
	_, err := r.Desk.ConnectKey(c.Request().Context(), route.Command(c), charging.KeyInput{
		Mode: remote.Mode(route.Value(c, "mode")), Key: remote.Secret(route.Value(c, "key")), Hook: remote.Secret(route.Value(c, "hook")),
	})
	if frame.Shown(err) {
		return r.render(c, http.StatusUnprocessableEntity, route.Value(c, "mode"), err)
	}
	if err != nil {
		return err
	}
	return route.Redirect(c, connectPath, route.Done("The account is connected. A colleague sends new invoices over it by one press."))
}

func (r Room) connectAccount(c echo.Context) error {
	start, err := r.Desk.ConnectAccount(c.Request().Context(), route.Command(c), remote.Mode(route.Value(c, "mode")), origin(c)+connectPath)
	if frame.Shown(err) {
		return r.render(c, http.StatusUnprocessableEntity, string(remote.Test), err)
	}
	if err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, start.Link)
}

// pressed runs a change of one connection and says how it went.
func (r Room) pressed(c echo.Context, err error, done string) error {
	if frame.Shown(err) {
		return r.render(c, http.StatusConflict, string(remote.Test), err)
	}
	if err != nil {
		return err
	}
	return route.Redirect(c, connectPath, route.Done(done))
}

func connectionID(c echo.Context) remote.ConnectionID {
	return remote.ConnectionID(route.PathValue(c, "id"))
}

func (r Room) choose(c echo.Context) error {
	_, err := r.Desk.Choose(c.Request().Context(), route.Command(c), connectionID(c))
	return r.pressed(c, err, "New invoices go over Stripe.")
}

func (r Room) unchoose(c echo.Context) error {
	_, err := r.Desk.Unchoose(c.Request().Context(), route.Command(c), connectionID(c))
	return r.pressed(c, err, "New invoices go without Stripe. Those that are there stay there.")
}

func (r Room) refresh(c echo.Context) error {
	_, err := r.Desk.Refresh(c.Request().Context(), route.Command(c), connectionID(c))
	return r.pressed(c, err, "Stripe was asked how the account stands.")
}

func (r Room) compare(c echo.Context) error {
	_, err := r.Desk.AskCompare(c.Request().Context(), route.Command(c), connectionID(c))
	return r.pressed(c, err, "The comparison runs. What differs appears under To look at.")
}

func (r Room) setAddress(c echo.Context) error {
	_, err := r.Desk.SetAddress(c.Request().Context(), route.Command(c), charging.AddressInput{
		Connection: connectionID(c), Hospital: access.OrganisationID(route.Value(c, "hospital")), Email: route.Value(c, "email"),
	})
	return r.pressed(c, err, "Stripe will mail invoices to this address.")
}
