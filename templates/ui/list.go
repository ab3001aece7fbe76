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

// Keys are the keys of all columns that a person may choose.
func (cs ListColumns[R]) Keys() []string {
	keys := make([]string, 0, len(cs))
	for _, c := range cs {
		if !c.Act {
			keys = append(keys, c.Key)
		}
	}
	return keys
}

// Shown are the columns with the chosen keys, in the order of the list; without
// any chosen the usual ones.
func (cs ListColumns[R]) Shown(chosen []string) ListColumns[R] {
	out := make(ListColumns[R], 0, len(cs))
	for i, c := range cs {
		if i == 0 || c.Act || len(chosen) == 0 && !c.Extra || slices.Contains(chosen, c.Key) {
			out = append(out, c)
		}
	}
	return out
}

// Choices are the columns as a person may choose them.
func (cs ListColumns[R]) Choices(chosen []string) []ColumnChoice {
	out := make([]ColumnChoice, 0, len(cs))
	shown := cs.Shown(chosen).Keys()
	for i, c := range cs {
		if c.Act {
			continue
		}
		out = append(out, ColumnChoice{Key: c.Key, Label: c.Label, Shown: slices.Contains(shown, c.Key), Always: i == 0})
	}
	return out
}

// Table fills a table with the rows as a person looks at them. row gives a
// row's id and attributes; the cells come from the columns.
func (cs ListColumns[R]) Table(t TableProps, v ListView, rows []R, row func(R) Row) TableProps {
	shown := cs.Shown(v.Columns)
	t.Columns = make([]Column, len(shown))
	for i, c := range shown {
		t.Columns[i] = Column{Label: c.Label, Numeric: c.Numeric, Unnamed: c.Act}
		if c.Ordered && v.OrderHref != "" {
			t.Columns[i].SortHref, t.Columns[i].Sorted = v.OrderHref, v.Order
		}
	}
	cells := make([]templ.Component, len(rows)*len(shown))
	t.Rows = make([]Row, len(rows))
	for i, r := range rows {
		t.Rows[i] = row(r)
		t.Rows[i].Cells, cells = cells[:len(shown):len(shown)], cells[len(shown):]
		for k := range shown {
			t.Rows[i].Cells[k] = shown[k].Cell(r)
		}
	}
	return t
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
