package ward

import (
	"fmt"

	"github.com/labstack/echo/v4"

	"trueward/internal/app/using"
	"trueward/internal/domain/custody"
	"trueward/internal/domain/usage"
	"trueward/web/route"
)

func (w Ward) openCase(c echo.Context) error {
	opened, err := w.Using.OpenCase(c.Request().Context(), route.Command(c), custody.PlaceID(route.Value(c, "place")))
	to := scanPath
	if err != nil {
		to = homePath
	}
	return finish(c, to, "Case "+opened.Pseudonym+" is open. Everything you scan lands in it.", err)
}

func (w Ward) joinCase(c echo.Context) error {
	id := usage.CaseID(route.PathValue(c, "id"))
	_, err := w.Using.SwitchCase(c.Request().Context(), route.Command(c), id)
	return finish(c, at(casePath, id), "This is your open case now. Everything you scan lands in it.", err)
}

func (w Ward) leaveCase(c echo.Context) error {
	_, err := w.Using.SwitchCase(c.Request().Context(), route.Command(c), "")
	return finish(c, homePath, "You have no case open now. The case itself stays open.", err)
}

func (w Ward) closeCase(c echo.Context) error {
	id := usage.CaseID(route.PathValue(c, "id"))
	_, err := w.Using.CloseCase(c.Request().Context(), route.Command(c), id)
	return finish(c, at(casePath, id), "The case is closed.", err)
}

// confirm records every unit that the person saw listed.
func (w Ward) confirm(c echo.Context) error {
	in := using.Confirmation{Case: usage.CaseID(route.PathValue(c, "id"))}
	for _, unit := range route.Values(c, "units") {
		in.Units = append(in.Units, custody.UnitID(unit))
	}
	done, err := w.Using.Confirm(c.Request().Context(), route.Command(c), in)
	to := at(casePath, in.Case)
	if err != nil || len(done.NotUsed) == 0 {
		return finish(c, to, fmt.Sprintf("%d used.", len(done.Used)), err)
	}
	text := fmt.Sprintf("%d used, %d not: %s", len(done.Used), len(done.NotUsed), done.NotUsed[0].Sentence)
	return route.Redirect(c, to, route.Flash{Kind: "warning", Text: text})
}

func (w Ward) setAside(c echo.Context) error {
	id := usage.CaseID(route.PathValue(c, "id"))
	_, err := w.Using.SetAside(c.Request().Context(), route.Command(c), id, custody.UnitID(route.PathValue(c, "unit")))
	return finish(c, at(casePath, id), "Set aside. Put the unit back at its place.", err)
}

// use records one unit on the person's open case, from a list.
func (w Ward) use(c echo.Context) error {
	unit := custody.UnitID(route.PathValue(c, "id"))
	used, err := w.Using.Use(c.Request().Context(), route.Command(c), using.Consumption{Unit: unit, Outcome: usage.Used})
	if err != nil {
		return finish(c, at(unitPath, unit), "", err)
	}
	return finish(c, at(casePath, used.Case), used.Product+" used on "+used.Pseudonym+".", nil)
}

func (w Ward) remove(c echo.Context) error {
	unit := custody.UnitID(route.PathValue(c, "id"))
	_, err := w.Using.Remove(c.Request().Context(), route.Command(c), unit)
	return finish(c, at(unitPath, unit), "Removed from its place. Say what became of it when you know.", err)
}

func (w Ward) putBack(c echo.Context) error {
	unit := custody.UnitID(route.PathValue(c, "id"))
	_, err := w.Using.PutBack(c.Request().Context(), route.Command(c), using.Return{Unit: unit})
	return finish(c, at(unitPath, unit), "Put back at its place.", err)
}
