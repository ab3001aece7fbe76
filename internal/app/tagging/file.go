package tagging

import (
	"context"
	"encoding/csv"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"trueward/internal/adapter/store"
	"trueward/internal/domain/access"
	"trueward/internal/domain/audit"
	"trueward/internal/domain/authentic"
	"trueward/internal/domain/custody"
	"trueward/internal/fault"
	"trueward/internal/standard/epc"
)

// MostRows bounds a file of tags.
const MostRows = 2000

// Columns are the columns of a file of tags, in the order of the example. uid,
// or epc for UHF, and technology are needed; the others as the product needs
// them.
var Columns = []string{"technology", "uid", "epc", "profile", "epoch", "di", "lot", "serial", "expiry"}

// FileRow is one tag of a file.
type FileRow struct {
	Line       int
	Technology authentic.Technology
	UID        []byte
	EPC        string
	Profile    authentic.ProfileID
	Epoch      int64
	Label      authentic.Label
}

// RowFault is what is wrong with one line.
type RowFault struct {
	Line     int
	Column   string // empty: the line as a whole
	Sentence string
}

// FileReport is what a file would do.
type FileReport struct {
	Rows   int
	Bound  int // stand for a unit at once
	Wait   int // for a unit that is not on record
	Faults []RowFault
}

// faultsShown bounds the lines that a report names.
const faultsShown = 50

// CheckFile says what a file of tags would do, and does nothing.
func (d *Desk) CheckFile(ctx context.Context, actor access.Actor, text string) (FileReport, error) {
	q, err := d.queries(ctx, actor)
	if err != nil {
		return FileReport{}, err
	}
	r, _, err := d.examine(q, d.Store.Read(ctx, access.Everything()), actor, text)
	return r, err
}

// TakeFile takes the tags of a file on: all of them, or none if one line is
// wrong.
func (d *Desk) TakeFile(ctx context.Context, cmd store.Command, text string) (FileReport, error) {
	if err := may(cmd.Actor); err != nil {
		return FileReport{}, err
	}
	return store.Once(ctx, d.Store, cmd, func(tx *store.Tx) (FileReport, error) {
		r, rows, err := d.examine(tx.Queries, tx.Unbounded(), cmd.Actor, text)
		if err != nil {
			return r, err
		}
		if len(r.Faults) > 0 {
			return r, fault.At("file", fmt.Sprintf("Nothing was taken in: %d lines are wrong. The first is line %d.", len(r.Faults), r.Faults[0].Line))
		}
		for _, row := range rows {
			if err := d.takeRow(tx, cmd.Actor, row); err != nil {
				return r, err
			}
		}
		tx.Audit(audit.Change{
			Chain: audit.OrganisationChain(string(cmd.Actor.Organisation)), Action: "tags.taken_in", Kind: "organisation",
			Object: string(cmd.Actor.Organisation), New: map[string]string{"tags": strconv.Itoa(len(rows))}, Evidence: digest(text),
		})
		return r, nil
	})
}

// examine reads a file and judges every line of it.
func (d *Desk) examine(q, all store.Queries, actor access.Actor, text string) (FileReport, []FileRow, error) {
	if actor.Kind != access.Vendor {
		return FileReport{}, nil, fault.New(fault.Forbidden, "Files of tags are taken in by the vendor whose tags they are.")
	}
	rows, faults := readRows(text)
	r := FileReport{Rows: len(rows), Faults: faults}
	seen := map[string]int{}
	for _, row := range rows {
		identity := d.identity(row)
		if first, twice := seen[identity]; twice {
			r.Faults = append(r.Faults, RowFault{row.Line, "", fmt.Sprintf("This tag stands in line %d already.", first)})
			continue
		}
		seen[identity] = row.Line
		wrong, unit, err := d.judgeRow(q, all, actor, row, identity)
		if err != nil {
			return r, nil, err
		}
		switch {
		case wrong != nil:
			r.Faults = append(r.Faults, *wrong)
		case unit:
			r.Bound++
		default:
			r.Wait++
		}
	}
	slices.SortStableFunc(r.Faults, func(a, b RowFault) int { return a.Line - b.Line })
	r.Faults = r.Faults[:min(len(r.Faults), faultsShown)]
	return r, rows, nil
}

