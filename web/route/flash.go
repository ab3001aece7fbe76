package route

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"
)

// Flash is one sentence about what was just done, shown on the next page. It
// travels in a cookie of its own, so that showing it changes no row, and it
// never holds a secret: the cookie stays in the browser until it is shown.
type Flash struct {
	Kind string `json:"k"` // "success", "warning" or "error"
	Text string `json:"t"`
}

// Done is the flash of what went well.
func Done(text string) Flash { return Flash{Kind: "success", Text: text} }

const (
	flashCookie  = "trueward-flash"
	flashSeconds = 120
	flashBytes   = 1024
)

// Secure reports whether the request came over TLS, as the server decided.
func Secure(c echo.Context) bool { secure, _ := c.Get(secureKey).(bool); return secure }

// MarkSecure is called by the server once per request.
func MarkSecure(c echo.Context, secure bool) { c.Set(secureKey, secure) }

const secureKey = "trueward.secure"

// CookieName puts the __Host- prefix before a cookie's name over TLS, so that
// no other host can plant it.
func CookieName(c echo.Context, name string) string {
	if Secure(c) {
		return "__Host-" + name
	}
	return name
}

// NewCookie returns a cookie of ours with every guard set; maxAge in seconds,
// negative to delete it.
func NewCookie(c echo.Context, name, value string, maxAge int) *http.Cookie {
	return &http.Cookie{
		Name: CookieName(c, name), Value: value, Path: "/", MaxAge: maxAge,
		HttpOnly: true, Secure: Secure(c), SameSite: http.SameSiteLaxMode,
	}
}

func setFlash(c echo.Context, f Flash) {
	text, err := json.Marshal(f)
	if err != nil || len(text) > flashBytes {
		return // a sentence too long to travel is better lost than cut
	}
	c.SetCookie(NewCookie(c, flashCookie, base64.RawURLEncoding.EncodeToString(text), flashSeconds))
}

// TakeFlash returns the flash that came with the request and has the browser
// forget it.
func TakeFlash(c echo.Context) Flash {
	cookie, err := c.Cookie(CookieName(c, flashCookie))
	if err != nil {
		return Flash{}
	}
	c.SetCookie(NewCookie(c, flashCookie, "", -1))
	text, err := base64.RawURLEncoding.DecodeString(cookie.Value)
	var f Flash
	if err != nil || len(text) > flashBytes || json.Unmarshal(text, &f) != nil {
		return Flash{}
	}
	f.Text = strings.ToValidUTF8(f.Text, "")
	return f
}
