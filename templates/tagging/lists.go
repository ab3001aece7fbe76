package tagging

import (
	"strconv"
	"time"

	"github.com/a-h/templ"

	"trueward/templates/ui"
)

// TagColumns are what the list of tags can show.
var TagColumns = ui.ListColumns[TagLine]{
	{Key: "product", Label: "Stands for", Cell: func(l TagLine) templ.Component { return ui.RowLink(l.Product, l.Href) }, File: ui.Said("product", func(l TagLine) string { return l.Product })},
	{Key: "lot", Label: "Lot and serial", Cell: func(l TagLine) templ.Component { return ui.LotSerial(l.Lot, l.Serial) }, File: []ui.FileColumn[TagLine]{
		{Name: "lot", Of: func(l TagLine) string { return l.Lot }}, {Name: "serial", Of: func(l TagLine) string { return l.Serial }},
	}},
	{Key: "kind", Label: "Kind", Cell: func(l TagLine) templ.Component { return ui.Two(ui.Text(l.Technology), ui.Text(l.Profile)) }, File: []ui.FileColumn[TagLine]{
		{Name: "kind", Of: func(l TagLine) string { return l.Technology }}, {Name: "profile", Of: func(l TagLine) string { return l.Profile }},
	}},
	{Key: "epc", Label: "EPC", Extra: true, Cell: func(l TagLine) templ.Component { return ui.Code(l.EPC) }, File: ui.Said("epc", func(l TagLine) string { return l.EPC })},
	{Key: "made", Label: "Known since", Ordered: true, Cell: func(l TagLine) templ.Component { return ui.Instant(l.Made, l.Zone) }, File: ui.Said("known_since", func(l TagLine) string { return l.Made.In(l.Zone).Format(time.RFC3339) })},
	{Key: "where", Label: "Where", Cell: where, File: ui.Said("where", func(l TagLine) string { return l.Where })},
	{Key: "state", Label: "State", Cell: func(l TagLine) templ.Component { return ui.Status(l.Tone, l.State) }, File: ui.Said("state", func(l TagLine) string { return l.State })},
}

func where(l TagLine) templ.Component {
	if l.Where == "" {
		return ui.Muted("not at a hospital")
	}
	return ui.Text(l.Where)
}

// tagTable lists tags; those that can be retired can be chosen.
func tagTable(p TagsProps) ui.TableProps {
	t := ui.TableProps{Caption: "Tags", Pager: ui.PagerProps{NextHref: p.NextHref}}
	for _, l := range p.Tags {
		if l.Retirable {
			t.Bulk = &ui.BulkProps{Action: p.ChosenHref, Text: "Retire the chosen ones"}
		}
	}
	return TagColumns.Table(t, p.View, p.Tags, tagRow)
}

func tagRow(l TagLine) ui.Row {
	if !l.Retirable {
		return ui.Row{}
	}
	return ui.Row{Choose: ui.Choose{Value: l.ID, Name: l.name()}}
}

// name is what a tag is called among others.
func (l TagLine) name() string {
	switch {
	case l.Serial != "":
		return l.Product + ", " + l.Serial
	case l.EPC != "":
		return l.Product + ", " + l.EPC
	}
	return l.Product
}

// RunColumns are what the list of runs can show.
var RunColumns = ui.ListColumns[RunLine]{
	{Key: "run", Label: "Run", Cell: func(l RunLine) templ.Component { return ui.RowLink(l.Name, l.Href) }, File: ui.Said("run", func(l RunLine) string { return l.Name })},
	{Key: "planned", Label: "Planned", Ordered: true, Cell: func(l RunLine) templ.Component { return ui.Instant(l.Planned, l.Zone) }, File: ui.Said("planned_at", func(l RunLine) string { return l.Planned.In(l.Zone).Format(time.RFC3339) })},
	{Key: "written", Label: "Written", Numeric: true, Cell: func(l RunLine) templ.Component { return ui.Text(l.figures()) }, File: []ui.FileColumn[RunLine]{
		{Name: "written", Number: true, Of: func(l RunLine) string { return strconv.Itoa(l.Written) }}, {Name: "of", Number: true, Of: func(l RunLine) string { return strconv.Itoa(l.Size) }},
	}},
	{Key: "state", Label: "State", Cell: runState, File: ui.Said("state", func(l RunLine) string { return l.State })},
}

func (l RunLine) figures() string { return strconv.Itoa(l.Written) + " of " + strconv.Itoa(l.Size) }

func runState(l RunLine) templ.Component {
	if l.Open {
		return ui.Status(ui.Info, l.State)
	}
	return ui.Status(ui.Calm, l.State)
}

func runRow(RunLine) ui.Row { return ui.Row{} }
