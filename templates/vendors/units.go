package vendors

import (
	"github.com/a-h/templ"

	"trueward/internal/standard/civil"
	"trueward/templates/ui"
)

// UnitColumns are what a list of units can show.
var UnitColumns = ui.ListColumns[Unit]{
	{Key: "product", Label: "Product", Cell: unitName, File: []ui.FileColumn[Unit]{
		{Name: "product", Of: func(u Unit) string { return u.Product }}, {Name: "size", Of: func(u Unit) string { return u.Size }},
	}},
	{Key: "number", Label: "Product number", Extra: true, Cell: func(u Unit) templ.Component { return ui.Code(u.DI) }, File: []ui.FileColumn[Unit]{
		{Name: "di", Of: func(u Unit) string { return u.DI }},
	}},
	{Key: "lot", Label: "Lot and serial", Cell: func(u Unit) templ.Component { return ui.LotSerial(u.Lot, u.Serial) }, File: []ui.FileColumn[Unit]{
		{Name: "lot", Of: func(u Unit) string { return u.Lot }}, {Name: "serial", Of: func(u Unit) string { return u.Serial }},
	}},
	{Key: "expiry", Label: "Expires", Ordered: true, Cell: expiry, File: []ui.FileColumn[Unit]{
		{Name: "expiry", Of: func(u Unit) string { return isoDate(u.Expiry) }},
	}},
	{Key: "place", Label: "Hospital and place", Cell: func(u Unit) templ.Component { return ui.Two(ui.Text(u.Hospital), ui.Text(u.Where)) }, File: []ui.FileColumn[Unit]{
		{Name: "hospital", Of: func(u Unit) string { return u.Hospital }}, {Name: "place", Of: func(u Unit) string { return u.Where }},
	}},
	{Key: "owner", Label: "Vendor and owner", Extra: true, Cell: func(u Unit) templ.Component { return ui.Two(ui.Text(u.Vendor), ui.Text(u.Owner)) }, File: []ui.FileColumn[Unit]{
		{Name: "vendor", Of: func(u Unit) string { return u.Vendor }}, {Name: "owner", Of: func(u Unit) string { return u.Owner }},
	}},
	{Key: "state", Label: "State", Cell: unitState, File: []ui.FileColumn[Unit]{
		{Name: "state", Of: func(u Unit) string { return u.State }}, {Name: "stopped", Of: func(u Unit) string { return yes(u.Stopped) }},
	}},
}

func unitTable(units []Unit, pager ui.PagerProps, view ui.ListView) ui.TableProps {
	return UnitColumns.Table(ui.TableProps{Caption: "Units on consignment", Pager: pager}, view, units, func(u Unit) ui.Row { return ui.Row{ID: "unit-" + u.ID} })
}

func unitName(u Unit) templ.Component {
	if u.Href == "" {
		return ui.Two(ui.Text(u.Product), ui.Text(u.Size))
	}
	return ui.Two(ui.RowLink(u.Product, u.Href), ui.Text(u.Size))
}

func isoDate(d civil.Date) string {
	if d.IsZero() {
		return ""
	}
	return d.String()
}

func yes(is bool) string {
	if is {
		return "yes"
	}
	return "no"
}
