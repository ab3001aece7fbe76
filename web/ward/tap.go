package ward

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"trueward/internal/adapter/store"
	"trueward/internal/app/scanning"
	"trueward/internal/domain/authentic"
	"trueward/internal/domain/usage"
	"trueward/internal/fault"
	"trueward/templates/ui"
	view "trueward/templates/ward"
	"trueward/web/frame"
	"trueward/web/route"
)

// tapCookie remembers which check this browser made last: the id of the check
// and a digest of the address. The result itself is on the server.
const (
	tapCookie  = "trueward-tap"
	tapSeconds = 15 * 60
)

// tap checks a tag's message and shows the verdict; it never changes stock.
func (w Ward) tap(c echo.Context) error {
	if !opened(c.Request()) {
		return route.Render(c, http.StatusOK, view.Tap(view.TapProps{Bare: frame.Bare(c, "Tag check"), Preview: true}))
	}
	actor := route.Actor(c)
	actor.RequestID = route.Of(c).ID
	profile, query := route.PathValue(c, "profile"), c.Request().URL.RawQuery
	mark := digest(profile, query)
	if id, last := heldTap(c); last == mark {
		if r, err := w.Scanning.Recall(c.Request().Context(), actor, id); err == nil {
			return w.renderTap(c, r)
		}
	}
	r, err := w.Scanning.Tap(c.Request().Context(), store.Command{Actor: actor}, scanning.TapInput{
		Profile: authentic.ProfileID(profile), Query: query, Source: "tap",
	})
	if err != nil {
		return err
	}
	if r.Tap != "" && r.Verdict.Reason != authentic.NotAuthentic {
		c.SetCookie(route.NewCookie(c, tapCookie, r.Tap+"."+mark, tapSeconds))
	}
	return w.renderTap(c, r)
}

func (w Ward) renderTap(c echo.Context, r scanning.Result) error {
	p := view.TapProps{Bare: frame.Bare(c, "Tag check")}
	if !route.Actor(c).Signed() {
		p.Result = w.resultOf(c, r, nil)
		p.Result.Check.DispositionWord, p.Result.Check.DispositionWhy = "Sign in to see", "Whether the unit may be used is shown to staff."
		if r.Tap != "" {
			p.SignIn = "/sign-in?next=" + heldPath
		}
		return route.Render(c, http.StatusOK, view.Tap(p))
	}
	f, err := w.frame(c, "Tag check")
	if err != nil {
		return err
	}
	open, err := w.openCaseOf(c)
	if err != nil {
		return err
	}
	p.Frame, p.Result = &f, w.resultOf(c, r, open)
	if open != nil && r.Found() && !r.Disposition.Final() {
		p.Result.Actions = []view.Act{w.addTapped(c, open, r)}
	}
	return route.Render(c, http.StatusOK, view.Tap(p))
}

// addTapped puts what was tapped into the case; for what waits there and is to
// be tapped twice, it is the second tap that is added.
func (w Ward) addTapped(c echo.Context, open *usage.Case, r scanning.Result) view.Act {
	text := "Add to " + open.Pseudonym
	if scan, waiting, err := w.queries(c).WaitingScan(open.ID, r.Unit.ID); err == nil && waiting && scan.Lacks(w.Using.Store.Now()) {
		text = "Add this tap to " + open.Pseudonym
	}
	return view.Act{
		Href: pickPath, Key: route.NewKey(), Text: text, Kind: ui.Primary,
		Fields: []view.Field{{Name: "tap", Value: r.Tap}},
	}
}

// held shows the check that was made before signing in.
func (w Ward) held(c echo.Context) error {
	id, _ := heldTap(c)
	if id == "" {
		return fault.New(fault.NotFound, "There is no check to go on with. Tap the tag again.")
	}
	r, err := w.Scanning.Recall(c.Request().Context(), route.Actor(c), id)
	if err != nil {
		return err
	}
	return w.renderTap(c, r)
}

func heldTap(c echo.Context) (id, mark string) {
	cookie, err := c.Cookie(route.CookieName(c, tapCookie))
	if err != nil {
		return "", ""
	}
	id, mark, _ = strings.Cut(cookie.Value, ".")
	if !route.ID().Accepts(id) {
		return "", ""
	}
	return id, mark
}

func digest(profile, query string) string {
	sum := sha256.Sum256([]byte(profile + "?" + query))
	return hex.EncodeToString(sum[:16])
}

// previewers are programs that fetch a link to show what is behind it. A tap
// is good for one look, and it must be a person's.
var previewers = []string{
	"facebookexternalhit", "whatsapp", "slackbot", "twitterbot", "telegrambot", "discordbot", "skypeuripreview",
	"linkedinbot", "googlebot", "bingbot", "applebot", "teamsbot", "preview", "crawler", "spider",
}

// opened reports whether a person opened the page, as far as a request tells.
func opened(r *http.Request) bool {
	h := r.Header
	if mode := h.Get("Sec-Fetch-Mode"); mode != "" && mode != "navigate" {
		return false
	}
	if strings.Contains(h.Get("Sec-Purpose")+h.Get("Purpose")+h.Get("X-Purpose")+h.Get("X-Moz"), "pre") {
		return false
	}
	agent := strings.ToLower(h.Get("User-Agent"))
	for _, name := range previewers {
		if strings.Contains(agent, name) {
			return false
		}
	}
	return r.Method == http.MethodGet
}
