// Package vendors holds the vendor's screens: what is on consignment where,
// what was used, and what it is worth. The hospital a row belongs to is always
// shown; a patient never is, because no prop holds one.
package vendors

import (
	"time"

	"trueward/internal/standard/civil"
	"trueward/templates/finance"
	"trueward/templates/page"
	"trueward/templates/ui"
)

// OverviewProps describe the vendor's first page.
type OverviewProps struct {
	Frame page.Props
	Tiles []ui.StatProps
	Chart *ui.ChartProps // value on consignment by hospital
	Feed  []ui.Event
}

// StockProps describe the list of units on consignment.
type StockProps struct {
	Frame     page.Props
	Action    string
	Clear     string
	Text      string
	Hospital  string
	Hospitals []ui.Option
	Place     string
	Places    []ui.Option
	State     string
	States    []ui.Option
	ExpiresBy string
	Units     []Unit
	Shown     string
	Labels    string // address of labels for the units shown
	Pager     ui.PagerProps
	View      ui.ListView
}

// Unit is a unit in the vendor's list.
type Unit struct {
	ID       string
	Href     string
	DI       string
	Product  string
	Size     string
	Lot      string
	Serial   string
	Expiry   civil.Date
	Short    bool
	Expired  bool
	Hospital string
	Vendor   string
	Owner    string
	Where    string // site and place
	State    string
	Stopped  bool
}

// UsageProps describe the usage feed.
type UsageProps struct {
	Frame     page.Props
	Action    string
	Clear     string
	Text      string
	Hospital  string
	Hospitals []ui.Option
	Lines     []finance.Line
	Pager     ui.PagerProps
	View      ui.ListView
	Now       time.Time
}
