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

// ShelfColumns are what the list of a shelf's units can show.
var ShelfColumns = ui.ListColumns[Unit]{
	{Key: "unit", Label: "Unit", Cell: func(u Unit) templ.Component { return ui.RowLink(u.called(), u.Href) }, File: ui.Said("unit", Unit.called)},
	{Key: "lot", Label: "Lot", Cell: func(u Unit) templ.Component { return ui.Code(u.Lot) }, File: ui.Said("lot", func(u Unit) string { return u.Lot })},
	{Key: "expires", Label: "Expires", Ordered: true, Cell: func(u Unit) templ.Component { return ui.CivilDate(u.Expiry) }, File: ui.Said("expires_on", func(u Unit) string { return u.expires() })},
	{Key: "place", Label: "Place", Cell: func(u Unit) templ.Component { return ui.Text(u.Place) }, File: ui.Said("place", func(u Unit) string { return u.Place })},
	{Key: "usable", Label: "May it be used?", Cell: func(u Unit) templ.Component {
		return ui.Status(unitTone(u.Check.Disposition), u.Check.DispositionWord)
	}, File: ui.Said("may_be_used", func(u Unit) string { return u.Check.DispositionWord })},
	{Key: "owner", Label: "Owner", Extra: true, Cell: func(u Unit) templ.Component { return ui.Text(u.Owner) }, File: ui.Said("owner", func(u Unit) string { return u.Owner })},
}

// called is how a unit is named in a list of one product.
func (u Unit) called() string {
	if u.Serial == "" {
		return "without serial"
	}
	return u.Serial
}

func (u Unit) expires() string {
	if u.Expiry.IsZero() {
		return ""
	}
	return u.Expiry.String()
}

func shelfRow(u Unit) ui.Row { return ui.Row{ID: "unit-" + u.ID} }

func caseRow(CaseLine) ui.Row { return ui.Row{} }
