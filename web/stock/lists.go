package stock

import (
	"strconv"
	"time"

	"github.com/a-h/templ"

	"trueward/internal/adapter/store"
	"trueward/internal/domain/usage"
	"trueward/templates/finance"
	"trueward/templates/ui"
	"trueward/web/listing"
)

// noticeColumns are what the list of ship notices can show.
var noticeColumns = ui.ListColumns[store.ShipNotice]{
	{Key: "number", Label: "Ship notice note", Ordered: true, Cell: func(n store.ShipNotice) templ.Component { return ui.RowLink(n.Number, at(noticePath, n.ID)) }, File: ui.Said("number", func(n store.ShipNotice) string { return n.Number })},
	{Key: "vendor", Label: "Vendor", Cell: func(n store.ShipNotice) templ.Component { return ui.Text(n.VendorName) }, File: ui.Said("vendor", func(n store.ShipNotice) string { return n.VendorName })},
	{Key: "to", Label: "To", Cell: func(n store.ShipNotice) templ.Component {
		return ui.Two(ui.Text(n.HospitalName), ui.Muted(n.SiteName))
	}, File: []ui.FileColumn[store.ShipNotice]{
		{Name: "hospital", Of: func(n store.ShipNotice) string { return n.HospitalName }}, {Name: "site", Of: func(n store.ShipNotice) string { return n.SiteName }},
	}},
	{Key: "due", Label: "Due", Cell: func(n store.ShipNotice) templ.Component { return ui.CivilDate(finance.Date(n.DueOn)) }, File: ui.Said("due_on", func(n store.ShipNotice) string { return n.DueOn })},
	{Key: "units", Label: "Units", Numeric: true, Cell: func(n store.ShipNotice) templ.Component { return ui.Text(strconv.FormatInt(n.Units, 10)) }, File: []ui.FileColumn[store.ShipNotice]{
		{Name: "units", Number: true, Of: func(n store.ShipNotice) string { return strconv.FormatInt(n.Units, 10) }},
	}},
	{Key: "state", Label: "State", Cell: noticeState, File: ui.Said("state", func(n store.ShipNotice) string { _, words := noticeWords(n); return words })},
}

// timed is a row with the zone that its reader's times are shown in.
type timed[T any] struct {
	Row  T
	Zone *time.Location
}

func timedRows[T any](rows []T, zone *time.Location) []timed[T] {
	out := make([]timed[T], len(rows))
	for i, row := range rows {
		out[i] = timed[T]{row, zone}
	}
	return out
}

func (t timed[T]) iso(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return at.In(t.Zone).Format(time.RFC3339)
}

func (t timed[T]) instant(at time.Time) templ.Component {
	if at.IsZero() {
		return ui.Text("")
	}
	return ui.Instant(at, t.Zone)
}

type recallLine = timed[store.Recall]

// recallColumns are what the list of recalls can show.
var recallColumns = ui.ListColumns[recallLine]{
	{Key: "product", Label: "Product", Cell: func(l recallLine) templ.Component { return ui.RowLink(l.Row.ProductName, at(recallPath, l.Row.ID)) }, File: ui.Said("product", func(l recallLine) string { return l.Row.ProductName })},
	{Key: "lot", Label: "Lot", Cell: func(l recallLine) templ.Component { return ui.Text(lotOf(l.Row)) }, File: ui.Said("lot", func(l recallLine) string { return lotOf(l.Row) })},
	{Key: "why", Label: "Why", Cell: func(l recallLine) templ.Component { return ui.Text(l.Row.Reason) }, File: ui.Said("why", func(l recallLine) string { return l.Row.Reason })},
	{Key: "opened", Label: "Opened", Ordered: true, Cell: func(l recallLine) templ.Component { return l.instant(l.Row.OpenedAt) }, File: ui.Said("opened_at", func(l recallLine) string { return l.iso(l.Row.OpenedAt) })},
	{Key: "state", Label: "State", Cell: func(l recallLine) templ.Component { return recallState(l.Row) }, File: ui.Said("state", func(l recallLine) string { return openWord(l.Row.ClosedAt) })},
	{Key: "closed", Label: "Closed", Extra: true, Cell: func(l recallLine) templ.Component { return l.instant(l.Row.ClosedAt) }, File: ui.Said("closed_at", func(l recallLine) string { return l.iso(l.Row.ClosedAt) })},
	{Key: "settled", Label: "Settled", Extra: true, Cell: func(l recallLine) templ.Component { return ui.Text(l.Row.Closing) }, File: ui.Said("settled", func(l recallLine) string { return l.Row.Closing })},
}

type incidentLine = timed[usage.Incident]

// incidentColumns are what the list of incidents can show.
var incidentColumns = ui.ListColumns[incidentLine]{
	{Key: "incident", Label: "Incident", Cell: func(l incidentLine) templ.Component {
		return ui.WordLink(incidentName(l.Row), at(incidentPath, l.Row.ID))
	}, File: ui.Said("incident", func(l incidentLine) string { return incidentName(l.Row) })},
	{Key: "what", Label: "What happened", Cell: func(l incidentLine) templ.Component { return ui.Text(l.Row.Sentence) }, File: ui.Said("what", func(l incidentLine) string { return l.Row.Sentence })},
	{Key: "opened", Label: "Opened", Ordered: true, Cell: func(l incidentLine) templ.Component { return l.instant(l.Row.OpenedAt) }, File: ui.Said("opened_at", func(l incidentLine) string { return l.iso(l.Row.OpenedAt) })},
	{Key: "state", Label: "State", Cell: func(l incidentLine) templ.Component { return incidentState(l.Row) }, File: ui.Said("state", func(l incidentLine) string { return openWord(l.Row.ClosedAt) })},
	{Key: "closed", Label: "Closed", Extra: true, Cell: func(l incidentLine) templ.Component { return l.instant(l.Row.ClosedAt) }, File: ui.Said("closed_at", func(l incidentLine) string { return l.iso(l.Row.ClosedAt) })},
	{Key: "settled", Label: "Settled", Extra: true, Cell: func(l incidentLine) templ.Component { return ui.Text(l.Row.Closing) }, File: ui.Said("settled", func(l incidentLine) string { return l.Row.Closing })},
}

func openWord(closed time.Time) string {
	if closed.IsZero() {
		return "Open"
	}
	return "Closed"
}

// listed are the tools of a list and its table.
func listed[R any](part listing.Part[R], columns ui.ListColumns[R], caption string) []templ.Component {
	return []templ.Component{
		ui.ListTools(part.View.Tools), ui.DataTable(part.Table(columns, ui.TableProps{Caption: caption}, plainRow[R])),
	}
}

func plainRow[R any](R) ui.Row { return ui.Row{} }
