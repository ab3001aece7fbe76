package web

import (
	"context"
	"errors"
	"net/http"
	"net/url"

	"github.com/labstack/echo/v4"

	"trueward/internal/domain/access"
	"trueward/internal/fault"
	"trueward/templates/page"
	"trueward/web/frame"
	"trueward/web/route"
)

// status is the one translation of refusals to HTTP.
func status(kind fault.Kind) int {
	switch kind {
	case fault.Invalid:
		return http.StatusBadRequest
	case fault.Unauthenticated:
		return http.StatusUnauthorized
	case fault.Forbidden:
		return http.StatusForbidden
	case fault.NotFound:
		return http.StatusNotFound
	case fault.Conflict:
		return http.StatusConflict
	case fault.Mismatch:
		return http.StatusUnprocessableEntity
	case fault.TooLarge:
		return http.StatusRequestEntityTooLarge
	case fault.RateLimited:
		return http.StatusTooManyRequests
	case fault.Unavailable:
		return http.StatusServiceUnavailable
	}
	return http.StatusInternalServerError
}

// answerRefusal writes the answer of an error. What carries no fault shows a
// reference and nothing else; its text goes to the log.
func (s *Server) answerRefusal(err error, c echo.Context) {
	if c.Response().Committed {
		s.logFailure(c, err)
		return
	}
	// The handler's time is over by now; saying so is not part of it.
	r := c.Request()
	c.SetRequest(r.WithContext(context.WithoutCancel(r.Context())))
	refused := classify(err)
	code := status(refused.Kind)
	if refused.Kind == fault.Internal {
		s.logFailure(c, err)
	}
	if code == http.StatusTooManyRequests || code == http.StatusServiceUnavailable {
		c.Response().Header().Set("Retry-After", "5")
	}
	if code == http.StatusUnauthorized && s.sendToSignIn(c) {
		return
	}
	if refused.Field == access.ProofField && s.askProof(c) {
		return
	}
	if err := s.renderRefusal(c, code, refused); err != nil {
		s.logFailure(c, err)
		_ = c.String(code, refused.Sentence)
	}
}

// classify finds the refusal in an error, the router's own included.
func classify(err error) *fault.Error {
	if f, ok := errors.AsType[*fault.Error](err); ok {
		return f
	}
	if h, ok := errors.AsType[*echo.HTTPError](err); ok {
		switch h.Code {
		case http.StatusNotFound:
			return fault.New(fault.NotFound, "There is no such page.")
		case http.StatusMethodNotAllowed:
			return fault.New(fault.NotFound, "This page cannot be used in that way.")
		}
	}
	if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) {
		return fault.Wrap(fault.Unavailable, "This took too long and was stopped. Try again in a moment.", err)
	}
	return &fault.Error{Kind: fault.Internal, Sentence: "Something went wrong on our side, and nothing was changed by it.", Cause: err}
}

// sendToSignIn sends somebody who wanted to see a page to the sign-in, and
// from there back to it.
func (s *Server) sendToSignIn(c echo.Context) bool {
	r := c.Request()
	if route.Of(c).Actor.Signed() || route.Of(c).Route.Needs == route.Anonymous {
		return false
	}
	if route.Hypertext(c) {
		c.Response().Header().Set("HX-Redirect", SignInPath)
		_ = c.NoContent(http.StatusUnauthorized)
		return true
	}
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		return false
	}
	to := SignInPath
	if back := r.URL.RequestURI(); back != "/" {
		to += "?next=" + url.QueryEscape(back)
	}
	_ = c.Redirect(http.StatusSeeOther, to)
	return true
}

func (s *Server) renderRefusal(c echo.Context, code int, f *fault.Error) error {
	props := page.ErrorProps{
		Title: titleOf(f.Kind), Text: f.Sentence, BackHref: "/", BackText: "Go to the start page",
	}
	if f.Kind == fault.Internal {
		props.Advice, props.Reference = "Try again. If it happens again, tell your administrator this number.", route.Of(c).ID
	}
	if route.Hypertext(c) {
		return route.Render(c, code, page.ErrorBody(props))
	}
	if s.known(c) {
		return route.Render(c, code, page.ErrorWithin(frame.Around(c, props.Title), props))
	}
	return route.Render(c, code, page.ErrorPage(frame.Bare(c, props.Title), props))
}

// known reports whether a person is signed in, so that a refusal keeps their
// navigation around it. A URL that is not ours has not looked yet.
func (s *Server) known(c echo.Context) bool {
	request := route.Of(c)
	if request.Route.Name == "" && c.Request().Method == http.MethodGet {
		whole := c.Request()
		ctx, cancel := context.WithTimeout(whole.Context(), s.cfg.Patience)
		c.SetRequest(whole.WithContext(ctx))
		err := s.recognise(c)
		cancel()
		c.SetRequest(whole) // the page itself is written without that bound
		if err != nil {
			return false // the refusal itself matters more than its frame
		}
	}
	return request.Actor.Signed() && len(request.Menu) > 0
}

func titleOf(kind fault.Kind) string {
	switch kind {
	case fault.Invalid, fault.TooLarge:
		return "This request was not understood"
	case fault.Unauthenticated:
		return "Sign in first"
	case fault.Forbidden:
		return "This is not yours to do"
	case fault.NotFound:
		return "Not found"
	case fault.Conflict, fault.Mismatch:
		return "This cannot be done now"
	case fault.RateLimited, fault.Unavailable:
		return "Too busy at this moment"
	}
	return "Something went wrong"
}

// logFailure keeps what a person is not shown. Errors of the store hold no row
// and no parameter; of a panic the type and the stack are kept, not the value.
func (s *Server) logFailure(c echo.Context, err error) {
	attrs := []any{attrID(route.Of(c).ID), attrRoute(route.Of(c).Route.Name), "error", err.Error()}
	if p, ok := errors.AsType[*panicError](err); ok {
		attrs = append(attrs, "stack", string(p.stack))
	}
	s.cfg.Log.ErrorContext(c.Request().Context(), "failure", attrs...)
}
