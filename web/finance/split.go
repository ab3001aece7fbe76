package finance

import (
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"trueward/internal/adapter/store"
	"trueward/internal/app/ordering"
	"trueward/internal/domain/billing"
	"trueward/internal/fault"
	view "trueward/templates/finance"
	"trueward/web/frame"
	"trueward/web/route"
)

// splitRows is over how many orders the form splits a line; a file may name
// more.
const splitRows = 3

// splitForm offers to split a line, with what was entered before.
func splitForm(c echo.Context, row store.LineRow, errors map[string]string) *view.SplitForm {
	f := &view.SplitForm{
		Action: "/lines/" + string(row.Line.ID) + "/orders", Key: route.NewKey(), Quantity: strconv.FormatInt(row.Quantity, 10),
		Parts: make([]view.SplitPart, splitRows), Errors: errors,
	}
	for i := range f.Parts {
		f.Parts[i] = view.SplitPart{Number: nth(c, "number", i), Position: nth(c, "position", i), Quantity: nth(c, "quantity", i)}
	}
	return f
}

// nth is the value of a repeated field in one row.
func nth(c echo.Context, name string, i int) string {
	if values := route.Values(c, name); i < len(values) {
		return values[i]
	}
	return ""
}

func (o Office) splitLine(c echo.Context) error {
	line := billing.LineID(route.PathValue(c, "id"))
	parts, err := splitParts(c)
	if err != nil {
		return o.renderLine(c, http.StatusUnprocessableEntity, err)
	}
	out, err := o.Ordering.Attach(c.Request().Context(), route.Command(c), ordering.Attachment{Lines: []billing.LineID{line}, Parts: parts})
	if frame.AtFields(err) {
		return o.renderLine(c, http.StatusUnprocessableEntity, err)
	}
	if err == nil && len(out.Mismatches) > 0 {
		return route.Redirect(c, "/lines/"+string(line), route.Flash{Kind: "warning", Text: out.Mismatches[0]})
	}
	return done(c, err, "/lines/"+string(line), "The orders are attached; the line goes on.")
}

// splitParts reads the rows that were filled in.
func splitParts(c echo.Context) ([]ordering.Part, error) {
	var parts []ordering.Part
	for i := range max(len(route.Values(c, "number")), len(route.Values(c, "quantity"))) {
		p := ordering.Part{Number: nth(c, "number", i)}
		p.Quantity, _ = strconv.ParseInt(nth(c, "quantity", i), 10, 64) // its form was checked; empty is none
		p.Position, _ = strconv.Atoi(nth(c, "position", i))
		if p.Number != "" || p.Quantity != 0 || p.Position != 0 {
			parts = append(parts, p)
		}
	}
	if len(parts) == 0 {
		return nil, fault.At("number", "Enter at least one order and how many units it takes.")
	}
	return parts, nil
}
