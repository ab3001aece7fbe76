package cataloguing

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"trueward/internal/domain/catalog"
	"trueward/internal/fault"
	"trueward/internal/standard/money"
)

// Columns of a catalogue as a table. Those a table leaves out keep what the
// catalogue has; "di" and "name" are needed.
var Columns = []string{
	"di", "name", "size", "maker", "family", "catalogue_no", "needs_lot", "needs_serial", "needs_expiry",
	"sterile", "implantable", "single_use", "rebillable", "list_price", "currency",
}

// MaxRows bounds one table, so that its transaction stays short.
const MaxRows = 5000

// RowError says what is wrong in one row of a table, and in which column.
type RowError struct {
	Row      int // as a spreadsheet counts them: the header is row 1
	Column   string
	Sentence string
}

// row is one line of a table, read.
type row struct {
	number  int
	product catalog.Product
	price   *money.Amount // nil for none
	given   []string      // the columns of the table
}

// readTable reads a table in CSV: comma, semicolon or tab, with a header. It
// returns every mistake it finds, or the rows.
func readTable(text string) ([]row, []RowError, error) {
	records, err := records(text)
	if err != nil {
		return nil, nil, err
	}
	header := records[0]
	for i := range header {
		header[i] = strings.ToLower(strings.TrimSpace(strings.TrimPrefix(header[i], "\ufeff")))
	}
	mistakes := checkHeader(header)
	if len(mistakes) > 0 {
		return nil, mistakes, nil
	}
	rows := make([]row, 0, len(records)-1)
	seen := map[string]int{}
	for i, fields := range records[1:] {
		r := row{number: i + 2, given: header}
		mistakes = append(mistakes, r.read(header, fields)...)
		if first := seen[r.product.DI]; first > 0 && r.product.DI != "" {
			mistakes = append(mistakes, RowError{r.number, "di", fmt.Sprintf("Row %d has the same product number. Keep one of the two.", first)})
		}
		seen[r.product.DI] = r.number
		rows = append(rows, r)
	}
	return rows, mistakes, nil
}

func records(text string) ([][]string, error) {
	if strings.TrimSpace(text) == "" {
		return nil, fault.At("table", "Paste the table, with its header in the first row.")
	}
	first, _, _ := strings.Cut(text, "\n")
	in := csv.NewReader(strings.NewReader(text))
	in.FieldsPerRecord = -1
	for _, separator := range []rune{'\t', ';'} {
		if strings.ContainsRune(first, separator) {
			in.Comma = separator
			break
		}
	}
	var out [][]string
	for {
		fields, err := in.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if broken, ok := errors.AsType[*csv.ParseError](err); ok {
			return nil, fault.At("table", fmt.Sprintf("Line %d is not a row of a table: a quotation mark stands where none may be.", broken.Line))
		}
		if err != nil {
			return nil, err
		}
		if out = append(out, fields); len(out) > MaxRows+1 {
			return nil, fault.At("table", "A table has at most 5,000 rows. Divide it and send the parts one by one.")
		}
	}
	if len(out) < 2 {
		return nil, fault.At("table", "The table has no row below its header.")
	}
	return out, nil
}

func checkHeader(header []string) []RowError {
	var mistakes []RowError
	for i, name := range header {
		switch {
		case !slices.Contains(Columns, name):
			mistakes = append(mistakes, RowError{1, name, "There is no such column. Possible are " + strings.Join(Columns, ", ") + "."})
		case slices.Index(header, name) < i:
			mistakes = append(mistakes, RowError{1, name, "This column stands twice."})
		}
	}
	for _, needed := range []string{"di", "name"} {
		if !slices.Contains(header, needed) {
			mistakes = append(mistakes, RowError{1, needed, "This column is needed."})
		}
	}
	return mistakes
}

// read takes one line apart.
func (r *row) read(header, fields []string) []RowError {
	if len(fields) != len(header) {
		return []RowError{{r.number, "", fmt.Sprintf("This row has %d fields, the header has %d.", len(fields), len(header))}}
	}
	var mistakes []RowError
	wrong := func(column, sentence string) { mistakes = append(mistakes, RowError{r.number, column, sentence}) }
	values := map[string]string{}
	for i, name := range header {
		values[name] = strings.TrimSpace(fields[i])
	}
	p := &r.product
	var err error
	if p.DI, err = catalog.ParseDI(values["di"]); err != nil {
		wrong("di", fault.All(err)[0].Sentence)
	}
	p.Name, p.Size, p.Maker, p.Family, p.CatalogueNo = values["name"], values["size"], values["maker"], values["family"], values["catalogue_no"]
	var refused fault.Refusals
	checkProduct(*p, &refused)
	for _, f := range refused {
		wrong(f.Field, f.Sentence)
	}
	for column, flag := range flags(p) {
		var ok bool
		if *flag, ok = yesOrNo(values[column]); !ok {
			wrong(column, "Write yes or no.")
		}
	}
	if r.price, err = price(values["list_price"], values["currency"]); err != nil {
		wrong(fault.All(err)[0].Field, fault.All(err)[0].Sentence)
	}
	slices.SortFunc(mistakes, func(a, b RowError) int { return slices.Index(Columns, a.Column) - slices.Index(Columns, b.Column) })
	return mistakes
}

// flags are the columns that say yes or no, and what they say it of.
func flags(p *catalog.Product) map[string]*bool {
	return map[string]*bool{
		"needs_lot": &p.Needs.Lot, "needs_serial": &p.Needs.Serial, "needs_expiry": &p.Needs.Expiry,
		"sterile": &p.Sterile, "implantable": &p.Implantable, "single_use": &p.SingleUse, "rebillable": &p.Rebillable,
	}
}

func yesOrNo(text string) (yes, ok bool) {
	switch strings.ToLower(text) {
	case "yes", "y", "true", "1", "x":
		return true, true
	case "no", "n", "false", "0", "":
		return false, true
	}
	return false, false
}

func price(amount, currency string) (*money.Amount, error) {
	if amount == "" {
		return nil, nil
	}
	c, err := money.ParseCurrency(strings.ToUpper(currency))
	if err != nil || c == "" {
		return nil, fault.At("currency", "Write the three letters of the price's currency, such as EUR.")
	}
	a, err := money.ParseDecimal(amount, c)
	if err != nil || a.Minor < 0 {
		return nil, fault.At("list_price", "Write the price with a point before its decimals and nothing else, such as 1240.00.")
	}
	return &a, nil
}