func (d *Desk) identity(row FileRow) string {
	if row.Technology == authentic.UHF {
		return string(authentic.UHF) + ":" + row.EPC
	}
	return d.Keys.Identity(row.Technology, row.UID)
}

// judgeRow compares a line with what is on record; unit says that its unit is.
func (d *Desk) judgeRow(q, all store.Queries, actor access.Actor, row FileRow, identity string) (wrong *RowFault, unit bool, err error) {
	at := func(column, sentence string) *RowFault { return &RowFault{row.Line, column, sentence} }
	if _, err := all.TagByIdentity(identity); err == nil {
		return at("uid", "This tag is on record already."), false, nil
	} else if !fault.Is(err, fault.NotFound) {
		return nil, false, err
	}
	if row.Technology == authentic.NTAG424 {
		p, err := q.Profile(row.Profile)
		switch {
		case fault.Is(err, fault.NotFound), err == nil && p.Vendor != actor.Organisation:
			return at("profile", "There is no such profile of yours."), false, nil
		case err != nil:
			return nil, false, err
		case !d.Keys.Has(p.KeyRef, row.Epoch):
			return at("epoch", "The keys of this epoch are not kept here."), false, nil
		}
	}
	if row.Label.DI == "" {
		return nil, false, nil
	}
	if _, err := labelOf(q, actor.Organisation, row.Label); err != nil {
		all := fault.All(err)
		if len(all) == 0 {
			return nil, false, err
		}
		return at(all[0].Field, all[0].Sentence), false, nil
	}
	u, err := all.UnitBySerial(row.Label.DI, row.Label.Serial)
	switch {
	case row.Label.Serial == "", fault.Is(err, fault.NotFound):
		return nil, false, nil
	case err != nil:
		return nil, false, err
	case u.Vendor != actor.Organisation || u.Lot != row.Label.Lot || u.Expiry != row.Label.Expiry:
		return at("serial", "The unit with this serial number has another lot or expiry date."), false, nil
	case u.State.Terminal():
		return at("serial", "The unit with this serial number is "+u.State.Word()+"; it gets no tag any more."), false, nil
	}
	return nil, true, nil
}

func (d *Desk) takeRow(tx *store.Tx, actor access.Actor, row FileRow) error {
	id, err := tx.CreateTag(authentic.Tag{
		Identity: d.identity(row), Technology: row.Technology, Profile: row.Profile, Vendor: actor.Organisation, EPC: row.EPC, Epoch: max(row.Epoch, 1),
	})
	if err != nil || row.Label.DI == "" {
		return err
	}
	u, err := unitOf(tx, authentic.Job{Vendor: actor.Organisation, Label: row.Label})
	if err != nil {
		return err
	}
	if u.ID == "" || row.Label.Serial == "" {
		return tx.LabelTag(id, actor.Organisation, row.Label)
	}
	return bindFrom(tx, id, u)
}

// bindFrom binds a tag of a file.
func bindFrom(tx *store.Tx, id authentic.TagID, u custody.Unit) error {
	bound, err := tx.BindTag(id, u)
	if err == nil && !bound {
		err = fault.New(fault.Conflict, "A tag of this file was bound by somebody else meanwhile. Check the file again.")
	}
	return err
}

// readRows reads the form of a file: comma or semicolon separated, with a line
// of column names.
func readRows(text string) ([]FileRow, []RowFault) {
	text = strings.TrimPrefix(text, "\uFEFF")
	head, _, _ := strings.Cut(text, "\n")
	r := csv.NewReader(strings.NewReader(text))
	r.FieldsPerRecord, r.TrimLeadingSpace = -1, true
	if strings.Count(head, ";") > strings.Count(head, ",") {
		r.Comma = ';'
	}
	names, err := r.Read()
	if err != nil {
		return nil, []RowFault{{1, "", "The file is empty. Its first line names the columns."}}
	}
	column := map[string]int{}
	for i, name := range names {
		name = strings.ToLower(strings.TrimSpace(name))
		if !slices.Contains(Columns, name) {
			return nil, []RowFault{{1, shortened(name), "There is no such column. The columns are " + strings.Join(Columns, ", ") + "."}}
		}
		column[name] = i
	}
	if _, there := column["technology"]; !there {
		return nil, []RowFault{{1, "technology", "The column technology is missing: ntag424, nfc or uhf."}}
	}
	return readBody(r, column)
}

