package ward

import (
	"strconv"
	"time"

	"github.com/a-h/templ"

	"trueward/templates/ui"
)

// CaseColumns are what the list of cases can show.
var CaseColumns = ui.ListColumns[CaseLine]{
	{Key: "case", Label: "Case", Cell: func(l CaseLine) templ.Component { return ui.RowLink(l.Pseudonym, l.Href) }, File: ui.Said("case", func(l CaseLine) string { return l.Pseudonym })},
	{Key: "room", Label: "Room", Cell: func(l CaseLine) templ.Component { return ui.Text(l.Place) }, File: ui.Said("room", func(l CaseLine) string { return l.Place })},
	{Key: "opened", Label: "Opened", Ordered: true, Cell: func(l CaseLine) templ.Component { return moment(l.Opened) }, File: ui.Said("opened_at", func(l CaseLine) string { return l.Opened.At.In(l.Opened.Zone).Format(time.RFC3339) })},
	{Key: "by", Label: "By", Cell: func(l CaseLine) templ.Component { return ui.Text(l.By) }, File: ui.Said("by", func(l CaseLine) string { return l.By })},
	{Key: "recorded", Label: "Recorded", Cell: func(l CaseLine) templ.Component { return ui.Text(l.Used) }, File: []ui.FileColumn[CaseLine]{
		{Name: "recorded", Number: true, Of: func(l CaseLine) string { return strconv.FormatInt(l.Recorded, 10) }},
		{Name: "waiting", Number: true, Of: func(l CaseLine) string { return strconv.FormatInt(l.Waiting, 10) }},
	}},
	{Key: "state", Label: "State", Cell: caseState, File: ui.Said("state", func(l CaseLine) string { return l.State })},
}

func caseState(l CaseLine) templ.Component {
	if l.Open {
		return ui.Status(ui.Info, l.State)
	}
	return ui.Status(ui.Calm, l.State)
}

func caseRow(CaseLine) ui.Row { return ui.Row{} }
