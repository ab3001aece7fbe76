package frame

import (
	"net/url"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"trueward/templates/page"
	"trueward/web/route"
)

// WorkstationCookie is the name of a shared workstation's cookie, without the
// prefix it has over TLS. It names the device, and nobody.
const WorkstationCookie = "trueward-workstation"

// tokenLength is that of an access token: 32 bytes in base64.
const tokenLength = 43

// WorkstationToken returns the token of the shared workstation that a request
// comes from; empty when it comes from none.
func WorkstationToken(c echo.Context) string {
	cookie, err := c.Cookie(route.CookieName(c, WorkstationCookie))
	if err != nil || len(cookie.Value) != tokenLength {
		return ""
	}
	return cookie.Value
}

// workstation tells a page of the device it is shown on.
func workstation(c echo.Context, r *route.Request) *page.Workstation {
	here := "/"
	if r.Route.Method == "GET" {
		here = LocalPath(c.Request().URL.RequestURI())
	}
	return &page.Workstation{
		TapURL: BadgeTapPath, LockURL: LockPath, Here: here, IdleSeconds: int(r.Idle / time.Second),
		LockedURL: WorkstationPath + "?" + url.Values{"next": {here}}.Encode(),
	}
}

// LocalPath returns next if it is a path on this server, else the start page.
// A browser takes "//host", "/\host" and a path with a control character for
// another host's; none of them passes, nor what only becomes one of them when
// it is decoded again.
func LocalPath(next string) string {
	const start = "/"
	if !strings.HasPrefix(next, "/") || strings.ContainsAny(next, "\\\x00") || strings.HasPrefix(next, "//") {
		return start
	}
	for _, r := range next {
		if r < ' ' || r == 0x7f || r > 0x7e {
			return start
		}
	}
	u, err := url.Parse(next)
	if err != nil || u.IsAbs() || u.Host != "" || u.User != nil || u.Opaque != "" {
		return start
	}
	if strings.HasPrefix(u.Path, "//") || strings.ContainsAny(u.Path, "\\") || hasControl(u.Path) {
		return start
	}
	return u.RequestURI()
}

func hasControl(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r < ' ' || r == 0x7f }) >= 0
}
