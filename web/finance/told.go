package finance

import (
	"github.com/labstack/echo/v4"

	"trueward/internal/domain/access"
	"trueward/internal/fault"
	view "trueward/templates/finance"
	"trueward/templates/ui"
	"trueward/web/route"
)

// told ends an action like done, and tells a refusal of what was entered or of
// who may on the page the person was on too: the forms here are short, and the
// page says what to do instead. The question for a fresh proof is not told here:
// it has a page of its own, which goes on with what was asked.
func told(c echo.Context, err error, to, sentence string) error {
	if err != nil && len(fault.All(err)) > 0 && fault.All(err)[0].Field == access.ProofField {
		return err
	}
	if fault.Is(err, fault.Invalid) || fault.Is(err, fault.Forbidden) {
		return route.Redirect(c, to, route.Flash{Kind: "error", Text: fault.All(err)[0].Sentence})
	}
	return done(c, err, to, sentence)
}

// button is a form that is one button.
func button(text, action string, kind ui.ButtonKind) view.Form {
	return view.Form{Action: action, Key: route.NewKey(), Submit: text, Kind: kind}
}

// field is a line of text of a form; ids are unique on a page.
func field(id, name, label, hint, value string) view.Field {
	return view.Field{FieldProps: ui.FieldProps{ID: id, Name: name, Label: label, Hint: hint, Value: value}}
}

// optional lets a field be empty.
func optional(f view.Field) view.Field {
	f.Optional = true
	return f
}

// number asks for an amount.
func number(f view.Field) view.Field {
	f.InputMode, f.Width = "decimal", "10"
	return f
}

// dated asks for a day.
func dated(f view.Field) view.Field {
	f.Type = "date"
	return f
}

func choice(id, name, label, value string, options []ui.Option) view.Field {
	return view.Field{FieldProps: ui.FieldProps{ID: id, Name: name, Label: label, Value: value}, Options: options}
}

func hidden(name, value string) view.Field {
	return view.Field{FieldProps: ui.FieldProps{Name: name, Value: value}, Hidden: true}
}
