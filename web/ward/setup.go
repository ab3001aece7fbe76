package ward

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"trueward/internal/app/scanning"
	"trueward/templates/ui"
	view "trueward/templates/ward"
	"trueward/web/route"
	"trueward/web/symbol"
)

func (w Ward) setUp(c echo.Context) error { return w.renderSetUp(c, nil) }

// tryScanner judges what a hand scanner made of the test code.
func (w Ward) tryScanner(c echo.Context) error {
	var out []view.SetUpFinding
	for _, f := range scanning.SelfTest(route.Value(c, "scan")) {
		out = append(out, view.SetUpFinding{Good: f.Good, What: f.What, Do: f.Do})
	}
	if route.Hypertext(c) {
		return route.Render(c, http.StatusOK, view.SetUpAnswer(out))
	}
	return w.renderSetUp(c, out)
}

func (w Ward) renderSetUp(c echo.Context, result []view.SetUpFinding) error {
	f, err := w.frame(c, "Set up a hand scanner")
	if err != nil {
		return err
	}
	matrix, err := symbol.GS1DataMatrix(scanning.TestElements)
	if err != nil {
		return err
	}
	linear, err := symbol.GS1128(scanning.TestElements)
	if err != nil {
		return err
	}
	return route.Render(c, http.StatusOK, view.SetUp(view.SetUpProps{
		Frame: f, Scan: ui.ScanProps{URL: setUpPath, Key: route.NewKey()}, Matrix: drawn(matrix), Linear: drawn(linear), Result: result,
	}))
}
