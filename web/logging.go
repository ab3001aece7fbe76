package web

import (
	"cmp"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"time"

	"trueward/internal/domain/access"
	"trueward/web/route"
)

// The keys of the access log.
func attrID(id string) slog.Attr             { return slog.String("request", id) }
func attrMethod(method string) slog.Attr     { return slog.String("method", method) }
func attrRoute(name string) slog.Attr        { return slog.String("route", name) }
func attrStatus(status int) slog.Attr        { return slog.Int("status", status) }
func attrTook(took time.Duration) slog.Attr  { return slog.Duration("took", took) }
func attrBytes(n int64) slog.Attr            { return slog.Int64("bytes", n) }
func attrActor(actor access.Actor) slog.Attr { return slog.String("actor", pseudonym(actor)) }

// pseudonym names a person in the log by part of a digest: enough to follow
// them through it, not enough to name them without the database.
func pseudonym(actor access.Actor) string {
	if !actor.Signed() {
		return "nobody"
	}
	return access.TokenDigest(string(actor.Person))[:12]
}

func levelOf(status int) slog.Level {
	if status >= http.StatusInternalServerError {
		return slog.LevelError
	}
	return slog.LevelInfo
}

func classOf(status int) string { return fmt.Sprintf("%dxx", status/100) }

// panicError is a panic on its way to the answer.
type panicError struct {
	value any
	stack []byte
}

func (e *panicError) Error() string { return fmt.Sprintf("a handler panicked (%T)", e.value) }

// menuOf returns the pages that have an entry in the navigation, in order.
func menuOf(routes []route.Route) []route.Route {
	var menu []route.Route
	for _, r := range routes {
		if r.Menu != nil && r.Method == http.MethodGet {
			menu = append(menu, r)
		}
	}
	slices.SortStableFunc(menu, func(a, b route.Route) int { return cmp.Compare(a.Menu.Place, b.Menu.Place) })
	return menu
}