func readBody(r *csv.Reader, column map[string]int) (rows []FileRow, faults []RowFault) {
	for {
		record, err := r.Read()
		line, _ := r.FieldPos(0)
		if errors.Is(err, io.EOF) {
			break
		}
		if parse, ok := errors.AsType[*csv.ParseError](err); ok {
			return rows, append(faults, RowFault{parse.Line, "", "A quotation mark is out of place, so the rest cannot be read."})
		}
		if len(rows)+len(faults) >= MostRows {
			return rows, append(faults, RowFault{line, "", fmt.Sprintf("A file has at most %d tags. Cut it into several.", MostRows)})
		}
		value := func(name string) string {
			i, there := column[name]
			if !there || i >= len(record) {
				return ""
			}
			return strings.TrimSpace(record[i])
		}
		row, wrong := readRow(line, value)
		if wrong != nil {
			faults = append(faults, *wrong)
			continue
		}
		rows = append(rows, row)
	}
	if len(rows)+len(faults) == 0 {
		faults = append(faults, RowFault{2, "", "The file names no tag."})
	}
	return rows, faults
}

func readRow(line int, value func(string) string) (FileRow, *RowFault) {
	at := func(column, sentence string) (FileRow, *RowFault) {
		return FileRow{}, &RowFault{line, column, sentence}
	}
	row := FileRow{
		Line: line, Technology: authentic.Technology(strings.ToLower(value("technology"))), Profile: authentic.ProfileID(value("profile")),
		Label: authentic.Label{DI: value("di"), Lot: value("lot"), Serial: value("serial"), Expiry: value("expiry")},
	}
	switch row.Technology {
	case authentic.UHF:
		code, err := epc.Decode(value("epc"))
		if err != nil {
			return at("epc", "This is not an EPC that can be read.")
		}
		row.EPC = strings.ToUpper(code.Hex())
		if code.GTIN() != "" && row.Label.DI != "" && code.GTIN() != row.Label.DI {
			return at("epc", "The EPC names another product than the column di.")
		}
	case authentic.NTAG424, authentic.NFC:
		uid, err := hex.DecodeString(strings.NewReplacer(":", "", " ", "").Replace(value("uid")))
		if err != nil || len(uid) != 7 && (row.Technology == authentic.NTAG424 || len(uid) != 4 && len(uid) != 10) {
			return at("uid", "A chip's number is 7 bytes in hexadecimal; of plain NFC tags 4, 7 or 10.")
		}
		row.UID = uid
	default:
		return at("technology", "The technology is ntag424, nfc or uhf.")
	}
	if row.Technology != authentic.NTAG424 && row.Profile != "" {
		return at("profile", "Only ntag424 tags have a profile.")
	}
	if text := value("epoch"); text != "" || row.Technology == authentic.NTAG424 {
		n, err := strconv.ParseInt(text, 10, 64)
		if text == "" {
			n, err = 1, nil
		}
		if err != nil || n < 1 || n > authentic.LastEpoch {
			return at("epoch", "A key epoch is a number from 1 to 255.")
		}
		row.Epoch = n
	}
	if row.Label.Expiry != "" {
		if _, err := time.Parse(time.DateOnly, row.Label.Expiry); err != nil {
			return at("expiry", "Give the date as YYYY-MM-DD.")
		}
	}
	if row.Label.Serial != "" && !printable("21", row.Label.Serial) {
		return at("serial", "A serial number has at most 20 letters, digits and signs of the GS1 set.")
	}
	return row, nil
}
