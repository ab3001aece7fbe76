// Package matching holds invoices that vendors send by themselves against what
// the hospital used and ordered, line by line, by serial or lot.
//
// It promises that a line without a usage is never payable by itself, that a
// number or a serial comes in once, and that each line says what does not match
// and what to do. It pays nobody.
package matching

import (
	"context"
	"strconv"
	"strings"
	"time"

	"trueward/internal/adapter/store"
	"trueward/internal/domain/access"
	"trueward/internal/domain/audit"
	"trueward/internal/domain/billing"
	"trueward/internal/fault"
)

// Desk matches.
type Desk struct{ Store *store.Store }

// Import is a vendor's invoice as it came.
type Import struct {
	Vendor access.OrganisationID // of the hospital's choice; a vendor's people import their own
	// Hospital is set when a vendor's people import.
	Hospital access.OrganisationID
	Invoice  Invoice
}

// Imported says what came of an import.
type Imported struct {
	Claim string
	Lines int
	Open  int // lines that are not payable as they stand
}

// Import stores an invoice of a vendor and checks each line. Refusals:
// Forbidden, Invalid at a field, Conflict (number or serial came in already).
func (d *Desk) Import(ctx context.Context, cmd store.Command, in Import) (Imported, error) {
	if !cmd.Actor.May(access.HoldLines) {
		return Imported{}, fault.New(fault.Forbidden, "Invoices of vendors are checked by finance and the vendor's office.")
	}
	p := billing.Parties{Vendor: in.Vendor, Hospital: in.Hospital}
	if cmd.Actor.Kind == access.Vendor {
		p.Vendor = cmd.Actor.Organisation
	} else {
		p.Hospital = cmd.Actor.Organisation
	}
	if p.Vendor == "" || p.Hospital == "" {
		return Imported{}, fault.At("party", "Choose whose invoice this is.")
	}
	return store.Once(ctx, d.Store, cmd, func(tx *store.Tx) (Imported, error) {
		if _, err := tx.VersionBetween(p.Vendor, p.Hospital, tx.Now()); err != nil {
			return Imported{}, fault.At("party", "There is no agreement in force with this side.")
		}
		return d.store(tx, p, in.Invoice)
	})
}

func (d *Desk) store(tx *store.Tx, p billing.Parties, in Invoice) (Imported, error) {
	claim := store.Claim{Parties: p, Number: in.Number, Currency: in.Currency, IssuedOn: in.IssuedOn}
	rows := make([]store.ClaimLineRow, len(in.Lines))
	out := Imported{Lines: len(in.Lines)}
	if err := refuseTwice(tx, p, in); err != nil {
		return out, err
	}
	seen := map[billing.LineID]int{}
	for i, l := range in.Lines {
		if err := known(tx, p, l); err != nil {
			return out, err
		}
		rows[i] = store.ClaimLineRow{Position: i + 1, ClaimLine: l}
		if err := check(tx, p, &rows[i], seen); err != nil {
			return out, err
		}
		if !rows[i].Outcome.Payable() {
			out.Open++
		}
		claim.NetMinor += l.NetMinor
	}
	id, err := tx.AddClaim(claim, rows)
	out.Claim = id
	tx.Audit(audit.Change{
		Chain: audit.OrganisationChain(string(p.Hospital)), Action: "claim.imported", Kind: "claim", Object: id,
		New: map[string]string{"number": in.Number, "lines": strconv.Itoa(out.Lines), "open": strconv.Itoa(out.Open)},
	})
	return out, err
}

// refuseTwice refuses an invoice that came in already and one that names a
// serial twice; what two people import at the same moment meets at the table's
// unique keys.
func refuseTwice(tx *store.Tx, p billing.Parties, in Invoice) error {
	came, err := tx.Unbounded().ClaimNumbered(p, in.Number)
	if err != nil {
		return err
	}
	if came {
		return fault.At("file", "Invoice "+in.Number+" of this vendor was imported already.")
	}
	serials := map[[2]string]bool{}
	for _, l := range in.Lines {
		key := [2]string{l.DI, l.Serial}
		if l.Serial != "" && serials[key] {
			return fault.At("file", "The file names serial "+l.Serial+" twice.")
		}
		serials[key] = true
	}
	return nil
}

// known refuses a serial that another invoice of the vendor bills already.
func known(tx *store.Tx, p billing.Parties, l billing.ClaimLine) error {
	if l.Serial == "" {
		return nil
	}
	number, err := tx.Unbounded().ClaimedSerial(p.Vendor, l.DI, l.Serial)
	if err == nil && number != "" {
		return fault.At("file", "Serial "+l.Serial+" is on invoice "+number+" already. Ask the vendor which of the two is meant.")
	}
	return err
}

// check holds one line against usage and order. seen keeps two lines of one
// invoice from the same usage.
func check(tx *store.Tx, p billing.Parties, row *store.ClaimLineRow, seen map[billing.LineID]int) error {
	fact, found, err := tx.FactOf(p, row.ClaimLine, row.ID)
	if err != nil {
		return err
	}
	if found && seen[fact.Line.ID] > 0 {
		found = false
	}
	r := billing.Match(row.ClaimLine, fact, found)
	row.Line = ""
	if found {
		seen[fact.Line.ID]++
		row.Line = fact.Line.ID
	}
	codes := make([]string, len(r.Codes))
	for i, c := range r.Codes {
		codes[i] = string(c)
	}
	row.Outcome, row.Codes, row.Sentence, row.Variance = r.Outcome, strings.Join(codes, ","), r.Sentence, r.VarianceMinor
	return nil
}

// Check holds the lines of a claim that are not payable against usage and
// order once more, and returns how many are still not.
func (d *Desk) Check(ctx context.Context, cmd store.Command, claim string) (int, error) {
	if !cmd.Actor.May(access.HoldLines) {
		return 0, fault.New(fault.Forbidden, "Invoices of vendors are checked by finance and the vendor's office.")
	}
	return store.Once(ctx, d.Store, cmd, func(tx *store.Tx) (int, error) {
		c, err := tx.Claim(claim)
		if err != nil {
			return 0, err
		}
		rows, err := tx.ClaimLines(claim)
		if err != nil {
			return 0, err
		}
		seen := map[billing.LineID]int{}
		for _, row := range rows {
			if row.Outcome.Payable() {
				seen[row.Line]++
			}
		}
		open := 0
		for _, row := range rows {
			if row.Outcome.Payable() {
				continue
			}
			if err := check(tx, c.Parties, &row, seen); err != nil {
				return 0, err
			}
			if err := tx.SaveMatch(row); err != nil {
				return 0, err
			}
			if !row.Outcome.Payable() {
				open++
			}
		}
		tx.Audit(audit.Change{
			Chain: audit.OrganisationChain(string(c.Hospital)), Action: "claim.checked", Kind: "claim", Object: claim,
			New: map[string]string{"open": strconv.Itoa(open)},
		})
		return open, nil
	})
}

// GraceOfInvoice is how long a usage may wait for its invoice before it is
// listed as not invoiced.
const GraceOfInvoice = 14 * 24 * time.Hour
