package export

import (
	"io"

	"trueward/internal/standard/rfc4180"
)

// CSV writes the table by RFC 4180. Text that a spreadsheet would take for a
// formula gets a leading apostrophe.
func CSV(w io.Writer, t Table) error {
	out := rfc4180.New(w)
	for _, h := range t.Columns {
		out.Field(h.Name)
	}
	if err := out.End(); err != nil {
		return err
	}
	err := t.Each(func(row []Cell) error {
		for _, c := range row {
			if c.kind == text {
				out.Text(c.text)
			} else {
				out.Field(c.text)
			}
		}
		return out.End()
	})
	if err != nil {
		return err
	}
	return out.Flush()
}
