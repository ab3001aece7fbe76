package ui

import (
	"slices"

	"github.com/a-h/templ"
)

// ListColumn is a column that a list of rows R can show. Its key stands in the
// address when a person chooses columns, so it never changes.
type ListColumn[R any] struct {
	Key     string
	Label   string
	Numeric bool
	Extra   bool // shown only when chosen
	Ordered bool // the column the list is ordered by
	Act     bool // buttons of the row: always shown, headed for screen readers only, in no file
	Cell    func(R) templ.Component
	// File are the columns of a file that hold what the cell shows.
	File []FileColumn[R]
}

// FileColumn is a column of the file made from a list. A number is written as
// it is, text is made harmless by whoever writes the file.
type FileColumn[R any] struct {
	Name   string
	Number bool
	Of     func(R) string
}

// Said is the one column of a file that holds a text.
func Said[R any](name string, of func(R) string) []FileColumn[R] {
	return []FileColumn[R]{{Name: name, Of: of}}
}

// ListColumns are the columns of a list, the one that names the row first: it
// is always shown.
type ListColumns[R any] []ListColumn[R]

// about is what a column says of itself, whatever its rows are. What works on it
// is compiled once, not once for every kind of row.
type about struct {
	key, label                    string
	numeric, extra, ordered, acts bool
}

func (cs ListColumns[R]) about() []about {
	out := make([]about, len(cs))
	for i := range cs {
		c := &cs[i]
		out[i] = about{c.Key, c.Label, c.Numeric, c.Extra, c.Ordered, c.Act}
	}
	return out
}

// Keys are the keys of all columns that a person may choose.
func (cs ListColumns[R]) Keys() []string { return keysOf(cs.about()) }

func keysOf(columns []about) []string {
	keys := make([]string, 0, len(columns))
	for _, c := range columns {
		if !c.acts {
			keys = append(keys, c.key)
		}
	}
	return keys
}

// Shown are the columns with the chosen keys, in the order of the list; without
// any chosen the usual ones.
func (cs ListColumns[R]) Shown(chosen []string) ListColumns[R] {
	shown := shownAmong(cs.about(), chosen)
	out := make(ListColumns[R], len(shown))
	for n, i := range shown {
		out[n] = cs[i]
	}
	return out
}

func shownAmong(columns []about, chosen []string) []int {
	out := make([]int, 0, len(columns))
	for i, c := range columns {
		if i == 0 || c.acts || len(chosen) == 0 && !c.extra || slices.Contains(chosen, c.key) {
			out = append(out, i)
		}
	}
	return out
}

// Choices are the columns as a person may choose them.
func (cs ListColumns[R]) Choices(chosen []string) []ColumnChoice {
	return choicesAmong(cs.about(), chosen)
}

func choicesAmong(columns []about, chosen []string) []ColumnChoice {
	out, shown := make([]ColumnChoice, 0, len(columns)), shownAmong(columns, chosen)
	for i, c := range columns {
		if !c.acts {
			out = append(out, ColumnChoice{Key: c.key, Label: c.label, Shown: slices.Contains(shown, i), Always: i == 0})
		}
	}
	return out
}

// Table fills a table with the rows as a person looks at them. row gives a
// row's id and attributes; the cells come from the columns.
func (cs ListColumns[R]) Table(t TableProps, v ListView, rows []R, row func(R) Row) TableProps {
	shown := cs.Shown(v.Columns)
	t.Rows = make([]Row, len(rows))
	cells := make([]templ.Component, 0, len(rows)*len(shown))
	for i := range rows {
		from := len(cells)
		for k := range shown {
			cells = append(cells, shown[k].Cell(rows[i]))
		}
		t.Rows[i] = row(rows[i])
		t.Rows[i].Cells = cells[from:len(cells):len(cells)]
	}
	t.Columns = headsOf(shown.about(), v)
	return t
}

func headsOf(shown []about, v ListView) []Column {
	heads := make([]Column, len(shown))
	for i, c := range shown {
		heads[i] = Column{Label: c.label, Numeric: c.numeric, Unnamed: c.acts}
		if c.ordered && v.OrderHref != "" {
			heads[i].SortHref, heads[i].Sorted = v.OrderHref, v.Order
		}
	}
	return heads
}

// ListView is how a person looks at a list, as the address says it.
type ListView struct {
	Columns   []string // keys; empty for the usual ones
	OrderHref string   // the list the other way round
	Order     Sorting
	Tools     ListToolsProps
}

// ListToolsProps describe what can be done with a list as a whole.
type ListToolsProps struct {
	Path    string
	FileURL string // the list as a file, exactly as shown; empty when there is none
	Columns []ColumnChoice
	Keep    []HiddenField // of the address, without the columns
	Views   []SavedView
	SaveURL string // takes POST list=, name=, query=; empty when views cannot be kept
	List    string
	Query   string
	Key     string // idempotency key
	Chosen  bool   // columns were chosen
	Usual   string // the list with its usual columns
}

// ColumnChoice is a column that may be shown.
type ColumnChoice struct {
	Key, Label    string
	Shown, Always bool
}

// HiddenField goes along with a form unseen.
type HiddenField struct{ Name, Value string }

// SavedView is a list under a name of a person's own.
type SavedView struct {
	Name   string
	Href   string
	Active bool
	Drop   string // takes POST
	Key    string
}

// ListWords are the fixed words of lists.
type ListWords struct {
	SavedViews, Views, ViewName, ViewHint, SaveView, Remove string
	Columns, ShowColumns, UsualColumns, AsFile              string
	Choose, NoneChosen                                      string
}

var englishLists = ListWords{
	SavedViews: "Your views of this list", Views: "Views", ViewName: "Name of this view",
	ViewHint: "Keeps the filters, columns and order you see now. Only you see it.", SaveView: "Save this view", Remove: "Remove",
	Columns: "Columns", ShowColumns: "Show these columns", UsualColumns: "The usual columns", AsFile: "CSV of this list",
	Choose: "Choose", NoneChosen: "Choose rows first",
}
