package session

import (
	"github.com/labstack/echo/v4"

	"trueward/internal/domain/access"
)

// Still reports whether the person of a request that stays open is still
// signed in. It counts as no activity: an open page keeps no session alive.
func (s *Sessions) Still(c echo.Context, actor access.Actor) bool {
	ctx, err := s.open(c)
	if err != nil {
		return false
	}
	person := s.manager.GetString(ctx, personValue)
	if person == "" || person != string(actor.Person) {
		return false
	}
	_, ok, err := s.desk.Current(ctx, s.session(ctx))
	return err == nil && ok
}
