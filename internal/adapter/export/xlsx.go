package export

import (
	"errors"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"

	"trueward/internal/standard/money"
)

// RendererXLSX names what made a workbook.
const RendererXLSX = "trueward-xlsx/1"

// mostDigits is how many digits a spreadsheet's number keeps; a longer amount
// is written as text rather than changed.
const mostDigits = 15

// XLSX writes the table as a workbook of one sheet: headings that stay, dates
// and amounts in their formats, and below a row of totals per currency. Text
// is written as strings, never as formulas; the dates in the file are at, so
// that equal tables give equal bytes.
func XLSX(w io.Writer, t Table, at time.Time) (err error) {
	f := excelize.NewFile()
	defer func() { err = errors.Join(err, f.Close()) }()
	stamp := at.UTC().Format(time.RFC3339)
	if err := f.SetDocProps(&excelize.DocProperties{Creator: "Trueward", LastModifiedBy: "Trueward", Created: stamp, Modified: stamp, Title: t.Name}); err != nil {
		return err
	}
	name := sheetName(t.Name)
	if err := f.SetSheetName("Sheet1", name); err != nil {
		return err
	}
	stream, err := f.NewStreamWriter(name)
	if err != nil {
		return err
	}
	b := book{file: f, stream: stream, table: t, totals: map[money.Currency][]int64{}}
	if err := b.write(); err != nil {
		return err
	}
	return f.Write(w)
}

// sheetName is what a spreadsheet accepts as the name of a sheet.
func sheetName(name string) string {
	name = strings.Map(func(r rune) rune {
		if strings.ContainsRune(`:\/?*[]'`, r) {
			return ' '
		}
		return r
	}, name)
	return strings.TrimSpace(name[:min(len(name), 31)])
}

// book is a workbook in the making.
type book struct {
	file   *excelize.File
	stream *excelize.StreamWriter
	table  Table
	row    int
	styles map[string]int
	totals map[money.Currency][]int64 // by column
	order  []money.Currency
}

func (b *book) write() error {
	if err := b.format(); err != nil {
		return err
	}
	if err := b.headings(); err != nil {
		return err
	}
	values := make([]any, len(b.table.Columns))
	err := b.table.Each(func(row []Cell) error {
		for i, c := range row {
			values[i] = b.value(c, "")
			if c.kind == amount && b.table.Columns[i].Sum {
				if err := b.count(i, c.money); err != nil {
					return err
				}
			}
		}
		return b.next(values)
	})
	if err != nil {
		return err
	}
	return errors.Join(b.sums(), b.stream.Flush())
}

// format makes the styles: by name the number of decimals, or what it is.
func (b *book) format() error {
	b.styles = map[string]int{}
	for _, f := range formats { // in their order: styles are numbered as they come
		for _, bold := range []bool{false, true} {
			style, key := &excelize.Style{CustomNumFmt: &f[1]}, f[0]
			if bold {
				style.Font, key = &excelize.Font{Bold: true}, f[0]+"!"
			}
			id, err := b.file.NewStyle(style)
			if err != nil {
				return err
			}
			b.styles[key] = id
		}
	}
	return nil
}

// formats are the number formats by their names: the count of decimals, or
// what it is.
var formats = [][2]string{
	{"0", "#,##0"}, {"2", "#,##0.00"}, {"3", "#,##0.000"}, {"6", "0.######"}, {"day", "yyyy-mm-dd"}, {"instant", "yyyy-mm-dd hh:mm:ss"}, {"text", "@"},
}

func (b *book) headings() error {
	for i, h := range b.table.Columns {
		width := float64(max(12, len(h.Name)+3))
		if strings.Contains(h.Name, "reason") || strings.Contains(h.Name, "escription") {
			width = 48
		}
		if err := b.stream.SetColWidth(i+1, i+1, width); err != nil {
			return err
		}
	}
	if err := b.stream.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return err
	}
	values := make([]any, len(b.table.Columns))
	for i, h := range b.table.Columns {
		values[i] = excelize.Cell{StyleID: b.styles["text!"], Value: h.Name}
	}
	return b.next(values)
}

func (b *book) next(values []any) error {
	b.row++
	return b.stream.SetRow("A"+strconv.Itoa(b.row), values)
}

// value turns a cell into a spreadsheet's value; bold is "!" or nothing.
func (b *book) value(c Cell, bold string) any {
	switch c.kind {
	case amount:
		return b.figure(c.text, strconv.Itoa(c.money.Currency.Digits())+bold)
	case number:
		return b.figure(c.text, strconv.Itoa(c.decimals)+bold)
	case day:
		if t, err := time.Parse(time.DateOnly, c.text); err == nil {
			return excelize.Cell{StyleID: b.styles["day"+bold], Value: t}
		}
	case instant:
		if t, err := time.Parse(time.RFC3339, c.text); err == nil {
			return excelize.Cell{StyleID: b.styles["instant"+bold], Value: t}
		}
	}
	if c.text == "" {
		return nil
	}
	if bold == "" {
		return c.text
	}
	return excelize.Cell{StyleID: b.styles["text!"], Value: c.text}
}

func (b *book) figure(decimal, style string) any {
	n, err := strconv.ParseFloat(decimal, 64)
	if err != nil || len(strings.Trim(strings.ReplaceAll(decimal, ".", ""), "-0")) > mostDigits {
		return decimal
	}
	return excelize.Cell{StyleID: b.styles[style], Value: n}
}

func (b *book) count(column int, a money.Amount) (err error) {
	if b.totals[a.Currency] == nil {
		b.totals[a.Currency] = make([]int64, len(b.table.Columns))
		b.order = append(b.order, a.Currency)
	}
	sums := b.totals[a.Currency]
	sums[column], err = money.Add(sums[column], a.Minor)
	return err
}

// sums writes the totals, one row per currency in the order they appeared.
func (b *book) sums() error {
	for _, currency := range b.order {
		values := make([]any, len(b.table.Columns))
		for i, h := range b.table.Columns {
			switch {
			case i == 0:
				values[i] = b.value(Text("Total "+string(currency)), "!")
			case h.Sum:
				values[i] = b.value(Money(money.Amount{Minor: b.totals[currency][i], Currency: currency}), "!")
			}
		}
		if err := b.next(values); err != nil {
			return err
		}
	}
	return nil
}
