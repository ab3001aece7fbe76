package listing

import (
	"bytes"
	"net/http"

	"github.com/labstack/echo/v4"

	"trueward/internal/adapter/store"
	"trueward/internal/fault"
	"trueward/internal/standard/rfc4180"
	"trueward/templates/ui"
	"trueward/web/route"
)

const (
	mostRows = 50_000 // of a file; more is for the export centre
	part     = 200    // rows read at a time
	atOnce   = 2      // files made at one time
)

var making = make(chan struct{}, atOnce)

// Read returns one part of a list and the cursor behind it.
type Read[R any] func(store.Page) (rows []R, next string, err error)

// AsFile reports whether the address asks for the list as a file.
func AsFile(c echo.Context) bool { return route.QueryValue(c, fileParam) == "csv" }

// Send answers with the list as a file: all of its parts, with the filters, the
// columns and the order of the page.
func Send[R any](c echo.Context, name string, columns ui.ListColumns[R], read Read[R]) error {
	select {
	case making <- struct{}{}:
		defer func() { <-making }()
	case <-c.Request().Context().Done():
		return fault.New(fault.Unavailable, "Several lists are being written at this moment. Try again in a minute.")
	}
	rows, err := all(c, read)
	if err != nil {
		return err
	}
	var file bytes.Buffer
	if err := write(&file, columns.Shown(route.Of(c).Query[columnsParam]), rows); err != nil {
		return err
	}
	c.Response().Header().Set(echo.HeaderContentDisposition, `attachment; filename="`+name+`.csv"`)
	return c.Blob(http.StatusOK, "text/csv; charset=utf-8", file.Bytes())
}

func all[R any](c echo.Context, read Read[R]) ([]R, error) {
	page := Page(c)
	page.After, page.Limit = "", part
	var rows []R
	for {
		some, next, err := read(page)
		if err != nil {
			return nil, err
		}
		if rows = append(rows, some...); next == "" {
			return rows, nil
		}
		if len(rows) >= mostRows {
			return nil, fault.New(fault.Invalid, "This list has more than 50,000 rows. Narrow it by its filters, or take an export.")
		}
		page.After = next
	}
}

func write[R any](to *bytes.Buffer, columns ui.ListColumns[R], rows []R) error {
	var parts []ui.FileColumn[R]
	for _, c := range columns {
		parts = append(parts, c.File...)
	}
	w := rfc4180.New(to)
	for _, p := range parts {
		w.Field(p.Name)
	}
	_ = w.End() // a buffer never fails to write
	for _, r := range rows {
		for _, p := range parts {
			if p.Number {
				w.Field(p.Of(r))
			} else {
				w.Text(p.Of(r))
			}
		}
		_ = w.End()
	}
	return w.Flush()
}
