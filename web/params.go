package web

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"maps"
	"mime"
	"net/http"
	"net/url"

	"github.com/labstack/echo/v4"

	"trueward/internal/fault"
	"trueward/web/route"
)

// errMalformed is the one answer to a request that no page of ours sends.
func errMalformed() error {
	return fault.New(fault.Invalid, "This request is not complete or not well-formed. Reload the page and try again.")
}

func errTooLarge() error {
	return fault.New(fault.TooLarge, "This is more than can be taken in one go. Send less at a time.")
}

// boundBody bounds the query string and, where the route says nothing else,
// the body; before routing, so that nothing large is ever read.
func (s *Server) boundBody(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		r := c.Request()
		if len(r.URL.RawQuery) > queryBytes {
			return errTooLarge()
		}
		if len(r.TransferEncoding) > 0 {
			// A length beside the chunks is dropped before anybody sees it, and a
			// proxy may have gone by it: nothing more is taken from here (RFC 9112, 6.1).
			c.Response().Header().Set("Connection", "close")
		}
		return next(c)
	}
}

// checkParams reads path, query and form against what the route declares.
// Anything undeclared, repeated or of another form is refused here, before any
// work in the database.
func (s *Server) checkParams(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		request := route.Of(c)
		if !pathFits(c, request.Route) {
			return fault.New(fault.NotFound, "There is no such page.")
		}
		var err error
		if request.Query, err = url.ParseQuery(c.Request().URL.RawQuery); err != nil {
			return errMalformed()
		}
		if !fits(request.Query, request.Route.Params, route.InQuery) {
			return errMalformed()
		}
		if c.Request().Method != http.MethodPost {
			return next(c)
		}
		limit := request.Route.BodyLimit
		if limit == 0 {
			limit = bodyBytes
		}
		c.Request().Body = http.MaxBytesReader(c.Response(), c.Request().Body, limit)
		if request.Route.RawBody {
			return next(c)
		}
		if err := readForm(c, request); err != nil {
			return err
		}
		return next(c)
	}
}

func pathFits(c echo.Context, r route.Route) bool {
	for _, p := range r.Params {
		if p.In != route.InPath {
			continue
		}
		if value := c.Param(p.Name); value == "" || !p.Type.Accepts(value) {
			return false
		}
	}
	return true
}

// readForm reads a form of the one encoding our pages use and keeps the digest
// of what was sent, for the command's idempotency.
func readForm(c echo.Context, request *route.Request) error {
	r := c.Request()
	body, err := io.ReadAll(r.Body)
	if tooLarge := (*http.MaxBytesError)(nil); errors.As(err, &tooLarge) {
		return errTooLarge()
	}
	if err != nil {
		return errMalformed()
	}
	if request.Form, err = decodeForm(r, body, request.Route); err != nil {
		return err
	}
	if !fits(request.Form, formParams(request.Route), route.InForm) {
		return errMalformed()
	}
	if request.Route.ChangesState && !request.Route.Keyless && request.Form.Get(route.KeyField) == "" {
		return errMalformed()
	}
	r.PostForm, r.Form = request.Form, request.Form
	request.BodySHA256 = digestOf(r, request)
	return nil
}

// decodeForm reads the body in the encoding it says: that of plain forms or,
// where a field may be a file, of forms in parts.
func decodeForm(r *http.Request, body []byte, of route.Route) (url.Values, error) {
	kind, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	switch {
	case len(body) == 0:
		return url.Values{}, nil
	case err == nil && kind == "application/x-www-form-urlencoded":
		form, err := url.ParseQuery(string(body))
		if err != nil {
			return nil, errMalformed()
		}
		return form, nil
	case err == nil && kind == "multipart/form-data" && of.TakesFiles():
		return readUpload(body, params["boundary"], of)
	}
	return nil, errMalformed()
}

// formParams are the declared fields and the key that every changing form has.
func formParams(r route.Route) []route.Param {
	return append([]route.Param{route.Form(route.KeyField, route.ID())}, r.Params...)
}

// digestOf covers what is asked as well as what is sent: one key for two
// different pages is a mistake, not a repetition. Passwords are left out: the
// digest is stored, and a digest of one helps to guess it.
func digestOf(r *http.Request, request *route.Request) string {
	sent := maps.Clone(request.Form)
	for _, p := range request.Route.Params {
		if p.Type.Secret() {
			delete(sent, p.Name)
		}
	}
	h := sha256.New()
	io.WriteString(h, r.Method+" "+r.URL.Path+"?"+r.URL.RawQuery+"\n"+sent.Encode())
	return hex.EncodeToString(h.Sum(nil))
}

// fits reports whether every value sent is declared and of its form.
func fits(values url.Values, params []route.Param, in route.In) bool {
	declared := make(map[string]route.Param, len(params))
	for _, p := range params {
		if p.In == in {
			declared[p.Name] = p
		}
	}
	for name, sent := range values {
		if p, ok := declared[name]; !ok || !p.Accepts(sent) {
			return false
		}
	}
	return true
}
