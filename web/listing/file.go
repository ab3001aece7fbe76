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
	var fields []ui.FileColumn[R]
	for _, column := range columns.Shown(route.Of(c).Query[columnsParam]) {
		fields = append(fields, column.File...)
	}
	heads := make([]head, len(fields))
	for i := range fields {
		heads[i] = head{fields[i].Name, fields[i].Number}
	}
	return send(c, name, heads, func(page store.Page) (filePart, error) {
		rows, next, err := read(page)
		return filePart{len(rows), next, func(row, field int) string { return fields[field].Of(rows[row]) }}, err
	})
}

// head is a column of a file, whatever its rows are.
type head struct {
	name   string
	number bool
}

// filePart is one part of a list as a file holds it.
type filePart struct {
	rows int
	next string
	says func(row, field int) string
}

func send(c echo.Context, name string, heads []head, read func(store.Page) (filePart, error)) error {
	select {
	case making <- struct{}{}:
		defer func() { <-making }()
	case <-c.Request().Context().Done():
		return fault.New(fault.Unavailable, "Several lists are being written at this moment. Try again in a minute.")
	}
	var file bytes.Buffer
	if err := write(c, &file, heads, read); err != nil {
		return err
	}
	c.Response().Header().Set(echo.HeaderContentDisposition, `attachment; filename="`+name+`.csv"`)
	return c.Blob(http.StatusOK, "text/csv; charset=utf-8", file.Bytes())
}

func write(c echo.Context, to *bytes.Buffer, heads []head, read func(store.Page) (filePart, error)) error {
	w := rfc4180.New(to)
	for _, h := range heads {
		w.Field(h.name)
	}
	_ = w.End() // a buffer never fails to write
	page := Page(c)
	page.After, page.Limit = "", part
	for rows := 0; ; {
		some, err := read(page)
		if err != nil {
			return err
		}
		some.write(w, heads)
		if rows += some.rows; some.next == "" {
			return w.Flush()
		}
		if rows >= mostRows {
			return fault.New(fault.Invalid, "This list has more than 50,000 rows. Narrow it by its filters, or take an export.")
		}
		page.After = some.next
	}
}

func (p filePart) write(w *rfc4180.Writer, heads []head) {
	for row := range p.rows {
		for i, h := range heads {
			if h.number {
				w.Field(p.says(row, i))
			} else {
				w.Text(p.says(row, i))
			}
		}
		_ = w.End()
	}
}
