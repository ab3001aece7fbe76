package receiving

import (
	"fmt"
	"strings"
	"time"

	"trueward/internal/domain/catalog"
	"trueward/internal/domain/custody"
	"trueward/internal/fault"
	"trueward/internal/standard/carrier"
)

// Label reads one unit from what a scanner sends, or from what a person types
// in its place. A refusal stands at the field "scan".
func Label(raw, symbology string, now time.Time) (UnitInput, error) {
	a, err := carrier.Identify(raw, carrier.Options{Symbology: symbology, Now: now})
	if err != nil {
		f := fault.At("scan", "This cannot be read as a product label. Scan again, or type what stands on the label.")
		f.Cause = err
		return UnitInput{}, f
	}
	if a.DI == "" {
		return UnitInput{}, fault.At("scan", "This code names no product. Scan the product's own barcode.")
	}
	in := UnitInput{DI: a.DI, Lot: a.Lot, Serial: a.Serial}
	if !a.Expiry.IsZero() {
		in.Expiry = a.Expiry.String()
	}
	return in, nil
}

// ReadUnits reads a list of units, one a line: either the text of a label as a
// scanner sends it, or product number, lot, serial and expiry (YYYY-MM-DD) with
// a comma, semicolon or tab between them. A first line that names these columns
// is passed over. Every line that cannot be read is refused at the field
// "units" with its number.
func ReadUnits(text string, now time.Time) ([]UnitInput, error) {
	var units []UnitInput
	var refused fault.Refusals
	for i, line := range strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n") {
		line = strings.TrimSpace(line)
		if line == "" || i == 0 && strings.HasPrefix(strings.ToLower(line), "di") {
			continue
		}
		in, err := readUnit(line, now)
		if err != nil {
			refused.At("units", fmt.Sprintf("Line %d: %s", i+1, fault.All(err)[0].Sentence))
			continue
		}
		units = append(units, in)
	}
	if len(refused) == 0 && (len(units) == 0 || len(units) > maxUnits) {
		refused.At("units", fmt.Sprintf("Enter 1 to %d units, one a line.", maxUnits))
	}
	return units, refused.Err()
}

func readUnit(line string, now time.Time) (UnitInput, error) {
	separator := strings.IndexAny(line, ",;\t")
	if separator < 0 || strings.HasPrefix(line, "(") || strings.HasPrefix(line, "]") || strings.HasPrefix(line, "http") {
		return Label(line, "", now)
	}
	fields := strings.Split(line, line[separator:separator+1])
	if len(fields) > 4 {
		return UnitInput{}, fault.At("units", "there are more than the four fields product number, lot, serial and expiry.")
	}
	fields = append(fields, "", "", "")
	for i := range fields {
		fields[i] = strings.Trim(strings.TrimSpace(fields[i]), `"`)
	}
	di, err := catalog.ParseDI(fields[0])
	if err != nil {
		return UnitInput{}, err
	}
	if _, ok := custody.ParseDate(fields[3]); fields[3] != "" && !ok {
		return UnitInput{}, fault.At("units", "the expiry is not a date such as 2028-01-31.")
	}
	return UnitInput{DI: di, Lot: fields[1], Serial: fields[2], Expiry: fields[3]}, nil
}
