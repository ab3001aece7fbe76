package ordering

import (
	"context"
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"

	"trueward/internal/adapter/store"
	"trueward/internal/domain/billing"
	"trueward/internal/fault"
)

func itoa(n int) string { return strconv.Itoa(n) }

// FileRow is one row of a file of orders.
type FileRow struct {
	Row             int // 1 is the first after the heading
	DI, Lot, Serial string
	Part
}

// FileResult is what became of one row's line.
type FileResult struct {
	Row      int
	Number   string
	Sentence string // empty when the line goes on
}

// ReadFile reads a file of orders: CSV with a heading that names the columns
// serial and po_number, and may name di, lot, po_line and quantity. Separator
// is comma or semicolon. Refusals at the field "file".
func ReadFile(r io.Reader) ([]FileRow, error) {
	raw, err := io.ReadAll(io.LimitReader(r, 1<<20+1))
	if err != nil {
		return nil, err
	}
	if len(raw) > 1<<20 {
		return nil, fault.At("file", "The file is larger than 1 MiB. Send it in parts.")
	}
	text := strings.TrimPrefix(string(raw), "\ufeff")
	reader := csv.NewReader(strings.NewReader(text))
	heading, _, _ := strings.Cut(text, "\n")
	if strings.Count(heading, ";") > strings.Count(heading, ",") {
		reader.Comma = ';'
	}
	rows, err := reader.ReadAll()
	if err != nil {
		var bad *csv.ParseError
		if errors.As(err, &bad) {
			return nil, fault.At("file", "Line "+itoa(bad.Line)+" of the file cannot be read as CSV.")
		}
		return nil, fault.At("file", "The file cannot be read as CSV.")
	}
	if len(rows) < 2 {
		return nil, fault.At("file", "The file has no rows. Its first line names the columns: serial, po_number.")
	}
	return fileRows(rows)
}

func fileRows(rows [][]string) ([]FileRow, error) {
	column := map[string]int{}
	for i, name := range rows[0] {
		column[strings.ToLower(strings.TrimSpace(name))] = i
	}
	if _, ok := column["po_number"]; !ok {
		return nil, fault.At("file", "The file has no column po_number.")
	}
	cell := func(row []string, name string) string {
		if i, ok := column[name]; ok && i < len(row) {
			return strings.TrimSpace(row[i])
		}
		return ""
	}
	if len(rows)-1 > mostAttached {
		return nil, fault.At("file", "A file has at most 500 rows.")
	}
	out := make([]FileRow, 0, len(rows)-1)
	for n, row := range rows[1:] {
		r := FileRow{Row: n + 1, DI: cell(row, "di"), Lot: cell(row, "lot"), Serial: cell(row, "serial"), Part: Part{Number: cell(row, "po_number")}}
		if r.Serial == "" && r.Lot == "" {
			return nil, fault.At("file", "Row "+itoa(n+1)+" has neither serial nor lot.")
		}
		for name, into := range map[string]*int64{"quantity": &r.Quantity} {
			if text := cell(row, name); text != "" {
				value, err := strconv.ParseInt(text, 10, 64)
				if err != nil || value <= 0 {
					return nil, fault.At("file", "Row "+itoa(n+1)+": "+name+" is no whole number above zero.")
				}
				*into = value
			}
		}
		if text := cell(row, "po_line"); text != "" {
			position, err := strconv.Atoi(text)
			if err != nil || position <= 0 {
				return nil, fault.At("file", "Row "+itoa(n+1)+": po_line is no whole number above zero.")
			}
			r.Position = position
		}
		out = append(out, r)
	}
	return out, nil
}

// AttachFile gives lines their orders by a file. Rows of the same serial split
// its line. Each line stands by itself: what does not fit is told with its row,
// and the rest goes on. Sent again with the same key it does nothing twice.
func (d *Desk) AttachFile(ctx context.Context, cmd store.Command, rows []FileRow) ([]FileResult, error) {
	if err := mayOrder(cmd.Actor); err != nil {
		return nil, err
	}
	type unit struct{ di, lot, serial string }
	var order []unit
	parts := map[unit][]Part{}
	first := map[unit]int{}
	for _, r := range rows {
		u := unit{r.DI, r.Lot, r.Serial}
		if !slices.Contains(order, u) {
			order = append(order, u)
			first[u] = r.Row
		}
		parts[u] = append(parts[u], r.Part)
	}
	out := make([]FileResult, 0, len(order))
	for _, u := range order {
		one := cmd
		if cmd.Key != "" {
			one.Key = cmd.Key + "/" + itoa(first[u])
		}
		check, err := d.attachUnit(ctx, one, u.di, u.lot, u.serial, parts[u])
		result := FileResult{Row: first[u], Number: parts[u][0].Number, Sentence: check.Reason}
		switch refusal := fault.All(err); {
		case err == nil:
		case len(refusal) > 0 && refusal[0].Kind != fault.Unavailable:
			result.Sentence = refusal[0].Sentence
		default:
			return out, err
		}
		out = append(out, result)
	}
	return out, nil
}

func (d *Desk) attachUnit(ctx context.Context, cmd store.Command, di, lot, serial string, parts []Part) (billing.OrderCheck, error) {
	for i, p := range parts {
		number, err := checkNumber(p.Number)
		if err != nil {
			return billing.OrderCheck{}, err
		}
		parts[i].Number = number
	}
	return store.Once(ctx, d.Store, cmd, func(tx *store.Tx) (billing.OrderCheck, error) {
		line, err := tx.AwaitingLine(di, lot, serial)
		if fault.Is(err, fault.NotFound) {
			return billing.OrderCheck{}, fault.New(fault.NotFound, "No one usage of this serial or lot waits for an order.")
		}
		if err != nil {
			return billing.OrderCheck{}, err
		}
		return attach(tx, line.ID, parts)
	})
}
