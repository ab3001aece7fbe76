package finance

import (
	"github.com/a-h/templ"

	"trueward/templates/page"
	"trueward/templates/ui"
)

// Sheet describes a page of parts one below the other: figures, charts, tables
// and forms. The pages of credits, disputes, approvals, books and reports are
// sheets; what is on them the caller says.
type Sheet struct {
	Frame   page.Props
	Title   string
	Lead    string
	Tabs    []ui.Tab
	TabName string
	Search  *Search
	Summary []ui.FieldError
	Parts   []Part
}

// Search is a field over the sheet that asks for it anew.
type Search struct {
	Action, Label, Hint, Value string
}

// Part is one card of a sheet. Empty parts of it are left out.
type Part struct {
	Title  string
	ID     string
	Lead   string
	Tone   ui.Tone // Warn or Stop puts the lead into a notice
	Tiles  []ui.StatProps
	Charts []ui.ChartProps
	Tools  *ui.ListToolsProps // of a list with views, columns and a file
	Table  *ui.TableProps
	Facts  []ui.Pair
	Empty  *ui.EmptyProps
	Said   templ.Component // stands alone, without a card around it
	Forms  []Form
	Signs  []string // who signs it on paper
}

// Form changes something. With a Fold it opens behind that heading; without
// one it stands open, and with no field it is a button.
type Form struct {
	Fold   string
	Lead   string
	Action string
	Key    string
	Fields []Field
	Submit string
	Kind   ui.ButtonKind
}

// Field is one field of a form: hidden, a choice, or a line of text.
type Field struct {
	ui.FieldProps
	Hidden  bool
	Options []ui.Option
}
